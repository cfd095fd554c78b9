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
from domain.holding import Held, Step, holder, spells
from domain.papers import Papers, papers_stream_id


@dataclass(frozen=True, slots=True)
class Received:
    """`part`: the one of those asked that moved it last, else the first; `held`: who holds it now; `moved`:
    what the part did to it (None: nothing); `held_before`: who held when that part moved it."""

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
    organisation = moment.organisation
    hours = {part: organisation.parts[part].effective_at for part in parts}
    beside = {papers_stream_id(part, d, at): d for part, at in hours.items() for d in dossiers}
    of = (
        {s: d for d in dossiers for s in organisation.placement_streams(d, moment.now)}
        | beside
        | {d: d for d in dossiers}
    )
    facts: dict[UUID, list[Recorded[Any]]] = {d: [] for d in dossiers}
    for recorded in await office.ledger.facts_of(list(of)):
        facts[of[recorded.fact.originator_id]].append(recorded)
    return {dossier: _received(moment, parts, dossier, known) for dossier, known in facts.items()}


def _received(
    moment: Moment, parts: Sequence[UUID], dossier: UUID, facts: list[Recorded[Any]]
) -> Received | NotFound:
    organisation = moment.organisation
    own = [r for r in facts if r.fact.CATEGORY != Category.PAPERS]
    if not any(r.fact.CATEGORY == Category.DOSSIER for r in own):
        return NotFound(
            "unknown_dossier", f"there is no dossier {dossier}: name it by the id it is shown with"
        )
    history = timeline(own)
    now = max(moment.now, own[-1].recorded_at)
    held = holder(history, organisation.steps, now)
    if held is None:
        return NotFound("quarantined_dossier", f"the dossier {dossier} is quarantined: nobody holds it")
    steps = [step for step in organisation.steps if step.hour <= now]
    part, before = _moved_last(parts, history, steps)
    placement = Placement.empty(organisation.placement_stream(part, dossier))
    papers = Papers.empty(papers_stream_id(part, dossier, organisation.parts[part].effective_at))
    for recorded in facts:
        for aggregate in (placement, papers):
            if recorded.fact.originator_id == aggregate.id:
                aggregate.replay(recorded.fact)
    moved = moved_by(part, history, organisation.steps, moment.now)
    return Received(history, part, held, moved, before, placement, papers)


def _moved_last(
    parts: Sequence[UUID], history: DossierTimeline, steps: Sequence[Step]
) -> tuple[UUID, UUID | None]:
    """The last of these parts that gave the dossier to somebody, and who held before; the first and None
    where none did."""
    walked = spells(history, steps)
    for earlier, held in zip(walked[-2::-1], walked[:0:-1], strict=True):
        if held.by and held.by.part_id in parts and not held.ended_here:
            return held.by.part_id, earlier.agency
    return parts[0], None
