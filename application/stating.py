"""The stages of a transfer's run: which dossiers, in which order, what is read of them, what is appended.

What a dossier was at the hour is read from the log, never from a read model. The stages are streams, so
memory holds one block of ids and a few chunks of facts, whatever the number of dossiers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar
from uuid import UUID

from application.ports import (
    ClockJumped,
    Item,
    KeyReused,
    LedgerError,
    Overloaded,
    Receipt,
    StaleVersion,
    StoredFact,
    Unavailable,
)
from application.statement import statement
from application.transfer_run import Listed, Run
from domain.dossier_timeline import timeline
from domain.facts import Actor, Envelope, Fact, Recorded
from domain.handed_over import HandedOver
from domain.holding import spells

CHUNK = {True: 48, False: 400}
"""Dossiers read, worked out and appended at once, by whether others append: small steps beside them, since a
large one is felt by all who need the processor meanwhile, the read models included."""
BLOCK = 20_000
"""Dossiers are written in the order of their stream ids within a block, which the index likes."""
SYSTEM = Actor("system", "transfer")

T = TypeVar("T")

Facts = dict[UUID, list[StoredFact]]


class Read(NamedTuple):
    """A chunk as read: what was stated before (dossier to position), and of the others their facts. `last`:
    of its block."""

    stated: dict[UUID, int]
    facts: Facts
    last: bool


async def chunks(run: Run, pages: AsyncIterable[list[UUID]]) -> AsyncGenerator[Read, None]:
    """The run's share, chunk by chunk, as the log has it."""
    block: list[UUID] = []
    async for page in pages:
        block += filter(run.share.has, page)
        if len(block) >= BLOCK:
            async for read in _block(run, block):
                yield read
            block = []
    if block:
        async for read in _block(run, block):
            yield read


async def _block(run: Run, dossiers: list[UUID]) -> AsyncGenerator[Read, None]:
    ordered = sorted(dossiers, key=lambda d: run.stream(d).bytes)
    start = 0
    while chunk := ordered[start : start + await run.tally.rest.step(CHUNK)]:
        start += len(chunk)
        stated = await positions(run, chunk) if run.look else {}
        run.look = run.tally.repeats is not None or bool(stated)
        missing = [d for d in chunk if d not in stated]
        yield Read(stated, await _facts_before(run, missing), start == len(ordered))


async def positions(run: Run, dossiers: Sequence[UUID]) -> dict[UUID, int]:
    """Where the transfer of these dossiers stands in the log, of those whose does."""
    streams = {run.stream(d): d for d in dossiers}
    found = await run.office.ledger.recorder.positions_of(list(streams))
    return {streams[stream]: position for stream, position in found.items()}


async def _facts_before(run: Run, dossiers: Sequence[UUID]) -> Facts:
    """What was recorded before the hour of these dossiers, as stored."""
    found: Facts = {d: [] for d in dossiers}
    if dossiers:
        recorder = run.office.ledger.recorder
        for stored in await recorder.events_of_many(list(dossiers), run.step.hour):
            found[stored.stream_id].append(stored)
    return found


