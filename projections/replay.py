"""Are the views what the log gives? Every view once more from position 1, by the same `apply`, in schemas
beside those that are shown, up to the position at which each of these is; then both are compared, row by row.

All of it is one transaction that is undone at the end: nobody sees what it makes, the shown views are only
read, and an audit that is killed leaves nothing. What is shown is read in one snapshot, so it may go on.
Memory is two pages of the log and a page of rows.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeAlias

from psycopg import AsyncConnection, AsyncServerCursor, IsolationLevel, sql

from projections.applier import Applier, ViewStopped
from projections.pages import PAGE, Page, read_ahead, seldom_collecting
from projections.rebuild import content
from projections.schema import ViewsNotAllowed, is_allowed, is_current, sql_of
from projections.view import Connection, Log, View

Progress = Callable[[str, int, int], None]
"""Called with what is being done, the position reached and the one to reach."""
TITLE = "Replaying the read models"
MOST_ROWS = 5
"""Named of each table that differs; the others are counted."""
ROWS_AT_ONCE = 1_000

_SHOWN = "SELECT position, state, last_error FROM views.tracking WHERE schema_name = %s"
_ADD = """
INSERT INTO views.tracking (schema_name, view, generation, position, state)
VALUES (%s, %s, 1, 0, 'rebuilding')"""
_PARKED = """
SELECT dossier::text, position FROM views.parked
 WHERE schema_name = %s ORDER BY dossier::text COLLATE "C" """
_KEY = """
SELECT a.attname FROM pg_index i
  CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY k (number, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
 WHERE i.indrelid = to_regclass(%s) AND i.indisprimary ORDER BY k.place"""
_ROWS = """
SELECT * FROM (SELECT jsonb_build_object({})::text AS key, hashtextextended(t::text, 0), to_jsonb(t)::text
                 FROM {} t) keyed
 ORDER BY key COLLATE "C" """
Row: TypeAlias = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Differs:
    """What a view shows otherwise than the log gives. `key`: of the row; `table` and `key` are None where the
    view as a whole is meant."""

    view: str
    table: str | None
    key: str | None
    says: str


@dataclass(slots=True)
class _Shown:
    """A view as it is shown: at a position, or why it cannot be compared."""

    view: View
    position: int = 0
    why_not: str | None = None
    schema_name: str = ""
    """Of the one beside it."""


class Replaying:
    """`dsn`: the application's role. `compare` may be called once."""

    def __init__(self, dsn: str, log: Log, views: Sequence[View], *, page: int = PAGE) -> None:
        self._dsn = dsn
        self._log = log
        self._views = views
        self._page = page

    async def compare(self, progress: Progress) -> Sequence[Differs]:
        """What differs. A view that stands still, or was made by another program, is said to. Raises
        ViewsNotAllowed."""
        async with await self._connect() as shown, await self._connect() as beside:
            if not await is_allowed(beside):
                raise ViewsNotAllowed
            await shown.set_isolation_level(IsolationLevel.REPEATABLE_READ)
            await shown.set_read_only(True)
            async with shown.transaction(), beside.transaction(force_rollback=True):
                views = [await _shown(shown, view) for view in self._views]
                with seldom_collecting():
                    await self._replay(beside, [one for one in views if one.why_not is None], progress)
                return [one for view in views for one in await _compared(shown, beside, view)]

    async def _connect(self) -> Connection:
        return await AsyncConnection.connect(
            self._dsn, autocommit=True, application_name="hoso audit of the read models"
        )

    async def _replay(self, connection: Connection, views: Sequence[_Shown], progress: Progress) -> None:
        """Make the views, and apply the log to each up to where it is shown."""
        appliers: list[tuple[_Shown, Applier]] = []
        for one in views:
            await _create(connection, one)
            appliers.append((one, Applier(one.view, one.schema_name, self._log)))
        goal = max((one.position for one in views), default=0)
        if not goal:
            return
        categories = frozenset[int]().union(*(one.view.categories for one in views))
        async with aclosing(read_ahead(self._log, 0, categories, self._page)) as pages:
            async for page in pages:
                for one, applier in appliers:
                    if one.why_not is None and page.first <= one.position:
                        await self._apply(connection, one, applier, page)
                progress(TITLE, min(page.last, goal), goal)
                if page.last >= goal:
                    return

    async def _apply(self, connection: Connection, one: _Shown, applier: Applier, page: Page) -> None:
        if page.last > one.position:
            page = Page(page.rows[: one.position - page.first + 1], self._log)
        try:
            await applier.apply(connection, page)
        except ViewStopped as stopped:
            one.why_not = f"cannot be made from the log: {stopped}"


async def _shown(connection: Connection, view: View) -> _Shown:
    """In the snapshot, how far the view is."""
    row = await (await connection.execute(_SHOWN, (view.name,))).fetchone()
    if row is None or not await is_current(connection, view.name):
        return _Shown(view, 0, "is not as this program makes it: run `hoso schema upgrade`")
    if row[1] != "running":
        return _Shown(view, 0, f"stands at position {row[0]}: {row[2] or row[1]}")
    return _Shown(view, row[0])


async def _create(connection: Connection, one: _Shown) -> None:
    """Its tables, empty. Their name is this session's alone, so that neither a rebuild nor another audit
    waits for them."""
    one.schema_name = f"audit_{one.view.name}_{connection.info.backend_pid}"
    await connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(one.schema_name)))
    await connection.execute("SELECT set_config('search_path', %s, true)", (one.schema_name,))
    await connection.execute(sql_of(one.view.name).encode())
    await connection.execute(_ADD, (one.schema_name, one.schema_name))


