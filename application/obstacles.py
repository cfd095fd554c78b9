"""The obstacle register: officers of the agency concerned report, the coordination assigns and escalates, and
whoever sees to it says how it was resolved.

The founding documents ask for a list of obstacles that are escalated, with date (reference, section 1.1).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from application.coordinators import (
    allow_coordinating,
    check_officers,
    coordinated,
    is_coordinator,
)
from application.handovers import StepAnswer, envelope_of, part_of
from application.ids import new_id
from application.ledger import Command
from application.moment import Moment, decide
from application.placing import open_agency
from application.policy import Acting, Identity, allow, closes
from application.refusals import NotAllowed, NotFound
from application.registers import Registers, Row
from domain.facts import Category, Envelope, Personal, Sealed
from domain.obstacle import Obstacle
from domain.obstacle_facts import ObstacleEscalated, ObstacleReported, ObstacleResolved

Json = dict[str, Any]
Step = Callable[[Obstacle, Envelope, Moment], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported of a part. `agency`: which cannot go on; `dossier`: where it is about one."""

    part: UUID
    agency: UUID
    kind: str
    description: str
    dossier: UUID | None = None


async def report(
    registers: Registers, identity: Identity, told: Report, command: Command | None = None
) -> StepAnswer:
    """By an officer posted at the agency, an operator or a coordinator; `counts.obstacle`: its id. NotFound
    for an agency or a dossier that is not there."""
    office = registers.office
    if repeated := await office.ledger.repeated(command):
        return _answer(told.part, repeated.versions[0][0], repeated.last, repeated=True)

    async def decision(moment: Moment) -> StepAnswer:
        part_of(moment, told.part)
        agency = open_agency(moment, told.agency)
        own = identity.uuid and closes(moment, identity.uuid, told.agency)
        where = told.agency if own else agency
        acting = _concerned(identity, moment, told.part, where, "report-obstacle")
        if told.dossier is not None:
            known = await office.ledger.recorder.first_of([told.dossier])
            if not known or known[0].category != Category.DOSSIER:
                raise NotFound("unknown_dossier", f"there is no dossier {told.dossier}: check its code")
        obstacle = Obstacle.empty(new_id(moment.now))
        obstacle.report(
            envelope_of(acting, moment),
            part=told.part,
            agency=agency,
            dossier=told.dossier,
            kind=told.kind,
            description=Personal(obstacle.id, told.description),
        )
        receipt = await office.ledger.append(
            obstacle, command=command, recorded_before=moment.next_hour, nothing_newer=moment.nothing_newer()
        )
        return _answer(told.part, receipt.versions[0][0], receipt.last, repeated=receipt.repeated)

    return await decide(office.reader, decision)


async def assign(
    registers: Registers, identity: Identity, obstacle: UUID, officer: UUID, command: Command | None = None
) -> StepAnswer:
    """Who sees to it; by an operator or a coordinator of its part."""

    def step(known: Obstacle, envelope: Envelope, moment: Moment) -> None:
        check_officers(moment, officer)
        known.assign(envelope, officer=officer)

    return await _step(registers, identity, obstacle, _steered, step, command)


async def escalate(
    registers: Registers,
    identity: Identity,
    obstacle: UUID,
    to_officer: UUID,
    reason: str,
    command: Command | None = None,
) -> StepAnswer:
    """Whose turn it is now; by an operator or a coordinator of its part."""

    def step(known: Obstacle, envelope: Envelope, moment: Moment) -> None:
        check_officers(moment, to_officer)
        known.escalate(envelope, to_officer=to_officer, reason=Personal(obstacle, reason))

    return await _step(registers, identity, obstacle, _steered, step, command)


async def resolve(
    registers: Registers, identity: Identity, obstacle: UUID, resolution: str, command: Command | None = None
) -> StepAnswer:
    """By whom it is assigned or escalated to, an officer of the agency, an operator or a coordinator."""

    def step(known: Obstacle, envelope: Envelope, moment: Moment) -> None:
        known.resolve(envelope, resolution=Personal(obstacle, resolution))

    return await _step(registers, identity, obstacle, _resolved_by, step, command)


