"""Callers that append again at once: answered by halves where their own work takes as long as the database's,
and each for itself whatever the halves are.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from math import inf
from uuid import UUID

import pytest

from application.ports import Receipt, StaleVersion
from infra.limits import Limits
from infra.overlap import Overlap
from infra.recorder import PostgresRecorder
from tests.ledger.making import log_held, new_id, one
from tests.support import Database

pytestmark = pytest.mark.anyio

CALLERS = 16
TURNS = 20
ALWAYS, NEVER = Limits(overlap_from=0), Limits(overlap_from=inf)


async def turns(recorder: PostgresRecorder) -> list[tuple[UUID, int, Receipt]]:
    """What each caller was answered who appends to one stream again and again."""
    answers: list[tuple[UUID, int, Receipt]] = []

    async def caller() -> None:
        stream = new_id()
        for version in range(1, TURNS + 1):
            answers.append((stream, version, await recorder.append(one(stream, version))))

    await asyncio.gather(*[caller() for _ in range(CALLERS)])
    return answers


def commits(answers: list[tuple[UUID, int, Receipt]]) -> set[datetime]:
    return {receipt.recorded_at for _, _, receipt in answers}


async def test_halves_give_everybody_the_own_receipt(database: Database) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn, ALWAYS)
    answers = await turns(recorder)
    for stream, version, receipt in answers:
        assert receipt.first == receipt.last
        assert receipt.versions == ((stream, version),)
        (stored,) = [one for one in await recorder.events_of(stream) if one.version == version]
        assert (stored.position, stored.recorded_at) == (receipt.first, receipt.recorded_at)
    assert sorted(receipt.first for _, _, receipt in answers) == list(range(2, 2 + CALLERS * TURNS))
    await recorder.close()


async def test_halves_are_sent_while_the_others_are_answered_and_whole_batches_are_not(
    database: Database,
) -> None:
    counts = []
    for limits in (NEVER, ALWAYS):
        recorder = await PostgresRecorder.open(database.app_dsn, limits)
        counts.append(len(commits(await turns(recorder))))
        await recorder.close()
    assert counts[0] <= TURNS + 2, "all came together"
    assert counts[1] >= 1.5 * TURNS


@pytest.mark.parametrize(("limits", "left"), [(NEVER, 1), (ALWAYS, 0)])
async def test_what_waits_is_sent_before_the_batch_before_is_answered_where_both_work_at_once(
    database: Database, limits: Limits, left: int
) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn, limits)
    waiting: list[int] = []

    async def caller() -> None:
        await recorder.append(one(new_id(), 1))
        waiting.append(recorder.waiting)

    async with log_held(database):
        first = asyncio.create_task(caller())
        await asyncio.sleep(0.1)
        second = asyncio.create_task(recorder.append(one(new_id(), 1)))
        await asyncio.sleep(0)
        assert recorder.waiting == 1
    await asyncio.gather(first, second)
    assert waiting == [left]
    await recorder.close()


async def test_who_is_refused_among_halves_is_the_one_who_was_late(database: Database) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn, ALWAYS)
    streams = [new_id() for _ in range(CALLERS)]

    async def caller(number: int) -> list[object]:
        told: list[object] = []
        for version in range(1, TURNS + 1):
            asked = 1 if number % 4 == 0 and version > 1 else version
            told += await asyncio.gather(recorder.append(one(streams[number], asked)), return_exceptions=True)
        return told

    for number, told in enumerate(await asyncio.gather(*map(caller, range(CALLERS)))):
        late = TURNS - 1 if number % 4 == 0 else 0
        assert [type(each) for each in told] == [Receipt] * (TURNS - late) + [StaleVersion] * late
    await recorder.close()


async def test_nobody_stays_unanswered_when_the_ledger_closes(database: Database) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn, ALWAYS)
    appends = [asyncio.create_task(recorder.append(one(new_id(), 1))) for _ in range(CALLERS)]
    await asyncio.sleep(0)
    await recorder.close()
    assert sorted(receipt.first for receipt in await asyncio.gather(*appends)) == list(range(2, 2 + CALLERS))


async def test_halves_pay_where_the_process_works_as_long_as_the_database() -> None:
    used = 0.0
    overlap = Overlap(0.75, lambda: used)
    for own, database, pays in ((0.001, 0.001, True), (0.001, 0.002, False), (0.001, 0.0012, True)):
        for _ in range(100):
            used += own
            overlap.appended(database)
        assert overlap.pays is pays
    used += 100.0  # one long work among many short ones
    overlap.appended(0.0012)
    for _ in range(200):
        used += 0.0001
        overlap.appended(0.0012)
    assert not overlap.pays, "is forgotten"
