"""Ids of streams that follow from what they are about, so that recording the same thing twice is impossible
by constraint."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def derived_stream_id(effective_at: datetime, named: bytes) -> UUID:
    """UUIDv8 of an instant in milliseconds (48 bits) and the first 74 bits of SHA-256 over `named`,
    big-endian: what belongs to one hour lies together."""
    milliseconds = (effective_at - _EPOCH) // timedelta(milliseconds=1)
    bits = int.from_bytes(hashlib.sha256(named).digest()[:10], "big") >> 6  # the first 74 of 80
    high, low = bits >> 62, bits & ((1 << 62) - 1)
    return UUID(int=milliseconds << 80 | 0x8 << 76 | high << 64 | 0b10 << 62 | low)


def derived_from(id: UUID, *named: bytes) -> UUID:
    """UUIDv8 of the 48 bits of time that an id has itself and the first 74 bits of SHA-256 over the first
    part of `named`, the id, and the other parts: what follows from one thing lies beside it."""
    head, *rest = named
    bits = int.from_bytes(hashlib.sha256(head + id.bytes + b"".join(rest)).digest()[:10], "big") >> 6
    high, low = bits >> 62, bits & ((1 << 62) - 1)
    return UUID(int=id.int >> 80 << 80 | 0x8 << 76 | high << 64 | 0b10 << 62 | low)
