"""Voices are read page by page along an index, whoever asks and for whatever."""

from __future__ import annotations

import re
from typing import Any

import pytest
from psycopg import AsyncConnection

from projections import voice_queries
from projections.runner import Runner
from projections.voice import VoiceRegister
from tests.projections import world as w
from tests.support import Database

pytestmark = pytest.mark.anyio

# One in ten is open, one in twenty was answered late: few beside what was answered in time.
_MANY = """
INSERT INTO voice.voice (voice, kind, agency, anonymous, way, received_at, due, passed_on, ended_at, position)
SELECT gen_random_uuid(), 'feedback', (%(agencies)s::uuid[])[1 + n / 10 %% 60], true, 'phone', r.at,
       r.at + interval '5 days', 0,
       r.at + CASE WHEN n %% 10 > 0 THEN CASE WHEN n %% 20 = 1 THEN interval '6 days' ELSE '1 day' END END, n
  FROM generate_series(1, 6000) n
 CROSS JOIN LATERAL (SELECT %(at)s::timestamptz + n * interval '1 minute' AS at) r"""
AGENCIES = [w.uid(90, number) for number in range(60)]


async def many_voices(views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]) -> None:
    await Runner(views.app_dsn, log.port(), [VoiceRegister()]).catch_up(log.head)
    await reading.execute(_MANY.encode(), {"agencies": AGENCIES, "at": w.START})
    await reading.execute(b"ANALYZE voice.voice")


async def test_each_page_of_voices_is_read_along_its_index(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    await many_voices(views, log, reading)
    known = {
        "agencies": AGENCIES[:20],
        "at": w.HOUR,
        "open_only": False,
        "received_at": w.START,
        "voice": w.uid(100, 1),
        "limit": 20,
    }
    for query, index in (
        (voice_queries._ALL, "voice_all"),
        (voice_queries._OPEN, "voice_open"),
        (voice_queries._LATE, "voice_late"),
        (voice_queries._OF_AGENCIES, "voice_of_agency"),
        (voice_queries._OPEN_OF_AGENCIES, "voice_open_of_agency"),
        (voice_queries._LATE_OF_AGENCIES, "voice_late_of_agency"),
    ):
        cursor = await reading.execute(b"EXPLAIN " + query.encode(), known)
        plan = "\n".join(line for (line,) in await cursor.fetchall())
        assert re.search(rf" (using|on) {index} ", plan), plan
        assert "Seq Scan" not in plan, plan


async def test_what_is_late_of_several_agencies_comes_in_one_order(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    await many_voices(views, log, reading)
    found: list[dict[str, Any]] = []
    after = None
    while page := await voice_queries.page(
        reading, AGENCIES[:20], w.HOUR, open_only=False, late_only=True, after=after, limit=30
    ):
        found += page
        after = page[-1]["received_at"], page[-1]["voice"]
    every = await voice_queries.page(
        reading, None, w.HOUR, open_only=False, late_only=True, after=None, limit=2000
    )
    wanted = [row["voice"] for row in every if row["agency"] in AGENCIES[:20]]
    assert len(wanted) > 200
    assert [row["voice"] for row in found] == wanted
