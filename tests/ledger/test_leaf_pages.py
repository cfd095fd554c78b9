"""Leaves made again from packed rows are those of the rows one by one, and whatever was changed in the
database is named by its position.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from application.audit_findings import Findings
from application.audit_leaves import LeafAuditor
from application.audit_prepare import without_tree
from application.leaf import entry, leaf
from application.leaf_pages import LeafPage, leaf_pages
from application.ports import Item, NewEvent
from infra import leaf_pages as packing
from infra.leaf_pages import LARGE, PAGE, PackedLog
from infra.recorder import PostgresRecorder
from tests.ledger.making import DOSSIER, new_id
from tests.support import Database

COUNT = PAGE + 60
SIZES = (0, 1, 24, 300, LARGE, LARGE + 1, 100_000)


@asynccontextmanager
async def rows_of(database: Database) -> AsyncIterator[PackedLog]:
    async with await psycopg.AsyncConnection.connect(database.app_dsn) as connection:
        yield PackedLog(connection)


async def pages(database: Database, after: int = 0, through: int = COUNT) -> list[LeafPage]:
    async with rows_of(database) as rows:
        return [page async for page in leaf_pages(rows, after, through)]


@pytest.fixture
async def filled(database: Database, recorder: PostgresRecorder) -> Database:
    """A ledger of two pages; some payloads are too large for a page, some topics are not ASCII."""
    events = [
        NewEvent(new_id(), 1, DOSSIER, ("dossier.accepted.v1", "hồ_sơ.tiếp_nhận.v2")[n % 2], os.urandom(size))
        for n in range(COUNT - 1)
        for size in (SIZES[n % len(SIZES)] if n < 70 else 40,)
    ]
    await recorder.append_many([Item((event,)) for event in events])
    return database


async def test_entries_and_leaves_are_those_of_the_rows_one_by_one(filled: Database) -> None:
    found = await pages(filled)
    async with rows_of(filled) as rows:
        stored = await rows.stored(0, COUNT)
    assert [(page.after, page.through) for page in found] == [(0, PAGE), (PAGE, COUNT)]
    assert [each for page in found for each in page.entries] == [entry(row) for row in stored]
    assert [each for page in found for each in page.leaves] == [leaf(row) for row in stored]
    assert [row.leaf for row in stored] == [leaf(row) for row in stored]
    assert all(page.sound for page in found)


async def test_a_range_inside_the_log_is_a_range_of_it(filled: Database) -> None:
    whole = [each for page in await pages(filled) for each in page.leaves]
    (page,) = await pages(filled, 100, 200)
    assert (page.leaves, page.sound) == (whole[100:200], True)
    assert await pages(filled, 7, 7) == []


async def test_a_reader_that_stops_early_leaves_a_usable_connection(filled: Database) -> None:
    async with rows_of(filled) as rows:
        reading = leaf_pages(rows, 0, COUNT)
        async for _ in reading:
            break
        await reading.aclose()  # type: ignore[attr-defined]
        assert len(await rows.stored(0, 3)) == 3


DAMAGE = {
    "a bit of a payload": (
        "UPDATE event SET payload = set_bit(payload, 5, 1 - get_bit(payload, 5)) WHERE position = 77",
        [("leaf", 77)],
    ),
    "a bit of a large payload": (
        (
            "UPDATE event SET payload = set_bit(payload, 5, 1 - get_bit(payload, 5)) "
            "WHERE position = (SELECT min(position) FROM event WHERE octet_length(payload) = 100000)"
        ),
        [("leaf", 8)],
    ),
    "a version": ("UPDATE event SET version = version + 1 WHERE position = 50", [("leaf", 50)]),
    "a stream": ("UPDATE event SET stream_id = uuidv7() WHERE position = 51", [("leaf", 51)]),
    "a microsecond": (
        "UPDATE event SET recorded_at = recorded_at + interval '1 microsecond' WHERE position = 52",
        [("leaf", 52)],
    ),
    "a topic": ("UPDATE event SET topic = topic || 'x' WHERE position = 53", [("leaf", 53)]),
    "a stored leaf": (
        "UPDATE event SET leaf = set_bit(leaf, 0, 1 - get_bit(leaf, 0)) WHERE position = 54",
        [("leaf", 54)],
    ),
    "two leaves whose bytes follow each other as before": (
        """
        ALTER TABLE event DROP CONSTRAINT event_leaf_is_sha256;
        UPDATE event e SET leaf = CASE e.position WHEN 60 THEN e.leaf || substr(n.leaf, 1, 1)
                                                  ELSE substr(e.leaf, 2) END
          FROM event n WHERE n.position = 61 AND e.position IN (60, 61)
        """,
        [("leaf", 60), ("leaf", 61)],
    ),
    "a row that is gone": ("DELETE FROM event WHERE position = 70", [("order", 70)]),
    "the last row gone": (
        "DELETE FROM event WHERE position = (SELECT max(position) FROM event)",
        [("order", COUNT)],
    ),
    "a whole page gone": ("DELETE FROM event WHERE position <= 2048", [("order", 1)]),
    "a row twice": (
        """
        ALTER TABLE event_open DROP CONSTRAINT event_pk CASCADE;
        ALTER TABLE event_open DROP CONSTRAINT event_command;
        ALTER TABLE event_open DROP CONSTRAINT event_stream_version;
        INSERT INTO event SELECT * FROM event WHERE position = 90
        """,
        [("order", 90)],
    ),
}


@pytest.mark.parametrize("name", DAMAGE)
async def test_what_was_changed_is_named_by_its_position(
    filled: Database, superuser_dsn: str, name: str
) -> None:
    statement, expected = DAMAGE[name]
    with psycopg.connect(superuser_dsn) as connection:
        connection.execute("ALTER TABLE event DISABLE TRIGGER ALL")
        connection.execute(statement.encode())
    findings = Findings()
    async with rows_of(filled) as rows:
        await LeafAuditor(rows, without_tree(findings).tree, findings, 0).run(COUNT)
    assert [(one["kind"], one["position"]) for one in findings.listed()] == expected


async def test_no_more_than_a_page_is_asked_for_at_once(
    filled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "PAGE", 16)
    found = await pages(filled, 0, 100)
    assert [page.through - page.after for page in found] == [16] * 6 + [4]
    assert all(page.sound for page in found)
