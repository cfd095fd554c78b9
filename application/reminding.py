"""Silence: receivers that have not answered for what was handed over to them are reminded, then escalated to
whom the coordinator answers to; obstacles that stay open are escalated too.

A run says each of these at most once a day, so it may stand in a crontab: run again it finds nothing to say.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from application.coordinators import allow_coordinating, coordinated, responsible_for
from application.handovers import envelope_of
from application.ledger import Command
from application.moment import Moment
from application.policy import Acting, Identity, allow
from application.ports import HourPassed, Item, NewerFacts, Receipt, StaleVersion
from application.registers import Registers, Row, Silent
from domain.coordination import Coordination, coordination_stream_id
from domain.facts import Aggregate, Personal
from domain.obstacle import Obstacle

PAGE = 250
AFTER = timedelta(days=2)
ESCALATE_AFTER = timedelta(days=5)
OBSTACLES_AFTER = timedelta(days=7)


@dataclass(slots=True)
class Reminded:
    """What a run said: facts recorded, up to `position`."""

    reminded: int = 0
    escalated: int = 0
    obstacles: int = 0
    position: int = 0

    @property
    def counts(self) -> dict[str, int]:
        return {"reminded": self.reminded, "escalated": self.escalated, "obstacles_escalated": self.obstacles}


@dataclass(frozen=True, slots=True)
class Limits:
    """After how long a receiver is reminded and escalated, and an open obstacle is escalated."""

    remind: timedelta = AFTER
    escalate: timedelta = ESCALATE_AFTER
    obstacles: timedelta = OBSTACLES_AFTER


async def silent(
    registers: Registers,
    identity: Identity,
    parts: Sequence[UUID],
    *,
    after: tuple[datetime, UUID, UUID] | None = None,
    limit: int = 100,
) -> list[Silent]:
    """A page of the receivers that have not answered, by (listed, part, agency): each with what it got
    by the part, still holds and is not concluded. Nothing of a closed part is waited for."""
    moment = await registers.office.reader.moment(fresh=True)
    allow(identity, "read-handover", moment)
    return await registers.index.silent(parts, moment.now, moment.now, after, limit)


def shown(moment: Moment, row: Silent) -> dict[str, Any]:
    """A silent receiver as it is shown, with its identifier."""
    agency = moment.organisation.agencies.get(row.agency)
    known = {field.name: getattr(row, field.name) for field in fields(row) if field.name != "listed"}
    return known | {"identifier": agency.identifier if agency else None}


async def remind(
    registers: Registers,
    identity: Identity,
    parts: Sequence[UUID],
    limits: Limits = Limits(),
    command: Command | None = None,
) -> AsyncIterator[Reminded]:
    """Remind and escalate what is due, page by page; the last progress is the whole run. The command stands
    with the first fact; given again, it says what is due then, which on the same day is nothing."""
    moment = await registers.office.reader.moment(fresh=True)
    mine = coordinated(identity, moment, parts, "remind-receivers")
    acting = allow_coordinating(identity, moment, mine, "remind-receivers")
    if await registers.office.ledger.repeated(command):
        command = None
    await registers.index.shown(moment.read_up_to)
    done = Reminded(position=moment.read_up_to)
    run = _Run(registers, moment, acting, limits, done, command)
    before = moment.now - min(limits.remind, limits.escalate)
    async for page in _silent_pages(registers, mine, before, moment.now):
        await _remind_page(run, page)
        yield done
    async for obstacles in _obstacle_pages(registers, mine):
        await _escalate_obstacles(run, obstacles)
        yield done
    yield done


@dataclass(slots=True)
class _Run:
    registers: Registers
    moment: Moment
    acting: Acting
    limits: Limits
    done: Reminded
    command: Command | None


async def _silent_pages(
    registers: Registers, parts: Sequence[UUID], before: datetime, now: datetime
) -> AsyncIterator[list[Silent]]:
    after: tuple[datetime, UUID, UUID] | None = None
    while page := await registers.index.silent(parts, before, now, after, PAGE):
        yield page
        if len(page) < PAGE:
            return
        after = (page[-1].listed, page[-1].part, page[-1].agency)


async def _remind_page(run: _Run, page: Sequence[Silent]) -> None:
    organisation = run.moment.organisation
    ids = {coordination_stream_id(s.part, s.agency, organisation.parts[s.part].effective_at): s for s in page}
    streams = {id: Coordination.empty(id) for id in ids}
    for recorded in await run.registers.office.ledger.facts_of(list(ids)):
        streams[recorded.fact.originator_id].replay(recorded.fact)
    said = [(streams[id], *_say(run, streams[id], one)) for id, one in ids.items()]
    for reminded, escalated in await _append(run, [(c, (r, e)) for c, r, e in said if r or e]):
        run.done.reminded += reminded
        run.done.escalated += escalated


def _say(run: _Run, stream: Coordination, one: Silent) -> tuple[int, int]:
    """How often this receiver is reminded and escalated now: each once or not at all."""
    now, limits = run.moment.now, run.limits
    envelope = envelope_of(run.acting, run.moment)
    told: dict[str, Any] = {
        "part": one.part,
        "agency": one.agency,
        "waiting": one.waiting,
        "oldest": one.oldest,
    }
    reminds = one.oldest <= now - limits.remind and not stream.reminded_on(now)
    if reminds:
        stream.remind(envelope, **told)
    last = stream.escalated_at
    escalates = one.oldest <= now - limits.escalate and (last is None or last <= now - limits.escalate)
    if escalates:
        stream.escalate(envelope, to_officer=_superior(run, one.part), **told)
    return int(reminds), int(escalates)


def _superior(run: _Run, part: UUID) -> UUID:
    """To whom the part's coordinator answers, else the officer who runs this."""
    named = responsible_for(run.moment, part, None)
    return named.escalates_to if named and named.escalates_to else UUID(run.acting.actor.id)


