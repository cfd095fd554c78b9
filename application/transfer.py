"""After the hour: stating each transfer.

The hour itself needed nobody: whoever reads after it sees the new holder. Here the ledger only *states* it,
dossier by dossier, in streams of their own, so a run that is stopped anywhere and started again writes
the same facts and none twice, and no dossier's revision moves.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from application.handovers import PAGE, Handovers, envelope_of, part_of
from application.ledger import Command
from application.moment import Moment, decide
from application.organisation import Organisation
from application.policy import Acting, Identity, allow
from application.ports import Item, Receipt, StaleVersion
from application.refusals import BadRequest
from domain.calendar import CalendarUnknown
from domain.deadlines import remaining
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Actor, Envelope, Fact, Recorded
from domain.handed_over import (
    HandedOver,
    components_digest,
    history_digest,
    stream_id,
)
from domain.handover_facts import TransferFinished
from domain.handover_part import HandoverPart
from domain.holding import Held, Step, holder

CHUNK = 250
BLOCK = 20_000
"""Dossiers are written in the order of their stream ids within a block, which the index likes; memory holds
one block, whatever the number of dossiers."""
SYSTEM = Actor("system", "transfer")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer is: dossiers written now, found written already, and to write in all. `position`: of
    the fact that finished it, 0 before."""

    written: int
    found: int
    total: int
    position: int = 0


class Around(NamedTuple):
    """Who held a dossier just before a part's hour, and who since."""

    before: Held
    since: Held


@dataclass(slots=True)
class _Run:
    """One run. `repeats`: the position from which on this same command has written before."""

    step: Step
    command: Command | None
    repeats: int | None
    written: int = 0
    found: int = 0


async def transfer(
    office: Handovers, identity: Identity, part_id: UUID, command: Command | None = None
) -> AsyncGenerator[Progress, None]:
    """Write a `HandedOver` for each dossier that the part moves; the last progress says that it is finished.

    Resumable and repeatable; several at once only find each other's facts written. The command stands with
    the first fact written; repeated, it counts as written what it wrote then. BadRequest before the hour,
    KeyReused for another request's key.
    """
    repeated = await office.ledger.repeated(command)
    moment = await office.reader.moment(fresh=True)
    acting = allow(identity, "transfer-handover", moment)
    step = step_of(moment, part_id)
    await office.index.shown(moment.read_up_to)
    total = 0
    async for block in _blocks(office, step, PAGE):
        total += len(block)
    run = _Run(step, None if repeated else command, repeated.first if repeated else None)
    digest = hashlib.sha256()
    async for block in _blocks(office, step, BLOCK):
        stated: list[UUID] = []
        block.sort(key=lambda d: stream_id(step.part_id, step.part_version, d, step.hour).bytes)
        for start in range(0, len(block), CHUNK):
            stated += await _transfer_chunk(office, moment, run, block[start : start + CHUNK])
            yield Progress(run.written, run.found, total)
        for dossier in sorted(stated):
            digest.update(dossier.bytes)
    position = await _finish(office, acting, run, digest.hexdigest())
    yield Progress(run.written, run.found, run.written + run.found, position)


def step_of(moment: Moment, part_id: UUID) -> Step:
    part_of(moment, part_id)
    for step in moment.organisation.steps:
        if step.part_id == part_id:
            if step.hour > moment.now:
                raise BadRequest(
                    "before_the_hour", f"the part takes effect at {step.hour.isoformat()}: transfer after it"
                )
            return step
    raise BadRequest("not_scheduled", "the part is not scheduled: approve it twice and schedule it first")


async def _blocks(office: Handovers, step: Step, most: int) -> AsyncIterator[list[UUID]]:
    """The dossiers that the part moves, as the read model lists them, in the order of their ids."""
    block: list[UUID] = []
    after: UUID | None = None
    while page := await office.index.moving_by(step.part_id, step.part_version, after, PAGE):
        after = page[-1]
        block += page
        if len(block) >= most:
            yield block
            block = []
    if block:
        yield block


async def _transfer_chunk(
    office: Handovers, moment: Moment, run: _Run, dossiers: Sequence[UUID]
) -> list[UUID]:
    """The dossiers of one chunk whose transfer stands in the log afterwards. What a dossier was at the hour
    is read from the log, never from a read model."""
    step = run.step
    streams = {stream_id(step.part_id, step.part_version, d, step.hour): d for d in dossiers}
    stated = {
        streams[stored.stream_id]: stored.position
        for stored in await office.ledger.recorder.first_of(list(streams))
    }
    for position in stated.values():
        if run.repeats is not None and position >= run.repeats:
            run.written += 1
        else:
            run.found += 1
    missing = [d for d in dossiers if d not in stated]
    items: dict[UUID, Item] = {}
    for dossier, facts in (await _facts_before(office, moment, step, missing)).items():
        item = await _handed_over(office, moment.organisation, step, facts, None if items else run.command)
        if item is not None:
            items[dossier] = item
    return [*stated, *await _record(office, run, items)]


