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
from application.tlog_ports import TileStore

FRESH_SECONDS = 5.0
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
        known = await self.logs()
        if number is None and known:
            number = known[-1].number
        if number is None or all(log.number != number for log in known):
            return None
        if number not in self._tiles:
            self._tiles[number] = self._tiles_of(number)
        async with self._reading:
            return await self._tiles[number].get(path)
