"""Deciding many dossiers of a coordination queue at once: by list, or all that wait with one place."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from application.coordinators import allow_deciding, coordinated, scope
from application.each import BEFORE, MOST, Decided, Outcome, Turn, record_each
from application.handovers import Handovers, envelope_of
from application.ledger import Command
from application.moment import Moment
from application.policy import Identity
from application.received import Received, load_received
from application.refusals import BadRequest, NotAllowed, NotFound, Refusal, Refused
from application.registers import Registers, Segment
from application.transfer import step_of
from domain.facts import Envelope, Personal

PLACED = "placed"


@dataclass(frozen=True, slots=True)
class Decision:
    """Who is to hold a dossier from now on, and why."""

    dossier: UUID
    to_agency: UUID
    ground: str


async def place_each(
    office: Handovers,
    identity: Identity,
    parts: Sequence[UUID],
    decisions: Sequence[Decision],
    command: Command | None = None,
) -> list[Outcome]:
    """Decide each of these (1,000 at most) in the part of `parts` that moved it: `placed`, `before` where it
    is with that agency by a decision already, or `refused`. Raises NotAllowed, BadRequest before the hour."""

    async def judge(turn: Turn, lines: Sequence[Decision]) -> list[Outcome | Decided]:
        moment = turn.moment
        mine = coordinated(identity, moment, parts, "place-dossier")
        effective = effective_parts(moment, parts)
        known = await load_received(office, moment, effective, list({line.dossier for line in lines}))
        seen: set[UUID] = set()
        verdicts: list[Outcome | Decided] = []
        for line in lines:
            found: Received | Refusal = known[line.dossier]
            if line.dossier in seen:
                found = BadRequest("dossier_twice", f"the dossier {line.dossier} stands in the list twice")
            seen.add(line.dossier)
            if isinstance(found, Received) and found.part not in mine:
                found = NotAllowed("not_coordinator", "another part's coordinator decides this dossier")
            verdicts.append(_judged(turn, identity, line, found))
        return verdicts

    return await record_each(office, decisions, judge, PLACED, command)


def _judged(turn: Turn, identity: Identity, line: Decision, found: Received | Refusal) -> Outcome | Decided:
    if isinstance(found, Refusal):
        return Outcome("refused", error=found)
    last = found.placement.placed
    if last is not None and turn.own(last):
        return Outcome(PLACED)
    try:
        acting = allow_deciding(identity, turn.moment, found)
        to = open_agency(turn.moment, line.to_agency)
        refused = found.placement.answer == "refused"
        if last is not None and last.to_agency == to == found.held.agency and not refused:
            return Outcome(BEFORE)
        envelope = replace(envelope_of(acting, turn.moment), occurred_at=turn.begun, holder=to)
        _place(found, envelope, line, to, turn.moment)
    except (Refused, Refusal) as refusal:
        return Outcome("refused", error=refusal)
    return Decided((found.placement,), found.streams)


def _place(found: Received, envelope: Envelope, line: Decision, to: UUID, moment: Moment) -> None:
    organisation = moment.organisation
    found.placement.place(
        envelope,
        dossier=line.dossier,
        part=found.part,
        from_agency=found.held.agency,
        to_agency=to,
        ground=Personal(line.dossier, line.ground),
        moved=found.moved,
        to_is_open=organisation.agency_open_at(organisation.agencies[to], moment.now),
    )


def open_agency(moment: Moment, agency: UUID) -> UUID:
    """The agency itself, or its heir by now. NotFound."""
    if agency not in moment.organisation.agencies:
        raise NotFound("unknown_agency", f"there is no agency {agency}: name one of GET /v1/agencies")
    return moment.organisation.heir_of(agency, moment.now)


def effective_parts(moment: Moment, parts: Sequence[UUID]) -> list[UUID]:
    """Those whose hour has come. BadRequest (before_the_hour, not_scheduled) where none has."""
    effective = [
        p for p in parts if any(s.part_id == p and s.hour <= moment.now for s in moment.organisation.steps)
    ]
    if not effective:
        step_of(moment, parts[0])  # says why
    return effective


@dataclass(frozen=True, slots=True)
class PlacedBy:
    """A page of what waited with a place: its dossiers (id, code) with their outcomes."""

    dossiers: tuple[tuple[UUID, str], ...]
    outcomes: tuple[Outcome, ...]


async def waiting_with(
    registers: Registers, identity: Identity, parts: Sequence[UUID], place: UUID, most: int = MOST
) -> AsyncIterator[list[tuple[UUID, str]]]:
    """Pages of what waits with this place, as shown now: id and code of each. Only what the identity may
    decide."""
    moment = await registers.office.reader.moment(fresh=True)
    mine = coordinated(identity, moment, parts, "place-dossier")
    await registers.index.shown(moment.read_up_to)
    for part in sorted(mine):
        after: tuple[UUID, datetime, UUID] | None = None
        only = scope(identity, moment, part, "place-dossier")
        while True:
            page = await registers.index.waiting(Segment(part, only, after=after), moment.now, most, place)
            if page:
                yield [(row.dossier, row.code) for row in page]
            if len(page) < most:
                break
            after = (page[-1].held_before, page[-1].since, page[-1].dossier)


async def place_waiting_with(
    registers: Registers,
    identity: Identity,
    parts: Sequence[UUID],
    place: UUID,
    to_agency: UUID,
    ground: str,
) -> AsyncIterator[PlacedBy]:
    """Decide all that wait with this place, page by page. Stopped anywhere and run again it goes on: what was
    decided waits no more."""
    async for page in waiting_with(registers, identity, parts, place):
        decisions = [Decision(dossier, to_agency, ground) for dossier, _ in page]
        outcomes = await place_each(registers.office, identity, parts, decisions)
        yield PlacedBy(tuple(page), tuple(outcomes))