async def _record(office: Handovers, run: _Run, items: dict[UUID, Item]) -> list[UUID]:
    """Append these items; the dossiers whose transfer stands in the log then."""
    outcomes = await office.ledger.recorder.append_many(list(items.values()))
    again: dict[UUID, Item] = {}
    for (dossier, item), outcome in zip(items.items(), outcomes, strict=True):
        if isinstance(outcome, StaleVersion):
            run.found += 1
        elif not isinstance(outcome, Receipt):
            raise outcome
        elif outcome.repeated:  # the same command is being recorded beside this one, with another dossier
            run.command = None
            again[dossier] = replace(item, command_id=None, request_digest=None)
        else:
            run.written += 1
            run.command = None
    if again:
        await _record(office, run, again)
    return list(items)


async def _facts_before(
    office: Handovers, moment: Moment, step: Step, dossiers: Sequence[UUID]
) -> dict[UUID, list[Recorded[Fact]]]:
    """What was recorded before the hour of these dossiers, earlier parts' placements included."""
    owner = {d: d for d in dossiers}
    for earlier in moment.organisation.steps:
        if earlier.hour < step.hour:
            owner |= {moment.organisation.placement_stream(earlier.part_id, d): d for d in dossiers}
    found: dict[UUID, list[Recorded[Fact]]] = {d: [] for d in dossiers}
    if owner:
        for fact in await office.ledger.facts_of(list(owner), recorded_before=step.hour):
            found[owner[fact.fact.originator_id]].append(fact)
    return {dossier: facts for dossier, facts in found.items() if facts}


def handed_over_at(organisation: Organisation, step: Step, known: DossierTimeline) -> Around | None:
    """Who held around the step's hour, by the facts of `known` recorded before it; None where the step does
    not move the dossier. A fact recorded in that very instant comes after it."""
    recorded = replace(known, holder_sets=tuple(h for h in known.holder_sets if h.at < step.hour))
    before = holder(recorded, [s for s in organisation.steps if s.hour < step.hour], step.hour)
    if before is None or before.ended_here or not step.rules.ends(before.agency):
        return None
    since = holder(recorded, organisation.steps, step.hour)
    return None if since is None or since.ended_here else Around(before, since)


def statement(
    organisation: Organisation, step: Step, facts: Sequence[Recorded[Fact]]
) -> dict[str, Any] | None:
    """What the `HandedOver` of a dossier says, from its facts recorded before the step's hour; None where
    the step does not move it. All as at the hour: whoever works it out later gets the same."""
    if not facts:
        return None
    known = timeline(facts)
    around = handed_over_at(organisation, step, known)
    if around is None:
        return None
    dossier = known.dossier
    left: tuple[str | None, int | None] = (None, None)
    if dossier.statutory_due and dossier.limit_unit:
        calendar = organisation.calendar_known_before(step.hour)
        with suppress(CalendarUnknown):  # the calendar known at the hour may not reach that far: not stated
            left = remaining(dossier.limit_unit, dossier.statutory_due, step.hour, calendar)
    own = [f.leaf for f in facts if f.fact.originator_id == known.dossier_id]
    return {
        "dossier": known.dossier_id,
        "code": dossier.code or "",
        "part": step.part_id,
        "part_version": step.part_version,
        "effective_at": step.hour,
        "from_agency": around.before.agency,
        "to_agency": around.since.agency,
        "rule": around.since.rule,
        "provisional": around.since.provisional,
        "status": dossier.status,
        "revision": dossier.version,
        "remaining_unit": left[0],
        "remaining_amount": left[1],
        "history_digest": history_digest(own),
        "components_digest": components_digest(dossier.components),
    }


async def _handed_over(
    office: Handovers,
    organisation: Organisation,
    step: Step,
    facts: Sequence[Recorded[Fact]],
    command: Command | None,
) -> Item | None:
    """The item that states this dossier's transfer, or None when by the log it does not move (a read model
    ran ahead of a correction)."""
    fields = statement(organisation, step, facts)
    if fields is None:
        return None
    stated = HandedOver.empty(stream_id(step.part_id, step.part_version, fields["dossier"], step.hour))
    envelope = Envelope(
        actor=SYSTEM, occurred_at=step.hour, holder=fields["to_agency"], rules=(fields["rule"],)
    )
    stated.hand_over(envelope, **fields)
    return await office.ledger.item(stated, command=command)


async def _finish(office: Handovers, acting: Acting, run: _Run, digest: str) -> int:
    """Record once that every dossier that moves has its fact, with their number and the digest of their ids
    in order; the fact's position."""

    async def decision(moment: Moment) -> int:
        facts = await office.ledger.facts_of([run.step.part_id])
        part = HandoverPart.empty(run.step.part_id)
        count, before = run.written + run.found, 0
        for recorded in facts:
            part.replay(recorded.fact)
            if isinstance(recorded.fact, TransferFinished):
                before = recorded.position
        done = part.finished.get(run.step.part_version)
        if done is not None and done.handed_over >= count:
            return before
        part.finish_transfer(envelope_of(acting, moment), now=moment.now, handed_over=count, digest=digest)
        return (await office.ledger.append(part, command=run.command)).last

    return await decide(office.reader, decision, versions_too=True)
