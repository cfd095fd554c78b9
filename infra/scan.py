"""The whole log in one snapshot, through server-side cursors, for the audit and for stock and flow.

Ordered by sorting, not by trusting an index or a constraint that somebody may have dropped; memory is a
page here and work_mem there.
"""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from psycopg.rows import tuple_row

from application.leaf_ports import PackedRows
from application.ports import StoredFact, Unavailable
from application.tlog_rows import CheckpointRow
from domain.holding import DossierHistory
from infra.checkpoint_scan import checkpoint_pages, newest_sizes, orphaned
from infra.dossier_scan import histories, recorded_as
from infra.leaf_pages import PackedLog

PAGE = 2000
_MICROS = struct.Struct(">q")
_FROM = datetime(2000, 1, 1, tzinfo=UTC)
_SETTINGS = """
SELECT set_config('timezone', 'UTC', false), set_config('application_name', 'hoso audit', false)
"""
_HEAD = "SELECT coalesce(max(position), 0) FROM event"
_BY_POSITION = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE position > %s::bigint AND position <= %s::bigint
 ORDER BY position, stream_id, version
"""
_BY_STREAM = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE position <= %s::bigint AND (%s::uuid IS NULL OR stream_id > %s::uuid)
 ORDER BY stream_id, version, position
"""
# Whole streams, of those alone that go on after a position.
_STREAMS_SINCE = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE position <= %(until)s::bigint AND (%(after)s::uuid IS NULL OR stream_id > %(after)s::uuid)
   AND stream_id IN (SELECT stream_id FROM event
                      WHERE position > %(since)s::bigint AND position <= %(until)s::bigint)
 ORDER BY stream_id, version, position
"""
# What decides has an index of its own in the log's order: `category < 100` says so to the planner.
_DECIDING = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE position <= %s::bigint AND category < 100 AND category = ANY (%s::smallint[])
 ORDER BY position, stream_id, version
"""
_OF_CATEGORIES = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE position <= %s::bigint AND category = ANY (%s::smallint[])
 ORDER BY position, stream_id, version
"""
_OFTEN = """
SELECT stream_id, max(position), count(*) FROM event
 WHERE category = 100 AND topic = ANY (%(topics)s::text[]) AND position <= %(until)s::bigint
   AND recorded_at < coalesce(%(before)s::timestamptz, 'infinity')
 GROUP BY stream_id HAVING count(*) > %(most)s ORDER BY stream_id
