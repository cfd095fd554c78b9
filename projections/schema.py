"""Makes the views' schemas. Two steps, since the application's role owns the views (a rebuild creates and
renames their schemas) and only reads the log:

await allow(owner_connection)     the owner lets hoso_app create schemas in this database
await create(app_connection)      hoso_app makes the views, empty, at position 0

Each view's schema says by which SQL it was made. A program with other SQL for it has the view made anew by
`hoso schema upgrade`, empty; the runner fills it from the log.
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from typing import Any

from psycopg import AsyncConnection, sql

VIEWS = ("status", "directory", "handover", "voice", "linked")
"""Views with tables, in the order in which the runner applies them. `queue` is a query over `status` (see
projections/queue.py)."""

APP = "hoso_app"

_ADD = (
    "INSERT INTO views.tracking (schema_name, view, generation, position, state) VALUES (%s, %s, %s, 0, %s)"
)
_LATEST = "SELECT coalesce(max(generation), 0) FROM views.tracking WHERE view = %s"
_FORGET = "DELETE FROM views.tracking WHERE schema_name = %s"
_ALLOWED = "SELECT has_database_privilege(%s, current_database(), 'CREATE')"
_MADE_BY = """
SELECT n.name, to_regnamespace(n.name) IS NOT NULL, obj_description(to_regnamespace(n.name), 'pg_namespace')
  FROM unnest(%s::text[]) n (name)"""


class ViewsMissing(Exception):
    """The database has no views of ours, or not all of them as this program needs them."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"this database lacks the read models {', '.join(missing)} as this program needs them: run"
            " `hoso schema init`, or `hoso schema upgrade` on an older ledger"
        )
        self.missing = missing


class ViewsNotAllowed(Exception):
    """The application's role may not create schemas in this database: a restored dump has lost that right."""

    def __init__(self) -> None:
        super().__init__(
            f"this database does not let the role {APP} make read models, as after a restore from a dump: run"
            " `hoso schema upgrade`, which allows it again"
        )


def sql_of(name: str) -> str:
    """The text of projections/sql/<name>.sql."""
    return files("projections").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def made_by(view: str) -> str:
    """What the schema of a view says of the SQL that made it; comments and blanks change nothing."""
    text = re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", sql_of(view)))
    return f"hoso {hashlib.sha256(text.encode()).hexdigest()}"


async def is_allowed(connection: AsyncConnection[Any], app: str = APP) -> bool:
    """Whether the application's role may create schemas in this database."""
    row = await (await connection.execute(_ALLOWED, (app,))).fetchone()
    return row is not None and bool(row[0])


async def allow(owner: AsyncConnection[Any], app: str = APP) -> bool:
    """Let the application's role create schemas in this database; False: it could already. It gains no right
    on the log."""
    if await is_allowed(owner, app):
        return False
    cursor = await owner.execute("SELECT current_database()")
    row = await cursor.fetchone()
    assert row is not None
    await owner.execute(
        sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(row[0]), sql.Identifier(app))
    )
    return True


async def create(connection: AsyncConnection[Any]) -> None:
    """Make all views, empty, in one transaction. `connection` is the application's role."""
    async with connection.transaction():
        await connection.execute(sql_of("views").encode())
        for view in VIEWS:
            await create_view(connection, view, view, 1, "running")


async def create_view(
    connection: AsyncConnection[Any], view: str, schema_name: str, generation: int, state: str
) -> None:
    """Make one view's tables in `schema_name`, and its tracking row at position 0, in place of those that
    are there. In the caller's transaction. Raises ViewsNotAllowed."""
    if not await is_allowed(connection):
        raise ViewsNotAllowed
    await connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema_name)))
    latest = await (await connection.execute(_LATEST, (view,))).fetchone()
    await connection.execute(_FORGET, (schema_name,))
    await connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema_name)))
    await connection.execute("SELECT set_config('search_path', %s, true)", (schema_name,))
    await connection.execute(sql_of(view).encode())
    await connection.execute(
        sql.SQL("COMMENT ON SCHEMA {} IS {}").format(sql.Identifier(schema_name), sql.Literal(made_by(view)))
    )
    if latest is not None and latest[0]:  # an applier that knew the one before must see another
        generation = max(generation, latest[0] + 1)
    await connection.execute(_ADD, (schema_name, view, generation, state))


async def check(connection: AsyncConnection[Any]) -> None:
    """Raises ViewsMissing unless every view is there, made by this program's SQL."""
    cursor = await connection.execute(_MADE_BY, (["views", *VIEWS],))
    missing = [
        name
        for name, is_there, made in await cursor.fetchall()
        if not is_there or (name in VIEWS and made != made_by(name))
    ]
    if missing:
        raise ViewsMissing(missing)


async def is_current(connection: AsyncConnection[Any], view: str) -> bool:
    """Whether the view that is shown was made by this program's SQL."""
    row = await (await connection.execute(_MADE_BY, ([view],))).fetchone()
    return row is not None and row[2] == made_by(view)
