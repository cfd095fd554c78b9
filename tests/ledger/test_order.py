"""Four writer processes and a tail reader:

every position once, in order, none missing, whatever happens to a writer.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.ports import StoredFact
from infra.recorder import PostgresRecorder
from tests.ledger.closing import closed_now_and_then
from tests.ledger.making import new_id
from tests.ledger.writers import Answers, Asked, Writers, check_answers, check_log
from tests.support import Database

PROCESSES = 4

# One item: which of the example's streams, version (None: the next), which key, which claim.
steps = st.lists(
    st.tuples(
        st.lists(
            st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(1, 3))), min_size=1, max_size=3
        ),
        st.one_of(st.none(), st.integers(0, 4)),
        st.one_of(st.none(), st.integers(0, 3)),
    ),
    min_size=1,
    max_size=25,
)


class Plans:
    """Turns drawn steps into items whose streams, keys, claims and payloads are new in each example."""

    def __init__(self) -> None:
        self._items = 0
        self._examples = 0

    def items(self, drawn: list[Any]) -> list[Asked]:
        self._examples += 1
        streams = [str(new_id()) for _ in range(6)]
        items = []
        for events, command, claim in drawn:
            self._items += 1
            name = f"{self._examples:08}"
            items.append(
                {
                    "id": self._items,
                    "events": [[streams[s], v, f"{self._items}/{n}"] for n, (s, v) in enumerate(events)],
                    "command": None if command is None else f"{name}{command:056}",
                    "claim": None if claim is None else f"{name}-{claim}",
                }
            )
        return items


class Tail:
    """Follows the log from its beginning beside everything else."""

    def __init__(self, recorder: PostgresRecorder) -> None:
        self.seen: list[StoredFact] = []
        self._moved = asyncio.Event()
        self._task = asyncio.create_task(self._read(recorder))

    async def _read(self, recorder: PostgresRecorder) -> None:
        try:
            async for page in recorder.follow(0, page=50):
                self.seen += page
                self._moved.set()
        finally:
            self._moved.set()

    async def reach(self, position: int) -> None:
        async with asyncio.timeout(30):
            while not self._task.done() and (not self.seen or self.seen[-1].position < position):
                self._moved.clear()
                await self._moved.wait()
        assert not self._task.done(), self._task

    async def stop(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task


@pytest.mark.faults
@pytest.mark.parametrize("closing", [False, True], ids=["one partition", "many"])
def test_four_processes_and_a_tail_reader_agree_on_every_position(database: Database, closing: bool) -> None:
    beside: contextlib.AbstractContextManager[list[str]]
    beside = closed_now_and_then(database.owner_dsn) if closing else contextlib.nullcontext([])
    with beside as closed, asyncio.Runner() as runner:
        writers, plans = Writers(database.app_dsn, PROCESSES), Plans()
        recorder = runner.run(PostgresRecorder.open(database.app_dsn))
        runner.run(writers.__aenter__())

        async def begin() -> Tail:
            return Tail(recorder)

        tail = runner.run(begin())
        outcomes: Counter[str] = Counter()

        async def example(drawn: list[list[Any]]) -> None:
            before = (await recorder.clock())[1]
            flat = plans.items([step for share in drawn for step in share])
            shares, start = [], 0
            for share in drawn:
                shares.append(flat[start : start + len(share)])
                start += len(share)
            answers: Answers = {}
            await asyncio.gather(
                *[
                    writers.run(process, share, answers)
                    for process, share in zip(writers.processes, shares, strict=True)
                ]
            )
            head = (await recorder.clock())[1]
            await tail.reach(head)
            log = tail.seen[before:head]
            check_log(log, before)
            check_answers(log, flat, answers, all_answered=True)
            outcomes.update(answer["outcome"] for answer in answers.values())

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(st.lists(steps, min_size=PROCESSES, max_size=PROCESSES))
        def examples(drawn: list[list[Any]]) -> None:
            runner.run(example(drawn))

        examples()
        assert {"recorded", "repeated", "StaleVersion", "ClaimTaken"} <= outcomes.keys(), outcomes
        check_log(tail.seen, 0)
        assert bool(closed) is closing
        runner.run(tail.stop())
        runner.run(writers.__aexit__())
        runner.run(recorder.close())


def drawn_at_random(seed: int, count: int) -> list[Any]:
    chance = random.Random(seed)
    return [
        (
            [
                (chance.randrange(6), chance.choice([None, None, None, 1, 2]))
                for _ in range(chance.randint(1, 3))
            ],
            number if chance.random() < 0.8 else chance.randrange(number + 1),
            None,
        )
        for number in range(count)
    ]


async def killed_in_the_middle(database: Database, seed: int, per_process: int, kills: int) -> None:
    """What killed writers were not told is there wholly or not at all, and sending it again completes it."""
    plans = Plans()
    recorder = await PostgresRecorder.open(database.app_dsn)
    tail = Tail(recorder)
    asked = [plans.items(drawn_at_random(seed + n, per_process)) for n in range(PROCESSES)]
    everything = [item for share in asked for item in share]
    answers: Answers = {}
    async with Writers(database.app_dsn, PROCESSES) as writers:
        works = [
            asyncio.create_task(writers.run(process, share, answers, width=8))
            for process, share in zip(writers.processes, asked, strict=True)
        ]
        for victim in range(kills):
            target = len(answers) + per_process // 3
            while len(answers) < target and not all(work.done() for work in works):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
            writers.processes[victim].kill()
        ended = await asyncio.gather(*works)
        assert ended.count(False) == kills, "the victims died in the middle, the others finished"
        position = (await recorder.clock())[1]
        await tail.reach(position)
        check_log(tail.seen, 0)
        check_answers(tail.seen[1:], everything, answers, all_answered=False)
        again = [item for item in everything if item["id"] not in answers and item["command"]]
        assert again, "somebody was killed before it had its answer"
        late: Answers = {}
        process = await writers.start()
        writers.processes.append(process)
        assert await writers.run(process, again, late, width=1)
    head = (await recorder.clock())[1]
    await tail.reach(head)
    check_log(tail.seen, 0)
    payloads = Counter(fact.payload for fact in tail.seen[1:])
    assert max(payloads.values()) == 1
    at = {fact.payload.decode(): fact.position for fact in tail.seen[1:]}
    for item in again:
        first = at.get(item["events"][0][2])
        if late[item["id"]]["outcome"] == "repeated" and first is not None:
            assert late[item["id"]]["first"] == first
        elif late[item["id"]]["outcome"] == "recorded":
            assert first is not None
            assert late[item["id"]]["first"] == first > position
    await tail.stop()
    await recorder.close()


@pytest.mark.faults
@pytest.mark.anyio
async def test_a_writer_killed_in_the_middle_leaves_no_gap_and_no_half_item(database: Database) -> None:
    await killed_in_the_middle(database, seed=1, per_process=150, kills=1)


@pytest.mark.slow
@pytest.mark.faults
@pytest.mark.anyio
@pytest.mark.parametrize("seed", range(100, 1000, 100))
async def test_writers_killed_again_and_again(database: Database, seed: int) -> None:
    closing = seed % 200 == 0
    with closed_now_and_then(database.owner_dsn, seed) if closing else contextlib.nullcontext():
        await killed_in_the_middle(database, seed=seed, per_process=1500, kills=3)
