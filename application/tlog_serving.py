"""The log as everybody may read it: tiles, bundles and the checkpoint of each log, and who signs it. A log
that was lost stays readable: what was published of it is evidence.

Which log is open is remembered for some seconds, and for longer while the database cannot say: what was
published does not need it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from uuid import UUID

from application import log_identity
from application.ledger import Ledger
from application.log_identity import Log
from application.ports import Unavailable
from application.pruned import may_be_gone, minimum_of
from application.tlog_ports import TileStore

FRESH_SECONDS = 5.0
BEYOND = 1 << 64
"""Larger than any index."""
AT_ONCE = 16
"""Objects read at a time: each is in memory, a few kilobytes mostly and 16 MiB at most."""


class ServedLog:
    """`tiles_of`: the tiles of the ledger's log with this number; `noted`: what its operator should know of
    where and as what it is kept, asked in a thread. For use on one event loop."""

    def __init__(
        self,
        ledger: Ledger,
        ledger_id: UUID,
        tiles_of: Callable[[int], TileStore],
        noted: Callable[[tuple[Log, ...]], list[str]] = lambda known: [],
    ) -> None:
        self._ledger = ledger
        self._ledger_id = ledger_id
        self._tiles_of = tiles_of
        self._noted = noted
        self._notes: tuple[tuple[Log, ...], list[str]] | None = None
        self._known: tuple[Log, ...] | None = None
        self._asked_at = 0.0
        self._tiles: dict[int, TileStore] = {}
        self._minimum: dict[int, tuple[float, int]] = {}
        self._reading = asyncio.Semaphore(AT_ONCE)

    async def logs(self) -> tuple[Log, ...]:
        """Every log of the ledger, the open one last. Raises Unavailable."""
        if self._known is None or time.monotonic() - self._asked_at > FRESH_SECONDS:
            try:
                self._known = await log_identity.logs(self._ledger, self._ledger_id)
            except Unavailable:
                if self._known is None:
                    raise
            self._asked_at = time.monotonic()
        return self._known

    async def notes(self) -> list[str]:
        """Sentences for the operator about nothing that stops anything; none while the database is away."""
        try:
            known = await self.logs()
        except Unavailable:
            return []
        if self._notes is None or self._notes[0] != known:
            self._notes = (known, await asyncio.to_thread(self._noted, known))
        return self._notes[1]

    async def get(self, path: str, number: int | None = None) -> bytes | None:
        """What the log with this number (None: the newest) has under this path (`checkpoint`,
        `tile/0/x001/067`), None where there is nothing. Raises TlogUnavailable, Unavailable."""
        tiles = await self._of(number)
        if tiles is None:
            return None
        async with self._reading:
            return await tiles[1].get(path)

    async def minimum(self, number: int | None = None) -> int | None:
        """The index of the first leaf whose tile of level 0 and bundle are published; 0: nothing was pruned;
        None: there is no such log. Raises as `get`."""
        tiles = await self._of(number)
        if tiles is None:
            return None
        number, store = tiles
        known = self._minimum.get(number)
        if known is None or time.monotonic() - known[0] > FRESH_SECONDS:
            async with self._reading:
                known = self._minimum[number] = (time.monotonic(), await minimum_of(store))
        return known[1]

    async def pruned(self, path: str, number: int | None = None) -> bool:
        """Whether what is not there was pruned. Raises as `get`."""
        return may_be_gone(path, BEYOND) and may_be_gone(path, await self.minimum(number) or 0)

    async def _of(self, number: int | None) -> tuple[int, TileStore] | None:
        """The log's number and its tiles."""
        known = await self.logs()
        if number is None and known:
            number = known[-1].number
        if number is None or all(log.number != number for log in known):
            return None
        if number not in self._tiles:
            self._tiles[number] = self._tiles_of(number)
        return number, self._tiles[number]
