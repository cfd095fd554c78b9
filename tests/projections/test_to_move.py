"""What parts have to move and what was stated of it, as counts that the views keep: always the sums of the
rows beside them, a dossier once for a part, however the facts came in pages."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from domain import handover_facts as h
from projections import closing_queries, handover_queries
from projections.handover import HandoverProgress
from projections.rebuild import rebuild
from projections.runner import Runner
from projections.status import Status
from projections.view import View
from tests.projections import dossiers as lives
from tests.projections import world as w
from tests.projections.many_facts import many_facts
from tests.projections.moving import NAIVE_TO_MOVE, kept_to_move
from tests.support import Database

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)
_TRANSFERS = "SELECT part, dossier, from_agency, to_agency, status FROM handover.transfer ORDER BY position"


def amendment() -> list[Any]:
    """A second version: what the communes got by the rules goes to the province."""
    drafted = w.part_facts(version=2, first=7)
    rules = tuple(h.LevelRule(f"r-{code}", code, "province", "assumed") for code in w.PROCEDURES)
    return [replace(f, rules=rules) if isinstance(f, h.RulesListed) else f for f in drafted]


def amended_log(seed: int, dossiers: int, *, late: bool = False) -> w.MemoryLog:
    """A part takes effect, some of its transfers are stated; it is amended, and more are stated, of both
    versions. `late`: of some dossiers the later version's first, which no transfer does by itself."""
    chance = random.Random(seed)
    log = many_facts(seed, dossiers)
    made = [w.uid(100, n + 1) for n in range(dossiers)]
    at = max(log.rows[-1].recorded_at, w.HOUR) + DAY

    def state(number: int, version: int) -> None:
        from_agency = chance.choice([w.DISTRICT_DESK[0], w.NEW_DESK[0]])
        fact = lives.handed_over(
            made[number], number + 10_000 * version, from_agency, w.NEW_DESK[1], status=chance.choice([2, 9])
        )
        log.add(replace(fact, part_version=version), at)

    for number in range(0, dossiers, 3):
        state(number, 1)
    for fact in [*amendment(), w.scheduled(number=12, version=2)]:
        log.add(fact, at)
    for number in range(1, dossiers, 6):
        state(number, 1)
    for number in range(0, dossiers, 2):
        state(number, 2)
    if late:
        for number in range(2, dossiers, 3):
            state(number, 1)
    return log


@pytest.mark.parametrize("page", [1, 7, 1000])
async def test_the_counts_are_the_sums_of_the_rows_and_a_rebuild_makes_the_same(
    views: Database, reading: AsyncConnection[Any], page: int
) -> None:
    log = amended_log(page, 60)
    made: list[View] = [Status(), HandoverProgress()]
    await Runner(views.app_dsn, log.port(), made, page=page).catch_up(log.head)
    parked = await (await reading.execute("SELECT reason FROM views.parked")).fetchall()
    assert parked == []
    kept = await kept_to_move(reading)
    assert kept == sorted(await (await reading.execute(NAIVE_TO_MOVE)).fetchall())
    assert {(row[1], row[4]) for row in kept} >= {(1, False), (2, True)}
    for view in (Status(), HandoverProgress()):
        result = await rebuild(views.app_dsn, log.port(), view)
        assert (result.compared_at, result.differences) == (log.head, [])
    assert await kept_to_move(reading) == kept


async def test_a_dossier_is_counted_once_for_a_part_and_again_beside_it(
    views: Database, reading: AsyncConnection[Any]
) -> None:
    log = amended_log(3, 60, late=True)
    await Runner(views.app_dsn, log.port(), [Status(), HandoverProgress()], page=11).catch_up(log.head)
    seen: set[Any] = set()
    expected: Counter[tuple[Any, ...]] = Counter()
    results: Counter[tuple[Any, ...]] = Counter()
    for part, dossier, from_agency, to, status in await (await reading.execute(_TRANSFERS)).fetchall():
        key = (from_agency, to, (part, dossier) in seen)
        seen.add((part, dossier))
        expected[key] += 1
        results[key] += status == 9
    rows = await handover_queries.by_agency(reading, [w.PART])
    assert {tuple(row[:3]): row[4] for row in rows if row[4]} == dict(expected)
    assert {tuple(row[:3]): row[6] for row in rows if row[6]} == {k: n for k, n in results.items() if n}
    moved = "SELECT count(DISTINCT dossier), count(*) FROM status.holding WHERE part = %s"
    once, links = (await (await reading.execute(moved, (w.PART,))).fetchone()) or (0, 0)
    assert once < links  # the amendment moved some of them again
    assert sum(row[3] for row in rows if not row[2]) == once
    assert sum(row[3] for row in rows) == links


async def test_counts_are_read_without_looking_at_dossiers(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    many_facts(6, 3000, log=log)
    await Runner(views.app_dsn, log.port(), [Status(), HandoverProgress()]).catch_up(log.head)
    for query, known in (
        (handover_queries._BY_AGENCY, {"parts": [w.PART]}),
        (handover_queries._TO_MOVE, {"part": w.PART}),
        (handover_queries._COUNTED, {"part": w.PART}),
    ):
        plan = await explained(reading, query, known)
        assert not re.search(r"\b(holding|transfer|dossier)", plan), plan


async def test_a_dissolved_agencys_books_are_paged_along_their_index(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    many_facts(7, 3000, log=log)
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    await reading.execute("ANALYZE status.holding")
    await reading.execute("ANALYZE status.dossier")
    known = {"part": w.PART, "agency": w.OLD_DESK[0], "at": w.HOUR, "after": w.uid(100, 1), "limit": 20}
    plan = await explained(reading, closing_queries._LIST, known)
    assert "holding_books" in plan, plan
    assert not re.search(r"Merge|Seq Scan on (holding|dossier)", plan), plan
    assert "holding_books" in await explained(reading, closing_queries._COUNTS, known)


async def explained(reading: AsyncConnection[Any], query: str, known: dict[str, Any]) -> str:
    cursor = await reading.execute(b"EXPLAIN " + query.encode(), known)
    return "\n".join(line for (line,) in await cursor.fetchall())
