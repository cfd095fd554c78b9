"""The queue under pressure: bounded, fair to neighbours, and sure of what it answers."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import psycopg
import pytest

from application.ports import Item, LedgerError, Overloaded, Receipt, Unavailable
from infra.limits import Limits
from infra.recorder import PostgresRecorder
from tests.ledger.making import event, key, log_held, new_id, one
from tests.support import Database

pytestmark = pytest.mark.anyio


async def test_a_full_queue_refuses_and_recovers(database: Database) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn, Limits(queue_items=5))
    async with log_held(database):
        flying = asyncio.create_task(recorder.append(one(new_id(), 1)))
        await asyncio.sleep(0.1)
        queued = [asyncio.create_task(recorder.append(one(new_id(), 1))) for _ in range(5)]
        await asyncio.sleep(0)
        assert recorder.waiting == 5
        with pytest.raises(Overloaded) as refusal:
            await recorder.append(one(new_id(), 1))
        assert refusal.value.retry_after >= 1
    receipts = await asyncio.gather(flying, *queued)
    assert [receipt.first for receipt in receipts] == [2, 3, 4, 5, 6, 7]
    assert (await recorder.append(one(new_id(), 1))).first == 8
    await recorder.close()


async def test_a_queue_of_large_payloads_is_bounded_by_their_bytes(database: Database) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn, Limits(queue_bytes=100_000))
    large = [Item((event(new_id(), 1, b"x" * 60_000),)) for _ in range(4)]
    async with log_held(database):
        flying = asyncio.create_task(recorder.append(large[0]))
        await asyncio.sleep(0.1)
        queued = [asyncio.create_task(recorder.append(item)) for item in large[1:3]]
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await recorder.append(large[3])
    await asyncio.gather(flying, *queued)
    assert (await recorder.append(large[3])).first == 5
    await recorder.close()


async def test_a_lock_that_is_never_given_up_is_not_waited_for_without_end(database: Database) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn, Limits(lock_timeout="200ms"))
    async with log_held(database):
        outcomes = await asyncio.gather(
            *[recorder.append(one(new_id(), 1)) for _ in range(3)], return_exceptions=True
        )
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 3
    assert (await recorder.append(one(new_id(), 1))).first == 2, "and nothing of the others was recorded"
    await recorder.close()


async def test_a_caller_that_gives_up_does_not_disturb_the_others(database: Database) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn)
    async with log_held(database):
        tasks = [asyncio.create_task(recorder.append(one(new_id(), 1))) for _ in range(4)]
        await asyncio.sleep(0.1)
        tasks[1].cancel()
        await asyncio.sleep(0)
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Receipt, asyncio.CancelledError, Receipt, Receipt]
    await recorder.close()


async def test_what_is_queued_at_the_close_is_recorded_and_nothing_after(database: Database) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn)
    tasks = [asyncio.create_task(recorder.append(one(new_id(), 1))) for _ in range(20)]
    await asyncio.sleep(0)
    await recorder.close()
    assert [receipt.first for receipt in await asyncio.gather(*tasks)] == list(range(2, 22))
    with pytest.raises(Unavailable):
        await recorder.append(one(new_id(), 1))


@pytest.mark.faults
async def test_a_writer_whose_backend_is_terminated_loses_and_doubles_nothing(
    database: Database, superuser_dsn: str
) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn)
    stop = asyncio.Event()
    receipts: list[tuple[bytes, Receipt]] = []
    answered = asyncio.Event()

    async def caller(keyed: bool) -> None:
        stream, version = new_id(), 0
        while not stop.is_set():
            version += 1
            item = Item(
                (event(stream, version), event(new_id(), 1)),
                key() if keyed else None,
                key() if keyed else None,
            )
            receipt = await recorder.append(item)
            assert not receipt.repeated
            receipts.append((item.events[0].payload, receipt))
            answered.set()

    callers = [asyncio.create_task(caller(keyed=bool(n % 2))) for n in range(16)]
    killed = 0
    async with await psycopg.AsyncConnection.connect(superuser_dsn, autocommit=True) as connection:
        for _ in range(25):
            answered.clear()
            async with asyncio.timeout(30):  # one append may lose its connection a few times only
                await answered.wait()
            await asyncio.sleep(0.05)
            cursor = await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name LIKE 'hoso %' AND datname = current_database()"
            )
            killed += cursor.rowcount
    stop.set()
    await asyncio.gather(*callers)
    assert killed >= 25
    log = await _whole(recorder)
    assert [fact.position for fact in log] == list(range(1, len(log) + 1))
    assert len(log) == 1 + 2 * len(receipts), "every answered item once, nothing else"
    at = {fact.position: fact.payload for fact in log}
    assert all(at[receipt.first] == payload for payload, receipt in receipts)
    assert max(Counter(receipt.first for _, receipt in receipts).values()) == 1
    await recorder.close()


async def _whole(recorder: PostgresRecorder) -> list[Any]:
    log: list[Any] = []
    while page := await recorder.events_after(len(log), 1000):
        log += page
    return log


@pytest.mark.faults
async def test_a_follower_goes_on_when_its_bell_is_cut(database: Database, superuser_dsn: str) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn)
    pages = recorder.follow(0)
    assert [fact.position for fact in await anext(pages)] == [1]
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hoso session'"
        )
    other = await PostgresRecorder.open(database.app_dsn)
    for expected in (2, 3):
        await other.append(one(new_id(), 1))
        assert [fact.position for fact in await asyncio.wait_for(anext(pages), 10)] == [expected]
    await other.close()
    await recorder.close()


@pytest.mark.faults
async def test_a_database_that_is_away_is_waited_for_then_named(
    database: Database, superuser_dsn: str
) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn, Limits(reconnect_seconds=0.5))
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        connection.execute("REVOKE CONNECT ON DATABASE " + database.name + " FROM hoso_app")
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hoso writer'"
        )
        with pytest.raises(Unavailable):
            await recorder.append(one(new_id(), 1))
        connection.execute("GRANT CONNECT ON DATABASE " + database.name + " TO hoso_app")
    assert (await recorder.append(one(new_id(), 1))).first == 2
    with pytest.raises(LedgerError):
        await recorder.append(one(new_id(), 9))
    await recorder.close()


async def test_a_follower_is_woken_at_once_even_by_an_event_that_comes_while_it_looks(
    database: Database,
) -> None:
    """Two hundred events, each followed before the next is written: by poll alone that takes minutes."""
    recorder = await PostgresRecorder.open(database.app_dsn)
    other = await PostgresRecorder.open(database.app_dsn)
    pages = recorder.follow(1)
    async with asyncio.timeout(30):
        for number in range(200):
            waiting = asyncio.ensure_future(anext(pages))
            await (recorder if number % 2 else other).append(one(new_id(), 1))
            assert [fact.position for fact in await waiting] == [number + 2]
    await other.close()
    await recorder.close()
