"""Numbers for dossier codes, over PostgreSQL: by agency and day, atomic over all processes.

One function of the database takes what is asked for and commits at once, so desks that submit together wait
for each other only that long, and no counter can be set back; a number whose dossier is then refused is a
gap, which the code's format allows.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Pool = AsyncConnectionPool[AsyncConnection[Any]]

_TAKE = "SELECT take_numbers(%(agency)s, %(day)s, %(count)s)"


class PostgresCounters:
    """`pool`: connections of the application's role."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def next(self, agency: UUID, day: date) -> int:
        """A number from 1 that nobody else gets for this agency and day (of Vietnam)."""
        return await self.take(agency, day, 1)

    async def take(self, agency: UUID, day: date, count: int) -> int:
        """The first of `count` numbers in a row that nobody else gets."""
        async with self._pool.connection() as connection:
            cursor = await connection.execute(_TAKE, {"agency": agency, "day": day, "count": count})
            row = await cursor.fetchone()
        assert row is not None
        return int(row[0])