async def listed(
    registers: Registers,
    identity: Identity,
    parts: Sequence[UUID],
    *,
    resolved_too: bool = False,
    agency: UUID | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = 100,
) -> list[Json]:
    """A page of the register by (reported_at, obstacle), texts opened (None: erased), with `age_days`. All
    for the coordination and auditors; an officer's own agency's with `agency`."""
    moment = await registers.office.reader.moment(fresh=True)
    if agency is None:
        parts = coordinated(identity, moment, parts, "read-coordination")
    else:
        _may_read_of(identity, moment, parts, agency)
    rows = await registers.index.obstacles(
        parts, resolved_too=resolved_too, agency=agency, after=after, limit=limit
    )
    texts = await _texts(registers, [row["obstacle"] for row in rows])
    return [_shown(moment, row, texts.get(row["obstacle"], {})) for row in rows]


def _may_read_of(identity: Identity, moment: Moment, parts: Sequence[UUID], agency: UUID) -> None:
    """All of these parts' coordination, or an officer of the agency."""
    try:
        for part in parts:
            allow_coordinating(identity, moment, [part], "read-coordination")
    except NotAllowed:
        allow(identity, "report-obstacle", moment, agency=agency)


def _concerned(identity: Identity, moment: Moment, part: UUID, agency: UUID, act: str) -> Acting:
    """An officer of the agency, or of the coordination."""
    try:
        return allow(identity, act, moment, agency=agency)
    except NotAllowed:
        return allow_coordinating(identity, moment, [part], "steer-obstacle")


def _steered(identity: Identity, moment: Moment, known: Obstacle) -> Acting:
    part = [known.reported.part] if known.reported else []
    return allow_coordinating(identity, moment, part, "steer-obstacle")


def _resolved_by(identity: Identity, moment: Moment, known: Obstacle) -> Acting:
    if identity.uuid is not None and identity.uuid in (known.assigned, known.escalated_to):
        return allow(identity, "coordinate", moment)
    if known.reported is None or is_coordinator(moment, known.reported.part, identity.uuid):
        return _steered(identity, moment, known)
    agency = moment.organisation.heir_of(known.reported.agency, moment.now)
    return _concerned(identity, moment, known.reported.part, agency, "report-obstacle")


async def _step(
    registers: Registers,
    identity: Identity,
    id: UUID,
    allowed: Callable[[Identity, Moment, Obstacle], Acting],
    step: Step,
    command: Command | None,
) -> StepAnswer:
    office = registers.office
    repeated = await office.ledger.repeated(command)

    async def decision(moment: Moment) -> StepAnswer:
        obstacle = await office.ledger.load(Obstacle, id)
        acting = allowed(identity, moment, obstacle)
        if obstacle.reported is None:
            raise NotFound("unknown_obstacle", f"there is no obstacle {id}: see `hoso obstacles list`")
        part = obstacle.reported.part
        if repeated is not None:
            return _answer(part, id, repeated.last, repeated=True)
        step(obstacle, envelope_of(acting, moment), moment)
        receipt = await office.ledger.append(
            obstacle, command=command, recorded_before=moment.next_hour, nothing_newer=moment.nothing_newer()
        )
        return _answer(part, id, receipt.last, repeated=receipt.repeated)

    return await decide(office.reader, decision, versions_too=True)


def _answer(part: UUID, obstacle: UUID, position: int, *, repeated: bool) -> StepAnswer:
    return StepAnswer(part, part, position, {"obstacle": str(obstacle)}, repeated)


async def _texts(registers: Registers, obstacles: Sequence[UUID]) -> dict[UUID, dict[str, str | None]]:
    """Of each obstacle its description, the last reason of an escalation, and its resolution."""
    ledger = registers.office.ledger
    sealed: dict[UUID, dict[str, Sealed]] = {}
    for recorded in await ledger.facts_of(list(obstacles)) if obstacles else []:
        fact = recorded.fact
        said = sealed.setdefault(fact.originator_id, {})
        if isinstance(fact, ObstacleReported) and isinstance(fact.description, Sealed):
            said["description"] = fact.description
        elif isinstance(fact, ObstacleEscalated) and isinstance(fact.reason, Sealed):
            said["reason"] = fact.reason
        elif isinstance(fact, ObstacleResolved) and isinstance(fact.resolution, Sealed):
            said["resolution"] = fact.resolution
    await ledger.keyring.load(sorted(sealed))
    return {
        id: {name: ledger.keyring.open(text) for name, text in said.items()} for id, said in sealed.items()
    }


def _shown(moment: Moment, row: Row, texts: dict[str, str | None]) -> Json:
    agency = moment.organisation.agencies.get(row["agency"])
    ends = row["resolved_at"] or moment.now
    empty = dict.fromkeys(("description", "reason", "resolution"))
    return {
        **row,
        "identifier": agency.identifier if agency else None,
        "age_days": (ends - row["reported_at"]).days,
        **empty,
        **texts,
    }
