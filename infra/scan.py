"""The whole log in one snapshot, through server-side cursors, for the audit and for stock and flow.

Ordered by sorting, not by trusting an index or a constraint that somebody may have dropped; memory is a
page here and work_mem there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row

from application.ports import StoredFact, Unavailable
from domain.holding import DossierHistory
from infra.dossier_scan import histories

PAGE = 2000
_SETTINGS = """
SELECT set_config('timezone', 'UTC', false), set_config('application_name', 'hoso audit', false)
"""
_HEAD = "SELECT coalesce(max(position), 0) FROM event"
_BY_POSITION = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 ORDER BY position, stream_id, version
"""
_BY_STREAM = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 ORDER BY stream_id, version, position
"""
_CLAIMED = "SELECT value, stream_id FROM claim WHERE kind = %s::text AND value = ANY (%s::bytea[])"
_CLAIMS = "SELECT count(*) FROM claim WHERE kind = %s::text"


class Scan:
    """Implements `application.audit_ports.LogScan`; made by `open_scan`."""

    def __init__(self, connection: psycopg.AsyncConnection[tuple[Any, ...]], head: int) -> None:
        self._connection = connection
        self.head = head

    def by_position(self) -> AsyncIterator[list[StoredFact]]:
        return self._pages("by_position", _BY_POSITION)

    def by_stream(self) -> AsyncIterator[list[StoredFact]]:
        return self._pages("by_stream", _BY_STREAM)

    def histories(self, position: int) -> AsyncIterator[list[DossierHistory]]:
        """Implements `application.stock.DossierScan`."""
        return histories(self._connection, position)

    async def claimed(self, kind: str, values: Sequence[bytes]) -> dict[bytes, UUID]:
        cursor = await self._connection.execute(_CLAIMED, (kind, list(values)))
        return {bytes(value): stream for value, stream in await cursor.fetchall()}

    async def claims(self, kind: str) -> int:
        cursor = await self._connection.execute(_CLAIMS, (kind,))
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])

    async def _pages(self, name: str, query: LiteralString) -> AsyncIterator[list[StoredFact]]:
        async with psycopg.AsyncServerCursor(self._connection, name, row_factory=tuple_row) as cursor:
            cursor.itersize = PAGE
            await cursor.execute(query, binary=True)
            while rows := await cursor.fetchmany(PAGE):
                yield [StoredFact(*row) for row in rows]


@asynccontextmanager
async def open_scan(dsn: str) -> AsyncIterator[Scan]:
    """A scan of the log as it is now. Raises Unavailable."""
    try:
        connection = await psycopg.AsyncConnection.connect(dsn, row_factory=tuple_row)
    except psycopg.OperationalError as error:
        raise Unavailable(f"the ledger cannot be read: {error}") from error
    async with connection:
        await connection.execute(_SETTINGS)
        await connection.commit()
        await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        await connection.set_read_only(True)
        cursor = await connection.execute(_HEAD)
        row = await cursor.fetchone()
        assert row is not None
        yield Scan(connection, row[0])
