"""The connection that a process keeps while it has the ledger open: it says 'open', and hears the bell.

Two things hang on it. A shared advisory lock, by which a demo clock knows that somebody runs: the first
process that opens the ledger resumes the clock from when the last one was seen. And LISTEN, from the first
follower on: a notification wakes followers at once. It is only a hint; followers poll as well, so nothing
is lost while this connection is down. What this process records itself rings its bell without the detour.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from typing import Any

import psycopg
from psycopg.rows import tuple_row

log = logging.getLogger("hoso.ledger")

_OPEN_LOCK = 709321002
_LOOK_AFTER_SECONDS = 10.0  # a connection that nobody listens on yet
_BREATH_SECONDS = 0.002  # between two notifications, so that a burst from other processes costs little
_SETTINGS = """
SELECT set_config('timezone', 'UTC', false), set_config('application_name', 'hoso session', false),
       set_config('statement_timeout', '30s', false), set_config('lock_timeout', '20s', false)
"""


class Session:
    """Open with `start`; take the `bell`, look at the log, then `wait` for the bell or the poll."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._task: asyncio.Task[None] | None = None
        self._bell: asyncio.Future[None] | None = None
        self._followed = asyncio.Event()

    async def start(self) -> None:
        """Connect, say 'open', resume a demo clock that stood. Raises psycopg.Error."""
        connection = await self._connect()
        try:
            alone = await _ask(connection, "SELECT pg_try_advisory_lock(%s)", _OPEN_LOCK)
            if alone:
                await connection.execute("SELECT resume_clock()")
            await connection.execute("SELECT pg_advisory_lock_shared(%s)", (_OPEN_LOCK,))
            if alone:
                await connection.execute("SELECT pg_advisory_unlock(%s)", (_OPEN_LOCK,))
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        self._task = asyncio.create_task(self._keep(connection), name="hoso-session")

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        connection = await psycopg.AsyncConnection.connect(
            self._dsn, autocommit=True, row_factory=tuple_row, connect_timeout=5,
            keepalives_idle=30, keepalives_interval=5, keepalives_count=3, tcp_user_timeout=20_000,
        )  # fmt: skip
        await connection.execute(_SETTINGS)
        return connection

    async def close(self, *, save_clock: bool) -> None:
        """Leave; `save_clock` stores the time from which a demo clock goes on."""
        if self._task is not None:
            while not self._task.done():  # before Python 3.12 psycopg can lose a cancellation
                self._task.cancel()
                await asyncio.wait((self._task,), timeout=0.5)
        if self._connection is not None:
            if save_clock:
                with contextlib.suppress(psycopg.Error):
                    await self._connection.execute("SELECT save_clock()")
            await self._connection.close()
        self.ring()

    def ring(self) -> None:
        """Wake whoever waits."""
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)
        self._bell = None

    def bell(self) -> asyncio.Future[None]:
        """Rings at the next recorded event. Take it before looking at the log, or an event falls between."""
        self._followed.set()
        if self._bell is None:
            self._bell = asyncio.get_running_loop().create_future()
        return self._bell

    async def wait(self, bell: asyncio.Future[None], seconds: float) -> None:
        """Until the bell rings, at most about `seconds`: jittered, so that pollers do not march in step."""
        await asyncio.wait([bell], timeout=seconds * random.uniform(0.5, 1.0))

    async def _keep(self, connection: psycopg.AsyncConnection[Any]) -> None:
        while True:
            try:
                await self._look_after(connection)
                await self._hear(connection)
            except psycopg.Error as error:
                log.warning("the connection that keeps the ledger open broke, connecting again: %s", error)
            connection = await self._again(connection)

    async def _look_after(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """While nobody follows: see that the connection, and with it the lock, is there."""
        while not self._followed.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._followed.wait(), _LOOK_AFTER_SECONDS)
                return
            await connection.execute("SELECT 1")

    async def _hear(self, connection: psycopg.AsyncConnection[Any]) -> None:
        await connection.execute("LISTEN hoso_log")
        self.ring()  # for what was recorded before anybody listened
        while True:
            async for _ in connection.notifies(stop_after=1):
                self.ring()
            await asyncio.sleep(_BREATH_SECONDS)

    async def _again(self, old: psycopg.AsyncConnection[Any]) -> psycopg.AsyncConnection[Any]:
        """Connect again, however long it takes. The clock is not resumed: this process ran on."""
        with contextlib.suppress(psycopg.Error):
            await old.close()
        while True:
            await asyncio.sleep(random.uniform(0.2, 1.0))
            with contextlib.suppress(psycopg.Error):
                connection = await self._connect()
                self._connection = connection
                await connection.execute("SELECT pg_advisory_lock_shared(%s)", (_OPEN_LOCK,))
                return connection


async def _ask(connection: psycopg.AsyncConnection[Any], query: str, parameter: int) -> bool:
    row = await (await connection.execute(query, (parameter,))).fetchone()
    return bool(row and row[0])
