"""A closing that is killed at any of its steps, with appends going on: none fails and none is lost."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from application.ports import Receipt
from infra import partitions
from infra.recorder import PostgresRecorder
from infra.schema import SchemaError
from tests.ledger.making import key, new_id, one
from tests.ledger.writers import check_log
from tests.support import Database

pytestmark = [pytest.mark.anyio, pytest.mark.faults]

STEPS = [
    "marking the open partition",
    "reading the open partition",
    "closing the open partition",
    "swapping the partitions",
    "noting the commands",
    "freezing event_from_1",
    "checking event_from_1",
]


class Appending:
    """Four callers that append, to old streams and new ones, until they are told to stop."""

    def __init__(self, recorder: PostgresRecorder) -> None:
        self.receipts: list[Receipt] = []
        self._over = False
        self._recorder = recorder
        self._tasks = [asyncio.create_task(self._call()) for _ in range(4)]

    async def _call(self) -> None:
        streams = [(new_id(), 1) for _ in range(5)]
        while not self._over:
            stream, version = streams.pop(0)
            again = one(stream, version, command_id=key(), request_digest=key())
            self.receipts.append(await self._recorder.append(again))
            assert (await self._recorder.append(again)).repeated
            streams.append((stream, version + 1) if version < 20 else (new_id(), 1))

    async def more(self, count: int) -> None:
        async with asyncio.timeout(30):
            wanted = len(self.receipts) + count
            while len(self.receipts) < wanted and not any(task.done() for task in self._tasks):  # noqa: ASYNC110
                await asyncio.sleep(0.001)

    async def stop(self) -> None:
        self._over = True
        await asyncio.gather(*self._tasks)


async def started(database: Database) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.ledger.closing", database.owner_dsn,
        stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip


async def killed_at(step: str, database: Database) -> None:
    process = await started(database)
    assert process.stdin is not None
    assert process.stdout is not None
    while line := await asyncio.wait_for(process.stdout.readline(), 60):
        if line.decode().strip() == step:
            process.kill()
            break
        process.stdin.write(b"\n")
    await process.wait()
    assert line, f"it ended before it came to {step!r}"


async def closed_at_last(database: Database) -> partitions.Closed:
    """The killed one's session ends within about a second."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await partitions.close(database.owner_dsn)
            except SchemaError:
                await asyncio.sleep(0.1)


async def test_a_closing_killed_at_any_step_is_run_again_while_appends_go_on(database: Database) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn)
    appending = Appending(recorder)
    try:
        await appending.more(20)
        first = 1
        for step in STEPS:
            at = step.replace("event_from_1", f"event_from_{first}")
            await killed_at(at, database)
            await appending.more(20)
            before = await partitions.look(database.app_dsn)
            done = await closed_at_last(database)
            if step in STEPS[:4]:
                assert before.open_from == first, "killed before its end, the swap left nothing"
                assert done.frozen == (f"event_from_{first}",)
            else:
                assert before.unfinished == 1, "swapped, and not frozen yet"
                assert done.frozen == (f"event_from_{first}", f"event_from_{before.open_from}")
            first = done.last + 1
            await appending.more(20)
    finally:
        await appending.stop()
    parts = await partitions.look(database.app_dsn)
    assert (len(parts.closed), parts.unfinished) == (len(STEPS) + 3, 0)
    log = await recorder.events_after(0, 100_000)
    check_log(log, 0)
    assert sorted(receipt.first for receipt in appending.receipts) == [fact.position for fact in log[1:]]
    await recorder.close()
