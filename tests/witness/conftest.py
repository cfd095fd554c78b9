"""Witnesses for tests: one process for all of them, in which each test has logs of its own."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from interfaces.witness_wiring import make_witness, open_witness
from tests.witness.another_user import USER, Elsewhere, NotHere, lay_readable, python_of_another_user
from tests.witness.log import Log
from tests.witness.process import NAME, Serving, serving


@dataclass(frozen=True)
class Witness:
    """A witness that serves."""

    state: Path
    vkeys: tuple[str, ...]
    at: Serving

    def trusted(self, log: Log) -> Log:
        """The log, now trusted."""
        open_witness(self.state).trust(str(log.key))
        return log

    def cosigned(self, size: int) -> Log:
        """A log of which this much is cosigned."""
        log = self.trusted(Log(size))
        answer = self.at.add(log.body(0))
        assert answer.status_code == 200, answer.text
        return log


def latest(witness: Witness, log: Log) -> str | None:
    hashed = hashlib.sha256(log.origin.encode()).hexdigest()
    answer = witness.at.client.get(f"/{hashed}/checkpoint")
    assert answer.status_code in (200, 404)
    return answer.text if answer.status_code == 200 else None


def kept(witness: Witness, log: Log) -> list[str]:
    return [each.kind.value for each in open_witness(witness.state).evidence() if each.origin == log.origin]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="session")
def witness(private_folder: Path) -> Iterator[Witness]:
    state = private_folder / "witness"
    vkeys, _ = make_witness(state, NAME, "both")
    with serving(state) as at:
        yield Witness(state, tuple(vkeys), at)


@pytest.fixture(scope="session")
def elsewhere(private_folder: Path) -> Elsewhere:
    try:
        python = python_of_another_user()
    except NotHere as reason:
        pytest.skip(str(reason))
    env = lay_readable(private_folder / "elsewhere")
    home = private_folder / "home"
    home.mkdir()
    shutil.chown(home, USER)
    made = Elsewhere([python, "-m", "interfaces.cli.main", "witness"], env, home / "witness")
    done = made.run("init", "--name", NAME)
    assert done.code == 0, done.err
    return made
