"""The leaf: tests/vectors/leaf.json, made by the independent Python below, and the database agree.

After a deliberate change of the format (there must be none once anything is recorded), run this file as a
program to write the vectors anew.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from application.ports import Item, NewEvent, StoredFact
from infra.recorder import PostgresRecorder
from tests.ledger.making import event, new_id
from tests.support import Database

VECTORS = Path(__file__).parents[1] / "vectors" / "leaf.json"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

CASES: list[tuple[str, UUID, int, int, datetime, bytes, str]] = [
    ("the first event", UUID("01973b1a-5c00-7000-8000-000000000001"), 1, 1,
     datetime(2025, 5, 31, 17, 0, tzinfo=UTC), b"{}", "ledger.created.v1"),
    ("a microsecond counts", UUID("01973b1a-5c00-7000-8000-000000000001"), 1, 1,
     datetime(2025, 5, 31, 17, 0, 0, 1, tzinfo=UTC), b"{}", "ledger.created.v1"),
    ("an empty payload", UUID("01973b1a-5c01-7abc-9def-0123456789ab"), 2, 300,
     datetime(2025, 6, 30, 16, 59, 59, 999999, tzinfo=UTC), b"", "dossier.submitted.v1"),
    ("every byte value", UUID("ffffffff-ffff-7fff-bfff-ffffffffffff"), 2**31 - 1, 2**40,
     datetime(2099, 12, 31, 23, 59, 59, 123456, tzinfo=UTC), bytes(range(256)),
     "handover.dossier_handed_over.v1"),
    ("a topic that is not ASCII", UUID("01973b1a-5c02-7000-8000-000000000000"), 7, 12345678,
     datetime(2025, 7, 1, tzinfo=UTC), "hồ sơ".encode(), "hồ_sơ.tiếp_nhận.v2"),
    ("before 1970", UUID("00000000-0000-7000-8000-000000000000"), 0, 1,
     datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), b"\0", "a.b.v1"),
]  # fmt: skip


def leaf(
    stream: UUID, version: int, position: int, recorded_at: datetime, payload: bytes, topic: str
) -> bytes:
    """docs/leaf-format.md in Python, using nothing of the project."""
    micros = (recorded_at - EPOCH) // timedelta(microseconds=1)
    entry = b"\x01" + stream.bytes
    for number in (version, position, micros):
        entry += number.to_bytes(8, "big", signed=True)
    return hashlib.sha256(b"\x00" + entry + hashlib.sha256(payload).digest() + topic.encode()).digest()


def vectors() -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "stream_id": str(stream),
            "version": version,
            "position": position,
            "recorded_at_micros": (recorded_at - EPOCH) // timedelta(microseconds=1),
            "payload_hex": payload.hex(),
            "topic": topic,
            "leaf_hex": leaf(stream, version, position, recorded_at, payload, topic).hex(),
        }
        for name, stream, version, position, recorded_at, payload, topic in CASES
    ]


def leaf_of(fact: StoredFact) -> bytes:
    return leaf(fact.stream_id, fact.version, fact.position, fact.recorded_at, fact.payload, fact.topic)


def test_the_vectors_are_those_that_are_checked_in() -> None:
    assert json.loads(VECTORS.read_text(encoding="utf-8")) == vectors()


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: str(vector["name"]))
def test_the_database_computes_the_vector(database: Database, vector: dict[str, Any]) -> None:
    with psycopg.connect(database.app_dsn) as connection:
        row = connection.execute(
            "SELECT leaf_of(%s::uuid, %s::bigint, %s::bigint, %s::bigint, sha256(%s::bytea), %s)",
            (
                vector["stream_id"],
                vector["version"],
                vector["position"],
                vector["recorded_at_micros"],
                bytes.fromhex(vector["payload_hex"]),
                vector["topic"],
            ),
        ).fetchone()
    assert row is not None
    assert row[0].hex() == vector["leaf_hex"]


@pytest.mark.anyio
async def test_every_stored_leaf_is_that_of_its_row(recorder: PostgresRecorder) -> None:
    stream = new_id()
    await recorder.append(Item((event(stream, 1, b""), event(stream, 2, b"\xff" * 5000), event(stream, 3))))
    await recorder.append(Item((NewEvent(new_id(), 1, 100, "hồ_sơ.nhận.v1", b"x"),)))
    log = await recorder.events_after(0, 100)
    assert len(log) == 5
    assert [fact.leaf for fact in log] == [leaf_of(fact) for fact in log]


@pytest.mark.anyio
async def test_leaves_are_right_beside_refused_items(recorder: PostgresRecorder) -> None:
    items = [Item((event(new_id(), version),)) for version in (1, 9, 1, 9, 1)]
    await recorder.append_many(items)
    log = await recorder.events_after(0, 100)
    assert [fact.position for fact in log] == [1, 2, 3, 4]
    assert [fact.leaf for fact in log] == [leaf_of(fact) for fact in log]


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
