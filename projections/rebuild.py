"""Builds a view anew from position 1 beside the one being shown, compares, and switches; reads go on all
the while.

The next generation lives in the schema `next_<view>` and is brought up by the same `apply` in larger pages.
Near the head both are compared at one position: rows and content of every table. Then the view's tracking
row is held (the runner waits, readers do not), the rest is applied, and three schemas change names in one
short transaction. The generation before is kept as `before_<view>` until the next rebuild. Killed at any
point, the shown view is as it was."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from psycopg import AsyncConnection, IsolationLevel, sql

from projections.applier import Applier
from projections.pages import PAGE, Page, read_ahead, seldom_collecting
from projections.schema import create_view, is_current
from projections.view import Connection, Log, View

LOCK = 709_321_102  # advisory, with the view's name hashed: one rebuild of a view at a time
SWITCH_LOCK = (
    709_321_103  # advisory: readers that take a snapshot hold it shared while they open their tables
)

_TRY_LOCK = "SELECT pg_try_advisory_lock(%s, hashtext(%s))"
_STATE = "SELECT position, generation, state FROM views.tracking WHERE schema_name = %s"
_HOLD = "SELECT position FROM views.tracking WHERE schema_name = %s FOR UPDATE"
_FORGET = "DELETE FROM views.tracking WHERE schema_name = %s"
_RENAME = """
UPDATE views.tracking
   SET schema_name = %s, state = %s, last_error = NULL, updated_at = clock_timestamp()
 WHERE schema_name = %s"""
_EXCLUSIVE = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"


class RebuildBusy(Exception):
    """Another process rebuilds this view."""

    def __init__(self, view: str) -> None:
        super().__init__(
            f"another process is rebuilding {view}; wait for its end and look at `hoso views status`"
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """A table whose content at the compared position was not the same. `shown` and `rebuilt`: numbers of
    rows."""

    table: str
    shown: int
    rebuilt: int


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild did. `compared_at`: the position of the comparison, or None where there was nothing
    sound to compare with; `switch_ms`: how long the runner waited for the switch."""

    view: str
    generation: int
    position: int
    facts: int
    seconds: float
    compared_at: int | None = None
    differences: list[Difference] = field(default_factory=list)
    switch_ms: float = 0.0


Progress = Callable[[int, int], None]
"""Called with the position reached and the one to reach."""


async def rebuild(
    dsn: str, log: Log, view: View, *, page: int = PAGE, progress: Progress | None = None
) -> Rebuilt:
    """Rebuild `view` (a new object, not the runner's). Raises RebuildBusy, and ViewStopped when the log
    cannot be applied: what is shown stays."""
    began = time.monotonic()
    async with (
        await AsyncConnection.connect(dsn, autocommit=True, application_name="hoso rebuild") as connection,
        await AsyncConnection.connect(dsn, autocommit=True, application_name="hoso rebuild") as other,
    ):
        locked = await (await connection.execute(_TRY_LOCK, (LOCK, view.name))).fetchone()
        if locked is None or not locked[0]:
            raise RebuildBusy(view.name)
        await connection.execute("SET synchronous_commit TO off")
        following = f"next_{view.name}"
        generation = await _begin(connection, view.name, following)
        applier = Applier(view, following, log)
        result = Rebuilt(view.name, generation, 0, 0, 0.0)
        with seldom_collecting():
            await _catch_up(connection, applier, log, page, progress)
        await _compare(connection, other, applier, log, page, result)
        await _switch(connection, applier, log, page, result)
    result.seconds = time.monotonic() - began
    result.facts = result.position
    return result


async def _begin(connection: Connection, view: str, following: str) -> int:
    """An empty next generation; one that a crash left is dropped."""
    async with connection.transaction():
        await connection.execute(
            sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(following))
        )
        await connection.execute(_FORGET, (following,))
        row = await (await connection.execute(_STATE, (view,))).fetchone()
        generation = int(row[1]) + 1 if row else 1
        await create_view(connection, view, following, generation, "rebuilding")
    return generation


async def _position(connection: Connection, schema_name: str) -> int:
    row = await (await connection.execute(_STATE, (schema_name,))).fetchone()
    return int(row[0]) if row else 0


async def _catch_up(
    connection: Connection, applier: Applier, log: Log, page: int, progress: Progress | None
) -> None:
    """Up to where the shown one is, or to the head where that one stands still."""
    position = await _position(connection, applier.schema_name)
    goal = await _goal(connection, applier, log)
    if position >= goal:
        return
    async with aclosing(read_ahead(log, position, applier.view.categories, page)) as pages:
        async for read in pages:
            position = await applier.apply(connection, read)
            if progress is not None:
                progress(position, goal)
            if position >= goal:
                goal = await _goal(connection, applier, log)
                if position >= goal:
                    return


async def _goal(connection: Connection, applier: Applier, log: Log) -> int:
    return await _position(connection, applier.view.name)


async def _compare(
    connection: Connection, other: Connection, applier: Applier, log: Log, page: int, result: Rebuilt
) -> None:
    """Rows and content of each table, at one position. The shown one is read in a snapshot, so that it may
    go on."""
    view = applier.view
    row = await (await connection.execute(_STATE, (view.name,))).fetchone()
    if row is None or row[2] != "running" or not await is_current(connection, view.name):
        return
    await other.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    async with other.transaction():
        at = await _position(other, view.name)
        shown = {table: await content(other, view.name, table) for table in view.tables}
    await _apply_until(connection, applier, log, page, at)
    if await _position(connection, applier.schema_name) != at:
        return
    result.compared_at = at
    for table in view.tables:
        rebuilt = await content(connection, applier.schema_name, table)
        if rebuilt != shown[table]:
            result.differences.append(Difference(table, shown[table][0], rebuilt[0]))


async def content(connection: Connection, schema_name: str, table: str) -> tuple[int, Any]:
    """Number of rows, and a sum over their contents that does not depend on their order."""
    query = sql.SQL("SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM {} t").format(
        sql.Identifier(schema_name, table)
    )
    row = await (await connection.execute(query)).fetchone()
    assert row is not None
    return row[0], row[1]


async def _apply_until(connection: Connection, applier: Applier, log: Log, page: int, until: int) -> None:
    position = await _position(connection, applier.schema_name)
    while position < until:
        rows = await log.events_after(position, min(page, until - position), ())
        if not rows:
            return
        position = await applier.apply(connection, Page(rows, log))


async def _switch(connection: Connection, applier: Applier, log: Log, page: int, result: Rebuilt) -> None:
    """Once near the head: hold the shown one, apply the rest, rename."""
    view, following, before = applier.view.name, applier.schema_name, f"before_{applier.view.name}"
    async with connection.transaction():
        await connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(before)))
        await connection.execute(_FORGET, (before,))
    await _catch_up(connection, applier, log, page, None)
    async with connection.transaction():
        row = await (await connection.execute(_HOLD, (view,))).fetchone()
        held = time.monotonic()
        position = int(row[0]) if row else 0
        await _apply_until(connection, applier, log, page, position)
        await connection.execute(_EXCLUSIVE, (SWITCH_LOCK, view))
        for old, new, state in ((view, before, "kept"), (following, view, "running")):
            await connection.execute(
                sql.SQL("ALTER SCHEMA {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
            )
            await connection.execute(_RENAME, (new, state, old))
        result.position = await _position(connection, view)
    result.switch_ms = (time.monotonic() - held) * 1000
