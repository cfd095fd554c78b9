"""Rebuilding beside the shown generation: the same content, no failed read, nothing lost."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from projections import carry
from projections.directory import Directory
from projections.handover import HandoverProgress
from projections.rebuild import RebuildBusy, Rebuilt, rebuild
from projections.runner import Runner
from projections.shown import Shown, tracking
from projections.status import Status
from projections.status_queries import dossiers
from projections.view import View
from tests.projections import dossiers as lives
from tests.projections import world as w
from tests.projections.many_facts import many_facts
from tests.projections.reading import dossier_by_id
from tests.support import Database

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("page", [1, 7, 1000])
async def test_live_in_pages_of_any_size_equals_a_rebuild(views: Database, page: int) -> None:
    log = many_facts(page, 60)
    for n in range(1, 20):
        log.add(
            lives.handed_over(w.uid(100, n), n, w.DISTRICT_DESK[0], w.NEW_DESK[0]),
            log.rows[-1].recorded_at + timedelta(days=n == 1),
        )
    made: list[View] = [Status(), Directory(), HandoverProgress()]
    await Runner(views.app_dsn, log.port(), made, page=page).catch_up(log.head)
    for view in (Status(), Directory(), HandoverProgress()):
        result = await rebuild(views.app_dsn, log.port(), view)
        assert result.compared_at == log.head
        assert result.differences == []
        assert (result.position, result.generation) == (log.head, 2)


async def test_the_next_holder_is_carried_to_all_dossiers_whatever_the_page(
    views: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = many_facts(11, 150)
    monkeypatch.setattr(carry, "PAGE", 3)
    await Runner(views.app_dsn, log.port(), [Status()], page=40).catch_up(log.head)
    monkeypatch.undo()
    result = await rebuild(views.app_dsn, log.port(), Status())
    assert (result.compared_at, result.differences) == (log.head, [])


async def test_a_difference_is_reported_and_the_rebuilt_view_is_shown(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    one = lives.DossierFacts(w.uid(100, 1))
    log.add(one.submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    await reading.execute("UPDATE status.dossier SET status = 9")
    result = await rebuild(views.app_dsn, log.port(), Status())
    assert [(d.table, d.shown, d.rebuilt) for d in result.differences] == [("dossier", 1, 1)]
    row = await dossier_by_id(reading, one.id, w.NOW)
    assert row is not None
    assert row["status"] == 1


async def test_exactly_one_old_generation_is_kept(views: Database, log: w.MemoryLog) -> None:
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    for _ in range(3):
        await rebuild(views.app_dsn, log.port(), Status())
    async with await AsyncConnection.connect(views.app_dsn) as connection:
        rows = [row for row in await tracking(connection) if row.view == "status"]
    assert [(row.schema_name, row.generation, row.state) for row in rows] == [
        ("before_status", 3, "kept"),
        ("status", 4, "running"),
    ]


async def test_a_rebuild_while_facts_are_recorded_and_read_loses_nothing_and_fails_no_read(
    views: Database, log: w.MemoryLog
) -> None:
    many_facts(1, 300, log=log)
    runner = Runner(views.app_dsn, log.port(), [Status(), Directory(), HandoverProgress()], page=50)
    await runner.catch_up(100)
    live = asyncio.create_task(runner.run())
    reads = asyncio.create_task(_read(views))
    try:
        results: list[Rebuilt] = []
        for _ in range(4):
            appending = asyncio.create_task(_append(log, len(results)))
            results.append(await rebuild(views.app_dsn, log.port(), Status(), page=100))
            await appending
        await _until_shown(views, log.head)
    finally:
        for task in (live, reads):
            task.cancel()
        outcomes = await asyncio.gather(live, reads, return_exceptions=True)
    assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes), outcomes
    assert [result.differences for result in results] == [[], [], [], []]
    final = await rebuild(views.app_dsn, log.port(), Status())
    assert (final.compared_at, final.differences) == (log.head, [])


async def test_only_one_rebuild_of_a_view_at_a_time(views: Database, log: w.MemoryLog) -> None:
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    outcomes = await asyncio.gather(
        *(rebuild(views.app_dsn, log.port(), Status()) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == [RebuildBusy.__name__, Rebuilt.__name__]


async def _append(log: w.MemoryLog, batch: int) -> None:
    at = log.rows[-1].recorded_at
    for n in range(100):
        dossier = lives.DossierFacts(w.uid(100, 10_000 + batch * 1000 + n))
        log.add(dossier.submitted(at, w.OLD_DESK[n % 6], w.OLD[n % 6]), at)
        await asyncio.sleep(0.001)


async def _read(views: Database) -> None:
    async with await AsyncConnection.connect(views.app_dsn, autocommit=True) as connection:
        while True:
            assert len(await dossiers(connection, w.HOUR, limit=10)) == 10
            await asyncio.sleep(0)


async def _until_shown(views: Database, position: int) -> None:
    async with Shown(views.app_dsn) as shown:
        for view in ("status", "directory", "handover"):
            await shown.wait_for(view, position, seconds=20)
