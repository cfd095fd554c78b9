"""SIGKILL at each step of a handover: of the process that does it, of a server's web process, of PostgreSQL.
Started again, it comes to the same facts per dossier as without, and the ledger is sound.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from tests.cli.office import HOSO, Answer
from tests.killing.scene import CASES, NEW, OPERATORS, Scene, children, make, opened, serving, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc"),
]

Step = tuple[str, ...]
Kill = Callable[[Scene, subprocess.Popen[str], int], None]
AFTER = {"simulated": 2, "approved": 4, "scheduled": 5}


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def province(folder: Path) -> tuple[Path, str]:
    (folder / "made").mkdir()
    (folder / "made").chmod(0o711)
    return folder / "made", make(folder / "made")


@contextmanager
def copied(province: tuple[Path, str], folder: Path, name: str) -> Iterator[Scene]:
    (folder / name).mkdir()
    (folder / name).chmod(0o711)
    with opened(*province, folder / name) as scene:
        yield scene


@pytest.fixture(scope="module")
def undisturbed(province: tuple[Path, str], folder: Path) -> list[Any]:
    """The facts of a handover that nothing disturbs."""
    with copied(province, folder, "undisturbed") as scene, serving(scene):
        for who, step in steps(scene):
            assert finished(scene, step, who).code == 0, step
        sound(scene)
        return scene.facts()


def steps(scene: Scene) -> list[tuple[str, Step]]:
    """Who takes each step, and the command."""
    digest = scene.state()["digest"]
    act, (first, second) = scene.act, OPERATORS
    return [
        (first, ("handover", "simulate", act)),
        (first, ("handover", "approve", act, "--digest", digest)),
        (second, ("handover", "approve", act, "--digest", digest)),
        (first, ("handover", "schedule", act)),
        (first, ("clock", "move", "--to", f"{NEW}T08:00:00+07:00")),
        (first, ("handover", "transfer", act)),
        (first, ("handover", "reconcile", act)),
    ]


def finished(scene: Scene, step: Step, who: str) -> Answer:
    return scene.hoso(*step, **scene.token(who))


def sound(scene: Scene) -> None:
    """As many transfers as dossiers moved, everything reconciled, and an audit that finds nothing."""
    assert scene.stated() == CASES
    assert scene.state()["state"] == "reconciled"
    audit = scene.hoso("audit", "--json", **scene.token(OPERATORS[0]))
    assert (audit.code, audit.document["findings"]) == (0, []), audit.out


def go_on(scene: Scene, number: int, who: str, step: Step) -> None:
    """Take the step again. What a killed try had recorded already is not recorded twice: it is refused, or
    found done."""
    for _ in range(4):
        answer = finished(scene, step, who)
        if answer.code == 0 or done(scene, number, answer):
            return
        time.sleep(1)  # the database is being started again
    raise AssertionError(answer.out + answer.err)


def done(scene: Scene, number: int, answer: Answer) -> bool:
    """Whether the step's effect is there although the repeat was refused."""
    if number == 4:
        return "never goes back" in answer.err
    state = scene.state()
    reached = {"drafted": 0, "simulated": 1, "approved": 3, "scheduled": 4, "effective": 5, "transferring": 5,
               "transferred": 6, "reconciled": 7}[state["state"]]  # fmt: skip
    return reached > number or (number == 1 and len(state["approvals"]) >= 1)


def series(province: tuple[Path, str], folder: Path, name: str, kill: Kill) -> tuple[list[Any], list[int]]:
    """A handover with a kill during each of its steps: its facts, and how many transfers stood when the
    transfer was hit."""
    hit: list[int] = []
    with copied(province, folder, name) as scene, ExitStack() as stack:
        server, url = stack.enter_context(serving(scene))
        asking = stack.enter_context(Asking(url))
        for number, (who, step) in enumerate(steps(scene)):
            running = subprocess.Popen(
                [HOSO, *step],
                env=scene.office.environment | scene.token(who),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                before_hit(scene, step, number)
                kill(scene, server if name == "worker" else running, number)  # type: ignore[arg-type]
                if step[1] == "transfer":
                    hit.append(stated_when_up(scene))
                running.wait(120)
            finally:
                if running.poll() is None:
                    running.kill()
                    running.wait()
            go_on(scene, number, who, step)
        wait_for(lambda: asking.answered_lately(), 60, "an answer of the server")
        sound(scene)
        return scene.facts(), hit


def before_hit(scene: Scene, step: Step, number: int) -> None:
    """In the middle of a transfer; else at some moment of the step."""
    if step[1] != "transfer":
        time.sleep(Random(number).uniform(0.3, 1.3))
        return
    wait_for(lambda: scene.stated() > 0, 60, "the first transfer")


def stated_when_up(scene: Scene) -> int:
    found: list[int] = []

    def look() -> bool:
        scene.cluster.keep_running()
        found.append(scene.stated())
        return True

    wait_for(look, 30, "the database")
    return found[-1]


def kill_process(scene: Scene, running: subprocess.Popen[str], number: int) -> None:
    running.kill()


def kill_worker(scene: Scene, server: subprocess.Popen[str], number: int) -> None:
    wait_for(lambda: bool(children(server, "serve-one")), 30, "a web process")
    os.kill(children(server, "serve-one")[0], signal.SIGKILL)


def kill_database(scene: Scene, running: subprocess.Popen[str], number: int) -> None:
    scene.cluster.kill()


class Asking:
    """Somebody who tracks a dossier again and again, through every kill."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._answered = 0.0

    def __enter__(self) -> Asking:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def answered_lately(self) -> bool:
        return time.monotonic() - self._answered < 2

    def _ask(self) -> None:
        with httpx.Client(base_url=self._url, timeout=5, trust_env=False) as client:
            while not self._over.wait(0.5):
                try:
                    if client.get("/v1/track/many:case-1").status_code < 500:
                        self._answered = time.monotonic()
                except httpx.TransportError:
                    continue


@pytest.mark.parametrize(
    ("name", "kill"),
    [("process", kill_process), ("worker", kill_worker), ("database", kill_database)],
    ids=["the process of the step", "a web process", "PostgreSQL"],
)
def test_a_handover_killed_at_each_step_comes_to_the_same_facts(
    province: tuple[Path, str], folder: Path, undisturbed: list[Any], name: str, kill: Kill
) -> None:
    facts, stated = series(province, folder, name, kill)
    assert facts == undisturbed
    if name == "process":
        assert 0 < stated[0] < CASES, "the transfer was hit in its middle"
