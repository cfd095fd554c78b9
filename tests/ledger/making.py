"""Items for tests: small, with ids that are new each time; and the log held by somebody else."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg

from application.ports import Claim, Item, NewEvent, NothingNewer
from tests.support import Database

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


@contextlib.asynccontextmanager
async def log_held(database: Database) -> AsyncIterator[None]:
    """Somebody else holds the log's lock."""
    connection = await psycopg.AsyncConnection.connect(database.owner_dsn, autocommit=True)
    await connection.execute("SELECT pg_advisory_lock(709321001)")
    yield
    await connection.close()