# Obstacles


async def _obstacle_pages(registers: Registers, parts: Sequence[UUID]) -> AsyncIterator[list[Row]]:
    after: tuple[datetime, UUID] | None = None
    while True:
        page = await registers.index.obstacles(
            parts, resolved_too=False, agency=None, after=after, limit=PAGE
        )
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = (page[-1]["reported_at"], page[-1]["obstacle"])


async def _escalate_obstacles(run: _Run, page: Sequence[Row]) -> None:
    """Those open for longer than the limit and never escalated, or not since then."""
    before = run.moment.now - run.limits.obstacles
    due = {
        row["obstacle"]: row["reported_at"]
        for row in page
        if row["reported_at"] <= before and (row["escalated_at"] is None or row["escalated_at"] <= before)
    }
    streams = {id: Obstacle.empty(id) for id in due}
    for recorded in await run.registers.office.ledger.facts_of(list(due)):
        streams[recorded.fact.originator_id].replay(recorded.fact)
    decided: list[tuple[Aggregate, tuple[int, ...]]] = []
    for id, obstacle in streams.items():
        if obstacle.reported is not None and not obstacle.resolved:
            to = _superior(run, obstacle.reported.part)
            reason = Personal(id, f"open since {due[id].isoformat()}")
            obstacle.escalate(envelope_of(run.acting, run.moment), to_officer=to, reason=reason)
            decided.append((obstacle, (1,)))
    for (amount,) in await _append(run, decided):
        run.done.obstacles += amount


async def _append(run: _Run, decided: Sequence[tuple[Aggregate, tuple[int, ...]]]) -> list[tuple[int, ...]]:
    """Append each for itself; what those that were recorded count. What another run said meanwhile, or what
    changed meanwhile, is left to the next run."""
    ledger = run.registers.office.ledger
    items: list[Item] = []
    for aggregate, _ in decided:
        items.append(
            await ledger.item(
                aggregate,
                command=None if items else run.command,
                recorded_before=run.moment.next_hour,
                nothing_newer=run.moment.nothing_newer(),
            )
        )
    counted: list[tuple[int, ...]] = []
    for (_, amounts), outcome in zip(decided, await ledger.recorder.append_many(items), strict=True):
        if isinstance(outcome, Receipt):
            run.command = None
            run.done.position = max(run.done.position, outcome.last)
            if not outcome.repeated:
                counted.append(amounts)
        elif not isinstance(outcome, (StaleVersion, NewerFacts, HourPassed)):
            raise outcome
    return counted
