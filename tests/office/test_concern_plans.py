"""Where to look for what concerns a person: each question walks an index, however many dossiers there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from psycopg import AsyncConnection

from projections import concern_queries
from tests.support import Database
from tests.views_made import prepare_views

ROWS = """
INSERT INTO status.dossier (dossier, code, status, revision, owner, submitter, standing, extension_stands,
                            steps, quarantined, position, changed_at, concluded_at)
SELECT uuidv7(), 'c' || n, 10, 1,
       CASE WHEN n % 50 = 0 THEN NULL ELSE lpad(to_hex(n % 9000), 32, '0')::uuid END,
       CASE WHEN n % 50 = 0 THEN NULL ELSE lpad(to_hex(n % 9000 + n % 2), 32, '0')::uuid END,
       false, false, 0, false, n, now(), now() - n * interval '1 hour'
  FROM generate_series(1, 30000) n
"""
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SOME = [UUID(int=77), UUID(int=78)]
QUESTIONS: tuple[tuple[Any, list[Any], str], ...] = (
    (concern_queries._OWNED, [SOME, 1001], "dossier_owner"),
    (concern_queries._FILED, [SOME, 1001], "dossier_submitter"),
    (concern_queries._VOICES, [SOME, 20], "voice_open_of_citizen"),
    (concern_queries._GROUPS, [SOME, 20], "party_pk"),
    (concern_queries._OWNERS, [UUID(int=0), NOW, 100], "dossier_owner"),
    (concern_queries._OF_NOBODY, [UUID(int=0), NOW, 100], "dossier_of_nobody"),
)


@pytest.fixture
async def reading(database: Database) -> AsyncIterator[AsyncConnection[Any]]:
    async with await AsyncConnection.connect(database.app_dsn, autocommit=True) as connection:
        yield connection


async def test_every_question_walks_its_index(database: Database, reading: AsyncConnection[Any]) -> None:
    await prepare_views(database)
    await reading.execute(ROWS.encode())
    await reading.execute(b"ANALYZE status.dossier")
    for query, parameters, index in QUESTIONS:
        if "status.dossier" not in query:
            await reading.execute(b"SET enable_seqscan = off")  # nothing is in these
        cursor = await reading.execute(b"EXPLAIN " + query.encode(), parameters)
        plan = "\n".join(line for (line,) in await cursor.fetchall())
        assert index in plan, plan
        assert "Seq Scan on dossier" not in plan, plan
        await reading.execute(b"RESET enable_seqscan")
    assert len(await concern_queries.owned(reading, SOME, 5)) == 5
    assert await concern_queries.owners_concluded(reading, UUID(int=8990), NOW, 3) == [
        UUID(int=n) for n in (8991, 8992, 8993)
    ]
    nobody = await concern_queries.of_nobody_concluded(reading, UUID(int=0), datetime.now(UTC), 1000)
    assert len(nobody) == 600
