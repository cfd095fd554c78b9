"""The runner: parking, stopping one view, one runner only, waiting for a position, being killed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from projections import applier, runner
from projections.directory import Directory
from projections.runner import NotContiguous, Runner, RunnerBusy
from projections.shown import NotShownYet, Shown, parked, tracking
from projections.status import Status
from tests.projections import dossiers as lives
from tests.projections import world as w
from tests.projections.reading import dossier_by_id
from tests.support import Database

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def test_a_fact_that_cannot_be_applied_parks_its_dossier_and_no_other(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    good, bad = lives.DossierFacts(w.uid(100, 1)), lives.DossierFacts(w.uid(100, 2))
    log.add(bad.submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    log.add(good.submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    unreadable = log.add_unreadable(bad.id, w.NOW)
    log.add(bad.accepted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    log.add(good.accepted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    homeless = lives.DossierFacts(w.uid(100, 3), version=1)
    unknown = log.add(homeless.accepted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    assert [(p.dossier, p.position) for p in await parked(reading, "status")] == [
        (bad.id, unreadable),
        (homeless.id, unknown),
    ]
    seen = [await dossier_by_id(reading, dossier.id, w.NOW) for dossier in (good, bad)]
    assert [(row["status"], row["attention"]) for row in seen if row] == [(2, False), (1, True)]
    [row] = [row for row in await tracking(reading) if row.view == "status"]
    assert (row.position, row.state, row.parked) == (log.head, "running", 2)


async def test_too_many_parked_dossiers_stop_the_view_and_no_other(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applier, "PARKED_LIMIT", 3)
    for n in range(5):
        log.add_unreadable(w.uid(100, n), w.NOW)
    await Runner(views.app_dsn, log.port(), [Status(), Directory()]).catch_up(log.head)
    states = {row.view: (row.state, row.position, row.last_error) for row in await tracking(reading)}
    assert states["directory"] == ("running", log.head, None)
    state, position, error = states["status"]
    assert (state, position) == ("stopped", 0)
    assert error is not None
    assert "more than 3 dossiers" in error


async def test_a_fact_that_concerns_all_stops_the_view_instead_of_parking(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    log.add(w.scheduled(w.OTHER_PART, number=1), w.NOW)  # scheduled, but never drafted
    log.add(lives.DossierFacts(w.uid(100, 1)).submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    await Runner(views.app_dsn, log.port(), [Status(), Directory()]).catch_up(log.head)
    states = {row.view: row.state for row in await tracking(reading)}
    assert (states["status"], states["directory"]) == ("stopped", "running")


async def test_a_second_runner_says_that_another_works(views: Database, log: w.MemoryLog) -> None:
    first = asyncio.create_task(Runner(views.app_dsn, log.port(), [Status()]).run())
    async with Shown(views.app_dsn) as shown:
        await shown.wait_for("status", log.head)
        with pytest.raises(RunnerBusy):
            await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head, wait=False)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)


async def test_a_reader_waits_until_its_position_is_shown_and_is_told_when_it_is_not(
    views: Database, log: w.MemoryLog
) -> None:
    running = asyncio.create_task(Runner(views.app_dsn, log.port(), [Status()]).run())
    async with Shown(views.app_dsn) as shown:
        await shown.wait_for("status", log.head)
        waiting = asyncio.create_task(shown.wait_for("queue", log.head + 1))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        position = log.add(lives.DossierFacts(w.uid(100, 1)).submitted(w.NOW, w.OLD_DESK[0]), w.NOW)
        assert await waiting == position
        with pytest.raises(NotShownYet, match=f"has come to {position}"):
            await shown.wait_for("status", position + 1, seconds=0.2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_in_a_quiet_log_a_crash_that_took_the_last_page_is_noticed(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages are committed without waiting for the disk, and nobody appends until the page is shown."""
    monkeypatch.setattr(runner, "LOOK_SECONDS", 0.1)
    dossier, before = lives.DossierFacts(w.uid(100, 1)), log.head
    running = asyncio.create_task(Runner(views.app_dsn, log.port(), [Status()]).run())
    try:
        async with Shown(views.app_dsn) as shown:
            await shown.wait_for("status", before)
            position = log.add(dossier.submitted(w.NOW, w.OLD_DESK[0]), w.NOW)
            await shown.wait_for("status", position)
            async with await AsyncConnection.connect(views.app_dsn) as crash:
                for table in (b"dossier", b"history", b"holding", b"work"):
                    await crash.execute(
                        b"DELETE FROM status." + table + b" WHERE dossier = %s", (dossier.id,)
                    )
                await crash.execute("UPDATE views.tracking SET position = %s", (before,))
                await crash.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'hoso read models' AND datname = current_database()"
                )
            for _ in range(200):
                if await dossier_by_id(reading, dossier.id, w.NOW) is not None:
                    break
                await asyncio.sleep(0.05)
            assert await dossier_by_id(reading, dossier.id, w.NOW) is not None
            [row] = [row for row in await tracking(reading) if row.view == "status"]
            assert (row.state, row.position) == ("running", position)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_page_with_a_hole_is_refused(views: Database, log: w.MemoryLog) -> None:
    del log.rows[5]
    with pytest.raises(NotContiguous):
        await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head + 1)


async def test_a_stopped_view_is_tried_again_by_the_next_runner(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    position = log.add(w.scheduled(w.OTHER_PART, number=1), w.NOW)
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    log.rows[position - 1] = w.Row(
        position, w.OTHER_PART, 1, "ledger.clock_moved.v1", w.NOW, None
    )  # as if a newer release could read it
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    [row] = [row for row in await tracking(reading) if row.view == "status"]
    assert (row.state, row.position) == ("running", log.head)
