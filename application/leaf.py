"""The leaf of one event, as docs/leaf-format.md has it: what the audit recomputes from the stored bytes, in
code that shares nothing with the database's."""

from __future__ import annotations

import hashlib
import struct
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # who checks a proof needs the bytes alone
    from application.ports import StoredFact

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_HEADER = struct.Struct(">B16sqqq")
_POSITION = slice(25, 33)
_FORMAT = 1
_LEAF = b"\x00"  # RFC 6962's leaf prefix


def leaf(stored: StoredFact) -> bytes:
    """SHA-256 (32 bytes) over prefix, format, stream, version, position, recorded_at in microseconds, SHA-256
    of the payload, topic."""
    return leaf_of(entry(stored))


def leaf_of(entry: bytes) -> bytes:
    """The hash of a log entry: what the tree has for it."""
    return hashlib.sha256(_LEAF + entry).digest()


def entry(stored: StoredFact) -> bytes:
    """The log entry of an event: all that the leaf covers, after RFC 6962's prefix."""
    micros = micros_of(stored.recorded_at)
    digest = hashlib.sha256(stored.payload).digest()
    return entry_of(stored.stream_id.bytes, stored.version, stored.position, micros, digest, stored.topic)


def position_of(entry: bytes) -> int:
    """The position that an entry names."""
    return int.from_bytes(entry[_POSITION], "big", signed=True)


def entry_of(
    stream_id: bytes, version: int, position: int, micros: int, payload_digest: bytes, topic: str
) -> bytes:
    """The same from its parts. `micros`: microseconds since 1970 UTC."""
    header = _HEADER.pack(_FORMAT, stream_id, version, position, micros)
    return header + payload_digest + topic.encode()


def micros_of(instant: datetime) -> int:
    """Microseconds since 1970 UTC of an aware instant."""
    return (instant - _EPOCH) // _MICROSECOND


def of_micros(micros: int) -> datetime:
    """The same back, aware, UTC. Raises OverflowError beyond the year 9999."""
    return _EPOCH + micros * _MICROSECOND
