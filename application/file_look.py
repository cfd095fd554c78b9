"""Can the file store be used now? What readiness says of it, asked as often as anybody likes."""

from __future__ import annotations

import asyncio
import time
from typing import Final, Protocol

from application.file_ports import FilesUnavailable

GOOD_FOR: Final = 10.0
"""Seconds for which an answer is taken as the present one: a bucket is not asked at every probe."""


class LookedAt(Protocol):
    async def look(self, *, used: bool) -> None: ...


class StoreWatch:
    """What is wrong with the store, as one sentence; None when nothing is. `seconds`: how long to wait."""

    def __init__(self, store: LookedAt, seconds: float = 1.5) -> None:
        self._store = store
        self._seconds = seconds
        self._said: str | None = None
        self._until = 0.0
        self._looking = asyncio.Lock()

    async def report(self) -> str | None:
        """At most one look at a time; those who ask meanwhile get its answer."""
        async with self._looking:
            if time.monotonic() >= self._until:
                self._said = await self._look()
                self._until = time.monotonic() + GOOD_FOR
            return self._said

    async def _look(self) -> str | None:
        try:
            async with asyncio.timeout(self._seconds):
                await self._store.look(used=False)
        except FilesUnavailable as problem:
            return str(problem)
        except TimeoutError:
            return f"the file store does not answer within {self._seconds:g} seconds"
        return None
