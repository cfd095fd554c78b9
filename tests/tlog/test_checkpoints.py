"""Checkpoints on record: added once, all or nothing, with the cosignatures that came later."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from application.tlog_ports import CheckpointConflict, LastCosignature, Published
from domain.notes import (
    ED25519_COSIGNATURE,
    Checkpoint,
    Note,
    Signature,
    VerifierKey,
    cosignature,
    read_note,
)
from infra.attested_watch import _NEWEST as NEWEST_OF_ALL
from infra.checkpoints import AT_LEAST, AT_MOST, COSIGNED, NEWEST, PostgresCheckpoints
from infra.reading import Reader
from tests.support import Database

ORIGIN = "demo.hoso/one"
LOG = Signature(ORIGIN, b"log.", b"signature" * 7)
MANY_CHECKPOINTS = """
INSERT INTO checkpoint SELECT %s, n, sha256('x'), 'x', now(), true FROM generate_series(1, 20000) n
"""
MANY_COSIGNATURES = """
INSERT INTO cosignature SELECT %s, n, 'a.example', 'abcd', 'x', now() FROM generate_series(1, 20000) n
"""
START = datetime(2025, 6, 1, tzinfo=UTC)


def witness(name: str) -> VerifierKey:
    return VerifierKey(name, ED25519_COSIGNATURE, hashlib.sha256(name.encode()).digest())


A, B = witness("a.example"), witness("b.example")


def checkpoint(size: int, root: bytes = b"r" * 32, *cosigned: str, origin: str = ORIGIN) -> Published:
    note = str(Note(Checkpoint(origin, size, root).text(), (LOG,)))
    return Published(origin, size, root, note + "".join(f"{line}\n" for line in cosigned), START, False)


def cosigned(key: VerifierKey, seconds: int) -> tuple[VerifierKey, str, datetime]:
    at = START + timedelta(seconds=seconds)
    return key, str(cosignature(key, int(at.timestamp()), b"s" * 64)), at


def signers(published: Published | None) -> list[tuple[str, bytes]]:
    assert published is not None
    return [(one.name, one.content) for one in read_note(published.note.encode()).signatures]


@pytest.fixture
async def reader(database: Database) -> AsyncIterator[Reader]:
    opened = Reader(database.app_dsn, smallest=1, largest=3)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def checkpoints(reader: Reader) -> PostgresCheckpoints:
    return PostgresCheckpoints(reader)


async def test_checkpoints_are_found_by_their_sizes(checkpoints: PostgresCheckpoints) -> None:
    assert await checkpoints.newest(ORIGIN) is None
    for size in (2, 30, 7):
        await checkpoints.add(checkpoint(size), [])
    await checkpoints.add(checkpoint(99, origin="another"), [])
    assert await checkpoints.newest(ORIGIN) == checkpoint(30)

    async def sizes(of: str, size: int) -> int | None:
        found = await getattr(checkpoints, of)(ORIGIN, size)
        return found.size if found else None

    assert [await sizes("at_least", size) for size in (0, 2, 3, 30, 31)] == [2, 2, 7, 30, None]
    assert [await sizes("at_most", size) for size in (1, 2, 29, 30, 500)] == [None, 2, 7, 30, 30]
    assert [one.size for one in await checkpoints.after(ORIGIN, 2, 5)] == [7, 30]
    assert [one.size for one in await checkpoints.after(ORIGIN, 0, 2)] == [2, 7]


async def test_a_checkpoint_added_again_stays_as_it_was(checkpoints: PostgresCheckpoints) -> None:
    first = cosigned(A, 1)
    await checkpoints.add(checkpoint(5, b"r" * 32, first[1]), [first])
    await checkpoints.add(checkpoint(5, b"r" * 32, first[1]), [first])
    await checkpoints.add(checkpoint(5), [])
    assert signers(await checkpoints.newest(ORIGIN)) == [
        (ORIGIN, LOG.content),
        ("a.example", int(first[2].timestamp()).to_bytes(8, "big") + b"s" * 64),
    ]


async def test_two_that_add_the_same_at_once_are_both_answered(checkpoints: PostgresCheckpoints) -> None:
    for size in range(1, 21):
        await asyncio.gather(*(checkpoints.add(checkpoint(size), [cosigned(A, 1)]) for _ in range(3)))
    assert len(await checkpoints.after(ORIGIN, 0, 100)) == 20


async def test_a_cosignature_that_comes_later_is_in_the_note_that_is_read(
    checkpoints: PostgresCheckpoints,
) -> None:
    await checkpoints.add(checkpoint(5), [])
    await checkpoints.add(checkpoint(5), [cosigned(B, 60)])
    found = await checkpoints.at_least(ORIGIN, 5)
    assert [name for name, _ in signers(found)] == [ORIGIN, "b.example"]


async def test_a_later_cosignature_takes_the_place_of_the_same_witness_s_earlier_one(
    checkpoints: PostgresCheckpoints,
) -> None:
    first, later = cosigned(A, 1), cosigned(A, 3_600)
    await checkpoints.add(checkpoint(5, b"r" * 32, first[1]), [first])
    await checkpoints.add(checkpoint(5), [later, cosigned(B, 7)])
    await checkpoints.add(checkpoint(5), [first])
    (found,) = await checkpoints.after(ORIGIN, 0, 5)
    assert [name for name, _ in signers(found)] == [ORIGIN, "a.example", "b.example"]
    times = {name: int.from_bytes(content[:8], "big") for name, content in signers(found)[1:]}
    assert times == {"a.example": int(START.timestamp()) + 3_600, "b.example": int(START.timestamp()) + 7}


async def test_another_root_of_the_same_size_is_refused_with_its_cosignatures(
    checkpoints: PostgresCheckpoints,
) -> None:
    await checkpoints.add(checkpoint(5), [])
    with pytest.raises(CheckpointConflict, match="at size 5 is on record"):
        await checkpoints.add(checkpoint(5, b"x" * 32), [cosigned(A, 1)])
    assert signers(await checkpoints.newest(ORIGIN)) == [(ORIGIN, LOG.content)]


async def test_how_fresh_each_witness_is(checkpoints: PostgresCheckpoints) -> None:
    assert await checkpoints.cosigned(ORIGIN) == []
    await checkpoints.add(checkpoint(5), [cosigned(A, 1), cosigned(B, 2)])
    await checkpoints.add(checkpoint(9), [cosigned(A, 100)])
    await checkpoints.add(checkpoint(5), [cosigned(A, 50)])
    assert await checkpoints.cosigned(ORIGIN) == [
        LastCosignature("a.example", A.key_id, 9, START + timedelta(seconds=100)),
        LastCosignature("b.example", B.key_id, 5, START + timedelta(seconds=2)),
    ]


async def test_a_note_that_somebody_damaged_is_given_as_it_is(
    checkpoints: PostgresCheckpoints, database: Database
) -> None:
    await checkpoints.add(checkpoint(5), [])
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute("ALTER TABLE checkpoint DISABLE TRIGGER checkpoint_append_only")
        owner.execute("UPDATE checkpoint SET note = 'gone'")
    await checkpoints.add(checkpoint(5), [cosigned(A, 1)])
    found = await checkpoints.newest(ORIGIN)
    assert found is not None
    assert found.note.startswith("gone— a.example")


async def test_the_application_can_change_nothing(
    checkpoints: PostgresCheckpoints, database: Database
) -> None:
    await checkpoints.add(checkpoint(5), [cosigned(A, 1)])
    for statement in (
        "UPDATE checkpoint SET quorum = true",
        "DELETE FROM cosignature",
        "TRUNCATE checkpoint",
    ):
        with psycopg.connect(database.app_dsn) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)
        with (
            psycopg.connect(database.owner_dsn) as owner,
            pytest.raises(psycopg.Error, match=r"append-only|foreign"),
        ):
            owner.execute(statement)


async def test_reading_stays_quick_where_there_are_many(
    checkpoints: PostgresCheckpoints, database: Database
) -> None:
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner:
        owner.execute(MANY_CHECKPOINTS, (ORIGIN,))
        owner.execute(MANY_COSIGNATURES, (ORIGIN,))
        owner.execute("VACUUM ANALYZE checkpoint, cosignature")
        for query, values in (
            (NEWEST, (ORIGIN,)),
            (AT_LEAST, (ORIGIN, 10_000)),
            (AT_MOST, (ORIGIN, 10_000)),
            (COSIGNED, {"origin": ORIGIN}),
            (NEWEST_OF_ALL, ()),
        ):
            explain = "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) " + query
            plan = "\n".join(row[0] for row in owner.execute(explain, values))
            assert "Seq Scan" not in plan, plan
            assert "actual rows=20000" not in plan, plan
