"""What many requests share: waiting for the log to grow (one query for however many wait), and slots."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from application.ports import Overloaded, Recorder

POLL_SECONDS = 0.1
MOST_WAITING = 1000


class Head:
    """The last recorded position, looked at while somebody waits."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._position = 0
        self._looked_at = 0.0
        self._looking = asyncio.Lock()
        self._waiting = 0

    async def beyond(self, position: int, seconds: float) -> bool:
        """True once something was recorded after `position`; False when the time was up first.

        Raises Overloaded when too many wait already.
        """
        if self._waiting >= MOST_WAITING:
            raise Overloaded(retry_after=5)
        until = time.monotonic() + seconds
        self._waiting += 1
        try:
            while await self._look() <= position:
                left = until - time.monotonic()
                if left <= 0:
                    return False
                await asyncio.sleep(min(POLL_SECONDS, left))
            return True
        finally:
            self._waiting -= 1

    async def _look(self) -> int:
        async with self._looking:
            if time.monotonic() - self._looked_at >= POLL_SECONDS / 2:
                _, self._position = await self._recorder.clock()
                self._looked_at = time.monotonic()
            return self._position


class Slots:
    """At most so many at once; who comes when all are taken is asked to come again."""

    def __init__(self, most: int) -> None:
        self._free = most

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        if self._free == 0:
            raise Overloaded(retry_after=5)
        self._free -= 1
        try:
            yield
        finally:
            self._free += 1
