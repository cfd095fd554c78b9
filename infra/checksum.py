"""What a database holds, as one short text per table: whether anything in it has changed.

For each table the number of rows and a hash that does not depend on their order: the two halves of each row's
MD5 summed, 128 bits in all, computed where the rows lie. It finds what changed by mistake or was left behind;
against forgers stand the leaves of the log and its signed checkpoints.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from application.ports import Unavailable

LONGEST = "2h"
APART: Final[Mapping[str, frozenset[str]]] = {
    "public.ledger": frozenset(("offset_micros", "last_seen", "open_from", "commands_below")),
    "views.tracking": frozenset(("updated_at",)),
}
"""Readings of clocks, which go on by themselves, and how the log lies in partitions: they are no content."""
FOLLOWS: Final = frozenset(("public.closed_commands",))
"""Tables that say nothing but what follows from others."""
BY_POSITION: Final = ("public.claim", "public.event")
"""Tables of the log, which only grow: what they held up to a position stays."""

_SETTINGS = """
SELECT set_config('timezone', 'UTC', false), set_config('application_name', 'hoso checksum', false),
       set_config('statement_timeout', %s, false), set_config('lock_timeout', '20s', false),
       set_config('datestyle', 'ISO', false), set_config('extra_float_digits', '1', false),
       set_config('bytea_output', 'hex', false)
"""
_COLUMNS = """
SELECT n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%%'
 GROUP BY 1, 2 ORDER BY 1, 2
"""
_HASHED = """
SELECT count(*), coalesce(sum(('x' || left(h, 16))::bit(64)::bigint), 0),
       coalesce(sum(('x' || right(h, 16))::bit(64)::bigint), 0)
  FROM (SELECT md5(ROW({columns})::text) AS h FROM {table}) hashed
"""
_HASHED_UP_TO = """
SELECT count(*), coalesce(sum(('x' || left(h, 16))::bit(64)::bigint), 0),
       coalesce(sum(('x' || right(h, 16))::bit(64)::bigint), 0)
  FROM (SELECT md5(ROW({columns})::text) AS h FROM {table} WHERE position <= %s::bigint) hashed
"""


@dataclass(frozen=True, slots=True)
class Content:
    """`position`: the log's last one, or that up to which it was looked at; `tables`: by schema and name, how
    many rows and their hash (32 hexadecimal digits); `sum`: SHA-256 over all of these lines."""

    position: int
    tables: Mapping[str, tuple[int, str]]

    @property
    def sum(self) -> str:
        lines = "".join(f"{name} {rows} {digest}\n" for name, (rows, digest) in sorted(self.tables.items()))
        return hashlib.sha256(lines.encode()).hexdigest()

    def document(self) -> dict[str, Any]:
        tables = {name: {"rows": rows, "hash": digest} for name, (rows, digest) in self.tables.items()}
        return {"position": self.position, "sum": self.sum, "tables": tables}


async def checksum(dsn: str, up_to: int | None = None) -> Content:
    """Every table of the database in one snapshot; with `up_to` those of the log alone, up to that position.
    Raises Unavailable."""
    try:
        connection = await psycopg.AsyncConnection.connect(dsn, row_factory=tuple_row, connect_timeout=5)
    except psycopg.OperationalError as error:
        raise Unavailable(f"the database cannot be read: {error}") from error
    async with connection:
        await connection.execute(_SETTINGS, (LONGEST,))
        await connection.commit()
        await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        await connection.set_read_only(True)
        head = await (await connection.execute("SELECT coalesce(max(position), 0) FROM event")).fetchone()
        assert head is not None
        found: dict[str, tuple[int, str]] = {}
        for schema, table, columns in await (await connection.execute(_COLUMNS)).fetchall():
            name = f"{schema}.{table}"
            if name in FOLLOWS:
                continue
            if up_to is None:
                found[name] = await _hashed(connection, _HASHED, (), schema, table, columns)
            elif name in BY_POSITION:
                found[name] = await _hashed(connection, _HASHED_UP_TO, (up_to,), schema, table, columns)
        return Content(head[0] if up_to is None else up_to, found)


async def _hashed(
    connection: psycopg.AsyncConnection[tuple[Any, ...]],
    query: str,
    values: tuple[int, ...],
    schema: str,
    table: str,
    columns: list[str],
) -> tuple[int, str]:
    apart = APART.get(f"{schema}.{table}", frozenset())
    chosen = sql.SQL(", ").join(sql.Identifier(column) for column in columns if column not in apart)
    statement = sql.SQL(query).format(columns=chosen, table=sql.Identifier(schema, table))
    row = await (await connection.execute(statement, values)).fetchone()
    assert row is not None
    high, low = int(row[1]) % 2**64, int(row[2]) % 2**64
    return row[0], f"{high:016x}{low:016x}"
