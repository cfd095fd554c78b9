"""How far the views are, and waiting until a position is shown.

One `Shown` per process: a single connection listens and polls for however many readers wait. The
notification is a hint; the tracking row decides."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import class_row

from projections.cancelling import end
from projections.view import Connection

POLL_SECONDS = 0.05
IDLE_SECONDS = 5.0
WAIT_SECONDS = 2.0

ALIASES = {"queue": "status"}
"""Views without tables of their own: shown as far as the view that they query."""

_LISTEN = "LISTEN hoso_shown"  # the runner's channel
_POSITIONS = "SELECT schema_name, position FROM views.tracking WHERE state IN ('running', 'stopped')"
_TRACKING = """
SELECT t.view, t.schema_name, t.generation, t.position, t.state, t.last_error, t.updated_at,
       (SELECT count(*) FROM views.parked p WHERE p.schema_name = t.schema_name) AS parked
  FROM views.tracking t ORDER BY t.view, t.generation"""
_PARKED = """
SELECT dossier, position, topic, reason, parked_at FROM views.parked
 WHERE schema_name = %s ORDER BY position"""


class NotShownYet(Exception):
    """The view does not include `position` within the time given; it has come to `shown`."""

    def __init__(self, view: str, position: int, shown: int) -> None:
        super().__init__(f"position {position} is not shown yet: {view} has come to {shown}; try again")
        self.view = view
        self.position = position
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Tracking:
    """One row of `hoso views status`. `state`: running, stopped (with `last_error`), rebuilding, kept (the
    one before a rebuild, or a replay up to an earlier position)."""

    view: str
    schema_name: str
    generation: int
    position: int
    state: str
    last_error: str | None
    updated_at: datetime
    parked: int


@dataclass(frozen=True, slots=True)
class Parked:
    """A dossier that a view could not follow from `position` on."""

    dossier: Any
    position: int
    topic: str
    reason: str
    parked_at: datetime


async def tracking(connection: AsyncConnection[Any]) -> list[Tracking]:
    """All generations of all views. The views are healthy when every shown one is `running` and none has
    parked dossiers."""
    async with connection.cursor(row_factory=class_row(Tracking)) as cursor:
        await cursor.execute(_TRACKING)
        return await cursor.fetchall()


async def parked(connection: AsyncConnection[Any], view: str) -> list[Parked]:
    """The dossiers parked in the shown generation of `view`: at most 101."""
    async with connection.cursor(row_factory=class_row(Parked)) as cursor:
        await cursor.execute(_PARKED, (ALIASES.get(view, view),))
        return await cursor.fetchall()


class Shown:
    """`async with Shown(dsn) as shown: await shown.wait_for("status", position)`."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._positions: dict[str, int] = {}
        self._changed = asyncio.Condition()
        self._waiting = 0
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch(), name="hoso shown")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            await end(self._task)

    async def wait_for(self, view: str, position: int, seconds: float = WAIT_SECONDS) -> int:
        """Return the position shown once it is at least `position`; raises NotShownYet after `seconds`."""
        table = ALIASES.get(view, view)
        if self._positions.get(table, -1) >= position:
            return self._positions[table]
        self._waiting += 1
        self._wake.set()
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self._positions.get(table, -1) >= position)
        except TimeoutError:
            raise NotShownYet(view, position, self._positions.get(table, 0)) from None
        finally:
            self._waiting -= 1
        return self._positions[table]

    async def _watch(self) -> None:
        while True:
            try:
                async with await AsyncConnection.connect(
                    self._dsn, autocommit=True, application_name="hoso shown"
                ) as connection:
                    await connection.execute(_LISTEN)
                    while True:
                        await self._look(connection)
                        await self._rest(connection)
            except psycopg.OperationalError:
                await asyncio.sleep(POLL_SECONDS * 10)

    async def _rest(self, connection: Connection) -> None:
        """Until a hint, or the next poll: soon while somebody waits, else now and then."""
        if not self._waiting:
            self._wake.clear()
            waiting = asyncio.create_task(self._wake.wait())
            try:
                await asyncio.wait((waiting,), timeout=IDLE_SECONDS)
            finally:
                waiting.cancel()
            async for _ in connection.notifies(timeout=0):
                pass  # hints that nobody waited for must not pile up
            return
        async for _ in connection.notifies(timeout=POLL_SECONDS, stop_after=1):
            pass

    async def _look(self, connection: Connection) -> None:
        cursor = await connection.execute(_POSITIONS)
        positions: dict[str, int] = dict(await cursor.fetchall())
        if positions != self._positions:
            async with self._changed:
                self._positions = positions
                self._changed.notify_all()
