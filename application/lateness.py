"""Who was late, of the dossiers that a part moved: charged to the agency that held it when the date passed,
and beside it the official figure, charged to the agency that concluded it; what was overdue already when it
came is a line of its own.

Worked out from the log, some hundred dossiers at once. A date is the one in force now (extended, promised or
statutory); a step counts when it was done, also where it was recorded later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from application.certificate_document import Told, handed_over
from application.flow import SETTLED
from application.handovers import Handovers, part_of
from application.moment import Moment
from application.policy import Identity, allow
from application.statement import steps_of
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Category, Fact, Recorded
from domain.handed_over_facts import DossierHandedOver
from domain.holding import Held, spells

CHUNK = 250
FIGURES = ("held_when_due", "concluded_late", "open_late", "inherited_overdue", "handed_over_overdue")
Json = dict[str, Any]
Counts = defaultdict[UUID, Counter[str]]


@dataclass(frozen=True, slots=True)
class _Settled:
    """When it was concluded, and by which agency."""

    at: datetime
    by: UUID | None


async def lateness(
    office: Handovers, identity: Identity, part_id: UUID, told: Told = lambda read: None
) -> Json:
    """Per agency: `held_when_due` (late, and the date passed while it held), `concluded_late` (official:
    late, and it concluded), `open_late` (late, not concluded, it holds now), `inherited_overdue` (overdue
    when this part's hour gave it), `handed_over_overdue` (the same, for who handed over). NotFound,
    BadRequest before the hour."""
    moment = await office.reader.moment(fresh=True)
    allow(identity, "read-handover", moment)
    part_of(moment, part_id)
    step = steps_of(moment, part_id)[0]
    counts: Counts = defaultdict(Counter)
    chunk: list[DossierHandedOver] = []
    read = late = 0
    async for fact in handed_over(office, [step], moment.read_up_to):
        chunk.append(fact)
        if len(chunk) == CHUNK:
            late += await _count(office, moment, chunk, counts)
            read += len(chunk)
            told(read)
            chunk = []
    late += await _count(office, moment, chunk, counts)
    named = moment.organisation.agencies
    rows = [
        {"agency": agency, "identifier": named[agency].identifier}
        | {figure: counted[figure] for figure in FIGURES}
        for agency, counted in counts.items()
        if any(counted.values())
    ]
    return {
        "part": part_id,
        "as_of": moment.now,
        "dossiers": read + len(chunk),
        "late": late,
        "totals": {figure: sum(row[figure] for row in rows) for figure in FIGURES},
        "agencies": sorted(rows, key=lambda row: row["identifier"]),
    }


async def _count(
    office: Handovers, moment: Moment, stated: Sequence[DossierHandedOver], counts: Counts
) -> int:
    """How many of these are late."""
    streams = {fact.dossier: fact.dossier for fact in stated}
    for fact in stated:
        streams |= dict.fromkeys(
            moment.organisation.placement_streams(fact.dossier, moment.now), fact.dossier
        )
    facts: dict[UUID, list[Recorded[Fact]]] = {fact.dossier: [] for fact in stated}
    if streams:
        for recorded in await office.ledger.facts_of(list(streams)):
            if recorded.position <= moment.read_up_to:
                facts[streams[recorded.fact.originator_id]].append(recorded)
    return sum(_judge(moment, fact, facts[fact.dossier], counts) for fact in stated)


def _judge(
    moment: Moment, stated: DossierHandedOver, facts: Sequence[Recorded[Fact]], counts: Counts
) -> bool:
    history = timeline(facts)
    due = history.dossier.due
    if due is None:
        return False
    if due < stated.effective_at and stated.status not in SETTLED:
        counts[stated.to_agency]["inherited_overdue"] += 1
        counts[stated.from_agency]["handed_over_overdue"] += 1
    settled = _settled(history, facts)
    if (settled.at if settled else moment.now) <= due:
        return False
    walked = [s for s in spells(history, moment.organisation.steps) if s.since <= moment.now]
    if held := _held_at(walked, due):
        counts[held.agency]["held_when_due"] += 1
    if settled is None:
        counts[walked[-1].agency]["open_late"] += 1
    elif settled.by is not None:
        counts[settled.by]["concluded_late"] += 1
    return True


def _settled(history: DossierTimeline, facts: Sequence[Recorded[Fact]]) -> _Settled | None:
    """The fact since which it is concluded (3, 7, 8, 9, 10), or None while it is open."""
    own = [r for r in facts if r.fact.CATEGORY == Category.DOSSIER]
    found = None
    for recorded, known in zip(own, history.statuses, strict=True):
        if known.status not in SETTLED:
            found = None
        elif found is None:
            envelope = recorded.fact.envelope
            found = _Settled(envelope.occurred_at, envelope.acting_agency or envelope.holder)
    return found


def _held_at(walked: Sequence[Held], t: datetime) -> Held | None:
    """Who held at `t`; of what was filed late, who held first."""
    held = [spell for spell in walked if spell.since <= t]
    return held[-1] if held else (walked[0] if walked else None)
