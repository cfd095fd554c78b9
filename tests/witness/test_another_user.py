"""The witness of another agency: run by another user, it remembers what the ledger's operator would have
forgotten."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from pathlib import Path

from tests.witness.another_user import USER, Elsewhere, as_user
from tests.witness.log import Log
from tests.witness.test_durable import LogOnDisk


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
        logs = at.client.get("/").json()["logs"]
        kept = [(each["size"], each["evidence"]) for each in logs if each["origin"] == log.origin]
        assert kept == [(35, 2)]
