"""A view as it is shown beside the same view made again from the log: what differs, table by table, row by
row, up to a few of each."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeAlias

from psycopg import AsyncServerCursor, sql

from projections.rebuild import content
from projections.view import Connection, View

MOST_ROWS = 5
"""Named of each table that differs; the others are counted."""
ROWS_AT_ONCE = 1_000

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
class Beside:
    """A view and the same made again in the schema `schema_name`, up to `position`; or why it cannot be
    made or compared. `shown_at`: the position at which it is shown."""

    view: View
    position: int = 0
    why_not: str | None = None
    schema_name: str = ""
    shown_at: int = 0


async def compared(shown: Connection, beside: Connection, one: Beside) -> list[Differs]:
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


async def _rows(shown: Connection, beside: Connection, one: Beside, table: str) -> list[Differs]:
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
