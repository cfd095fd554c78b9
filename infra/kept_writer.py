"""The one writing connection of a process, made anew after a loss: never before the lost one's backend is
gone, so that what it did is decided."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime

import psycopg

from application.ports import Unavailable
from infra.limits import Limits
from infra.writer import Writer

MOST_SENDING = 0.05  # seconds; a database that reads takes a chunk in a few milliseconds


class KeptWriter:
    """Not for two tasks at once."""

    def __init__(self, dsn: str, limits: Limits, writer: Writer) -> None:
        self._dsn = dsn
        self._limits = limits
        self._writer: Writer | None = writer
        self._lost: tuple[int, datetime] | None = None  # the backend whose last words were not heard
        self.closing = False

    async def get(self) -> Writer:
        """The writer, waited for while the database is away. Raises Unavailable."""
        if self._writer is not None:
            return self._writer
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._limits.reconnect_seconds
        pause = 0.05
        while True:
            try:
                writer = await self._limits.connect(self._dsn)
                if self._lost is not None:
                    await writer.settle(self._lost)
            except psycopg.Error as error:
                if loop.time() + pause > deadline or self.closing:
                    raise Unavailable(f"the database cannot be reached: {error}") from error
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
            else:
                self._writer, self._lost = writer, None
                return writer

    async def sent(self, appending: asyncio.Task[None]) -> None:
        """Until the database has all of what is on its way to it, but no longer than a twentieth of a second:
        whoever keeps this process busy before that keeps the database waiting for the rest."""
        loop = asyncio.get_running_loop()
        patience = loop.time() + MOST_SENDING
        await asyncio.sleep(0)
        while loop.time() < patience and self._writer is not None and not self._writer.flushed:
            if appending.done():
                return
            await asyncio.sleep(0)  # in which psycopg writes on

    async def lose(self) -> None:
        """The connection broke during an append."""
        if self._writer is not None:
            self._lost = self._writer.backend
            with contextlib.suppress(psycopg.Error):
                await self._writer.close()
            self._writer = None

    async def close(self) -> None:
        if self._writer is not None:
            await self._writer.close()
