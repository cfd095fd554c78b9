"""Closing the open partition of the log and opening the next, while appends go on.

`hoso schema partition` calls `close`, as the owner's role. It goes in steps, each in a transaction of its own
or without one; what is done already is not done again, so that a run which was killed is simply run again:

1. *mark*: a CHECK that the open partition ends before `event_end()`, a function that says 'at the end of all
   positions' for now, so that it refuses nothing, however long it stays.
2. *validate*: PostgreSQL reads the partition against it. Nobody waits for that.
3. *swap*, with the partition locked for some milliseconds: its last position is known now, `event_end()`
   says the one after it, and PostgreSQL takes the CHECK as the proof of the new bound, instead of reading all
   of it again while appends wait. The closed partition gets its name, the next open one is made; mark and
   function are gone.
4. *freeze*: the prints of its commands (71_partitions.sql); VACUUM (FREEZE, ANALYZE), since it is never
   written again; then PostgreSQL reads it against a CHECK with both bounds as numbers, so that nothing was
   taken on trust in the end.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row

from application.ports import Unavailable
from infra.partition_lock import Connection, Tell, alone
from infra.schema import OWNER, SchemaError

LOCK: Final = 709_321_009
"""Advisory: one run at a time."""
TIME_TO_CLOSE: Final = 20_000_000
"""Events in the open partition from which on it is time to close it."""
_END_OF_ALL: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Part:
    """A closed partition: its name, its first and last position, and whether it is frozen."""

    name: str
    first: int
    last: int
    frozen: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """`closed`: the partitions that are, in the order of positions; `open_from` and `head`: the open one's
    first position, and the log's last."""

    closed: tuple[Part, ...]
    open_from: int
    head: int

    @property
    def unfinished(self) -> int:
        """How many closed ones are not frozen yet."""
        return sum(not part.frozen for part in self.closed)

    @property
    def open_events(self) -> int:
        return self.head - self.open_from + 1

    @property
    def time_to_close(self) -> bool:
        return self.open_events >= TIME_TO_CLOSE


@dataclass(frozen=True, slots=True)
class Closed:
    """What a run did. `name`: the partition that it closed, with its first and last position; None: the open
    one stays as it is. `frozen`: what it froze, partitions that an earlier run left included."""

    name: str | None
    first: int
    last: int
    frozen: tuple[str, ...]


