"""The ledger's time: never back, no leap forward unseen, and a demo clock that stands while nobody runs."""

from __future__ import annotations

import asyncio
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from application.ports import ClockJumped, Item, Receipt, StaleVersion
from infra import clock_watch, schema
from infra.recorder import PostgresRecorder
from infra.writer import ClockMoveRefused
from tests.ledger.making import event, new_id, one
from tests.support import DEMO_START, Database

pytestmark = pytest.mark.anyio

ONE_IN_THE_FUTURE = """
INSERT INTO event (position, recorded_at, version, category, item_events, stream_id, topic, payload, leaf)
SELECT max(position) + 1, clock_timestamp() + interval '1 hour', 1, 100, 1, uuidv7(), 'a.b.v1', '', sha256('')
  FROM event RETURNING recorded_at
"""


async def test_recorded_times_never_go_back_and_are_those_of_the_ledger(recorder: PostgresRecorder) -> None:
    before, _ = await recorder.clock()
    receipts = [await recorder.append(one(new_id(), 1)) for _ in range(5)]
    times = [receipt.recorded_at for receipt in receipts]
    after, head = await recorder.clock()
    assert sorted(times) == times
    assert before <= times[0] <= times[-1] <= after
    assert DEMO_START <= before < DEMO_START + timedelta(minutes=5)
    assert head == receipts[-1].last


async def test_a_clock_that_went_back_is_held_and_reported(empty_database: Database) -> None:
    """As if the clock had been an hour ahead when the last event was recorded, and was set right since."""
    schema.init(empty_database.owner_dsn, clock="system")
    recorder = await PostgresRecorder.open(empty_database.app_dsn)
    assert not recorder.clock_report
    with psycopg.connect(empty_database.owner_dsn) as connection:
        row = connection.execute(ONE_IN_THE_FUTURE).fetchone()
    assert row is not None
    held = [(await recorder.append(one(new_id(), 1))).recorded_at for _ in range(2)]
    assert held == [row[0], row[0]]
    assert recorder.clock_report is not None
    assert "held" in recorder.clock_report
    assert (await recorder.clock())[0] == row[0]
    await recorder.close()
    again = await PostgresRecorder.open(empty_database.app_dsn)
    assert again.clock_report is not None, "reported at the start too, before anything is appended"
    await again.close()


