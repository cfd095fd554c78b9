"""Group commit in the process: callers queue, one writer appends what queued during its last commit.

There is no timer: a single caller pays one round trip, thirty-two share one. The writer is a task on the
callers' own loop. Each item is answered for itself; nobody is answered while the outcome of a broken
connection is unknown.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import psycopg

from application.ports import ClockJumped, Item, LedgerError, Overloaded, Receipt, Unavailable
from infra.batch import Pending, take
from infra.clock_watch import ClockWatch
from infra.limits import Limits
from infra.resolve import receipts_of, recorded_receipt
from infra.writer import ConnectionLost, Outcome, Writer

log = logging.getLogger("hoso.ledger")

MOST_LOSSES = 5  # of the connection, during one append


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
        self._dsn = dsn
        self._writer: Writer | None = writer
        self._lost: tuple[int, datetime] | None = None  # the backend whose last words were not heard
        self._watch = watch
        self._limits = limits
        self._on_recorded = on_recorded
        self._first_version = first_version
        self._queue: deque[Pending] = deque()
        self._queued_bytes = 0
        self._bulk: deque[Pending] = deque()
        self._bulk_turn = asyncio.Lock()
        self._connection_turn = asyncio.Lock()
        self._wake: asyncio.Future[None] | None = None
        self._closing = False
        self._events_per_second = 1_000.0
        self._head = 0  # the last position this process knows of
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run(), name="hoso-writer")

    @property
    def waiting(self) -> int:
        """Items in the queue, bulk not counted."""
        return len(self._queue)

    # Callers

    def submit(self, item: Item) -> asyncio.Future[Receipt]:
        """Queue one item; the future is its answer.

        Raises Overloaded, Unavailable, ClockJumped, ValueError.
        """
        pending = self._pending(item)
        if len(self._queue) >= self._limits.queue_items or self._queued_bytes >= self._limits.queue_bytes:
            raise Overloaded(1 + int(len(self._queue) / self._events_per_second))
        self._queue.append(pending)
        self._queued_bytes += pending.size
        self._ring()
        return pending.answer

    async def append_many(self, items: Sequence[Item]) -> list[Receipt | LedgerError]:
        """Bulk: one caller at a time, in chunks that let queued items pass between them."""
        async with self._bulk_turn:
            pendings = [self._pending(item) for item in items]
            self._bulk.extend(pendings)
            self._ring()
            try:
                await asyncio.wait([pending.answer for pending in pendings]) if pendings else None
            except asyncio.CancelledError:
                self._bulk.clear()
                raise
        return [_outcome(pending.answer) for pending in pendings]

    async def move_clock(self, item: Item, to: datetime) -> Receipt:
        pending = self._pending(item)
        async with self._connection_turn:
            await self._append([pending], move_to=to)
        return await pending.answer

    def _pending(self, item: Item) -> Pending:
        if self._closing:
            raise Unavailable("the ledger is closing")
        if self._watch.stopped is not None:
            raise ClockJumped(self._watch.stopped)
        return Pending(item, self._loop.create_future(), self._first_version)

    async def close(self) -> None:
        """Record what is queued, then stop."""
        self._closing = True
        self._ring()
        await self._task
        if self._writer is not None:
            await self._writer.close()

    # The writer's task

    def _ring(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def _run(self) -> None:
        while True:
            if not self._queue and not self._bulk:
                if self._closing:
                    return
                self._wake = self._loop.create_future()
                await self._wake
            # Twice: callers that were just answered run once, and queue their next item, before the batch
            # is taken.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            async with self._connection_turn:
                await self._next(self._queue, self._limits.batch_events)
                if self._bulk:
                    many = self._limits.bulk_events_in_traffic if self._queue else self._limits.bulk_events
                    await self._next(self._bulk, many)

    async def _next(self, queue: deque[Pending], most_events: int) -> None:
        batch = take(queue, most_events, self._limits.batch_bytes)
        if queue is self._queue:
            self._queued_bytes -= sum(pending.size for pending in batch)
        if not batch:
            return
        began = time.perf_counter()
        try:
            await self._append(batch)
        except Exception as error:  # a defect here must not leave callers waiting for ever
            log.exception("an append failed in a way that nobody foresaw")
            for pending in batch:
                pending.fail(LedgerError(f"the append failed: {error}"))
        took = time.perf_counter() - began
        self._events_per_second += 0.1 * (len(batch) / max(took, 1e-6) - self._events_per_second)

    async def _append(self, batch: list[Pending], move_to: datetime | None = None, losses: int = 0) -> None:
        """Append and answer everybody in the batch, whatever happens on the way."""
        try:
            writer = await self._connected()
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
        """The call failed as a whole and nothing was recorded:

        find whose fault it was, and spare the others.
        """
        if len(batch) == 1:
            batch[0].fail(LedgerError(f"the database refused the append: {error}"))
            return
        middle = len(batch) // 2
        await self._append(batch[:middle], move_to, losses)
        await self._append(batch[middle:], move_to, losses)

    # Lost connections

    async def _connected(self) -> Writer:
        """The writer; after a loss a new one, once the lost one's backend is gone. Raises Unavailable."""
        if self._writer is not None:
            return self._writer
        deadline = self._loop.time() + self._limits.reconnect_seconds
        pause = 0.05
        while True:
            try:
                writer = await self._limits.connect(self._dsn)
                if self._lost is not None:
                    await writer.settle(self._lost)
            except psycopg.Error as error:
                if self._loop.time() + pause > deadline or self._closing:
                    raise Unavailable(f"the database cannot be reached: {error}") from error
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
            else:
                self._writer, self._lost = writer, None
                return writer

    async def _resolve(self, batch: list[Pending], move_to: datetime | None, losses: int) -> None:
        """The connection broke during an append: find what was recorded, then append the rest."""
        if self._writer is not None:
            self._lost = self._writer.backend
            with contextlib.suppress(psycopg.Error):
                await self._writer.close()
            self._writer = None
        if losses > MOST_LOSSES:
            _fail_all(batch, Unavailable("the connection to the database breaks again and again"))
            return
        log.warning("the connection to the database broke during an append: asking what was recorded")
        rest: list[Pending] = []
        try:
            writer = await self._connected()
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


def _outcome(answer: asyncio.Future[Receipt]) -> Receipt | LedgerError:
    error = answer.exception()
    if error is None:
        return answer.result()
    if isinstance(error, LedgerError):
        return error
    raise error