_PARTS = """
SELECT closed.names, closed.ends, closed.frozen, l.open_from, n.head
  FROM ledger_now() n
  JOIN ledger l ON l.one
 CROSS JOIN (
       SELECT array_agg(r.relname::text ORDER BY bound.last), array_agg(bound.last ORDER BY bound.last),
              array_agg(c.convalidated IS TRUE ORDER BY bound.last)
         FROM pg_inherits i
         JOIN pg_class r ON r.oid = i.inhrelid
        CROSS JOIN LATERAL (
              SELECT substring(pg_get_expr(r.relpartbound, r.oid) FROM 'TO [^0-9]*([0-9]+)')::bigint - 1
              ) bound (last)
         LEFT JOIN pg_constraint c ON c.conrelid = r.oid AND c.conname = 'event_positions'
        WHERE i.inhparent = 'event'::regclass AND bound.last IS NOT NULL) closed (names, ends, frozen)
"""
_ENDS = "SELECT l.open_from, (SELECT max(position) FROM event_open) FROM ledger l WHERE l.one"
_MARKED = """
SELECT convalidated FROM pg_constraint
 WHERE conrelid = 'event_open'::regclass AND conname = 'event_before_end'
"""
_MARK = """
CREATE OR REPLACE FUNCTION event_end() RETURNS bigint LANGUAGE sql IMMUTABLE RETURN {end};
ALTER TABLE event_open ADD CONSTRAINT event_before_end
    CHECK (position >= {first} AND position < event_end()) NOT VALID
"""
_CLOSE = """
CREATE OR REPLACE FUNCTION event_end() RETURNS bigint LANGUAGE sql IMMUTABLE RETURN {end};
ALTER TABLE event DETACH PARTITION event_open;
ALTER TABLE event_open RENAME TO {name};
ALTER TABLE {name} RENAME CONSTRAINT event_pk TO {pk};
ALTER TABLE {name} RENAME CONSTRAINT event_stream_version TO {stream_version};
ALTER TABLE {name} RENAME CONSTRAINT event_command TO {command};
ALTER INDEX event_category_position RENAME TO {category_position};
ALTER INDEX event_deciding RENAME TO {deciding};
ALTER TABLE event ATTACH PARTITION {name} FOR VALUES FROM ({start}) TO ({end});
ALTER TABLE {name} DROP CONSTRAINT event_before_end;
ALTER TABLE {name} ADD CONSTRAINT event_positions CHECK (position >= {first} AND position < {end}) NOT VALID;
DROP FUNCTION event_end()
"""
# As 01_event.sql and 50_deciding_in_order.sql made the first; columns and checks are those of `event`.
_NEXT = """
CREATE TABLE event_open (LIKE event INCLUDING CONSTRAINTS INCLUDING STORAGE);
ALTER TABLE event_open ADD CONSTRAINT event_pk PRIMARY KEY (position) WITH (fillfactor = 100),
    ADD CONSTRAINT event_stream_version UNIQUE (stream_id, version),
    ADD CONSTRAINT event_command UNIQUE (command_id);
CREATE INDEX event_category_position ON event_open (category, position) WHERE category < 100;
CREATE INDEX event_deciding ON event_open (position) INCLUDE (category) WHERE category < 100;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event_open
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_forget();
ALTER TABLE event_open ENABLE ALWAYS TRIGGER event_append_only;
REVOKE ALL ON event_open FROM PUBLIC;
ALTER TABLE event ATTACH PARTITION event_open FOR VALUES FROM ({end}) TO (MAXVALUE);
UPDATE ledger SET open_from = {end} WHERE one
"""
_NAMED = ("pk", "stream_version", "command", "category_position", "deciding")
_NOTED = "SELECT commands_below, open_from FROM ledger WHERE one"
_NOTE = """
INSERT INTO closed_commands AS known (bucket, prints)
SELECT bucket_of(command_id), string_agg(print_of(command_id), ''::bytea) FROM event
 WHERE command_id IS NOT NULL AND position >= {below} AND position < {end}
 GROUP BY 1
    ON CONFLICT (bucket) DO UPDATE SET prints = known.prints || excluded.prints;
UPDATE ledger SET commands_below = {end} WHERE one
"""
_UNFINISHED = """
SELECT r.relname
  FROM pg_inherits i JOIN pg_class r ON r.oid = i.inhrelid
  LEFT JOIN pg_constraint c ON c.conrelid = i.inhrelid AND c.conname = 'event_positions'
 WHERE i.inhparent = 'event'::regclass AND r.relname <> 'event_open' AND c.convalidated IS NOT TRUE
 ORDER BY r.oid
"""
_SETTINGS = """
SELECT set_config('timezone', 'UTC', false), set_config('application_name', 'hoso schema', false),
       set_config('client_connection_check_interval', '1s', false)
"""


async def look(dsn: str) -> Parts:
    """How the log lies in partitions. Raises Unavailable."""
    async with _connected(dsn) as connection:
        row = await (await connection.execute(_PARTS)).fetchone()
        assert row is not None
        names, ends, frozen, open_from, head = row
        firsts = [1, *(end + 1 for end in ends or ())]
        return Parts(tuple(map(Part, names or (), firsts, ends or (), frozen or ())), open_from, head)


async def close(
    owner_dsn: str, at_least: int = 1, *, patience: float = 600.0, tell: Tell = lambda _: None
) -> Closed:
    """Close the open partition if it holds `at_least` events (1 or more), and finish what an earlier run
    left.

    `patience`: seconds to wait for whoever reads the log in a long transaction. `tell`: what is done now.
    Raises PartitionBusy when they read on, SchemaError while another run goes on, Unavailable.
    """
    async with _connected(owner_dsn) as connection:
        await _become_owner(connection)
        async with _turn(connection):
            first, last = await _ends(connection)
            name: str | None = None
            if last - first + 1 >= max(at_least, 1):
                await mark(connection, patience, tell)
                name, last = await swap(connection, patience, tell)
            await _note_commands(connection, tell)
            return Closed(name, first, last, await _freeze(connection, tell))


