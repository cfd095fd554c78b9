"""Dossiers as loaded for parts that moved them: who holds each, what the part did to it, what was said of it
since, and what the inventory of its papers says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.handovers import Handovers
from application.moment import Moment
from application.refusals import NotFound
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Category, Recorded
from domain.handed_over import Moved, Placement, moved_by
from domain.holding import Held, Steps, holder, spells
from domain.papers import Papers, papers_stream_id


@dataclass(frozen=True, slots=True)
class Received:
    """`part`: the one of those asked that moved it last, else the one that will, else the first; `held`: who
    holds it now; `moved`: what the part did to it (None: nothing yet); `held_before`: who held when that part
    moved it (None: it did not)."""

    history: DossierTimeline
    part: UUID
    held: Held
    moved: Moved | None
    held_before: UUID | None
    placement: Placement
    papers: Papers

    @property
    def streams(self) -> tuple[UUID, ...]:
        """What a decision on it was based on, beside what decides for all."""
        return (self.history.dossier_id, self.papers.id)


async def load_received(
    office: Handovers, moment: Moment, parts: Sequence[UUID], dossiers: Sequence[UUID]
) -> dict[UUID, Received | NotFound]:
    """Some thousand dossiers at most, each with all that decides who holds it; NotFound in place of one that
    is none or that nobody holds."""
    facts = await _dossiers_facts(office, moment, dossiers)
    known = {d: _received(moment, parts, d, recorded) for d, recorded in facts.items()}
    papers = {r.papers.id: r.papers for r in known.values() if isinstance(r, Received)}
    for fact in await office.ledger.facts_of(list(papers)) if papers else []:
        papers[fact.fact.originator_id].replay(fact.fact)
    return known


async def _dossiers_facts(
    office: Handovers, moment: Moment, dossiers: Sequence[UUID]
) -> dict[UUID, list[Recorded[Any]]]:
    """Of each its own facts and the placements by the parts that moved it, by position: a country's act costs
    a dossier one stream more, not one for each province."""
    organisation = moment.organisation
    facts: dict[UUID, list[Recorded[Any]]] = {d: [] for d in dossiers}
    unread: dict[UUID, UUID] = {d: d for d in dossiers}
    read: set[UUID] = set()
    while unread:
        for recorded in await office.ledger.facts_of(list(unread)):
            facts[unread[recorded.fact.originator_id]].append(recorded)
        read.update(unread)
        unread = {
            stream: d
            for d, known in facts.items()
            for part in _moved_it(moment, known)
            if (stream := organisation.placement_stream(part, d)) not in read
        }
    return {d: sorted(known, key=lambda r: r.position) for d, known in facts.items()}


def _moved_it(moment: Moment, facts: list[Recorded[Any]]) -> set[UUID]:
    if not any(r.fact.CATEGORY == Category.DOSSIER for r in facts):
        return set()
    history = timeline(sorted(facts, key=lambda r: r.position))
    return {held.by.part_id for held in spells(history, _steps_by_now(moment, facts)) if held.by}


def _steps_by_now(moment: Moment, facts: list[Recorded[Any]]) -> Steps:
    now = max(moment.now, facts[-1].recorded_at)
    return moment.organisation.steps.until(now)


def _received(
    moment: Moment, parts: Sequence[UUID], dossier: UUID, facts: list[Recorded[Any]]
) -> Received | NotFound:
    organisation = moment.organisation
    if not any(r.fact.CATEGORY == Category.DOSSIER for r in facts):
        return NotFound(
            "unknown_dossier", f"there is no dossier {dossier}: name it by the id it is shown with"
        )
    history = timeline(facts)
    held = holder(history, organisation.steps, max(moment.now, facts[-1].recorded_at))
    if held is None:
        return NotFound("quarantined_dossier", f"the dossier {dossier} is quarantined: nobody holds it")
    part, before = _moved_last(parts, history, _steps_by_now(moment, facts))
    part = part or _to_move(moment, parts, held) or parts[0]
    placement = Placement.empty(organisation.placement_stream(part, dossier))
    for recorded in facts:
        if recorded.fact.originator_id == placement.id:
            placement.replay(recorded.fact)
    moved = moved_by(part, history, organisation.steps, moment.now)
    papers = Papers.empty(papers_stream_id(part, dossier, organisation.parts[part].effective_at))
    return Received(history, part, held, moved, before, placement, papers)


def _to_move(moment: Moment, parts: Sequence[UUID], held: Held) -> UUID | None:
    """The first of these parts that is scheduled and will end the holder."""
    for step in moment.organisation.steps:
        if step.hour > moment.now and step.part_id in parts and step.rules.ends(held.agency):
            return step.part_id
    return None


def _moved_last(
    parts: Sequence[UUID], history: DossierTimeline, steps: Steps
) -> tuple[UUID | None, UUID | None]:
    """The last of these parts that gave the dossier to somebody, and who held before."""
    walked = spells(history, steps)
    for earlier, held in zip(walked[-2::-1], walked[:0:-1], strict=True):
        if held.by and held.by.part_id in parts and not held.ended_here:
            return held.by.part_id, earlier.agency
    return None, None
