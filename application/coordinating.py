"""The people of a coordination queue: who is named, who may act there, and what waits for them.

A dossier waits while its provisional holder has it, or from its refusal on, until a decision is recorded or
it is concluded. What waits is read from the views, the texts of refusals from the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from application.handovers import Handovers, StepAnswer, envelope_of, part_of
from application.ledger import Command
from application.moment import Moment, decide
from application.policy import Acting, Identity, allow
from application.refusals import NotAllowed, NotFound
from application.registers import QueueRow, Registers, Segment
from domain.coordination import name_coordinator, responsible
from domain.facts import Sealed
from domain.handed_over_facts import DossierTransferRefused
from domain.handover_facts import CoordinatorNamed
from domain.handover_part import HandoverPart

Json = dict[str, Any]
LATE = timedelta(days=3)

Place = tuple[int, UUID, UUID, datetime, UUID]
"""Where a page of the queue ended: phase, part, who held before, since, dossier."""


def allow_coordinating(identity: Identity | None, moment: Moment, parts: Iterable[UUID], act: str) -> Acting:
    """An operator, or whoever is named coordinator of one of these parts. Raises NotAllowed."""
    if identity is not None and any(is_coordinator(moment, part, identity.uuid) for part in parts):
        return allow(identity, "coordinate", moment)
    return allow(identity, act, moment)


def coordinated(identity: Identity | None, moment: Moment, parts: Iterable[UUID], act: str) -> list[UUID]:
    """Those of the parts on which the identity may do this: all for an operator, their own for a
    coordinator. Raises NotAllowed where there are none."""
    allowed: list[UUID] = []
    refusal: NotAllowed | None = None
    for part in parts:
        try:
            allow_coordinating(identity, moment, [part], act)
            allowed.append(part)
        except NotAllowed as refused:
            refusal = refused
    if refusal is not None and not allowed:
        raise refusal
    return allowed


def is_coordinator(moment: Moment, part: UUID, officer: UUID | None) -> bool:
    return any(officer == named.officer for named in coordinators(moment, part).values())


def coordinators(moment: Moment, part: UUID) -> Mapping[UUID | None, CoordinatorNamed]:
    return moment.organisation.coordinators.get(part, {})


async def name(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    officer: UUID,
    *,
    agency: UUID | None = None,
    escalates_to: UUID | None = None,
    command: Command | None = None,
) -> StepAnswer:
    """Name who is responsible for the part's queue, or for what one agency held; the last naming counts.
    NotFound for an officer or an agency that is not there; Refused (handover.coordinator_open)."""
    repeated = await office.ledger.repeated(command)

    async def decision(moment: Moment) -> StepAnswer:
        acting = allow(identity, "name-coordinator", moment)
        known = part_of(moment, part_id)
        if repeated is not None:
            return StepAnswer(known.act, part_id, repeated.last, {"named": 1}, True)
        check_officers(moment, officer, escalates_to)
        if agency is not None and agency not in moment.organisation.agencies:
            raise NotFound("unknown_agency", f"there is no agency {agency}: name one of GET /v1/agencies")
        part = await office.ledger.load(HandoverPart, part_id)
        name_coordinator(
            part, envelope_of(acting, moment), officer=officer, agency=agency, escalates_to=escalates_to
        )
        receipt = await office.ledger.append(
            part, command=command, recorded_before=moment.next_hour, nothing_newer=moment.nothing_newer()
        )
        return StepAnswer(part.act, part_id, receipt.last, {"named": 1})

    return await decide(office.reader, decision, versions_too=True)


async def parts_of(office: Handovers, act: UUID, part: UUID | None = None) -> list[UUID]:
    """The parts of an act, or the one named. NotFound for an act that is not there and a part of another."""
    moment = await office.reader.moment(fresh=True)
    found = moment.organisation.acts.get(act)
    if found is None:
        raise NotFound("unknown_handover", f"there is no handover {act}: see GET /v1/handovers")
    if part is not None and part not in found.parts:
        raise NotFound("unknown_part", f"handover {act} has no part {part}: see GET /v1/handovers")
    return list(found.parts) if part is None else [part]


def check_officers(moment: Moment, *officers: UUID | None) -> None:
    """NotFound for one who was never appointed."""
    for officer in officers:
        if officer is not None and officer not in moment.organisation.officers:
            raise NotFound("unknown_officer", f"there is no officer {officer}: see GET /v1/officers")


# What waits


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
    by who held before and since when. `coordinator`: only theirs; `late`: mark what waits longer.

    Each row: dossier, code, status, procedure, place (CODE@DATE), part, reason (`refused` or the rule),
    rule, refusal text, suggests, since, late, held_before, holder, coordinator, escalates_to."""
    moment = await registers.office.reader.moment(fresh=True)
    mine = coordinated(identity, moment, parts, "read-coordination")
    found: list[QueueRow] = []
    last: tuple[int, QueueRow] | None = None
    for phase, segment in _segments(moment, mine, coordinator, after):
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
    moment: Moment, parts: Sequence[UUID], coordinator: UUID | None, after: Place | None
) -> Iterable[tuple[int, Segment]]:
    """What to read, in order: of each part first what nobody is responsible for, then the rest."""
    for phase in (0, 1):
        for part in sorted(parts):
            if after is not None and (phase, part) < after[:2]:
                continue
            segment = _segment(moment, part, phase, coordinator)
            if segment is not None:
                begins = after[2:] if after is not None and (phase, part) == after[:2] else None
                yield phase, Segment(part, *segment, begins)


def _segment(
    moment: Moment, part: UUID, phase: int, coordinator: UUID | None
) -> tuple[tuple[UUID, ...] | None, tuple[UUID, ...]] | None:
    """Agencies that held before, of which to read: only these (None: all), and none of those. None: nothing
    to read here."""
    named = coordinators(moment, part)
    own = tuple(agency for agency in named if agency is not None)
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
    named = responsible(coordinators(moment, row.part), row.held_before)

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
        "escalates_to": named.escalates_to if named else None,
    }
