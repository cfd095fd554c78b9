"""The database of a ledger: made by `init`, looked at by `check`, brought up to this program by `upgrade`.

Only the schema command calls `init` and `upgrade`, as the owner's role; a server calls `check` and stops
when the database is empty, foreign or of another version. Every error is a SchemaError whose text says what
is wrong, where, and what to do.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import tuple_row

from application.ports import Item, LedgerError, NewEvent
from domain.facts import Actor, Envelope
from domain.ledger_facts import LedgerCreated
from infra import binary
from infra.codec import JsonCodec
from infra.encoding import encode
from infra.fact_types import FactTypes
from infra.migrations import apply, migrations
from infra.writer import APPEND_PLAIN

OWNER, APP = "hoso_owner", "hoso_app"
FirstEvent = Callable[[UUID], NewEvent]

_TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
   AND n.nspname NOT LIKE 'pg\\_toast%' AND n.nspname NOT LIKE 'pg\\_temp%'
 ORDER BY 1 LIMIT 4
"""


class SchemaError(LedgerError):
    """The database cannot be used as it is."""


class Unreachable(SchemaError):
    """There is no database there, or it lets nobody in."""


class EmptyDatabase(SchemaError):
    """There is no ledger in it yet."""


class ForeignDatabase(SchemaError):
    """Somebody else's tables are in it."""


class OlderSchema(SchemaError):
    """Made by an older program: upgrade it."""


class OtherSchema(SchemaError):
    """Made by a newer program, or by one with other SQL."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Which ledger a database holds. `version`: number of its last migration."""

    ledger_id: UUID
    clock: str
    version: int


def init(
    owner_dsn: str, *, clock: str, starts_at: datetime | None = None, first_event: FirstEvent | None = None
) -> Ledger:
    """Create everything in an empty database, position 1 (`ledger.created.v1`) included; all or nothing.

    `clock` is `system` or `demo`; `starts_at` (aware) is where a demo clock begins, and a system clock has
    none. `first_event` makes the encoded first event from the ledger's id; by default the codec does.
    Raises SchemaError, and ValueError for a clock that cannot be.
    """
    if clock not in ("system", "demo"):
        raise ValueError(f"a ledger's clock is system or demo, not {clock!r}")
    if (starts_at is None) != (clock == "system") or (starts_at is not None and starts_at.tzinfo is None):
        raise ValueError("a demo clock starts at an instant with a time zone; a system clock has no start")
    with _opened(owner_dsn) as connection, connection.transaction():
        _refuse_unless_empty(connection, owner_dsn)
        _become_owner(connection)
        apply(connection, migrations())
        ledger_id = connection.execute("SELECT uuidv7()").fetchone()[0]  # type: ignore[index]
        connection.execute("INSERT INTO ledger (ledger_id, clock) VALUES (%s, %s)", (ledger_id, clock))
        first = (first_event or _created(clock, starts_at))(ledger_id)
        binary.register(connection)
        row = connection.execute(APPEND_PLAIN, (*encode([Item((first,))]), None, starts_at)).fetchone()
        if row is None or row[4]:
            raise SchemaError(f"The first event could not be recorded (answer {row}).")
    return check(owner_dsn)


def create_tables(owner_dsn: str) -> None:
    """All tables in an empty database and nothing in them: for a copy of a ledger. Raises SchemaError."""
    with _opened(owner_dsn) as connection, connection.transaction():
        _refuse_unless_empty(connection, owner_dsn)
        _become_owner(connection)
        apply(connection, migrations())


def check(dsn: str) -> Ledger:
    """Which ledger is there. Raises SchemaError when it is none, or none for this program."""
    with _opened(dsn) as connection:
        return _look(connection, dsn)


async def check_async(dsn: str) -> Ledger:
    """`check`, off the event loop."""
    return await asyncio.to_thread(check, dsn)


def upgrade(owner_dsn: str) -> list[str]:
    """Apply the migrations that the database has not seen, all or none; their names.

    Nothing recorded is touched.
    """
    with _opened(owner_dsn) as connection, connection.transaction():
        with contextlib.suppress(OlderSchema):
            _look(connection, owner_dsn)
            return []
        before = {number for (number,) in connection.execute("SELECT number FROM schema_migration")}
        _become_owner(connection)
        apply(connection, migrations())
        return [migration.name for migration in migrations() if migration.number not in before]


