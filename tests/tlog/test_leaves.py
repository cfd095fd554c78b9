"""The log as leaves: entries made by the database hash to the stored leaves, and a gap is found."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import psycopg
import pytest

from application.ports import Item
from infra.leaves import ENTRIES, PostgresLeaves
from infra.reading import Reader
from infra.recorder import OutOfOrder, PostgresRecorder
from tests.ledger.making import event, new_id
from tests.support import Database


@pytest.fixture
async def reader(database: Database) -> AsyncIterator[Reader]:
    recorder = await PostgresRecorder.open(database.app_dsn)
    for _ in range(5):
        stream = new_id()
        await recorder.append(Item(tuple(event(stream, n, bytes([n]) * n * 50) for n in range(1, 5))))
    await recorder.close()
    opened = Reader(database.app_dsn, smallest=1, largest=1)
    await opened.open()
    yield opened
    await opened.close()


async def test_every_entry_hashes_to_its_stored_leaf_and_says_its_position(reader: Reader) -> None:
    entries = await PostgresLeaves(reader).entries_after(0, 100)
    assert len(entries) == 21
    for position, one in enumerate(entries, 1):
        assert hashlib.sha256(b"\0" + one.entry).digest() == one.leaf
        assert int.from_bytes(one.entry[25:33], "big") == position
        assert len(one.entry) < 120


async def test_pages_go_on_where_the_last_one_ended(reader: Reader) -> None:
    leaves = PostgresLeaves(reader)
    everything = await leaves.entries_after(0, 100)
    assert [*await leaves.entries_after(0, 8), *await leaves.entries_after(8, 100)] == everything
    assert await leaves.leaves_after(5, 7) == [one.leaf for one in everything[5:12]]
    assert await leaves.entries_after(21, 5) == []


async def test_a_position_that_somebody_removed_is_named(reader: Reader, database: Database) -> None:
    with psycopg.connect(database.owner_dsn) as owner:
        owner.execute("ALTER TABLE event DISABLE TRIGGER event_append_only")
        owner.execute("DELETE FROM event WHERE position = 7")
    leaves = PostgresLeaves(reader)
    for call in (lambda: leaves.entries_after(4, 10), lambda: leaves.leaves_after(6, 10)):
        with pytest.raises(OutOfOrder, match="position 7 is missing"):
            await call()
    assert len(await leaves.entries_after(0, 6)) == 6


async def test_one_range_of_the_primary_key_is_read(reader: Reader, database: Database) -> None:
    with psycopg.connect(database.app_dsn) as app:
        app.execute("SET enable_seqscan = off")
        plan = "\n".join(row[0] for row in app.execute("EXPLAIN " + ENTRIES, (5, 10)))
    assert "Index Scan using event_pk" in plan
    assert "Sort" not in plan
