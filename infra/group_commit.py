"""Group commit in the process: callers queue, one writer appends what queued during its last commit.

There is no timer: a single caller pays one round trip, thirty-two share one. The writer is a task on the
callers' own loop. Where callers' work takes as long as the database's, the two go on side by side
(infra/overlap.py).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime

from application.ports import ClockJumped, Item, LedgerError, Overloaded, Receipt, Unavailable
from infra.appending import Appending
from infra.batch import Batch, Pending, Unanswered, take
from infra.bulk import Bulk
from infra.clock_watch import ClockWatch
from infra.kept_writer import KeptWriter
from infra.limits import Limits
from infra.overlap import Overlap
from infra.writer import Writer

log = logging.getLogger("hoso.ledger")


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
        self._appending = Appending(self._kept, watch, on_recorded=on_recorded, on_others=self._others)
        self._watch = watch
        self._limits = limits
        self._first_version = first_version
        self._queue: deque[Pending] = deque()
        self._queued_bytes = 0
        self._recorded = Unanswered()
        self._overlap = Overlap(limits.overlap_from)
        self._bulk: Bulk | None = None
        self.pace = limits.pace()
        self._bulk_turn = asyncio.Lock()
        self._connection_turn = asyncio.Lock()
        self._wake: asyncio.Future[None] | None = None
        self._closing = False
        self._events_per_second = 1_000.0
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
            await self._appending.append(Batch([pending]), to)
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
            if not self._queue and not self._recorded and rest != 0:
                if self._closing and rest is None:
                    return
                await self._woken(rest)
            await self._gather()
            async with self._connection_turn:
                await self._next()
                if self._bulk_rests() == 0:
                    await self._next_bulk()

    async def _gather(self) -> None:
        """Let callers queue what goes into the next batch: those that come together, and those that are
        answered now. Where both sides are to work at once, half of these, or none while something waits."""
        if self._overlap.pays and self._recorded:
            if self._queue:
                return
            self._recorded.answer((len(self._recorded) + 1) // 2)
            await self._all_run()
            if self._queue:
                return
        self._recorded.answer()
        await self._all_run()

    async def _all_run(self) -> None:
        """Twice: callers that were just answered run once, and queue their next item."""
        await asyncio.sleep(0)
        await asyncio.sleep(0)

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

    def _others(self) -> None:
        self.pace.others(self._loop.time())

    async def _next(self) -> None:
        batch = Unanswered(take(self._queue, self._limits.batch_events, self._limits.batch_bytes))
        if not batch:
            return
        self._queued_bytes -= sum(pending.size for pending in batch)
        self._others()
        began = time.perf_counter()
        await self._sent(batch)
        self._recorded = batch
        took = time.perf_counter() - began
        self._overlap.appended(took)
        self._events_per_second += 0.1 * (len(batch) / max(took, 1e-6) - self._events_per_second)

    async def _sent(self, batch: Batch) -> None:
        """While the database works on this batch, the one before it is answered."""
        if not self._recorded:
            await self._guarded(batch)
            return
        sending = self._loop.create_task(self._guarded(batch))
        await self._kept.sent(sending)
        self._recorded.answer()
        await sending

    async def _next_bulk(self) -> None:
        """One chunk; while the database works, the one before it is answered and the one after it is made."""
        assert self._bulk is not None
        bulk, most_bytes = self._bulk, self._limits.batch_bytes
        self._recorded.answer()
        chunk = bulk.take(self.pace.size(self._loop.time()), most_bytes)
        if chunk:
            self._appending.lock_held = None
            sending = self._loop.create_task(self._guarded(chunk))
            await self._kept.sent(sending)
            bulk.sent(chunk, self.pace.size(self._loop.time()), most_bytes)
            await sending
            self._measured(chunk)
        if not bulk.waiting:
            bulk.answer()

    def _measured(self, chunk: Batch) -> None:
        held = self._appending.lock_held
        if held is not None:
            self.pace.held(sum(pending.events for pending in chunk), held, self._loop.time())

    async def _guarded(self, batch: Batch) -> None:
        try:
            await self._appending.append(batch)
        except Exception as error:  # a defect here must not leave callers waiting for ever
            log.exception("an append failed in a way that nobody foresaw")
            for pending in batch:
                pending.fail(LedgerError(f"the append failed: {error}"))
