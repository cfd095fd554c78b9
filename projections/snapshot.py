"""A view as NDJSON at a stated position: all rows from one repeatable-read transaction through a
server-side cursor, in bounded memory.

async with snapshot(dsn, "status", at) as taken:
    taken.position                      # follow the feed from here
    async for chunk in taken.lines:     # bytes, whole lines
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from psycopg import AsyncConnection, AsyncServerCursor, IsolationLevel
from psycopg.rows import dict_row

from projections.rebuild import SWITCH_LOCK
from projections.shown import ALIASES

ROWS: Final = 500

_QUERIES: Final[Mapping[str, str]] = {
    "status": "SELECT * FROM status.shown(%(at)s::timestamptz) ORDER BY dossier",
    "queue": """
SELECT w.agency, nullif(w.due, 'infinity') AS due, w.dossier, d.code, d.status FROM status.work w
    JOIN status.dossier d ON d.dossier = w.dossier
 WHERE w.lane_since <= %(at)s::timestamptz AND %(at)s < w.lane_until AND w.due > '-infinity'
     ORDER BY w.agency, w.due, w.dossier""",
    "directory": """
SELECT a.agency, a.identifier, a.name, a.kind, a.unit, u.reference AS unit_reference, a.address, a.hotline,
    a.hours, a.legal_form, a.origin,
       nullif(a.since, '-infinity') AS since, nullif(a.until, 'infinity') AS until
  FROM directory.agency_valid a LEFT JOIN directory.unit_valid u ON u.unit = a.unit
 WHERE %(at)s::timestamptz IS NOT NULL AND a.since < 'infinity' ORDER BY a.identifier""",
    "handover": """
SELECT t.part, t.part_version, t.dossier, t.code, t.from_agency, t.to_agency, t.rule, t.provisional,
    t.status, t.overdue, t.position
  FROM handover.transfer t WHERE %(at)s::timestamptz IS NOT NULL ORDER BY t.part, t.dossier,
      t.part_version""",
}
_POSITION = "SELECT position, generation FROM views.tracking WHERE schema_name = %s"
_OPENING = "SELECT pg_advisory_lock_shared(%s, hashtext(%s))"
_OPENED = "SELECT pg_advisory_unlock_shared(%s, hashtext(%s))"

NAMES: Final = tuple(_QUERIES)


class UnknownView(Exception):
    """There is no view of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no view {name!r}; there are {', '.join(NAMES)}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`position`: every fact up to it is in the rows, and none after it. `generation`: counts rebuilds."""

    view: str
    position: int
    generation: int
    lines: AsyncIterator[bytes]


@asynccontextmanager
async def snapshot(dsn: str, view: str, at: datetime) -> AsyncIterator[Snapshot]:
    """Open the view `view` as it is now, holders as at the ledger's time `at` (aware). Holds a connection
    of its own. Raises UnknownView."""
    if view not in _QUERIES:
        raise UnknownView(view)
    table = ALIASES.get(view, view)
    async with await AsyncConnection.connect(
        dsn, autocommit=True, application_name="hoso snapshot"
    ) as connection:
        await connection.execute("SET timezone TO 'UTC'")
        # A rebuild's switch must not fall between reading the position and opening the tables.
        await connection.execute(_OPENING, (SWITCH_LOCK, table))
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        async with connection.transaction():
            row = await (await connection.execute(_POSITION, (table,))).fetchone()
            if row is None:
                raise UnknownView(view)
            async with connection.cursor("snapshot", row_factory=dict_row) as cursor:
                cursor.itersize = ROWS
                await cursor.execute(_QUERIES[view].encode(), {"at": at})
                await connection.execute(_OPENED, (SWITCH_LOCK, table))
                yield Snapshot(view, int(row[0]), int(row[1]), _lines(cursor))


async def _lines(cursor: AsyncServerCursor[dict[str, Any]]) -> AsyncIterator[bytes]:
    while rows := await cursor.fetchmany(ROWS):
        yield b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z) for row in rows)