def place(dsn: str) -> str:
    """A database in words, without its password."""
    parts = conninfo_to_dict(dsn)
    return f"{parts.get('dbname') or parts.get('user') or '?'} at {parts.get('host') or 'the local socket'}"


@contextlib.contextmanager
def _opened(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        connection = psycopg.connect(dsn, autocommit=True, row_factory=tuple_row, connect_timeout=5)
    except psycopg.Error as error:
        raise Unreachable(
            f"The database {place(dsn)} cannot be reached ({_reason(error)}). "
            "Is the server running, and is the address right?"
        ) from error
    with connection:
        yield connection


def _reason(error: psycopg.Error) -> str:
    """What libpq says in its first line, without the address that stands before it."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return " ".join(lines[0].rpartition("failed: ")[2].split()).rstrip(".")


def _look(connection: psycopg.Connection[Any], dsn: str) -> Ledger:
    tables = [name for (name,) in connection.execute(_TABLES)]
    if not tables:
        raise EmptyDatabase(
            f"The database {place(dsn)} is empty: make a ledger in it with `hoso schema init`."
        )
    try:
        seen = dict(connection.execute("SELECT number, sha256 FROM schema_migration").fetchall())
        row = connection.execute("SELECT ledger_id, clock FROM ledger WHERE one").fetchone()
    except psycopg.Error as error:
        raise _foreign(dsn, tables) from error
    if row is None or not seen:
        raise _foreign(dsn, tables)
    ours = {migration.number: migration for migration in migrations()}
    for number, digest in seen.items():
        if number not in ours:
            raise OtherSchema(
                f"The database {place(dsn)} was made by a newer program (its schema has step {number}): "
                "use that one."
            )
        if bytes(digest) != ours[number].sha256:
            raise OtherSchema(
                f"The database {place(dsn)} was made with another {ours[number].name} than this program's: "
                "use the program that made it, or make a new ledger."
            )
    missing = [migration.name for number, migration in ours.items() if number not in seen]
    if missing:
        raise OlderSchema(
            f"The database {place(dsn)} lacks {', '.join(missing)}: bring it up with `hoso schema upgrade`."
        )
    return Ledger(row[0], row[1], max(seen))


def _foreign(dsn: str, tables: list[str]) -> ForeignDatabase:
    return ForeignDatabase(
        f"The database {place(dsn)} is not a ledger of this program (it holds {', '.join(tables[:3])}): "
        "name an empty database for a new ledger, or the right one."
    )


def _refuse_unless_empty(connection: psycopg.Connection[Any], dsn: str) -> None:
    with contextlib.suppress(EmptyDatabase):
        ledger = _look(connection, dsn)
        raise ForeignDatabase(f"The database {place(dsn)} holds the ledger {ledger.ledger_id} already.")


def _become_owner(connection: psycopg.Connection[Any]) -> None:
    """Tables belong to hoso_owner, whoever runs the command."""
    known = {
        name for (name,) in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'hoso%'")
    }
    if not {OWNER, APP} <= known:
        raise SchemaError(
            f"The roles {OWNER} (owns the tables) and {APP} (the application) do not exist on this server: "
            f"as its administrator run CREATE ROLE {OWNER} LOGIN; CREATE ROLE {APP} LOGIN;"
        )
    try:
        connection.execute("SET LOCAL ROLE hoso_owner")
        connection.execute("GRANT USAGE ON SCHEMA public TO hoso_app")
    except psycopg.errors.InsufficientPrivilege as error:
        raise SchemaError(
            f"This account may not act as {OWNER}, or {OWNER} does not own the database: connect as {OWNER}, "
            f"and make the database with CREATE DATABASE ... OWNER {OWNER}."
        ) from error


def _created(clock: str, starts_at: datetime | None) -> FirstEvent:
    """The first event through the codec; it has no personal field, so no key is needed."""

    def encoded(ledger_id: UUID) -> NewEvent:
        envelope = Envelope(actor=Actor("system", "hoso"), occurred_at=starts_at or datetime.now(UTC))
        fact = LedgerCreated(
            originator_id=ledger_id, originator_version=1, envelope=envelope,
            ledger_id=ledger_id, clock=clock, starts_at=starts_at,
        )  # fmt: skip
        return JsonCodec(FactTypes([LedgerCreated]), _NoKeys()).encode(fact)

    return encoded


class _NoKeys:
    def key_of(self, subject: UUID) -> bytes:
        raise LookupError(f"the ledger's first event names nobody, so no key of {subject} is needed")
