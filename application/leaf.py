"""The leaf of one event, as docs/leaf-format.md has it: what the audit recomputes from the stored bytes, in
code that shares nothing with the database's."""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, datetime, timedelta

from application.ports import StoredFact

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HEADER = struct.Struct(">2s16sqqq")
_PREFIX = b"\x00\x01"  # RFC 6962's leaf prefix, and this format's number


def leaf(stored: StoredFact) -> bytes:
    """SHA-256 (32 bytes) over prefix, stream, version, position, recorded_at in microseconds, SHA-256 of
    the payload, topic."""
    header = _HEADER.pack(
        _PREFIX,
        stored.stream_id.bytes,
        stored.version,
        stored.position,
        (stored.recorded_at - _EPOCH) // _MICROSECOND,
    )
    return hashlib.sha256(header + hashlib.sha256(stored.payload).digest() + stored.topic.encode()).digest()