@asynccontextmanager
async def _turn(connection: Connection) -> AsyncIterator[None]:
    """One run at a time. Given up in words: the database notices only later that a connection was closed."""
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))).fetchone()
    if row is None or not row[0]:
        raise SchemaError("Another `hoso schema partition` works on this ledger: wait for its end.")
    try:
        yield
    finally:
        with suppress(psycopg.Error):  # a connection that broke has given it up
            await connection.execute("SELECT pg_advisory_unlock(%s)", (LOCK,))


async def mark(connection: Connection, patience: float, tell: Tell) -> None:
    """A CHECK that refuses nothing, and that PostgreSQL has read every row against."""
    marked = await (await connection.execute(_MARKED)).fetchone()
    if marked is None:
        first, _ = await _ends(connection)

        async def work() -> None:
            await connection.execute(_filled(_MARK, end=sql.Literal(_END_OF_ALL), first=sql.Literal(first)))

        tell("marking the open partition")
        await alone(connection, work, patience, tell)
    if marked is None or not marked[0]:
        tell("reading the open partition")
        await connection.execute("ALTER TABLE event_open VALIDATE CONSTRAINT event_before_end")


async def swap(connection: Connection, patience: float, tell: Tell) -> tuple[str, int]:
    """The closed partition's name and last position."""
    first, last = await _ends(connection)
    name = f"event_from_{first}"

    async def work() -> None:
        nonlocal last
        _, last = await _ends(connection)
        end = sql.Literal(last + 1)
        names = {part: sql.Identifier(f"{name}_{part}") for part in _NAMED}
        start = sql.SQL("MINVALUE") if first == 1 else sql.Literal(first)
        values = {"name": sql.Identifier(name), "start": start, "first": sql.Literal(first), "end": end}
        await connection.execute(_filled(_CLOSE, **names, **values))
        await connection.execute(_filled(_NEXT, end=end))
        tell("swapping the partitions")

    tell("closing the open partition")
    await alone(connection, work, patience, tell)
    return name, last


async def _note_commands(connection: Connection, tell: Tell) -> None:
    row = await (await connection.execute(_NOTED)).fetchone()
    assert row is not None
    below, end = row
    if below < end:
        tell("noting the commands")
        async with connection.transaction():
            await connection.execute(_filled(_NOTE, below=sql.Literal(below), end=sql.Literal(end)))
        await connection.execute("VACUUM (ANALYZE) closed_commands")


async def _freeze(connection: Connection, tell: Tell) -> tuple[str, ...]:
    """Freeze the closed partitions that are not yet: PostgreSQL has not read them against their bounds."""
    names = [name for (name,) in await (await connection.execute(_UNFINISHED)).fetchall()]
    for name in names:
        table = sql.Identifier(name)
        tell(f"freezing {name}")
        await connection.execute(_filled("VACUUM (FREEZE, ANALYZE) {name}", name=table))
        tell(f"checking {name}")
        await connection.execute(
            _filled("ALTER TABLE {name} VALIDATE CONSTRAINT event_positions", name=table)
        )
    return tuple(names)


async def _ends(connection: Connection) -> tuple[int, int]:
    """The open partition's first and last position; the one before the first when nothing is in it."""
    row = await (await connection.execute(_ENDS)).fetchone()
    assert row is not None
    return row[0], row[0] - 1 if row[1] is None else row[1]


def _filled(text: LiteralString, **values: sql.Composable) -> sql.Composed:
    """Names and numbers in statements that take no parameters."""
    return sql.SQL(text).format(**values)


async def _become_owner(connection: Connection) -> None:
    try:
        await connection.execute("SET ROLE hoso_owner")
    except psycopg.errors.InsufficientPrivilege as error:
        raise SchemaError(f"This account may not act as {OWNER}: connect as {OWNER}.") from error


@asynccontextmanager
async def _connected(dsn: str) -> AsyncIterator[Connection]:
    try:
        async with await psycopg.AsyncConnection.connect(
            dsn, autocommit=True, row_factory=tuple_row, connect_timeout=5
        ) as connection:
            await connection.execute(_SETTINGS)
            yield connection
    except psycopg.OperationalError as error:
        raise Unavailable(f"the database stopped answering: {error}") from error
