"""A file has its name when it is whole, and never before."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest

from application.export_ports import Extent
from infra.event_lines import open_lines
from infra.export_target import TargetExists, target

ROOT = Path(__file__).parents[2]
EXTENT = Extent(UUID(int=1), 1, 10)
ENDLESS = """
import sys
from pathlib import Path
from uuid import UUID
from application.export_ports import Extent
from infra.event_lines import open_lines
with open_lines(Path(sys.argv[1]), Extent(UUID(int=1), 1, 10), force=True) as file:
    while True:
        file.add([{"n": 1}] * 1000)
"""


def test_what_is_there_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("mine")
    with pytest.raises(TargetExists, match="--force"), target(path, force=False):
        raise AssertionError
    with open_lines(path, EXTENT, force=True) as file:
        assert path.read_text() == "mine"
        file.end()
    assert path.read_text().startswith('{"specversion"')
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with open_lines(path, EXTENT, force=False) as file:
        path.write_text("theirs")
        with pytest.raises(TargetExists):
            file.end()
    assert path.read_text() == "theirs"
    assert list(tmp_path.iterdir()) == [path]


def test_what_goes_wrong_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "log[1].jsonl.gz"
    with pytest.raises(TypeError), open_lines(path, EXTENT, force=False) as file:
        file.add([{"n": object()}])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.faults
@pytest.mark.parametrize("there", [False, True])
def test_killed_it_leaves_no_file_of_that_name_or_the_old_one(tmp_path: Path, there: bool) -> None:
    path = tmp_path / "log.jsonl"
    if there:
        path.write_text("mine")
    run = subprocess.Popen([sys.executable, "-c", ENDLESS, str(path)], cwd=ROOT)
    until = time.monotonic() + 60
    while not any(one.stat().st_size > 1_000_000 for one in tmp_path.glob(".log.jsonl.*.part")):
        assert time.monotonic() < until
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    assert path.exists() == there
    assert not there or path.read_text() == "mine"
