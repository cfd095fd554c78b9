"""A ledger whose read models an earlier program made: upgraded, they are filled again from the log."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from psycopg import AsyncConnection

from projections import schema
from projections.handover import HandoverProgress
from projections.rebuild import rebuild
from projections.runner import Runner
from projections.shown import Shown, tracking
from projections.status import Status
from projections.view import View
from tests.projections import world as w
from tests.projections.many_facts import many_facts
from tests.support import Database

pytestmark = pytest.mark.anyio


async def _as_an_earlier_program_made_it(connection: AsyncConnection[Any]) -> None:
    await connection.execute("ALTER TABLE status.holding DROP COLUMN transferred_at")
    await connection.execute("COMMENT ON SCHEMA status IS 'hoso of another time'")


async def test_a_view_that_other_sql_made_is_made_anew_and_no_other(
    views: Database, reading: AsyncConnection[Any]
) -> None:
    log = many_facts(5, 60)
    made: list[View] = [Status(), HandoverProgress()]
    runner = Runner(views.app_dsn, log.port(), made)
    await runner.catch_up(log.head)
    await schema.check(reading)
    await _as_an_earlier_program_made_it(reading)
    with pytest.raises(schema.ViewsMissing) as refused:
        await schema.check(reading)
    assert refused.value.missing == ["status"]
    async with reading.transaction():
        await schema.create_view(reading, "status", "status", 1, "running")
    await schema.check(reading)
    positions = {row.view: row.position for row in await tracking(reading)}
    assert (positions["status"], positions["handover"]) == (0, log.head)
    await runner.catch_up(log.head)
    result = await rebuild(views.app_dsn, log.port(), Status())
    assert (result.compared_at, result.differences) == (log.head, [])


async def test_a_runner_that_works_meanwhile_fills_the_new_view(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    many_facts(6, 40, log=log)
    working = asyncio.create_task(Runner(views.app_dsn, log.port(), [Status()]).run())
    try:
        async with Shown(views.app_dsn) as shown:
            await shown.wait_for("status", log.head, seconds=20)
        async with reading.transaction():
            await schema.create_view(reading, "status", "status", 1, "running")
        log.add(w.cancelled(number=7), log.rows[-1].recorded_at)  # something new for it to see
        async with Shown(views.app_dsn) as shown:
            await shown.wait_for("status", log.head, seconds=20)
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    result = await rebuild(views.app_dsn, log.port(), Status())
    assert (result.compared_at, result.differences) == (log.head, [])


async def test_a_rebuild_compares_nothing_with_what_other_sql_made(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    await Runner(views.app_dsn, log.port(), [Status()]).catch_up(log.head)
    await _as_an_earlier_program_made_it(reading)
    result = await rebuild(views.app_dsn, log.port(), Status())
    assert (result.compared_at, result.position) == (None, log.head)
    await schema.check(reading)
