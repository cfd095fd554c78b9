"""The witness of another agency: run by another user, it remembers what the ledger's operator would have
forgotten."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.witness.another_user import USER, NotHere, as_user, lay_readable, python_of_another_user, whom
from tests.witness.log import Log
from tests.witness.process import NAME, Ran, Serving
from tests.witness.test_durable import LogOnDisk


@dataclass(frozen=True)
class Elsewhere:
    """A witness that is nobody's of ours: how it is run."""

    command: list[str]
    env: dict[str, str]
    state: Path

    def run(self, *arguments: str) -> Ran:
        done = as_user([*self.command, *arguments, "--state", str(self.state)], self.env)
        return Ran(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def serving(self) -> Iterator[Serving]:
        arguments = ["serve", "--state", str(self.state), "--port", "0", "--json"]
        at = Serving([*self.command, *arguments], self.env, cwd="/", **whom())
        try:
            yield at
        finally:
            assert at.stop().code == 0


@pytest.fixture(scope="module")
def elsewhere(folder: Path) -> Elsewhere:
    try:
        python = python_of_another_user()
    except NotHere as reason:
        pytest.skip(str(reason))
    env = lay_readable(folder)
    home = folder / "home"
    home.mkdir()
    shutil.chown(home, USER)
    made = Elsewhere([python, "-m", "interfaces.cli.main", "witness"], env, home / "witness")
    done = made.run("init", "--name", NAME)
    assert done.code == 0, done.err
    return made


def test_its_folder_is_closed_to_everybody_else(elsewhere: Elsewhere) -> None:
    found = [elsewhere.state, *elsewhere.state.iterdir()]
    assert len(found) == 4
    for path in found:
        assert path.owner() == USER
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    for path in found[1:]:
        assert as_user(["test", "-r", str(path)], elsewhere.env, user="daemon").returncode == 1
        assert as_user(["test", "-r", str(path)], elsewhere.env).returncode == 0


def test_it_keeps_refusing_when_the_ledgers_directory_is_gone(elsewhere: Elsewhere, folder: Path) -> None:
    log = Log(30)
    disk = LogOnDisk(folder / "ledger", log)
    assert elsewhere.run("trust", str(log.key)).code == 0
    fork, restored = log.fork(20, 40, "from an old dump"), log.fork(20, 20)
    with elsewhere.serving() as at:
        assert os.stat(f"/proc/{at.process.pid}").st_uid == pwd.getpwnam(USER).pw_uid
        assert at.add(log.body(0)).status_code == 200
        assert at.add(restored.body(0)).text == "30\n"
        shutil.rmtree(disk.folder)
        assert at.add(fork.body(30)).status_code == 422
    with elsewhere.serving() as at:
        assert at.add(restored.body(20)).text == "30\n"
        assert at.add(fork.body(20)).text == "30\n"
        assert at.add(fork.body(30)).status_code == 422
        assert at.add(fork.body(30, 30)).status_code == 422
        assert at.add(log.grow(5).body(30)).status_code == 200, "the log itself goes on"
    shown = elsewhere.run("show")
    assert shown.code == 1
    assert "same_size_other_root" in shown.out
    assert log.origin in shown.out
