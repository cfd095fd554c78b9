"""Writer processes for tests, and what must be true of the log after them."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

from application.ports import StoredFact
from tests.ledger.test_leaf import leaf_of

Asked = dict[str, Any]
ALLOWED = {"repeated", "StaleVersion", "ClaimTaken", "ValueError"}
Answers = dict[int, dict[str, Any]]


class Writers:
    """Processes of tests/ledger/worker.py on one ledger."""

    def __init__(self, dsn: str, count: int) -> None:
        self._dsn = dsn
        self._count = count
        self.processes: list[Process] = []

    async def __aenter__(self) -> Self:
        self.processes = await asyncio.gather(*[self.start() for _ in range(self._count)])
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self.processes:
            if process.returncode is None and process.stdin is not None:
                process.stdin.close()
        await asyncio.wait_for(asyncio.gather(*[process.wait() for process in self.processes]), 30)

    async def start(self) -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.ledger.worker", self._dsn,
            stdin=PIPE, stdout=PIPE, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        assert json.loads(line) == {"ready": True}
        return process

    @staticmethod
    async def run(process: Process, items: list[Asked], answers: Answers, width: int = 4) -> bool:
        """Let one process work; its answers arrive in `answers`. False when it died before the end."""
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"width": width, "items": items}).encode() + b"\n")
        while line := await asyncio.wait_for(process.stdout.readline(), 60):
            if not line.endswith(b"\n"):
                return False
            told = json.loads(line)
            if "end" in told:
                return True
            answers[told["id"]] = told
        return False


def check_log(log: list[StoredFact], after: int) -> None:
    """Dense positions, times that never go back, versions without gap, leaves that fit."""
    assert [fact.position for fact in log] == list(range(after + 1, after + 1 + len(log)))
    assert all(a.recorded_at <= b.recorded_at for a, b in pairwise(log))
    assert [fact.leaf for fact in log] == [leaf_of(fact) for fact in log]
    last: dict[object, int] = {}
    for fact in log:
        assert fact.version == last.get(fact.stream_id, 0) + 1
        last[fact.stream_id] = fact.version


def check_answers(log: list[StoredFact], asked: list[Asked], answers: Answers, *, all_answered: bool) -> None:
    """Every answer is what the log says; an item without an answer is there wholly, once, or not at all."""
    at = {fact.payload.decode(): fact.position for fact in log}
    assert len(at) == len(log), "every payload of these tests is unique, so a second one is a doubled item"
    winners: dict[str, dict[str, Any]] = {}
    holders: dict[str, int] = {}
    for item in asked:
        places = [at.get(payload) for _, _, payload in item["events"]]
        answer = answers.get(item["id"])
        if places[0] is not None:
            assert places == list(range(places[0], places[0] + len(places))), "whole, in its order"
            if item["command"]:
                assert item["command"] not in winners, "one idempotency key recorded twice"
                winners[item["command"]] = {"first": places[0], "last": places[-1]}
            if item["claim"]:
                holders[item["claim"]] = holders.get(item["claim"], 0) + 1
        else:
            assert places == [None] * len(places), "not a part of an item"
        if answer is None:
            assert not all_answered
        elif answer["outcome"] == "recorded":
            assert (answer["first"], answer["last"]) == (places[0], places[-1])
        else:
            assert answer["outcome"] in ALLOWED
            assert places[0] is None, f"answered {answer['outcome']} and recorded"
    for item in asked:
        answer = answers.get(item["id"])
        if answer is not None and answer["outcome"] == "repeated":
            assert {"first": answer["first"], "last": answer["last"]} == winners[item["command"]]
        if answer is not None and answer["outcome"] == "ClaimTaken":
            assert item["claim"] in holders
    assert set(holders.values()) <= {1}
