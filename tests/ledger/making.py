"""Items for tests: small, with ids that are new each time."""

from __future__ import annotations

import os
import time
from uuid import UUID

from application.ports import Claim, Item, NewEvent, NothingNewer

DOSSIER, AGENCY, HANDOVER_PART = 100, 3, 8


def new_id() -> UUID:
    """A UUIDv7."""
    number = int.from_bytes((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10), "big")
    number = number & ~(0xF000 << 64) | (0x7000 << 64)
    return UUID(int=number & ~(0xC000 << 48) | (0x8000 << 48))


def event(stream: UUID, version: int, payload: bytes | None = None, category: int = DOSSIER) -> NewEvent:
    return NewEvent(
        stream, version, category, "dossier.accepted.v1", os.urandom(24) if payload is None else payload
    )


def key() -> bytes:
    return os.urandom(32)


def claim(stream: UUID, value: bytes, kind: str = "dossier_code") -> Claim:
    return Claim(kind, value.ljust(32, b"."), stream)


def one(stream: UUID, version: int, **conditions: object) -> Item:
    """An item of one event."""
    return Item((event(stream, version),), **conditions)  # type: ignore[arg-type]


def seen(up_to: int, *streams: UUID, categories: tuple[int, ...] = ()) -> NothingNewer:
    return NothingNewer(up_to, streams, categories)
