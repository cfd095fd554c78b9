"""A desk's queue: by due date, in pages that cost the same wherever they are."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from projections import queue, status_queries
from projections.queue import queue_page
from projections.runner import Runner
from projections.status import Status
from tests.projections import dossiers as lives
from tests.projections import reading as reading_views
from tests.projections import world as w
from tests.projections.many_facts import many_facts
from tests.support import Database

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def test_pages_follow_each_other_by_due_date_without_a_gap_or_a_double(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    many_facts(5, 200, log=log)
    log.rows = [row for row in log.rows if row.recorded_at < w.HOUR]
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    for t in (w.HOUR - timedelta(microseconds=1), w.HOUR, w.HOUR + 60 * DAY):
        for agency in (w.DISTRICT_DESK[0], w.OLD_DESK[1], w.NEW_DESK[0], w.PROVINCE_DESK_AFTER):
            found, cursor = await queue_page(reading, agency, t, limit=7)
            while cursor is not None:
                page, cursor = await queue_page(reading, agency, t, after=cursor, limit=7)
                found += page
            held = await status_queries.open_at(reading, [agency], t, None, 1000)
            assert sorted(row["dossier"] for row in found) == [row["dossier"] for row in held]
            dues = [row["promised"] or row["statutory_due"] for row in found if row["status"] != 1]
            known = [due for due in dues if due is not None]
            assert known == sorted(known)


async def test_every_query_that_grows_uses_its_index(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    many_facts(6, 3000, log=log)
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    for table in Status.tables:
        await reading.execute(f"ANALYZE status.{table}".encode())
    agency, dossier = w.DISTRICT_DESK[0], w.uid(100, 1)
    page = {"agency": agency, "at": w.NOW, "due": "2025-06-20", "after": dossier, "limit": 20}
    known = {
        "at": w.NOW,
        "holder": agency,
        "status": None,
        "after": dossier,
        "limit": 20,
        "changed_after": log.head - 50,
        "agencies": [agency],
        "part": w.PART,
        "version": 1,
        "code": "D0-250601-0001",
        "dossier": dossier,
        "procedures": sorted(w.PROCEDURES),
        "linked": True,
    }
    expected = (
        (queue._PAGE, page, {"work_pk", "dossier_pk", "holding_pk", "lane_pk"}),
        (reading_views.BY_CODE, known, {"dossier_code", "holding_pk"}),
        (reading_views.BY_ID, known, {"dossier_pk", "holding_pk"}),
        (status_queries._ALL, known, {"dossier_pk"}),
        (status_queries._HELD, known, {"holding_agency"}),
        (status_queries._CHANGED, known, {"dossier_changed"}),
        (status_queries._OPEN, known, {"holding_agency"}),
        (status_queries._MOVING, known, {"holding_part"}),
        (status_queries._LINKS, (dossier,), {"holding_pk"}),
        (status_queries._CLOCKS, known, {"dossier_of_procedure", "dossier_linked"}),
    )
    for query, parameters, indexes in expected:
        cursor = await reading.execute(b"EXPLAIN " + query.encode(), parameters)
        plan = "\n".join(line for (line,) in await cursor.fetchall())
        missing = {index for index in indexes if index not in plan}
        assert not missing, f"{missing} not used:\n{plan}"
        large = re.findall(r"Seq Scan on (dossier|holding|work|history)\b", plan)
        assert not large, plan


async def test_a_late_page_reads_no_more_than_the_first(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    for n in range(4000):
        dossier = lives.DossierFacts(w.uid(100, n + 1))
        log.add(dossier.submitted(w.NOW, w.DISTRICT_DESK[0], w.OLD[0]), w.NOW)
    for fact in [*w.part_facts(), w.scheduled()]:
        log.add(fact, w.NOW)
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    await reading.execute("ANALYZE status.work")
    for agency, t in ((w.DISTRICT_DESK[0], w.NOW), (w.NEW_DESK[0], w.HOUR)):
        touched = []
        for after in (w.uid(100, 0), w.uid(100, 3900)):
            cursor = await reading.execute(
                b"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) " + queue._PAGE.encode(),
                {"agency": agency, "at": t, "due": w.NOW, "after": after, "limit": 20},
            )
            plan = "\n".join(line for (line,) in await cursor.fetchall())
            found = re.search(r"Buffers: shared hit=(\d+)", plan)
            assert found, plan
            touched.append(int(found[1]))
        assert touched[1] <= touched[0] * 1.5, touched