async def test_a_leap_forward_stops_appends_until_someone_has_looked(
    database: Database, recorder: PostgresRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process's own clock says that ten minutes fewer have passed than the database's says."""
    real = clock_watch.monotonic
    monkeypatch.setattr(clock_watch, "monotonic", lambda: real() - 600)
    outcomes = await asyncio.gather(
        *[recorder.append(one(new_id(), 1)) for _ in range(3)], return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [ClockJumped] * 3
    with pytest.raises(ClockJumped, match="someone has looked"):
        await recorder.append(one(new_id(), 1))
    with pytest.raises(ClockJumped):
        await recorder.append_many([one(new_id(), 1)])
    assert (await recorder.clock())[1] == 1, "nothing was recorded"
    again = await PostgresRecorder.open(database.app_dsn)
    assert (await again.append(one(new_id(), 1))).first == 2
    assert again.clock_report is None
    await again.close()


async def test_leaps_of_four_minutes_add_up(
    recorder: PostgresRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clock_watch.monotonic
    monkeypatch.setattr(clock_watch, "monotonic", lambda: real() - 240)
    await recorder.append(one(new_id(), 1))
    assert recorder.clock_report is not None
    assert "ahead" in recorder.clock_report
    monkeypatch.setattr(clock_watch, "monotonic", lambda: real() - 480)
    with pytest.raises(ClockJumped):
        await recorder.append(one(new_id(), 1))


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24 * 365])
async def test_at_the_start_a_clock_far_from_the_machines_stops_appends_until_it_is_confirmed(
    database: Database, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    real = clock_watch.wall
    monkeypatch.setattr(clock_watch, "wall", lambda: real() + timedelta(minutes=minutes))
    recorder = await PostgresRecorder.open(database.app_dsn)
    assert recorder.clock_report is not None
    with pytest.raises(ClockJumped, match="HOSO_CLOCK_CONFIRMED=yes"):
        await recorder.append(one(new_id(), 1))
    assert (await recorder.clock())[1] == 1, "nothing was recorded, and it can be read"
    await recorder.close()
    confirmed = await PostgresRecorder.open(database.app_dsn, clock_confirmed=True)
    assert (await confirmed.append(one(new_id(), 1))).first == 2
    await confirmed.close()


@pytest.mark.parametrize("minutes", [-4, 4])
async def test_at_the_start_four_minutes_apart_are_believed(
    database: Database, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    real = clock_watch.wall
    monkeypatch.setattr(clock_watch, "wall", lambda: real() + timedelta(minutes=minutes))
    recorder = await PostgresRecorder.open(database.app_dsn)
    assert (await recorder.append(one(new_id(), 1))).first == 2
    await recorder.close()


async def test_a_leap_of_four_minutes_is_believed(
    recorder: PostgresRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clock_watch.monotonic
    monkeypatch.setattr(clock_watch, "monotonic", lambda: real() - 240)
    assert (await recorder.append(one(new_id(), 1))).first == 2


async def test_a_demo_clock_is_moved_forward_by_an_event_at_the_new_time(recorder: PostgresRecorder) -> None:
    ledger = recorder.ledger.ledger_id
    to = DEMO_START + timedelta(days=30, microseconds=7)
    receipt = await recorder.move_clock(to, event(ledger, 2, category=1))
    assert (receipt.first, receipt.recorded_at) == (2, to)
    after = await recorder.append(one(new_id(), 1))
    assert to <= after.recorded_at < to + timedelta(minutes=1)


async def test_a_demo_clock_does_not_move_back_nor_without_its_event(recorder: PostgresRecorder) -> None:
    ledger = recorder.ledger.ledger_id
    before, _ = await recorder.clock()
    with pytest.raises(ClockMoveRefused):
        await recorder.move_clock(before - timedelta(seconds=1), event(ledger, 2, category=1))
    with pytest.raises(StaleVersion):
        await recorder.move_clock(before + timedelta(days=1), event(ledger, 7, category=1))
    after, head = await recorder.clock()
    assert head == 1
    assert after - before < timedelta(minutes=1)


async def test_a_system_clock_is_not_moved(empty_database: Database) -> None:
    ledger = schema.init(empty_database.owner_dsn, clock="system")
    recorder = await PostgresRecorder.open(empty_database.app_dsn)
    now, _ = await recorder.clock()
    with pytest.raises(ClockMoveRefused):
        await recorder.move_clock(now + timedelta(days=1), event(ledger.ledger_id, 2, category=1))
    await recorder.close()


async def test_a_demo_clock_stands_while_nobody_has_the_ledger_open(database: Database) -> None:
    first = await PostgresRecorder.open(database.app_dsn)
    second = await PostgresRecorder.open(database.app_dsn)
    await first.close()
    await asyncio.sleep(0.6)
    running, _ = await second.clock()
    await second.close()
    await asyncio.sleep(1.5)
    third = await PostgresRecorder.open(database.app_dsn)
    stood, _ = await third.clock()
    await third.close()
    assert timedelta(seconds=0.5) < running - DEMO_START, "it ran while one process had it open"
    assert timedelta(0) <= stood - running < timedelta(seconds=1), "it stood while none had"


async def test_after_a_crash_a_demo_clock_goes_on_from_the_last_event(database: Database) -> None:
    crash = textwrap.dedent("""
        import asyncio, os, sys
        from infra.recorder import PostgresRecorder
        from tests.ledger.making import new_id, one

        async def main():
            recorder = await PostgresRecorder.open(sys.argv[1])
            await recorder.append(one(new_id(), 1))
            await asyncio.sleep(1.0)
            os._exit(9)

        asyncio.run(main())
    """)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", crash, database.app_dsn, cwd=Path(__file__).parents[2]
    )
    assert await asyncio.wait_for(process.wait(), 60) == 9
    recorder = await PostgresRecorder.open(database.app_dsn)
    now, head = await recorder.clock()
    last = (await recorder.events_after(head - 1, 1))[0].recorded_at
    assert timedelta(0) <= now - last < timedelta(seconds=0.9)
    receipt = await recorder.append(Item((event(new_id(), 1),)))
    assert isinstance(receipt, Receipt)
    assert receipt.recorded_at >= now
    await recorder.close()
