"""Many callers, one statement: whoever asks while one is on its way is served by the next, together with all
who wait. There is no timer: a single caller pays one round trip, thirty-two share one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from uuid import UUID


class _Gathered:
    """Who waits for one statement, and for what."""

    def __init__(self, done: asyncio.Future[None]) -> None:
        self.ids: set[UUID] = set()
        self.done = done


class Gathering:
    """`work` gets what all wanted, in one order for all, at most `most` at once (a caller that wants more
    goes alone); what it raises, each of them hears. Not for use by several event loops at once."""

    def __init__(self, work: Callable[[list[UUID]], Awaitable[None]], most: int) -> None:
        self._work = work
        self._most = most
        self._waiting: deque[_Gathered] = deque()
        self._running: asyncio.Task[None] | None = None

    async def want(self, ids: Iterable[UUID]) -> None:
        """Return when the work was done for these."""
        wanted = set(ids)
        if not self._waiting or len(self._waiting[-1].ids) + len(wanted) > self._most:
            self._waiting.append(_Gathered(asyncio.get_running_loop().create_future()))
        gathered = self._waiting[-1]
        gathered.ids |= wanted
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run(), name="hoso-gathering")
        await asyncio.shield(gathered.done)  # who leaves takes nobody along

    async def _run(self) -> None:
        # Twice: callers that were just answered run once, and ask for what they want next, before it is
        # taken.
        while self._waiting:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            gathered = self._waiting.popleft()
            try:
                await self._work(sorted(gathered.ids))
            except asyncio.CancelledError:
                gathered.done.cancel()
                raise
            except Exception as error:
                gathered.done.set_exception(error)
                gathered.done.exception()  # looked at, even where every caller has left
            else:
                gathered.done.set_result(None)
