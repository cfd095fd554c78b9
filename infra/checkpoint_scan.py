"""What was attested, as it is on record, for the audit: every checkpoint with its cosignatures in the order
of sizes, in the snapshot of the scan, trusting no constraint.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from application.tlog_rows import CheckpointRow, CosignatureRow

NEWEST = 100
_CHECKPOINTS = """
SELECT c.origin, c.size, c.root, c.note, w.witnesses, w.key_ids, w.lines, w.times
  FROM checkpoint c
  LEFT JOIN LATERAL (
       SELECT array_agg(s.witness ORDER BY s.witness, s.cosigned_at) AS witnesses,
              array_agg(s.key_id ORDER BY s.witness, s.cosigned_at) AS key_ids,
              array_agg(s.line ORDER BY s.witness, s.cosigned_at) AS lines,
              array_agg(s.cosigned_at ORDER BY s.witness, s.cosigned_at) AS times
         FROM cosignature s WHERE s.origin = c.origin AND s.size = c.size) w ON true
 WHERE c.size >= %s::bigint
 ORDER BY c.size, c.origin
"""
_NEWEST = """
SELECT size, note FROM checkpoint WHERE origin = %s::text ORDER BY size DESC LIMIT %s::bigint
"""
_ORPHANED = """
SELECT s.origin, s.size, s.witness FROM cosignature s
 WHERE NOT EXISTS (SELECT FROM checkpoint c WHERE c.origin = s.origin AND c.size = s.size)
 ORDER BY s.size, s.origin, s.witness LIMIT %s::bigint
"""


async def checkpoint_pages(
    connection: psycopg.AsyncConnection[Any], since: int, page: int
) -> AsyncIterator[list[CheckpointRow]]:
    """From this size on, by size."""
    async with psycopg.AsyncServerCursor(connection, "checkpoints", row_factory=tuple_row) as cursor:
        cursor.itersize = page
        await cursor.execute(_CHECKPOINTS, (since,), binary=True)
        while rows := await cursor.fetchmany(page):
            yield [_checkpoint(row) for row in rows]


async def newest_sizes(connection: psycopg.AsyncConnection[Any], origin: str) -> list[tuple[int, str]]:
    """Size and note of the hundred largest, the largest first."""
    cursor = await connection.execute(_NEWEST, (origin, NEWEST))
    return [(size, note) for size, note in await cursor.fetchall()]


async def orphaned(connection: psycopg.AsyncConnection[Any]) -> list[tuple[str, int, str]]:
    """Origin, size and witness of cosignatures without their checkpoint, a hundred at most."""
    cursor = await connection.execute(_ORPHANED, (NEWEST,))
    return [(origin, size, witness) for origin, size, witness in await cursor.fetchall()]


def _checkpoint(row: tuple[Any, ...]) -> CheckpointRow:
    origin, size, root, note, witnesses, key_ids, lines, times = row
    if witnesses is None:
        return CheckpointRow(origin, size, bytes(root), note, ())
    cosigned = zip(witnesses, map(bytes, key_ids), lines, times, strict=True)
    return CheckpointRow(origin, size, bytes(root), note, tuple(CosignatureRow(*one) for one in cosigned))
