"""Where copies of a ledger's database are made, kept and dropped: the embedded PostgreSQL, or a server of
one's own. A copy's name says whose rehearsal it is; only what is marked as one is ever dropped.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from infra.embedded import APP, OWNER, SUPERUSER, Cluster
from infra.schema import SchemaError

LOCK: Final = 709_321_003
"""Advisory, on the real database: one rehearsal at a time."""

_KNOWN = """
SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s
"""
_ANYTHING = "SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace LIMIT 1"


class RehearsalRefused(SchemaError):
    """No copy can be made; the text says why and what to do."""


class Server(Protocol):
    """Where databases are made."""

    def make(self, name: str) -> None: ...
    def drop(self, name: str) -> None: ...
    def rename(self, name: str, to: str) -> None: ...
    def owner(self, name: str) -> str: ...
    def app(self, name: str) -> str: ...
    def free_bytes(self) -> int | None:
        """None: it cannot be seen from here."""
        ...


@dataclass(frozen=True, slots=True)
class Embedded:
    """The embedded PostgreSQL."""

    cluster: Cluster

    def make(self, name: str) -> None:
        self.cluster.create_database(name)

    def drop(self, name: str) -> None:
        self.cluster.drop_database(name)

    def rename(self, name: str, to: str) -> None:
        with psycopg.connect(self.cluster.dsn("postgres", SUPERUSER), autocommit=True) as connection:
            _rename(connection, name, to)

    def owner(self, name: str) -> str:
        return self.cluster.dsn(name, OWNER)

    def app(self, name: str) -> str:
        return self.cluster.dsn(name, APP)

    def free_bytes(self) -> int | None:
        return shutil.disk_usage(self.cluster.data_dir).free


@dataclass(frozen=True, slots=True)
class Foreign:
    """A server of one's own: the owner's account makes the copy, so it needs CREATEDB."""

    owner_dsn: str
    app_dsn: str

    def make(self, name: str) -> None:
        named = sql.Identifier(name)
        try:
            with self._administration() as connection:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(named)
                )
                connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(named))
                connection.execute(
                    sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO hoso_app").format(named)
                )
        except psycopg.errors.InsufficientPrivilege as error:
            raise RehearsalRefused(
                "The account of HOSO_DATABASE_OWNER_URL may not make databases, which a rehearsal's copy"
                f" needs: as the server's administrator run ALTER ROLE {OWNER} CREATEDB;"
            ) from error

    def drop(self, name: str) -> None:
        with self._administration() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def rename(self, name: str, to: str) -> None:
        with self._administration() as connection:
            _rename(connection, name, to)

    def owner(self, name: str) -> str:
        return make_conninfo(self.owner_dsn, dbname=name)

    def app(self, name: str) -> str:
        return make_conninfo(self.app_dsn, dbname=name)

    def free_bytes(self) -> int | None:
        return None

    def _administration(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.owner_dsn, autocommit=True, connect_timeout=10)


def name_of(ledger_id: UUID) -> str:
    """The name of a rehearsal's copy: one per ledger."""
    return f"hoso_rehearsal_{ledger_id.hex}"


def mark(ledger_id: UUID) -> str:
    """What stands beside a copy in the server's list of databases."""
    return f"hoso: rehearsal of the ledger {ledger_id}; dropped by the next one"


@asynccontextmanager
async def alone(app_dsn: str) -> AsyncIterator[None]:
    """While nobody else rehearses with this ledger. Raises RehearsalRefused."""
    async with await psycopg.AsyncConnection.connect(
        app_dsn, autocommit=True, application_name="hoso rehearsal", connect_timeout=10
    ) as connection:
        row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))).fetchone()
        if row is None or not row[0]:
            raise RehearsalRefused("Another rehearsal of this ledger is running: wait for its end.")
        yield


def clear_away(server: Server, app_dsn: str, ledger_id: UUID) -> bool:
    """Drop what an earlier rehearsal of this ledger left when it was killed; True when there was something.
    Raises RehearsalRefused for a database of that name that is no rehearsal."""
    name = name_of(ledger_id)
    with psycopg.connect(app_dsn, autocommit=True, connect_timeout=10) as connection:
        row = connection.execute(_KNOWN, (name,)).fetchone()
    if row is None:
        return False
    if row[0] != mark(ledger_id) and not (row[0] is None and _empty(server, name)):
        raise RehearsalRefused(
            f"There is a database {name} that is not marked as a rehearsal: look at it, and drop it yourself"
            f" (DROP DATABASE {name};) if nobody needs it."
        )
    server.drop(name)
    return True


def _empty(server: Server, name: str) -> bool:
    """Whether nothing was ever made in it: what is left where a rehearsal was killed before it could mark its
    copy."""
    with psycopg.connect(server.owner(name), autocommit=True, connect_timeout=10) as connection:
        return connection.execute(_ANYTHING).fetchone() is None


def make(server: Server, ledger_id: UUID) -> str:
    """An empty database for the copy; its name."""
    name = name_of(ledger_id)
    server.make(name)
    with psycopg.connect(server.owner(name), autocommit=True, connect_timeout=10) as connection:
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(mark(ledger_id)))
        )
    return name


def keep(server: Server, name: str, stamp: str) -> str:
    """Give a copy a name under which no later rehearsal drops it; nobody may be connected to it."""
    kept = f"{name}_{stamp}"
    server.rename(name, kept)
    return kept


def _rename(connection: psycopg.Connection[Any], name: str, to: str) -> None:
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to))
    )
