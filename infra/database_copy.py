"""A copy of a ledger's database on the same server, to rehearse on, while the real one goes on.

Everything is read in one snapshot by the application's role, which can change nothing of the log, and
streamed table by table, so memory is a few blocks. Keys of persons and what finds them are left out: nothing
sealed can be opened in a copy. Its clock is a demo clock that goes on from the real one's time, and its name
says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from infra.copy_server import RehearsalRefused, Server

LONGEST: Final = "4h"
TELL_EVERY: Final = 1 << 22
ROOM: Final = 1.5
"""A copy needs its tables once, and room for what the rehearsal records."""
LEFT_OUT: Final = frozenset(
    (
        *("public.subject_key", "public.subject_erased", "public.citizen_number", "public.subject_alias"),
        *(
            "public.citizen_search",
            "public.closed_commands",
            "public.keyring_mark",
            "public.erasures_finished",
            "public.schema_migration",
            "views.tracking",
            "views.parked",
        ),
    )
)
"""What opens or finds persons; and what the copy has of its own: it is one partition, whatever the log is."""

_SETTINGS = """
SELECT set_config('timezone', 'UTC', false), set_config('application_name', 'hoso rehearsal', false),
       set_config('statement_timeout', %s, false), set_config('lock_timeout', '20s', false),
       set_config('synchronous_commit', 'off', false)
"""
_TABLES = """
SELECT n.nspname || '.' || c.relname, n.nspname, c.relname,
       array_agg(a.attname::text || ' ' || a.atttypid::regtype::text ORDER BY a.attname),
       array_agg(a.attname::text ORDER BY a.attname),
       coalesce((SELECT sum(pg_total_relation_size(t.relid)) FROM pg_partition_tree(c.oid) t),
                pg_total_relation_size(c.oid))::bigint
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%%'
 GROUP BY c.oid, n.nspname, c.relname ORDER BY 1
"""
_TRACKED = "SELECT schema_name, position FROM views.tracking WHERE schema_name = view AND state = 'running'"
_TRACK = "UPDATE views.tracking SET position = %s WHERE schema_name = %s"
_PARKED = """
SELECT p.schema_name, p.dossier, p.position, p.topic, p.reason, p.parked_at
  FROM views.parked p JOIN views.tracking t USING (schema_name) WHERE t.schema_name = t.view
"""
_PARK = """
INSERT INTO views.parked (schema_name, dossier, position, topic, reason, parked_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_TO_DEMO = """
UPDATE ledger SET clock = 'demo', offset_micros = 0, last_seen = %s, open_from = 1, commands_below = 1
 WHERE one
"""


@dataclass(frozen=True, slots=True)
class Copied:
    """`position`: the last one of the log that was copied; `at`: the ledger's time then; `rows`, `bytes`: how
    much was streamed."""

    position: int
    at: datetime
    rows: int
    bytes: int


async def needed_bytes(app_dsn: str) -> int:
    """How much room a copy of this database takes, about."""
    async with await _connect(app_dsn) as source:
        tables = await _tables(source)
    return int(ROOM * sum(table.size for name, table in tables.items() if name not in LEFT_OUT))


def check_room(server: Server, needed: int) -> None:
    """Raises RehearsalRefused when the disk has less room than that, as far as can be seen."""
    free = server.free_bytes()
    if free is not None and free < needed:
        raise RehearsalRefused(
            f"The copy needs about {needed / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB are free:"
            " make room, or rehearse on a machine that has it."
        )


@dataclass(frozen=True, slots=True)
class _Table:
    schema: str
    table: str
    shape: tuple[str, ...]
    columns: tuple[str, ...]
    size: int


async def copy_content(
    source_app: str, target_owner: str, target_app: str, tell: Callable[[int, int], None]
) -> Copied:
    """Stream all tables that the target has, empty, from the source, and make its clock a demo clock.
    `tell(done, total)` in bytes, about. A read model of another shape is left to be built from the log."""
    async with (
        await _connect(source_app) as source,
        await _connect(target_owner, autocommit=True) as owner,
        await _connect(target_app, autocommit=True) as app,
    ):
        await source.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        await source.set_read_only(True)
        row = await (await source.execute("SELECT ledger_time, head FROM ledger_now()")).fetchone()
        assert row is not None
        there, here = await _tables(source), await _tables(owner)
        other = {h.schema for n, h in here.items() if n not in there or there[n].shape != h.shape}
        if "public" in other:
            raise RehearsalRefused(
                "The tables of the ledger are not this program's: run `hoso schema check`."
            )
        wanted = [n for n, h in here.items() if n not in LEFT_OUT and h.schema not in other - {"views"}]
        total, done, rows = sum(there[n].size for n in wanted) or 1, 0, 0
        for name in wanted:
            target = owner if here[name].schema == "public" else app
            begun = done

            def streamed(read: int, begun: int = begun) -> None:
                tell(begun + read, total)

            rows += await _stream(source, target, here[name], streamed)
            done += there[name].size
            tell(done, total)
        tracked = await (await source.execute(_TRACKED)).fetchall()
        for schema, position in tracked:
            if schema not in other:
                await app.execute(_TRACK, (position, schema))
        for parked in await (await source.execute(_PARKED)).fetchall():
            if parked[0] not in other:
                await app.execute(_PARK, parked)
        await owner.execute(_TO_DEMO, (row[0],))
        for connection in (owner, app):
            await connection.execute("ANALYZE")
        return Copied(row[1], row[0], rows, done)


async def _stream(
    source: psycopg.AsyncConnection[Any],
    target: psycopg.AsyncConnection[Any],
    table: _Table,
    tell: Callable[[int], None],
) -> int:
    named = sql.Identifier(table.schema, table.table)
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    out = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT binary)").format(columns, named)
    into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(named, columns)
    read = told = 0
    async with source.cursor() as reading, target.cursor() as writing:
        async with reading.copy(out) as rows, writing.copy(into) as written:
            async for block in rows:
                await written.write(block)
                read += len(block)
                if read - told >= TELL_EVERY:
                    told = read
                    tell(read)
        return writing.rowcount


async def _tables(connection: psycopg.AsyncConnection[Any]) -> Mapping[str, _Table]:
    cursor = await connection.execute(_TABLES)
    return {
        name: _Table(schema, table, tuple(shape), tuple(columns), size)
        for name, schema, table, shape, columns, size in await cursor.fetchall()
    }


async def _connect(dsn: str, *, autocommit: bool = False) -> psycopg.AsyncConnection[Any]:
    connection = await psycopg.AsyncConnection.connect(
        dsn, autocommit=autocommit, row_factory=tuple_row, connect_timeout=10,
        keepalives_idle=30, keepalives_interval=5, keepalives_count=3,
    )  # fmt: skip
    await connection.execute(_SETTINGS, (LONGEST,))
    if not autocommit:
        await connection.commit()
    return connection