async def _compared(shown: Connection, beside: Connection, one: _Shown) -> list[Differs]:
    view = one.view.name
    if one.why_not is not None:
        return [Differs(view, None, None, f"the view {view} {one.why_not}")]
    found: list[Differs] = []
    for table in one.view.tables:
        there = await content(shown, view, table)
        if there != await content(beside, one.schema_name, table):
            found += await _rows(shown, beside, one, table)
    parked = await (await shown.execute(_PARKED, (view,))).fetchall()
    replayed = await (await beside.execute(_PARKED, (one.schema_name,))).fetchall()
    if parked != replayed:
        says = f"the view {view} leaves out {len(parked)} dossiers, a replay leaves out {len(replayed)}"
        found.append(Differs(view, "parked", None, says))
    return found


async def _rows(shown: Connection, beside: Connection, one: _Shown, table: str) -> list[Differs]:
    """Both tables in the order of their keys, side by side."""
    view, found, more = one.view.name, list[Differs](), 0
    async with (
        aclosing(_in_order(shown, view, table)) as rows,
        aclosing(_in_order(beside, one.schema_name, table)) as given,
    ):
        there, true = await anext(rows, None), await anext(given, None)
        while there is not None or true is not None:
            if there is not None and true is not None and there[0] == true[0]:
                says = None if there[1] == true[1] else _columns(there[2], true[2])
                key, there, true = there[0], await anext(rows, None), await anext(given, None)
            elif true is None or (there is not None and there[0].encode() < true[0].encode()):
                assert there is not None
                key, says, there = there[0], "a row that the log does not give", await anext(rows, None)
            else:
                key, says, true = true[0], "no row where the log gives one", await anext(given, None)
            if says is None:
                continue
            if len(found) == MOST_ROWS:
                more += 1
                continue
            found.append(Differs(view, table, key, f"the view {view} has for {table} {key}: {says}"))
    if more:
        says = f"the view {view} has {more} more rows of {table} that differ"
        found.append(Differs(view, table, None, says))
    return found


async def _in_order(connection: Connection, schema_name: str, table: str) -> AsyncGenerator[Row, None]:
    qualified = sql.Identifier(schema_name, table)
    columns = await (await connection.execute(_KEY, (qualified.as_string(connection),))).fetchall()
    pairs = [
        part for (name,) in columns for part in (sql.Literal(name), sql.SQL("t.") + sql.Identifier(name))
    ]
    query = sql.SQL(_ROWS).format(sql.SQL(", ").join(pairs), qualified)
    async with AsyncServerCursor(connection, f"{schema_name}_{table}") as cursor:
        await cursor.execute(query)
        while rows := await cursor.fetchmany(ROWS_AT_ONCE):
            for row in rows:
                yield row


def _columns(there: str, given: str) -> str:
    """Which columns differ, and how: the first few, nothing that is long."""
    shown, true = json.loads(there), json.loads(given)
    names = [name for name in true if shown.get(name) != true[name]]
    some = [f"{name} is {_short(shown.get(name))}, the log gives {_short(true[name])}" for name in names[:3]]
    return "; ".join(some) + (f"; and {len(names) - 3} more columns" if len(names) > 3 else "")


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."
