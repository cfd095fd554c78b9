"""What only the folder promises: whose it is, what a full disk says, what a killed writer leaves."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from application.file_ports import FilesUnavailable
from infra import file_folder
from infra.file_folder import UNFINISHED, FileFolder
from tests.files.making import pieces, whole

WRITER = Path(__file__).with_name("writer.py")


async def test_only_this_account_can_read_it(tmp_path: Path) -> None:
    store = FileFolder(tmp_path / "files")
    before = os.umask(0)
    try:
        stored = await store.put(pieces(b"private"))
    finally:
        os.umask(before)
    path = tmp_path / "files" / stored.file[:2] / stored.file[2:]
    assert path.stat().st_mode & 0o077 == 0
    assert [folder.stat().st_mode & 0o777 for folder in (path.parent, store.root)] == [0o700, 0o700]


async def test_nothing_is_written_over_an_existing_file(tmp_path: Path) -> None:
    store = FileFolder(tmp_path)
    stored = await store.put(pieces(b"first"))
    path = tmp_path / stored.file[:2] / stored.file[2:]
    before = path.stat().st_ino
    await store.put(pieces(b"first"))
    assert path.stat().st_ino == before
    assert list((tmp_path / UNFINISHED).iterdir()) == []


@pytest.mark.parametrize(
    ("number", "says"),
    [(errno.ENOSPC, "is full: make room"), (errno.EDQUOT, "is full"), (errno.EIO, "cannot be used")],
)
async def test_a_failing_disk_says_what_to_do_and_keeps_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    def failing(file: Any) -> None:
        raise OSError(number, os.strerror(number))

    store = FileFolder(tmp_path)
    monkeypatch.setattr(file_folder, "sync_file", failing)
    with pytest.raises(FilesUnavailable, match=says):
        await store.put(pieces(b"x"))
    assert list(await store.names("", 5)) == []
    assert list((tmp_path / UNFINISHED).iterdir()) == []


async def test_a_place_that_is_no_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file")
    with pytest.raises(FilesUnavailable, match="cannot be used"):
        await FileFolder(tmp_path / "files").put(pieces(b"x"))


def kill_one(root: Path, said: Path, life: int) -> None:
    """Let a writer live until it said something more, and a little longer; then SIGKILL."""
    with said.open("ab") as out:
        process = subprocess.Popen([sys.executable, WRITER, root, str(life)], stdout=out)
    begun = said.stat().st_size
    for _ in range(500):
        if said.stat().st_size > begun:
            break
        time.sleep(0.02)
    time.sleep(0.003 * life)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


@pytest.mark.faults
async def test_a_killed_writer_leaves_the_whole_file_or_nothing(tmp_path: Path) -> None:
    """SIGKILL while files are put, again and again, at changing moments."""
    store, said = FileFolder(tmp_path / "files"), tmp_path / "said"
    left = 0
    for life in range(12):
        await asyncio.to_thread(kill_one, store.root, said, life)
        left += len(list((store.root / UNFINISHED).iterdir()))
        await store.clear(datetime.now(UTC) + timedelta(hours=1))
    confirmed = said.read_text().split()
    found = [one.file for one in await store.names("", 100_000)]
    assert left, "no kill came in the middle of a put: the test shows nothing"
    assert len(confirmed) >= 12
    assert set(confirmed) <= set(found)
    for file in found:
        assert hashlib.sha256(await whole(store, file)).hexdigest() == file
