"""Rows of the log packed for making their leaves again: a query for each range of positions, its columns
aggregated by the database, the next one worked out there while the page before is hashed here.

Asked for by ranges of positions, not by so many rows: a position that is there twice is seen. Memory: two
pages of payloads of at most `LARGE` bytes, and one larger payload.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import psycopg

from application.leaf_ports import HEAD_BYTES, LEAF_BYTES, PackedRows
from application.ports import StoredFact, Unavailable

PAGE = 2048
LARGE = 8192
"""Bytes of a payload above which it is read alone."""
_PACKED = """
SELECT string_agg(uuid_send(stream_id) || int8send(version) || int8send(position)
                  || timestamptz_send(recorded_at), ''),
       array_agg(topic), array_agg(CASE WHEN octet_length(payload) <= %(large)s::integer THEN payload END),
       bool_or(octet_length(payload) > %(large)s::integer),
       string_agg(leaf, ''), bool_and(octet_length(leaf) = %(leaf)s::integer)
  FROM (SELECT position, stream_id, version, recorded_at, topic, payload, leaf FROM event
         WHERE position > %(after)s::bigint AND position <= %(through)s::bigint
         ORDER BY position OFFSET 0) AS page
"""
_PAYLOAD = """
SELECT payload FROM event
 WHERE position = %s::bigint AND uuid_send(stream_id) = %s::bytea AND version = %s::bigint LIMIT 1
"""
_STORED = """
SELECT position, stream_id, version, category, topic, payload, recorded_at, leaf FROM event
 WHERE position > %s::bigint AND position <= %s::bigint ORDER BY position, stream_id, version
"""


class PackedLog:
    """Implements `application.leaf_ports.LeafRows` over a connection that sees one snapshot. What else is
    asked of the connection meanwhile waits its turn."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection

    async def packed(self, after: int, through: int) -> AsyncIterator[PackedRows]:
        reading = self._begun(after, through)
        try:
            while reading is not None:
                page = await reading
                reading = self._begun(page.through, through)
                if reading is not None:
                    await asyncio.sleep(0)  # the query is on its way before this page is hashed
                yield page
        finally:
            if reading is not None:
                reading.cancel()
                await asyncio.wait((reading,))

    async def stored(self, after: int, through: int) -> list[StoredFact]:
        return [StoredFact(*row) for row in await self._rows(_STORED, (after, through))]

    def _begun(self, after: int, through: int) -> asyncio.Task[PackedRows] | None:
        if after >= through:
            return None
        return asyncio.create_task(self._page(after, min(after + PAGE, through)))

    async def _page(self, after: int, through: int) -> PackedRows:
        asked = {"after": after, "through": through, "large": LARGE, "leaf": LEAF_BYTES}
        heads, topics, payloads, any_large, leaves, whole = (await self._rows(_PACKED, asked))[0]
        if heads is None:
            return PackedRows(after, through, b"", [], [], {}, b"", True)
        large: dict[int, bytes] = {}
        if any_large:
            for number in (number for number, payload in enumerate(payloads) if payload is None):
                head = heads[HEAD_BYTES * number : HEAD_BYTES * (number + 1)]
                version, position = (int.from_bytes(head[n : n + 8], "big", signed=True) for n in (16, 24))
                ((payload,),) = await self._rows(_PAYLOAD, (position, head[:16], version))
                large[number] = sha256(payload).digest()
        return PackedRows(after, through, heads, topics, payloads, large, leaves, whole)

    async def _rows(self, query: Any, asked: Any) -> list[tuple[Any, ...]]:
        try:
            cursor = self._connection.cursor(binary=True)
            await cursor.execute(query, asked, prepare=True)
            rows: list[tuple[Any, ...]] = await cursor.fetchall()
        except psycopg.OperationalError as error:
            raise Unavailable(f"the ledger cannot be read: {error}") from error
        return rows
