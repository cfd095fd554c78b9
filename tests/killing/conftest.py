"""One province for all series of kills, and what a handover of it records that nothing disturbs."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.killing.checks import sound
from tests.killing.scene import Copy, Made, make, opened, serving
from tests.killing.steps import steps, taken


@pytest.fixture(scope="package")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="package")
def province(folder: Path) -> Made:
    (folder / "made").mkdir()
    (folder / "made").chmod(0o711)
    return make(folder / "made")


@pytest.fixture(scope="package")
def copied(province: Made, folder: Path) -> Copy:
    """Opens a copy of the province under a name of its own."""
    return lambda name: opened(province, folder / name)


@pytest.fixture(scope="package")
def undisturbed(copied: Copy) -> list[Any]:
    """The facts of a handover that nothing disturbs."""
    with copied("undisturbed") as scene, serving(scene):
        for step in steps(scene):
            answer = taken(scene, step)
            assert answer.code == 0, f"{step.command}: {answer.out}{answer.err}"
        sound(scene)
        return scene.facts()
