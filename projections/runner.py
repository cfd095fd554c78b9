"""Keeps every read model up with the log: one runner for a ledger, whatever the number of processes that
could be it.

It follows the log from the position of the view that is furthest back and gives each page to each view: a
transaction per view and page, many facts in each. What a reader sees of a view is thus always the log up to
one position. A view that stops keeps none of the others. Killed at any point, it goes on from the tracking
rows; so it does when the database was, which may take the last pages with it: they are committed without
waiting for the disk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import psycopg
from psycopg import AsyncConnection

from projections.applier import Applier, Behind, ViewStopped
from projections.cancelling import stop_if_cancelled
from projections.pages import PAGE, Page, read_ahead, seldom_collecting
from projections.view import Connection, Log, View

CHANNEL = "hoso_shown"
LOCK = 709_321_101  # advisory: held by the session of the one runner
BUSY_SECONDS = 1.0
RETRY_SECONDS = 1.0
LOOK_SECONDS = 2.0  # without a page; then the connection is looked at

_TRY_LOCK = "SELECT pg_try_advisory_lock(%s)"
_RUNNING = (
    "SELECT schema_name, position FROM views.tracking WHERE schema_name = ANY (%s) AND state = 'running'"
)
_RESUME = """
UPDATE views.tracking SET state = 'running', last_error = NULL, updated_at = clock_timestamp()
 WHERE schema_name = ANY (%s) AND state = 'stopped'"""

logger = logging.getLogger("hoso.views")


class RunnerBusy(Exception):
    """Another process is the runner."""

    def __init__(self) -> None:
        super().__init__("another process keeps the read models of this ledger up to date; this one need not")


class NotContiguous(Exception):
    """The log's reader handed over a page with a hole; nothing of it was applied."""


class Runner:
    """`run` for ever, or `catch_up` to a position. `dsn`: the application's role."""

    def __init__(self, dsn: str, log: Log, views: Sequence[View], *, page: int = PAGE) -> None:
        self._dsn = dsn
        self._log = log
        self._page = page
        self._appliers = {view.name: Applier(view, view.name, log) for view in views}
        self._categories = frozenset[int]().union(*(view.categories for view in views))

    async def run(self, *, wait: bool = True) -> None:
        """Follow the log until cancelled. While another runner works: wait for its end, or raise
        RunnerBusy."""
        away: tuple[type[Exception], ...] = (psycopg.OperationalError, *self._log.away)
        while True:
            try:
                async with await self._connect(wait) as connection:
                    with seldom_collecting():
                        await self._follow(connection, None)
            except away as error:
                logger.warning("read models: the database is away (%s); trying again", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def catch_up(self, position: int, *, wait: bool = True) -> None:
        """Apply the log up to `position` (which must be recorded), then return."""
        async with await self._connect(wait) as connection:
            with seldom_collecting():
                await self._follow(connection, position)

    async def _connect(self, wait: bool) -> Connection:
        connection = await AsyncConnection.connect(
            self._dsn, autocommit=True, application_name="hoso read models"
        )
        try:
            told = False
            while not await _one(connection, _TRY_LOCK, (LOCK,)):
                if not wait:
                    raise RunnerBusy
                if not told:
                    logger.info("read models: another process is the runner; waiting for its end")
                    told = True
                await asyncio.sleep(BUSY_SECONDS)
            await connection.execute("SET synchronous_commit TO off")  # a lost page is applied again
            await connection.execute(_RESUME, (list(self._appliers),))
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _follow(self, connection: Connection, until: int | None) -> None:
        while True:
            running = await self._running(connection)
            start = min(running.values(), default=0)
            if until is not None and (not running or start >= until):
                return
            if not running:  # all stopped: a rebuild brings one back
                await asyncio.sleep(BUSY_SECONDS)
                continue
            async with aclosing(read_ahead(self._log, start, self._categories, self._page)) as pages:
                while (page := await self._next(connection, pages, start)) is not None:
                    if page.first != start + 1 or page.last - start != len(page.rows):
                        raise NotContiguous(
                            f"after position {start} the log's reader gave {page.first} to {page.last}"
                        )
                    try:
                        await self._apply(connection, page)
                    except Behind:
                        break
                    start = page.last
                    stop_if_cancelled()
                    if until is not None and start >= until:
                        return

    async def _next(
        self, connection: Connection, pages: AsyncGenerator[Page, None], start: int
    ) -> Page | None:
        """The next page. None where the tables are further back: a crash of the database may have taken the
        last ones. Raises OperationalError when the connection is gone, which a quiet log would not tell."""
        reading = asyncio.ensure_future(anext(pages, None))
        try:
            while not (await asyncio.wait((reading,), timeout=LOOK_SECONDS))[0]:
                running = await self._running(connection)
                if min(running.values(), default=start) < start:
                    return None
            return reading.result()
        finally:
            if not reading.done():
                reading.cancel()
                await asyncio.wait((reading,))

    async def _running(self, connection: Connection) -> dict[str, int]:
        cursor = await connection.execute(_RUNNING, (list(self._appliers),))
        return dict(await cursor.fetchall())

    async def _apply(self, connection: Connection, page: Page) -> None:
        running = await self._running(connection)
        behind = min(running.values(), default=page.last)
        if behind + 1 < page.first:
            raise Behind(behind)
        for name in running:
            try:
                await self._appliers[name].apply(connection, page)
            except ViewStopped as stopped:
                logger.error("read models: %s. Look at `hoso views status`, then rebuild it.", stopped)
        await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, str(page.last)))


async def _one(connection: Connection, query: str, parameters: tuple[Any, ...]) -> Any:
    row = await (await connection.execute(query, parameters)).fetchone()
    return row[0] if row else None