async def ahead(source: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """The same, with one element read ahead."""
    reading = asyncio.ensure_future(anext(source, None))
    try:
        while (element := await reading) is not None:
            reading = asyncio.ensure_future(anext(source, None))
            yield element
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await source.aclose()


class Prepared(NamedTuple):
    stated: dict[UUID, int]
    items: dict[UUID, Item]
    last: bool


async def prepare(run: Run, source: AsyncGenerator[Read, None]) -> AsyncGenerator[Prepared, None]:
    """What is to be appended of each chunk. Others on this loop pass between any two dossiers."""
    try:
        async for read in source:
            items: dict[UUID, Item] = {}
            earlier = await _placements_before(run, read.facts)
            for dossier, stored in read.facts.items():
                try:
                    item = _item(run, [*stored, *earlier.get(dossier, ())], first=not items)
                except LedgerError:
                    raise
                except Exception as problem:  # a damaged stream: named, and the others go on
                    run.tell(dossier, "refused", reason=f"its facts cannot be read: {problem}")
                else:
                    if item is None:
                        run.tell(dossier, "not_moved")
                    else:
                        items[dossier] = item
                await asyncio.sleep(0)
            yield Prepared(read.stated, items, read.last)
    finally:
        await source.aclose()


async def _placements_before(run: Run, facts: Facts) -> Facts:
    """Decisions of the coordination on dossiers that earlier steps had moved."""
    earlier = [step for step in run.steps if step.hour < run.step.hour]
    found: Facts = {}
    if not earlier:
        return found
    unread, read = dict.fromkeys(facts), set[UUID]()
    while unread:
        streams: dict[UUID, UUID] = {}
        for dossier in unread:
            for part in _moved_by(run, [*facts[dossier], *found.get(dossier, ())]):
                streams[run.organisation.placement_stream(part, dossier)] = dossier
        streams = {stream: dossier for stream, dossier in streams.items() if stream not in read}
        read.update(streams)
        if not streams:
            break
        for stored in await run.office.ledger.recorder.events_of_many(list(streams), run.step.hour):
            found.setdefault(streams[stored.stream_id], []).append(stored)
        unread = dict.fromkeys(streams.values())
    return found


def _moved_by(run: Run, stored: Sequence[StoredFact]) -> set[UUID]:
    """The parts that moved it before the hour; none for what cannot be read (that is named elsewhere)."""
    try:
        history = timeline(_decoded(run, stored))
    except Exception:
        return set()
    return {held.by.part_id for held in spells(history, run.steps) if held.by is not None}


def _decoded(run: Run, stored: Sequence[StoredFact]) -> list[Recorded[Fact]]:
    decode = run.office.ledger.codec.decode
    return [decode(row) for row in sorted(stored, key=lambda row: row.position)]


def _item(run: Run, stored: Sequence[StoredFact], *, first: bool) -> Item | None:
    """The item that states this dossier's transfer, or None when by the log it does not move (a read model
    ran ahead of a correction)."""
    if not stored:
        return None
    fields = statement(run.organisation, run.steps, run.step, _decoded(run, stored))
    if fields is None:
        return None
    stated = HandedOver.empty(run.stream(fields["dossier"]))
    envelope = Envelope(
        actor=SYSTEM, occurred_at=run.step.hour, holder=fields["to_agency"], rules=(fields["rule"],)
    )
    stated.hand_over(envelope, **fields)
    (fact,) = stated.collect_events()
    command = run.tally.command if first else None  # no personal field, so no key has to be ensured
    event = run.office.ledger.codec.encode(fact)
    return Item((event,), command.id, command.digest) if command else Item((event,))


async def record(run: Run, prepared: Prepared) -> None:
    """Append a chunk and tell each dossier's outcome. Raises what stops the whole run: Unavailable,
    Overloaded, ClockJumped, KeyReused."""
    for dossier, position in prepared.stated.items():
        run.tell(dossier, "found", position)
    items = prepared.items
    while items:
        outcomes = await run.office.ledger.recorder.append_many(list(items.values()))
        again: dict[UUID, Item] = {}
        stale: list[UUID] = []
        for (dossier, item), outcome in zip(items.items(), outcomes, strict=True):
            if isinstance(outcome, StaleVersion):
                stale.append(dossier)
            elif isinstance(outcome, Receipt) and outcome.repeated:
                again[dossier] = replace(item, command_id=None, request_digest=None)
                # The same command was recorded beside this one: what stands since then is its own.
                run.tally.command, run.tally.repeats = None, outcome.first
            elif isinstance(outcome, Receipt):
                run.tally.command = None
                run.tell(dossier, "written", outcome.last)
            elif isinstance(outcome, Unavailable | Overloaded | ClockJumped | KeyReused):
                raise outcome
            else:
                run.tell(dossier, "refused", reason=str(outcome))
        if stale:
            run.look = True
            for dossier, position in (await positions(run, stale)).items():
                run.tell(dossier, "found", position)
        items = again
    if prepared.last:
        run.block_ends()


async def all_stated(run: Run, pages: AsyncIterator[list[UUID]]) -> Listed | None:
    """All dossiers that the version moved, whoever stated them; None while some are not stated yet."""
    listed = Listed()
    async for page in pages:
        stated = await positions(run, page)
        missing = [d for d in page if d not in stated]
        facts = await _facts_before(run, missing)
        earlier = await _placements_before(run, facts)
        if any(_item(run, [*f, *earlier.get(d, ())], first=False) for d, f in facts.items()):
            return None
        listed.add(sorted(stated))
    return listed
