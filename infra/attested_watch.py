"""Hears how far attesting is, and waits for it: one connection per process for however many wait.

A notification is a hint of what stands on record: the newest checkpoint is read besides, soon while somebody
waits and now and then otherwise. Where nothing was told for a while, no process attests, and that is said.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.rows import tuple_row

from application.attested import Attested, heard
from application.ports import Unavailable
from infra.attest_turn import ATTESTER, CHANNEL

POLL_SECONDS = 0.25
IDLE_SECONDS = 2.0
SILENT_SECONDS = 15.0
"""After which nobody attests: it is told every few seconds."""
MOST_WAITING = 1_000
NOBODY = "No process attests: is `hoso serve` or `hoso tlog run` at work?"

_SETTINGS = "SELECT set_config('timezone', 'UTC', false), set_config('statement_timeout', '10s', false)"
_LISTEN = f"LISTEN {CHANNEL}"
_AT_WORK = """
SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s)
"""
# Of the log that signed last the largest: a clock that was ahead once must not hide what was published since.
_NEWEST = """
SELECT size, signed_at, quorum FROM checkpoint
 WHERE origin = (SELECT origin FROM checkpoint ORDER BY signed_at DESC LIMIT 1)
 ORDER BY size DESC LIMIT 1
"""


class PostgresAttestedWatch:
    """The port `AttestedWatch`: `async with PostgresAttestedWatch(dsn) as watch`."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._told = Attested(stands=NOBODY)
        self._told_at = float("-inf")
        self._published = 0
        self._signed_at: datetime | None = None
        self._quorum = True
        self._changed = asyncio.Condition()
        self._waiting = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch(), name="hoso attested")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._task is not None and not self._task.done():  # psycopg can lose a cancellation
            self._task.cancel()
            await asyncio.wait((self._task,), timeout=0.5)

    async def wait_for(self, position: int, seconds: float) -> bool:
        if self._published >= position:
            return True
        if self._waiting >= MOST_WAITING:
            return False
        self._waiting += 1
        self._wake.set()
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._published >= position)
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True

    async def now(self) -> Attested:
        if time.monotonic() - self._told_at > SILENT_SECONDS:
            return Attested(self._told.head, self._published, self._signed_at, self._quorum, stands=NOBODY)
        return replace(self._told, published=self._published, signed_at=self._signed_at)

    async def _watch(self) -> None:
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self._dsn,
                    autocommit=True,
                    row_factory=tuple_row,
                    connect_timeout=5,
                    application_name="hoso attested",
                ) as connection:
                    await connection.execute(_SETTINGS)
                    await connection.execute(_LISTEN)
                    while True:
                        await self._look(connection)
                        await self._rest(connection)
            except psycopg.Error:
                await asyncio.sleep(POLL_SECONDS * 4)

    async def _rest(self, connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
        """Until something is told, or the next look: soon while somebody waits, else now and then."""
        if not self._waiting:
            self._wake.clear()
            waking = asyncio.create_task(self._wake.wait())
            try:
                await asyncio.wait((waking,), timeout=IDLE_SECONDS)
            finally:
                waking.cancel()
        async for notification in connection.notifies(
            timeout=POLL_SECONDS if self._waiting else 0, stop_after=1 if self._waiting else None
        ):
            told = heard(notification.payload)
            if told is not None:
                self._told, self._told_at = told, time.monotonic()

    async def _look(self, connection: psycopg.AsyncConnection[tuple[Any, ...]]) -> None:
        row = await (await connection.execute(_NEWEST)).fetchone()
        async with self._changed:
            if row is not None:
                self._published, self._signed_at, self._quorum = row
            self._changed.notify_all()


async def told_now(dsn: str, seconds: float) -> Attested | None:
    """What the attesting process tells within so many seconds; None where there is none, or it is silent.
    Raises Unavailable."""
    try:
        async with await psycopg.AsyncConnection.connect(
            dsn, autocommit=True, row_factory=tuple_row, connect_timeout=5
        ) as connection:
            await connection.execute(_LISTEN)
            row = await (await connection.execute(_AT_WORK, (ATTESTER,))).fetchone()
            if row is None or not row[0]:
                return None
            async for notification in connection.notifies(timeout=seconds, stop_after=1):
                return heard(notification.payload)
    except psycopg.Error as error:
        raise Unavailable(f"the ledger cannot be reached: {error}") from error
    return None
