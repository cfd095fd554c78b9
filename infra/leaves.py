"""The log as the leaves of its tree, the port `Leaves`: entries made from the rows by the database, which
hashes the payloads, so that what is read is a hundred bytes an event whatever an event holds.

One range of the primary key is read, in its order. A gap is an error here, not a shifted leaf.
"""

from __future__ import annotations

from typing import Any, LiteralString

from application.tlog_ports import Entry
from infra.reading import Fetches
from infra.recorder import OutOfOrder

# Written out as leaf_of() does it (infra/sql/02_append.sql); micros_of() would be a call for each row.
ENTRIES = """
SELECT position,
       '\\x01'::bytea || uuid_send(stream_id) || int8send(version) || int8send(position)
       || int8send((extract(epoch FROM recorded_at) * 1000000)::bigint) || sha256(payload)
       || convert_to(topic, 'UTF8'),
       leaf
  FROM event WHERE position > %s::bigint ORDER BY position LIMIT %s::bigint
"""
LEAVES = "SELECT position, leaf FROM event WHERE position > %s::bigint ORDER BY position LIMIT %s::bigint"


class PostgresLeaves:
    """`reader`: of the application's role. Raises Unavailable, and OutOfOrder where positions are missing."""

    def __init__(self, reader: Fetches) -> None:
        self._reader = reader

    async def entries_after(self, position: int, limit: int) -> list[Entry]:
        return [Entry(entry, leaf) for _, entry, leaf in await self._rows(ENTRIES, position, limit)]

    async def leaves_after(self, position: int, limit: int) -> list[bytes]:
        return [leaf for _, leaf in await self._rows(LEAVES, position, limit)]

    async def _rows(self, query: LiteralString, position: int, limit: int) -> list[tuple[Any, ...]]:
        rows = await self._reader.fetch(query, (position, limit))
        if rows and rows[-1][0] - position != len(rows):
            wanted = next(at for at, row in enumerate(rows, position + 1) if row[0] != at)
            raise OutOfOrder(f"position {wanted} is missing in the log: stop, and run hoso audit")
        return rows
