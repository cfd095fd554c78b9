"""The port `NumberIndex` over PostgreSQL: who has a number, found by a keyed hash; the number stands nowhere.

The table is erasable: destroying a subject's key removes its rows (infra/keyring.py).
"""

from __future__ import annotations

from typing import Any, Protocol
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[AsyncConnection[Any]]

PERSONAL_NUMBER_DIGITS = 12  # an enterprise code has 10 or 13, so the length tells the kind

_FIND = "SELECT citizen FROM citizen_number WHERE hash = %b"
_ADD = "INSERT INTO citizen_number (hash, citizen) VALUES (%b, %b) ON CONFLICT ON CONSTRAINT citizen_number_pk DO NOTHING"


class NumberHashes(Protocol):
    """The keyring's hash of a number."""

    def number_hash(self, kind: str, number: str) -> bytes: ...


class PostgresNumbers:
    """`pool`: connections of the application's role."""

    def __init__(self, pool: Pool, hashes: NumberHashes) -> None:
        self._pool = pool
        self._hashes = hashes

    async def find_number(self, number: str) -> UUID | None:
        """The citizen with this number, or None."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_FIND, (self._hash(number),), binary=True)
            row = await cursor.fetchone()
        return row[0] if row else None

    async def add_number(self, number: str, citizen: UUID) -> None:
        """Let the citizen be found by this number. The first one to be added stays."""
        async with self._pool.connection() as connection:
            await connection.execute(_ADD, (self._hash(number), citizen))

    def _hash(self, number: str) -> bytes:
        kind = "personal_number" if len(number) == PERSONAL_NUMBER_DIGITS else "enterprise_code"
        return self._hashes.number_hash(kind, number)
