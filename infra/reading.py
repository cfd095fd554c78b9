"""Reading the log: pages in the order of positions, streams in the order of versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString, Protocol
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from application.ports import StoredFact, Unavailable
from infra import binary

OF_STREAM = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE stream_id = %s::uuid AND version > %s::bigint ORDER BY version LIMIT %s::bigint
"""
OF_STREAMS = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE stream_id = ANY (%s::uuid[]) ORDER BY position
"""
FIRST_OF = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE stream_id = ANY (%s::uuid[]) AND version = 1
"""
POSITIONS_OF = """
SELECT stream_id, position FROM event WHERE stream_id = ANY (%s::uuid[]) AND version = 1
"""
STREAMS_AFTER = """
SELECT position, category, stream_id FROM event
 WHERE position > %s::bigint AND (category = %s::smallint AND version = 1 OR category = %s::smallint)
 ORDER BY position LIMIT %s::bigint
"""
OF_STREAMS_BEFORE = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE stream_id = ANY (%s::uuid[]) AND recorded_at < %s::timestamptz ORDER BY position
"""
AFTER = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE position > %s::bigint ORDER BY position LIMIT %s::bigint
"""
# Looked for in the bytes, since a payload that is damaged must not hide the others. A range of the primary
# key is read, whatever it holds: 20,000 events take some 30 ms.
NAMING = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE position > %s::bigint AND position <= %s::bigint
   AND EXISTS (SELECT FROM unnest(%s::bytea[]) AS rule (id) WHERE position(rule.id IN payload) > 0)
 ORDER BY position LIMIT %s::bigint
"""
LEAVES_AFTER = """
SELECT leaf FROM event WHERE position > %s::bigint ORDER BY position LIMIT %s::bigint
"""
# Deciding categories have an index of their own in the log's order: `category < 100` says so to the planner.
AFTER_DECIDING = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE position > %(position)s::bigint AND category < 100 AND category = ANY (%(categories)s::smallint[])
 ORDER BY position LIMIT %(limit)s::bigint
"""
# Others are picked out of the log's own order.
AFTER_OF_CATEGORIES = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE position > %(position)s::bigint AND category = ANY (%(categories)s::smallint[])
 ORDER BY position LIMIT %(limit)s::bigint
"""
CLAIM = "SELECT stream_id FROM claim WHERE kind = %s::text AND value = %s::bytea"
CLAIMS_OF = """
SELECT value, stream_id FROM claim
 WHERE kind = %s::text AND value > %s::bytea ORDER BY value LIMIT %s::bigint
"""
NOW = "SELECT ledger_time, head FROM ledger_now()"
SETTLED = "SELECT pg_advisory_xact_lock_shared(709321001)::text"  # held to its commit by whoever appends
_SETTINGS = """
SELECT set_config('timezone', 'UTC', false), set_config('application_name', 'hoso reader', false),
       set_config('statement_timeout', '30s', false), set_config('lock_timeout', '20s', false),
       set_config('idle_in_transaction_session_timeout', '10s', false),
       set_config('max_parallel_workers_per_gather', '0', false) -- no query here is worth starting one
"""


class Fetches(Protocol):
    """Whatever reads for others: a `Reader`, or a recorder that has one."""

    async def fetch(self, query: Any, parameters: Any = ()) -> list[tuple[Any, ...]]: ...


class Reader:
    """A pool of reading connections."""

    def __init__(self, dsn: str, *, smallest: int, largest: int) -> None:
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
            dsn, min_size=smallest, max_size=largest, open=False, timeout=10.0, configure=_configure,
            kwargs={"autocommit": True, "row_factory": tuple_row, "connect_timeout": 5}, name="hoso-readers",
        )  # fmt: skip

    async def open(self) -> None:
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    async def fetch(self, query: LiteralString, parameters: Any = ()) -> list[tuple[Any, ...]]:
        """All rows. Raises Unavailable when no connection can be had, or the one that was had broke twice."""
        for last_try in (False, True):
            try:
                async with self._pool.connection() as connection:
                    cursor = connection.cursor(binary=True)
                    await cursor.execute(query, parameters, prepare=True)
                    return await cursor.fetchall()
            except (psycopg.OperationalError, PoolTimeout) as error:
                if last_try or isinstance(error, PoolTimeout):
                    raise Unavailable(f"the ledger cannot be read: {error}") from error
        raise AssertionError

    async def facts(self, query: LiteralString, parameters: Any) -> list[StoredFact]:
        return [StoredFact(*row) for row in await self.fetch(query, parameters)]

    async def of_streams(self, streams: Sequence[UUID], before: datetime | None) -> list[StoredFact]:
        if before is None:
            return await self.facts(OF_STREAMS, (binary.UuidArray(streams),))
        return await self.facts(OF_STREAMS_BEFORE, (binary.UuidArray(streams), before))

    async def after(self, position: int, limit: int, categories: tuple[int, ...]) -> list[StoredFact]:
        if not categories:
            return await self.facts(AFTER, (position, limit))
        query = AFTER_DECIDING if all(category < 100 for category in categories) else AFTER_OF_CATEGORIES
        values = {
            "position": position,
            "limit": limit,
            "categories": binary.Int2Array(sorted(set(categories))),
        }
        return await self.facts(query, values)


async def _configure(connection: psycopg.AsyncConnection[Any]) -> None:
    binary.register(connection)
    await connection.execute(_SETTINGS)
