"""The numbered SQL files of infra/sql and which of them a database has seen.

'Migration' means SQL schema, nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import psycopg

_TABLE = """
CREATE TABLE schema_migration (
    number     integer     NOT NULL,
    name       text        NOT NULL,
    sha256     bytea       NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT schema_migration_pk PRIMARY KEY (number)
);
GRANT SELECT ON schema_migration TO hoso_app;
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file `NN_name.sql`: applied once, in order of its number, and never changed after a release."""

    number: int
    name: str
    text: str

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.text.encode()).digest()


def migrations() -> list[Migration]:
    """All that this program brings, in order."""
    found = [
        Migration(int(file.name.partition("_")[0]), file.name, file.read_text(encoding="utf-8"))
        for file in resources.files("infra").joinpath("sql").iterdir()
        if file.name.endswith(".sql") and file.name[:2].isdigit()
    ]
    found.sort(key=lambda migration: migration.number)
    numbers = [migration.number for migration in found]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"two migrations have one number: {numbers}")
    return found


def apply(connection: psycopg.Connection[Any], wanted: Sequence[Migration]) -> None:
    """Apply those that the database has not seen, inside the caller's transaction."""
    if connection.execute("SELECT to_regclass('public.schema_migration')").fetchone() == (None,):
        connection.execute(_TABLE)
    seen = {number for (number,) in connection.execute("SELECT number FROM schema_migration")}
    for migration in wanted:
        if migration.number not in seen:
            connection.execute(migration.text.encode())
            connection.execute(
                "INSERT INTO schema_migration (number, name, sha256) VALUES (%s, %s, %s)",
                (migration.number, migration.name, migration.sha256),
            )
