"""The coordination queue: what waits for a person's decision, whose it is, and page by page.

A dossier waits while its provisional holder has it, or from its refusal on, until a decision is recorded or
it is concluded. What waits is read from the views, the texts of refusals from the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from application.coordinators import coordinated, coordinators, responsible_for, scope
from application.handovers import Handovers
from application.moment import Moment
from application.policy import Identity
from application.refusals import NotFound
from application.registers import QueueRow, Registers, Segment
from domain.facts import Sealed
from domain.handed_over_facts import DossierTransferRefused

Json = dict[str, Any]
LATE = timedelta(days=3)
READ = "read-coordination"

Seen = dict[UUID, tuple[UUID, ...] | None]
"""Of each part, what who reads may see: what these agencies held; None: all of it."""

Place = tuple[int, UUID, UUID, datetime, UUID]
"""Where a page of the queue ended: phase, part, who held before, since, dossier."""


async def parts_of(office: Handovers, act: UUID, part: UUID | None = None) -> list[UUID]:
    """The parts of an act, or the one named. NotFound for an act that is not there and a part of another."""
    moment = await office.reader.moment(fresh=True)
    found = moment.organisation.acts.get(act)
    if found is None:
        raise NotFound("unknown_handover", f"there is no handover {act}: see GET /v1/handovers")
    if part is not None and part not in found.parts:
        raise NotFound("unknown_part", f"handover {act} has no part {part}: see GET /v1/handovers")
    return list(found.parts) if part is None else [part]


@dataclass(frozen=True, slots=True)
class Queue:
    """A page, in its order, as at `at`; `following`: where the next page begins, None at the end."""

    at: datetime
    rows: tuple[Json, ...]
    following: Place | None


async def queue(
    registers: Registers,
    identity: Identity,
    parts: Sequence[UUID],
    *,
    coordinator: UUID | None = None,
    late: timedelta = LATE,
    after: Place | None = None,
    limit: int = 100,
) -> Queue:
    """A page of what persons still have to decide of these parts: first what nobody is responsible for, then
    by who held before and since when. `coordinator`: only theirs; `late`: mark what waits longer. Who is
    named for what some agencies held, and may read nothing more, sees that alone.

    Each row: dossier, code, status, procedure, place (CODE@DATE), part, reason (`refused` or the rule),
    rule, refusal text, suggests, since, late, held_before, holder, coordinator, named_for (the agency for
    which the coordinator is named; None: the part), escalates_to."""
    moment = await registers.office.reader.moment(fresh=True)
    mine = coordinated(identity, moment, parts, READ)
    found: list[QueueRow] = []
    last: tuple[int, QueueRow] | None = None
    seen = {part: scope(identity, moment, part, READ) for part in mine}
    for phase, segment in _segments(moment, seen, coordinator, after):
        found += await registers.index.waiting(segment, moment.now, limit - len(found))
        if len(found) >= limit:
            last = (phase, found[-1])
            break
    texts = await _refusals(registers, moment, found)
    rows = tuple(_row(moment, row, texts.get((row.part, row.dossier)), late) for row in found)
    if last is None:
        return Queue(moment.now, rows, None)
    phase, row = last
    return Queue(moment.now, rows, (phase, row.part, row.held_before, row.since, row.dossier))


def _segments(
    moment: Moment, seen: Seen, coordinator: UUID | None, after: Place | None
) -> Iterable[tuple[int, Segment]]:
    """What to read, in order: of each part first what nobody is responsible for, then the rest."""
    for phase in (0, 1):
        for part in sorted(seen):
            if after is not None and (phase, part) < after[:2]:
                continue
            segment = _segment(moment, part, seen[part], phase, coordinator)
            if segment is not None:
                begins = after[2:] if after is not None and (phase, part) == after[:2] else None
                yield phase, Segment(part, *segment, begins)


def _segment(
    moment: Moment, part: UUID, within: tuple[UUID, ...] | None, phase: int, coordinator: UUID | None
) -> tuple[tuple[UUID, ...] | None, tuple[UUID, ...]] | None:
    """Agencies that held before, of which to read: only these (None: all), and none of those. None: nothing
    to read here."""
    named = coordinators(moment, part)
    own = tuple(agency for agency in named if agency is not None)
    if within is not None:  # named for each of them, so nothing of it is nobody's
        mine = tuple(a for a in within if coordinator in (None, named[a].officer))
        return (mine, ()) if phase and mine else None
    if coordinator is not None:
        mine = tuple(a for a in own if named[a].officer == coordinator)
        whole = named.get(None)
        if phase == 0:
            return None
        if whole is not None and whole.officer == coordinator:
            return None, tuple(a for a in own if a not in mine)
        return (mine, ()) if mine else None
    if None in named:
        return None if phase == 0 else (None, ())
    if phase == 0:
        return None, own
    return (own, ()) if own else None


async def _refusals(
    registers: Registers, moment: Moment, rows: Sequence[QueueRow]
) -> dict[tuple[UUID, UUID], str | None]:
    """Why each was refused; None where the text was erased."""
    refused = [row for row in rows if row.refused_by is not None]
    streams = [moment.organisation.placement_stream(row.part, row.dossier) for row in refused]
    if not streams:
        return {}
    ledger = registers.office.ledger
    said: dict[tuple[UUID, UUID], Sealed] = {}
    for recorded in await ledger.facts_of(streams):
        fact = recorded.fact
        if isinstance(fact, DossierTransferRefused) and isinstance(fact.reason, Sealed):
            said[fact.part, fact.dossier] = fact.reason
    await ledger.keyring.load(sorted({sealed.subject for sealed in said.values()}))
    return {key: ledger.keyring.open(sealed) for key, sealed in said.items()}


def _row(moment: Moment, row: QueueRow, refusal: str | None, late: timedelta) -> Json:
    agencies = moment.organisation.agencies
    named = responsible_for(moment, row.part, row.held_before)

    def agency(id: UUID | None) -> Json | None:
        return {"agency": id, "identifier": agencies[id].identifier} if id in agencies else None

    return {
        "dossier": row.dossier,
        "code": row.code,
        "status": row.status,
        "procedure": row.procedure,
        "place": row.place,
        "part": row.part,
        "reason": "refused" if row.refused_by else row.rule,
        "rule": row.rule,
        "refusal": refusal,
        "refused_by": agency(row.refused_by),
        "suggests": agency(row.suggests),
        "since": row.since,
        "late": row.since <= moment.now - late,
        "held_before": agency(row.held_before),
        "holder": agency(row.holder),
        "coordinator": named.officer if named else None,
        "named_for": agency(named.agency) if named else None,
        "escalates_to": named.escalates_to if named else None,
    }
