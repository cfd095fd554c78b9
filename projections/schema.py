"""Makes the views' schemas. Two steps, since the application's role owns the views (a rebuild creates and
renames their schemas) and only reads the log:

await allow(owner_connection)     the owner lets hoso_app create schemas in this database
await create(app_connection)      hoso_app makes the views, empty, at position 0
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from psycopg import AsyncConnection, sql

VIEWS = ("status", "directory", "handover")
"""Views with tables, in the order in which the runner applies them. `queue` is a query over `status` (see
projections/queue.py)."""

APP = "hoso_app"

_ADD = (
    "INSERT INTO views.tracking (schema_name, view, generation, position, state) VALUES (%s, %s, %s, 0, %s)"
)
_MISSING = "SELECT n.name FROM unnest(%s::text[]) n (name) WHERE to_regnamespace(n.name) IS NULL"


class ViewsMissing(Exception):
    """The database has no views of ours, or not all of them."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(
            f"this database lacks the read models {', '.join(missing)}: run `hoso schema init`, "
            "or `hoso schema upgrade` on an older ledger"
        )
        self.missing = missing


def sql_of(name: str) -> str:
    """The text of projections/sql/<name>.sql."""
    return files("projections").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


async def allow(owner: AsyncConnection[Any], app: str = APP) -> None:
    """Let the application's role create schemas in this database. It gains no right on the log."""
    cursor = await owner.execute("SELECT current_database()")
    row = await cursor.fetchone()
    assert row is not None
    await owner.execute(
        sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(row[0]), sql.Identifier(app))
    )


async def create(connection: AsyncConnection[Any]) -> None:
    """Make all views, empty, in one transaction. `connection` is the application's role."""
    async with connection.transaction():
        await connection.execute(sql_of("views").encode())
        for view in VIEWS:
            await create_view(connection, view, view, 1, "running")


async def create_view(
    connection: AsyncConnection[Any], view: str, schema_name: str, generation: int, state: str
) -> None:
    """Make one view's tables in `schema_name`, and its tracking row at position 0. In the caller's
    transaction."""
    await connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema_name)))
    await connection.execute("SELECT set_config('search_path', %s, true)", (schema_name,))
    await connection.execute(sql_of(view).encode())
    await connection.execute(_ADD, (schema_name, view, generation, state))


async def check(connection: AsyncConnection[Any]) -> None:
    """Raises ViewsMissing unless every view is there."""
    cursor = await connection.execute(_MISSING, (["views", *VIEWS],))
    missing = [name for (name,) in await cursor.fetchall()]
    if missing:
        raise ViewsMissing(missing)
