"""Receipts of what was recorded earlier:

for repeats, for look-ups by key, and after a connection was lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from application.ports import Item, KeyReused, Receipt
from infra.binary import Int8Array

DIGEST_BYTES = 16  # of the request's HMAC are stored

_RECEIPTS = """
SELECT first.position, first.position + first.item_events - 1, first.recorded_at, e.stream_id, max(e.version)
  FROM event first
  JOIN event e ON e.position BETWEEN first.position AND first.position + first.item_events - 1
 WHERE first.position = ANY (%s::bigint[])
 GROUP BY first.position, first.item_events, first.recorded_at, e.stream_id
 ORDER BY first.position, min(e.position)
"""
_BY_COMMAND = "SELECT position, request_digest FROM event WHERE command_id = %s::bytea"
_BY_VERSION = """
SELECT position FROM event
 WHERE stream_id = %s::uuid AND version = %s::integer AND item_events > 0
   AND payload = %s::bytea AND topic = %s::text
"""


class Fetcher(Protocol):
    async def fetch(self, query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]: ...


async def receipts_of(reader: Fetcher, firsts: Sequence[int]) -> dict[int, Receipt]:
    """Receipts of recorded items by their first position, marked `repeated`."""
    receipts: dict[int, Receipt] = {}
    for first, last, recorded_at, stream, version in await reader.fetch(_RECEIPTS, (Int8Array(firsts),)):
        known = receipts.get(first)
        versions = (*(known.versions if known else ()), (stream, version))
        receipts[first] = Receipt(first, last, recorded_at, versions, repeated=True)
    return receipts


async def command_receipt(reader: Fetcher, command_id: bytes, request_digest: bytes) -> Receipt | None:
    rows = await reader.fetch(_BY_COMMAND, (command_id,))
    if not rows:
        return None
    position, digest = rows[0]
    if bytes(digest) != request_digest[:DIGEST_BYTES]:
        raise KeyReused
    return (await receipts_of(reader, [position]))[position]


async def recorded_receipt(reader: Fetcher, item: Item) -> Receipt | None:
    """The receipt of an item whose answer was lost, or None when it was not recorded.

    By its idempotency key where it has one; else by the bytes of its first event, which hold 16 random
    ones. A key used for another request is left to the append, which says so.
    """
    if item.command_id is not None and item.request_digest is not None:
        try:
            receipt = await command_receipt(reader, item.command_id, item.request_digest)
        except KeyReused:
            return None
    else:
        event = item.events[0]
        rows = await reader.fetch(_BY_VERSION, (event.stream_id, event.version, event.payload, event.topic))
        receipt = (await receipts_of(reader, [rows[0][0]]))[rows[0][0]] if rows else None
    return receipt
