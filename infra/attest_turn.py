"""Whose turn it is to attest, and telling how far it is: one connection of the attesting process. The same
for whose turn it is to prune or rebuild.

Promises: an advisory lock that goes with the connection, so a process that died or lost its connection holds
nothing. What is told is a notification; who listens hears it at once or with the next one.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from application.attested import Attested
from application.ports import Unavailable

CHANNEL = "hoso_attested"
ATTESTER = "hoso attester"
"""The connection's name, by which others see that a process attests."""
LOCK = 709_321_104  # advisory, held by the session of the one process that attests
PRUNER = "hoso pruner"
PRUNING_LOCK = 709_321_105  # the same of the one process that prunes or rebuilds
TRY_SECONDS = 0.25
_SETTINGS = """
SELECT set_config('timezone', 'UTC', false), set_config('application_name', %s, false),
       set_config('statement_timeout', '30s', false)
"""
_TRY = "SELECT pg_try_advisory_lock(%s)"
_GIVE_UP = "SELECT pg_advisory_unlock(%s)"
_HELD = """
SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()
                  AND classid = 0 AND objid = %s AND granted)
"""
_TELL = "SELECT pg_notify(%s, %s)"


class AttestTurn:
    """The port `Turn`. `lock`: the advisory lock; `name`: the connection's. `close` at the end."""

    def __init__(self, dsn: str, lock: int = LOCK, name: str = ATTESTER) -> None:
        self._dsn = dsn
        self._lock = lock
        self._name = name
        self._connection: psycopg.AsyncConnection[tuple[Any, ...]] | None = None

    async def take(self, seconds: float) -> bool:
        until = time.monotonic() + seconds
        while not await self._one(_TRY, self._lock):
            if time.monotonic() >= until:
                return False
            await asyncio.sleep(TRY_SECONDS)
        return True

    async def held(self) -> bool:
        if self._connection is None:
            return False
        try:
            return bool(await self._one(_HELD, self._lock))
        except Unavailable:
            return False

    async def give_up(self) -> None:
        if self._connection is not None:
            try:
                await self._one(_GIVE_UP, self._lock)
            except Unavailable:
                return

    async def tell(self, attested: Attested) -> None:
        await self._one(_TELL, CHANNEL, attested.told())

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _one(self, query: str, *parameters: object) -> Any:
        try:
            if self._connection is None:
                self._connection = await self._connect()
            row = await (await self._connection.execute(query.encode(), parameters)).fetchone()
        except psycopg.Error as error:
            await self.close()
            raise Unavailable(f"the ledger cannot be reached: {error}") from error
        return row[0] if row else None

    async def _connect(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        connection = await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, row_factory=tuple_row, connect_timeout=5,
            keepalives_idle=10, keepalives_interval=5, keepalives_count=3, tcp_user_timeout=20_000,
        )  # fmt: skip
        await connection.execute(_SETTINGS, (self._name,))
        return connection
