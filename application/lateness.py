"""Who was late, of the dossiers that a part moved: charged to the agency that held it when the date passed,
and beside it the official figure, charged to the agency that concluded it; what was overdue already when it
came is a line of its own.

Worked out from the log, some hundred dossiers at once. A date is the one in force now (extended, promised or
statutory); a step counts when it was done, also where it was recorded later.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from application.certificate_document import Told, handed_over
from application.dossier_facts import facts_with_placements
from application.flow import SETTLED
from application.handovers import Handovers, part_of
from application.moment import Moment
from application.policy import Identity, allow
from application.statement import steps_of
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Category, Fact, Recorded
from domain.handed_over_facts import DossierHandedOver
from domain.holding import Held, Steps, spells

CHUNK = 250
FIGURES = ("held_when_due", "concluded_late", "open_late", "inherited_overdue", "handed_over_overdue")
Json = dict[str, Any]
Counts = defaultdict[UUID, Counter[str]]


@dataclass(frozen=True, slots=True)
class _Settled:
    """When it was concluded, and by which agency."""

    at: datetime
    by: UUID | None


@dataclass(slots=True)
class _Counted:
    """`counts`: agency to figures; `seen`: dossiers, 16 bytes each; `moved`, `moved_late`: by version."""

    counts: Counts = field(default_factory=lambda: defaultdict(Counter))
    seen: set[bytes] = field(default_factory=set)
    moved: Counter[int] = field(default_factory=Counter)
    moved_late: Counter[int] = field(default_factory=Counter)
    late: int = 0


async def lateness(
    office: Handovers, identity: Identity, part_id: UUID, told: Told = lambda read: None
) -> Json:
    """Per agency: `held_when_due` (late, and the date passed while it held), `concluded_late` (official:
    late, and it concluded), `open_late` (late, not concluded, it holds now), `inherited_overdue` (overdue
    when an hour of this part gave it), `handed_over_overdue` (the same, for who handed over). All versions
    that took effect: a dossier that several moved is late once, and inherited by each that received it;
    `versions` has what each moved. NotFound, BadRequest before the hour."""
    moment = await office.reader.moment(fresh=True)
    allow(identity, "read-handover", moment)
    part_of(moment, part_id)
    steps = steps_of(moment, part_id)
    known = _Counted()
    chunk: list[DossierHandedOver] = []
    read = 0
    async for fact in handed_over(office, steps, moment.read_up_to):
        chunk.append(fact)
        if len(chunk) == CHUNK:
            await _count(office, moment, chunk, known)
            read += len(chunk)
            told(read)
            chunk = []
    await _count(office, moment, chunk, known)
    named = moment.organisation.agencies
    rows = [
        {"agency": agency, "identifier": named[agency].identifier}
        | {figure: counted[figure] for figure in FIGURES}
        for agency, counted in known.counts.items()
        if any(counted.values())
    ]
    return {
        "part": part_id,
        "as_of": moment.now,
        "dossiers": len(known.seen),
        "late": known.late,
        "versions": [
            {
                "part_version": step.part_version,
                "hour": step.hour,
                "dossiers": known.moved[step.part_version],
                "late": known.moved_late[step.part_version],
            }
            for step in steps
        ],
        "totals": {figure: sum(row[figure] for row in rows) for figure in FIGURES},
        "agencies": sorted(rows, key=lambda row: row["identifier"]),
    }


async def _count(
    office: Handovers, moment: Moment, stated: Sequence[DossierHandedOver], known: _Counted
) -> None:
    if not stated:
        return
    facts = await facts_with_placements(
        office.ledger,
        moment.organisation,
        [fact.dossier for fact in stated],
        moment.now,
        up_to=moment.read_up_to,
    )
    steps = moment.organisation.steps
    for fact in stated:
        first = fact.dossier.bytes not in known.seen
        known.seen.add(fact.dossier.bytes)
        late = _judge(moment.now, steps, fact, facts[fact.dossier], known.counts, first)
        known.moved[fact.part_version] += 1
        known.moved_late[fact.part_version] += late
        known.late += late and first


def _judge(
    now: datetime,
    steps: Steps,
    stated: DossierHandedOver,
    facts: Sequence[Recorded[Fact]],
    counts: Counts,
    first: bool,
) -> bool:
    """Whether it is late. `first`: no other version's transfer of the same dossier was counted before."""
    history = timeline(facts)
    due = history.dossier.due
    if due is None:
        return False
    if due < stated.effective_at and stated.status not in SETTLED:
        counts[stated.to_agency]["inherited_overdue"] += 1
        counts[stated.from_agency]["handed_over_overdue"] += 1
    settled = _settled(history, facts)
    if (settled.at if settled else now) <= due:
        return False
    if not first:
        return True
    walked = [s for s in spells(history, steps) if s.since <= now]
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
