"""Group commit in the process: callers queue, one writer appends what queued during its last commit.

There is no timer: a single caller pays one round trip, thirty-two share one. The writer is a task on the
callers' own loop. Each item is answered for itself; nobody is answered while the outcome of a broken
connection is unknown.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import psycopg

from application.ports import ClockJumped, Item, LedgerError, Overloaded, Receipt, Unavailable
from infra.batch import Pending, take
from infra.bulk import Bulk
from infra.clock_watch import ClockWatch
from infra.kept_writer import KeptWriter
from infra.limits import Limits
from infra.resolve import receipts_of, recorded_receipt
from infra.writer import ConnectionLost, Outcome, Writer

log = logging.getLogger("hoso.ledger")

MOST_LOSSES = 5  # of the connection, during one append
SENT_SECONDS = 0.001  # until the database has a chunk; what follows takes the time that it needs


class GroupCommit:
    """The queue and its writer. `first_version` is 0 only for streams of the library's own making."""

    def __init__(
        self,
        dsn: str,
        writer: Writer,
        watch: ClockWatch,
        limits: Limits,
        *,
        on_recorded: Callable[[int], None],
        first_version: int = 1,
    ) -> None:
        self._kept = KeptWriter(dsn, limits, writer)
        self._watch = watch
        self._limits = limits
        self._on_recorded = on_recorded
        self._first_version = first_version
        self._queue: deque[Pending] = deque()
        self._queued_bytes = 0
        self._bulk: Bulk | None = None
        self.pace = limits.pace()
        self._bulk_turn = asyncio.Lock()
        self._connection_turn = asyncio.Lock()
        self._wake: asyncio.Future[None] | None = None
        self._closing = False
        self._events_per_second = 1_000.0
        self._lock_held: float | None = None  # seconds, by the last append that was judged
        self._head = 0  # the last position this process knows of
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(), name="hoso-writer")

    @property
    def waiting(self) -> int:
        """Items in the queue, bulk not counted."""
        return len(self._queue)

    @property
    def crowded(self) -> bool:
        """Whether somebody else, in this process or another, appended lately."""
        return self.pace.gentle(self._loop.time())

    # Callers

    def submit(self, item: Item) -> asyncio.Future[Receipt]:
        """Queue one item; the future answers. Raises Overloaded, Unavailable, ClockJumped, ValueError."""
        answer: asyncio.Future[Receipt] = self._loop.create_future()
        pending = self._pending(item, answer)
        if len(self._queue) >= self._limits.queue_items or self._queued_bytes >= self._limits.queue_bytes:
            raise Overloaded(1 + int(len(self._queue) / self._events_per_second))
        self._queue.append(pending)
        self._queued_bytes += pending.size
        self._ring()
        return answer

    async def append_many(self, items: Sequence[Item]) -> list[Receipt | LedgerError]:
        """Bulk: one caller at a time, in chunks that let others pass between them; infra/pace.py says how."""
        async with self._bulk_turn:
            self._judge_open()
            bulk = self._bulk = Bulk(items, self._loop.create_future(), self._first_version)
            self._ring()
            try:
                await bulk.done
            except asyncio.CancelledError:
                bulk.drop()
                raise
        return bulk.answered()

    async def move_clock(self, item: Item, to: datetime) -> Receipt:
        answer: asyncio.Future[Receipt] = self._loop.create_future()
        pending = self._pending(item, answer)
        async with self._connection_turn:
            await self._append([pending], move_to=to)
        return await answer

    def _judge_open(self) -> None:
        if self._closing:
            raise Unavailable("the ledger is closing")
        if self._watch.stopped is not None:
            raise ClockJumped(self._watch.stopped)

    def _pending(self, item: Item, answer: asyncio.Future[Receipt]) -> Pending:
        self._judge_open()
        return Pending(item, answer, self._first_version)

    async def close(self) -> None:
        """Record what is queued, then stop."""
        self._closing = self._kept.closing = True
        self._ring()
        await self._task
        await self._kept.close()

    # The writer's task

    def _ring(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def _run(self) -> None:
        while True:
            rest = self._bulk_rests()
            if not self._queue and rest != 0:
                if self._closing and rest is None:
                    return
                await self._woken(rest)
            # Twice: callers that were just answered run once, and queue their next item, before the batch
            # is taken.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            async with self._connection_turn:
                await self._next()
                if self._bulk_rests() == 0:
                    await self._next_bulk()

    def _bulk_rests(self) -> float | None:
        """Seconds until the next chunk may go; None: there is none."""
        if self._bulk is None or not self._bulk.waiting:
            return None
        return self.pace.rest(self._loop.time())

    async def _woken(self, seconds: float | None) -> None:
        self._wake = self._loop.create_future()
        timer = None if seconds is None else self._loop.call_later(seconds, self._ring)
        await self._wake
        if timer is not None:
            timer.cancel()

    async def _next(self) -> None:
        batch = take(self._queue, self._limits.batch_events, self._limits.batch_bytes)
        if not batch:
            return
        self._queued_bytes -= sum(pending.size for pending in batch)
        self.pace.others(self._loop.time())
        began = time.perf_counter()
        await self._guarded(batch)
        took = time.perf_counter() - began
        self._events_per_second += 0.1 * (len(batch) / max(took, 1e-6) - self._events_per_second)

    async def _next_bulk(self) -> None:
        """One chunk; the one after it is made while the database works."""
        assert self._bulk is not None
        bulk, most_bytes = self._bulk, self._limits.batch_bytes
        chunk = bulk.take(self.pace.size(self._loop.time()), most_bytes)
        if not chunk:
            return
        self._lock_held = None
        sending = self._loop.create_task(self._guarded(chunk))
        await asyncio.wait((sending,), timeout=SENT_SECONDS)
        bulk.prepare(self.pace.size(self._loop.time()), most_bytes)
        await sending
        self._measured(sum(pending.events for pending in chunk))

    def _measured(self, events: int) -> None:
        if self._lock_held is not None:
            self.pace.held(events, self._lock_held, self._loop.time())

    async def _guarded(self, batch: list[Pending]) -> None:
        try:
            await self._append(batch)
        except Exception as error:  # a defect here must not leave callers waiting for ever
            log.exception("an append failed in a way that nobody foresaw")
            for pending in batch:
                pending.fail(LedgerError(f"the append failed: {error}"))

    async def _append(self, batch: list[Pending], move_to: datetime | None = None, losses: int = 0) -> None:
        """Append and answer everybody in the batch, whatever happens on the way."""
        try:
            writer = await self._kept.get()
            outcome = await writer.append(batch, self._watch.latest(), move_to)
        except ConnectionLost:
            await self._resolve(batch, move_to, losses + 1)
        except LedgerError as error:
            _fail_all(batch, error)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled) as error:
            _fail_all(
                batch, Unavailable(f"the database did not append in time, nothing was recorded: {error}")
            )
        except psycopg.Error as error:
            await self._bisect(batch, error, move_to, losses)
        else:
            await self._answer(writer, batch, outcome)

    async def _answer(self, writer: Writer, batch: list[Pending], outcome: Outcome) -> None:
        recorded_at = outcome.recorded_at
        if recorded_at is None:
            _fail_all(batch, ClockJumped(self._watch.stop(outcome.clock_now)))
            return
        self._watch.observe(outcome.clock_now, recorded_at, outcome.held)
        self._lock_held = outcome.lock_seconds
        if 0 < self._head < outcome.base:
            self.pace.others(self._loop.time())
        position = outcome.base
        refused = outcome.refused
        repeats: list[tuple[Pending, int]] = []
        for number, pending in enumerate(batch, 1):
            if number in refused:
                reason = refused[number]
                if isinstance(reason, int):
                    repeats.append((pending, reason))
                else:
                    pending.fail(reason)
                continue
            first = position + 1
            position += pending.events
            pending.succeed(Receipt(first, position, recorded_at, pending.versions))
        self._head = position
        if position > outcome.base:
            self._on_recorded(position)
        if repeats:
            await self._answer_repeats(writer, repeats)

    async def _answer_repeats(self, writer: Writer, repeats: list[tuple[Pending, int]]) -> None:
        try:
            receipts = await receipts_of(writer, [first for _, first in repeats])
        except psycopg.Error as error:
            _fail_all(
                [pending for pending, _ in repeats], Unavailable(f"the receipt could not be read: {error}")
            )
            return
        for pending, first in repeats:
            pending.succeed(receipts[first])

    async def _bisect(
        self, batch: list[Pending], error: psycopg.Error, move_to: datetime | None, losses: int
    ) -> None:
        """The call failed as a whole and nothing was recorded: find whose fault it was, spare the others."""
        if len(batch) == 1:
            batch[0].fail(LedgerError(f"the database refused the append: {error}"))
            return
        middle = len(batch) // 2
        await self._append(batch[:middle], move_to, losses)
        await self._append(batch[middle:], move_to, losses)

    # Lost connections

    async def _resolve(self, batch: list[Pending], move_to: datetime | None, losses: int) -> None:
        """The connection broke during an append: find what was recorded, then append the rest."""
        await self._kept.lose()
        if losses > MOST_LOSSES:
            _fail_all(batch, Unavailable("the connection to the database breaks again and again"))
            return
        log.warning("the connection to the database broke during an append: asking what was recorded")
        rest: list[Pending] = []
        try:
            writer = await self._kept.get()
            for pending in batch:
                receipt = await recorded_receipt(writer, pending.item)
                if receipt is None:
                    rest.append(pending)
                else:
                    # Later than all we knew of: it was this try, not a repeat of an earlier one.
                    pending.succeed(replace(receipt, repeated=receipt.first <= self._head))
        except LedgerError as error:
            _fail_all(batch, error)
        except psycopg.Error:
            await self._resolve(
                [pending for pending in batch if not pending.answer.done()], move_to, losses + 1
            )
        else:
            if rest:
                await self._append(rest, move_to, losses)


def _fail_all(batch: Sequence[Pending], error: LedgerError) -> None:
    for pending in batch:
        pending.fail(error)
