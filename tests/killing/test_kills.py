"""SIGKILL at each step of a handover, from its simulation to the close of the books: of the process that
takes it, and of PostgreSQL. Started again, it comes to the same facts per dossier as without, and the ledger
is sound. What a killed web process had been asked stands in test_repeats.py.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.killing.checks import Asking, sound
from tests.killing.scene import CASES, Copy, Scene, serving, wait_for
from tests.killing.steps import ACKNOWLEDGED, ANSWERED, HANDED, go_on, hit, steps

pytestmark = [
    pytest.mark.slow,
    pytest.mark.faults,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc"),
]

Kill = Callable[[Scene, subprocess.Popen[bytes]], None]


def kill_process(scene: Scene, running: subprocess.Popen[bytes]) -> None:
    running.kill()


def kill_database(scene: Scene, running: subprocess.Popen[bytes]) -> None:
    scene.cluster.kill()


def series(copied: Copy, name: str, kill: Kill) -> tuple[list[Any], dict[str, int]]:
    """A handover with a kill during each of its steps: its facts, and how many of a topic stood when the step
    that writes them was hit."""
    stood: dict[str, int] = {}
    with copied(name) as scene, ExitStack() as stack:
        _, url = stack.enter_context(serving(scene))
        asking = stack.enter_context(Asking(url))
        for number, step in enumerate(steps(scene)):
            found = hit(scene, step, number, lambda running: kill(scene, running))
            if step.writes is not None and found is not None:
                stood[step.writes] = found
            go_on(scene, step)
        wait_for(asking.answered_lately, 60, "an answer of the server")
        sound(scene)
        return scene.facts(), stood


@pytest.mark.parametrize(
    ("name", "kill"),
    [("process", kill_process), ("database", kill_database)],
    ids=["the process of the step", "PostgreSQL"],
)
def test_a_handover_killed_at_each_step_comes_to_the_same_facts(
    copied: Copy, undisturbed: list[Any], name: str, kill: Kill
) -> None:
    facts, stood = series(copied, name, kill)
    assert facts == undisturbed
    if name == "process":
        assert 0 < stood[HANDED] < CASES, "the transfer was hit in its middle"
        assert 0 < stood[ACKNOWLEDGED] < ANSWERED, "the receiver was hit in the middle of its answers"