"""
_STREAMS_AT = "SELECT position, stream_id FROM event WHERE position = ANY (%s::bigint[])"
_AT = "SELECT recorded_at, leaf FROM event WHERE position = %s::bigint"
_CLAIMED = "SELECT value, stream_id FROM claim WHERE kind = %s::text AND value = ANY (%s::bytea[])"
_STILL_KEPT = """
SELECT subject, 'subject_key' FROM subject_key WHERE subject = ANY (%(subjects)s::uuid[])
UNION ALL
SELECT DISTINCT citizen, 'citizen_number' FROM citizen_number WHERE citizen = ANY (%(subjects)s::uuid[])
UNION ALL
SELECT DISTINCT citizen, 'citizen_search' FROM citizen_search WHERE citizen = ANY (%(subjects)s::uuid[])
UNION ALL
SELECT DISTINCT subject, 'subject_alias' FROM subject_alias WHERE subject = ANY (%(subjects)s::uuid[])
"""
_DESTROYED = "SELECT subject FROM subject_erased ORDER BY subject"
_CLAIMS = "SELECT count(*) FROM claim WHERE kind = %s::text"


FAR_FUTURE, FAR_PAST = datetime(9000, 1, 1, tzinfo=UTC), datetime(1000, 1, 1, tzinfo=UTC)


class _Text(Loader):
    """Text in which a bit may have been flipped: what is no UTF-8 is read as something else than it was."""

    format = Format.BINARY

    def load(self, data: Buffer) -> str:
        return bytes(data).decode("utf-8", "replace")


class _Instant(Loader):
    """An instant that may be beyond what dates reach: it is read as one that no event has."""

    format = Format.BINARY

    def load(self, data: Buffer) -> datetime:
        (micros,) = _MICROS.unpack(data)
        try:
            return _FROM + timedelta(microseconds=micros)
        except OverflowError:
            return FAR_FUTURE if micros > 0 else FAR_PAST


class Scan:
    """Implements `application.audit_ports.LogScan`; made by `open_scan`."""

    def __init__(
        self, connection: psycopg.AsyncConnection[tuple[Any, ...]], head: int, page: int = PAGE
    ) -> None:
        self._connection = connection
        self._page = page
        self.head = head

    def packed(self, after: int, through: int) -> AsyncIterator[PackedRows]:
        return PackedLog(self._connection).packed(after, through)

    async def stored(self, after: int, through: int) -> list[StoredFact]:
        return await PackedLog(self._connection).stored(after, through)

    def by_position(self, after: int = 0, until: int | None = None) -> AsyncIterator[list[StoredFact]]:
        return self._pages("by_position", _BY_POSITION, (after, self._until(until)))

    def by_stream(
        self, since: int = 0, until: int | None = None, after: UUID | None = None
    ) -> AsyncIterator[list[StoredFact]]:
        last = self._until(until)
        if not since:
            return self._pages("by_stream", _BY_STREAM, (last, after, after))
        parameters = {"since": since, "until": last, "after": after}
        return self._pages("by_stream", _STREAMS_SINCE, parameters)

    def of_categories(self, categories: Sequence[int], until: int) -> AsyncIterator[list[StoredFact]]:
        query = _DECIDING if all(category < 100 for category in categories) else _OF_CATEGORIES
        return self._pages("of_categories", query, (until, list(categories)))

    def checkpoints(self, since: int = 0) -> AsyncIterator[list[CheckpointRow]]:
        return checkpoint_pages(self._connection, since, self._page)

    async def newest_sizes(self, origin: str) -> list[tuple[int, str]]:
        return await newest_sizes(self._connection, origin)

    async def orphaned(self) -> list[tuple[str, int, str]]:
        return await orphaned(self._connection)

    def histories(self, position: int) -> AsyncIterator[list[DossierHistory]]:
        """Implements `application.stock.DossierScan`."""
        return histories(self._connection, position)

    async def often(
        self, topic: str, most: int, before: datetime | None
    ) -> AsyncIterator[list[tuple[UUID, int, int]]]:
        """Implements `application.inspecting.InspectedLog`."""
        parameters = {"topics": recorded_as(topic), "until": self.head, "most": most, "before": before}
        async with psycopg.AsyncServerCursor(self._connection, "often", row_factory=tuple_row) as cursor:
            await cursor.execute(_OFTEN, parameters, binary=True)
            while rows := await cursor.fetchmany(self._page):
                yield rows

    async def streams_at(self, positions: Sequence[int]) -> dict[int, UUID]:
        """The stream of each of these positions, up to some thousand."""
        cursor = await self._connection.execute(_STREAMS_AT, (list(positions),))
        return dict(await cursor.fetchall())

    async def recorded(self, position: int) -> tuple[datetime, bytes] | None:
        row = await (await self._connection.execute(_AT, (position,))).fetchone()
        return (row[0], bytes(row[1])) if row else None

    async def claimed(self, kind: str, values: Sequence[bytes]) -> dict[bytes, UUID]:
        cursor = await self._connection.execute(_CLAIMED, (kind, list(values)))
        return {bytes(value): stream for value, stream in await cursor.fetchall()}

    async def claims(self, kind: str) -> int:
        cursor = await self._connection.execute(_CLAIMS, (kind,))
        row = await cursor.fetchone()
        assert row is not None
        return int(row[0])

    async def still_kept(self, subjects: Sequence[UUID]) -> list[tuple[UUID, str]]:
        cursor = await self._connection.execute(_STILL_KEPT, {"subjects": list(subjects)})
        return [(subject, table) for subject, table in await cursor.fetchall()]

    async def destroyed(self) -> list[UUID]:
        cursor = await self._connection.execute(_DESTROYED)
        return [subject for (subject,) in await cursor.fetchall()]

    def _until(self, until: int | None) -> int:
        return self.head if until is None else until

    async def _pages(
        self, name: str, query: LiteralString, parameters: Any
    ) -> AsyncIterator[list[StoredFact]]:
        async with psycopg.AsyncServerCursor(self._connection, name, row_factory=tuple_row) as cursor:
            cursor.itersize = self._page
            try:
                await cursor.execute(query, parameters, binary=True)
                while rows := await cursor.fetchmany(self._page):
                    yield [StoredFact(*row) for row in rows]
            except psycopg.Error as error:
                raise Unavailable(f"the ledger cannot be read to its end: {error}") from error


@asynccontextmanager
async def open_scan(dsn: str, *, page: int = PAGE) -> AsyncIterator[Scan]:
    """A scan of the log as it is now. Raises Unavailable."""
    try:
        connection = await psycopg.AsyncConnection.connect(dsn, row_factory=tuple_row)
    except psycopg.OperationalError as error:
        raise Unavailable(f"the ledger cannot be read: {error}") from error
    async with connection:
        connection.adapters.register_loader("text", _Text)
        connection.adapters.register_loader("timestamptz", _Instant)
        await connection.execute(_SETTINGS)
        await connection.commit()
        await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        await connection.set_read_only(True)
        cursor = await connection.execute(_HEAD)
        row = await cursor.fetchone()
        assert row is not None
        yield Scan(connection, row[0], page)
