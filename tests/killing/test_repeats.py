"""Commands over HTTP, each with its Idempotency-Key, whose web process is killed: the client repeats them
with the same key. Each stands once, and is answered alike however often it is asked.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.cli.office import DESK
from tests.killing.checks import Asking, audited, sound
from tests.killing.client import (
    WORKERS,
    Client,
    Command,
    Workers,
    answered_alike,
    ask_and_kill,
    recorded_commands,
)
from tests.killing.requests import desk, ids, steps
from tests.killing.scene import CLOSER, SETUP, Copy, Scene, serving, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc"),
]

CLERKS = 3
KILLS = 6
DATABASE_KILL = 3
FILED = ("dossier.submitted", "dossier.accepted", "dossier.assigned", "dossier.taken")
_OF_FILED = """
SELECT stream_id, topic FROM event
 WHERE stream_id IN (SELECT stream_id FROM event WHERE topic LIKE 'dossier.submitted.%')"""


def test_a_handover_whose_web_process_is_killed_at_each_step_stands_once(
    copied: Copy, undisturbed: list[Any]
) -> None:
    with copied("worker") as scene, ExitStack() as stack:
        server, url = stack.enter_context(serving(scene, WORKERS))
        asking = stack.enter_context(Asking(url))
        client = stack.enter_context(Client(url, scene.tokens))
        workers, asked = Workers(server, url), list[Command]()
        for number, command in enumerate(steps(scene, client)):
            ask_and_kill(scene, workers, client, command, repeat_at_once=number % 2 == 1)
            asked.append(command)
        answered_alike(client, asked)
        assert recorded_commands(scene) == len(asked)
        wait_for(asking.answered_lately, 60, "an answer of the server")
        sound(scene)
        assert scene.facts() == undisturbed


class Clerk:
    """Takes in one dossier after the other, whatever is killed meanwhile."""

    def __init__(self, url: str, scene: Scene, over: threading.Event, *whom: str) -> None:
        self._client = Client(url, scene.tokens)
        self._over = over
        self._whom = whom
        self._thread = threading.Thread(target=self._work)
        self.asked: list[Command] = []
        self.filed = 0
        self.problem: BaseException | None = None

    def __enter__(self) -> Clerk:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        try:
            with self._client:
                while not self._over.is_set():
                    for command in desk(self._client, *self._whom):
                        self.asked.append(command)
                        self._client.ask(command)
                    self.filed += 1
                    self._over.wait(0.05)
        except BaseException as problem:
            self.problem = problem


def test_what_clerks_ask_while_web_processes_and_postgresql_are_killed_stands_once(copied: Copy) -> None:
    with (
        copied("clerks") as scene,
        serving(scene, WORKERS) as (server, url),
        Client(url, scene.tokens) as client,
    ):
        named = Command(CLOSER, "/v1/citizens", {"kind": "person", "name": "Trần Thị Hoa"})
        officer = scene.hoso("officers", "show", CLOSER, "--json", **scene.token(SETUP)).document["id"]
        agency = ids(scene, "agency.founded.%", "identifier")[DESK]
        owner = client.ask(named).body["id"]
        over = threading.Event()
        clerks = [Clerk(url, scene, over, officer, agency, owner) for _ in range(CLERKS)]
        with ExitStack() as stack:
            for clerk in clerks:
                stack.enter_context(clerk)
            kill_again_and_again(scene, Workers(server, url), clerks)
        assert [clerk.problem for clerk in clerks if clerk.problem] == []
        asked = [named, *(command for clerk in clerks for command in clerk.asked)]
        assert sum(command.lost for command in asked) > 0, "somebody was cut off"
        assert recorded_commands(scene) == len(asked)
        answered_alike(client, asked)
        assert recorded_commands(scene) == len(asked)
        filed = sum(clerk.filed for clerk in clerks)
        found = Counter((stream, topic.rsplit(".", 1)[0]) for stream, topic in scene.query(_OF_FILED))
        assert Counter(topic for _, topic in found) == dict.fromkeys(FILED, filed)
        assert set(found.values()) == {1}
        audited(scene)


def kill_again_and_again(scene: Scene, workers: Workers, clerks: list[Clerk]) -> None:
    """Web processes in turn, and PostgreSQL once; between two kills something is recorded."""
    chance = Random(11)
    for number in range(KILLS):
        filed = sum(clerk.filed for clerk in clerks)
        pid = workers.oldest()
        time.sleep(chance.uniform(0, 0.2))
        if number == DATABASE_KILL:
            scene.cluster.kill()
        else:
            workers.kill(pid)

        def more(before: int = filed) -> bool:
            return any(clerk.problem for clerk in clerks) or sum(c.filed for c in clerks) > before

        wait_for(more, 60, "another dossier")
