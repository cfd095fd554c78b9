"""Are the views what the log gives? Every view once more from position 1, by the same `apply`, in schemas
beside those that are shown, up to the position at which each of these is; then both are compared, row by row.

All of it is one transaction that is undone at the end: nobody sees what it makes, the shown views are only
read, and an audit that is killed leaves nothing. What is shown is read in one snapshot, so it may go on.
Memory is two pages of the log and a page of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import aclosing

from psycopg import AsyncConnection, IsolationLevel, sql

from projections.applier import Applier, ViewStopped
from projections.pages import PAGE, Page, read_ahead, seldom_collecting
from projections.schema import ViewsNotAllowed, is_allowed, is_current, sql_of
from projections.table_compare import Beside, Differs, compared
from projections.view import Connection, Log, View

Progress = Callable[[str, int, int], None]
"""Called with what is being done, the position reached and the one to reach."""
TITLE = "Replaying the read models"
_SHOWN = "SELECT position, state, last_error FROM views.tracking WHERE schema_name = %s"
_ADD = """
INSERT INTO views.tracking (schema_name, view, generation, position, state)
VALUES (%s, %s, 1, 0, 'rebuilding')"""


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
        name = "hoso audit of the read models"
        async with await connect(self._dsn, name) as shown, await connect(self._dsn, name) as beside:
            if not await is_allowed(beside):
                raise ViewsNotAllowed
            await shown.set_read_only(True)
            async with shown.transaction(), beside.transaction(force_rollback=True):
                views = [await as_shown(shown, view) for view in self._views]
                made = [one for one in views if one.why_not is None]
                for one in made:
                    # This session's alone: neither a rebuild nor another audit waits for it.
                    await create_beside(beside, one, f"audit_{one.view.name}_{beside.info.backend_pid}")
                with seldom_collecting():
                    await replay(beside, made, self._log, self._page, progress)
                return [one for view in views for one in await compared(shown, beside, view)]


async def connect(dsn: str, name: str) -> Connection:
    """One that sees one snapshot in a transaction and writes times in UTC, so that a content is the same on
    every machine."""
    connection = await AsyncConnection.connect(dsn, autocommit=True, application_name=name)
    await connection.execute("SELECT set_config('timezone', 'UTC', false)")
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    return connection


async def replay(
    connection: Connection, views: Sequence[Beside], log: Log, page: int, progress: Progress
) -> None:
    """Apply the log to each view up to its position; the views are made."""
    appliers = [(one, Applier(one.view, one.schema_name, log)) for one in views]
    goal = max((one.position for one in views), default=0)
    if not goal:
        return
    categories = frozenset[int]().union(*(one.view.categories for one in views))
    async with aclosing(read_ahead(log, 0, categories, page)) as pages:
        async for read in pages:
            for one, applier in appliers:
                if one.why_not is None and read.first <= one.position:
                    await _apply(connection, one, applier, read, log)
            progress(TITLE, min(read.last, goal), goal)
            if read.last >= goal:
                return


async def _apply(connection: Connection, one: Beside, applier: Applier, page: Page, log: Log) -> None:
    if page.last > one.position:
        page = Page(page.rows[: one.position - page.first + 1], log)
    try:
        await applier.apply(connection, page)
    except ViewStopped as stopped:
        one.why_not = f"cannot be made from the log: {stopped}"


async def as_shown(connection: Connection, view: View) -> Beside:
    """In the snapshot, how far the view is."""
    row = await (await connection.execute(_SHOWN, (view.name,))).fetchone()
    if row is None or not await is_current(connection, view.name):
        return Beside(view, 0, "is not as this program makes it: run `hoso schema upgrade`")
    if row[1] != "running":
        return Beside(view, 0, f"stands at position {row[0]}: {row[2] or row[1]}")
    return Beside(view, row[0], shown_at=row[0])


async def create_beside(connection: Connection, one: Beside, schema_name: str) -> None:
    """Its tables, empty, in a schema of this name."""
    one.schema_name = schema_name
    await connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema_name)))
    await connection.execute("SELECT set_config('search_path', %s, true)", (schema_name,))
    await connection.execute(sql_of(one.view.name).encode())
    await connection.execute(_ADD, (schema_name, schema_name))
