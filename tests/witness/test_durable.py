"""A witness never steps back: not in a race, not when it is killed, not when its state cannot be written, and
not when its log comes back as another one."""

from __future__ import annotations

import contextlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from domain.notes import cosigned_at, read_checkpoint, read_note
from infra import witness_state
from interfaces.witness_app import WitnessApp
from interfaces.witness_wiring import make_witness, open_witness
from tests.witness.conftest import Witness
from tests.witness.log import Log
from tests.witness.process import NAME, Serving, command, serving
from tests.witness.process import witness as run

ROOT = Path(__file__).parents[2]


def size_of(state: Path, log: Log) -> int:
    (found,) = [each for each in open_witness(state).logs() if each.origin == log.origin]
    return found.latest.size if found.latest else 0


def test_of_two_requests_at_once_one_is_cosigned_and_nothing_is_rolled_back(witness: Witness) -> None:
    log = witness.cosigned(3)
    log.grow(60)
    with ThreadPoolExecutor(16) as pool:
        for _ in range(10):
            old = size_of(witness.state, log)
            ahead = [random.randint(old, old + 6) for _ in range(16)]
            bodies = [log.body(old, size) for size in ahead]
            answers = list(zip(ahead, pool.map(witness.at.add, bodies), strict=True))
            cosigned = [size for size, answer in answers if answer.status_code == 200]
            assert {answer.status_code for _, answer in answers} <= {200, 409}
            assert cosigned, "one of them was first"
            # More than one may hold: those of the old size itself, and one that grew. Never two that grew.
            assert len({size for size in cosigned if size > old}) <= 1
            assert size_of(witness.state, log) == max(cosigned)


def test_two_processes_do_not_serve_one_folder(witness: Witness) -> None:
    second = run("serve", "--port", "0", state=witness.state)
    assert second.code == 1
    assert "Another process serves the witness" in second.err


@pytest.mark.faults
def test_killed_at_any_moment_it_never_steps_back_from_what_it_answered(folder: Path) -> None:
    state = folder / "killed"
    make_witness(state, NAME, "ed25519")
    log = Log(100)
    open_witness(state).trust(str(log.key))
    bodies = [log.body(size, size + 1) for size in range(100)]
    answered, moments = 0, random.Random(6)
    for _ in range(3):
        at = Serving(command(state))
        killer = threading.Timer(moments.uniform(0, 0.02), at.process.kill)
        known = begun = size_of(state, log)
        with contextlib.suppress(httpx.TransportError):
            while known < 100:
                if known == begun + 6:
                    killer.start()
                assert at.add(bodies[known]).status_code == 200
                known = answered = known + 1
        killer.join()
        at.kill()
        assert answered <= size_of(state, log) <= answered + 1, "what was answered is known"
        assert answered >= begun + 6
    with serving(state) as at:
        assert at.add(bodies[0]).text == f"{size_of(state, log)}\n"


DYING = """
import os, signal, sys
from pathlib import Path
from application.witness_ports import Latest
from infra.witness_state import SqliteState
state, origin, moment = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
with SqliteState(state).turn() as turn:
    turn._connection.execute("PRAGMA cache_size = 1")  # what is written goes to the file before the commit
    turn.advance(Latest(origin, 20, bytes(32), "x" * 40_000, 20))
    if moment == "before":
        os.kill(os.getpid(), signal.SIGKILL)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.faults
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_around_its_commit_it_opens_with_the_whole_old_state_or_the_new(
    folder: Path, moment: str
) -> None:
    state = folder / moment
    make_witness(state, NAME, "ed25519")
    log = Log(10)
    found = open_witness(state)
    found.trust(str(log.key))
    assert found.witnessing.add_checkpoint(log.body(0)).verdict == "cosigned"
    content = (state / "witness.db").read_bytes()
    dead = subprocess.run(
        [sys.executable, "-c", DYING, str(state), log.origin, moment], check=False, cwd=ROOT
    )
    assert dead.returncode == -signal.SIGKILL
    if moment == "before":
        assert (state / "witness.db-journal").stat().st_size > 0
        assert (state / "witness.db").read_bytes() != content, "pages were in the file already"
        assert size_of(state, log) == 10, "the journal took them back"
        assert found.witnessing.add_checkpoint(log.grow(1).body(10)).verdict == "cosigned"
    else:
        assert not (state / "witness.db-journal").exists()
        assert size_of(state, log) == 20


@pytest.mark.anyio
async def test_a_state_that_cannot_be_written_signs_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = folder / "held"
    make_witness(state, NAME, "ed25519")
    monkeypatch.setattr(witness_state, "WAIT_SECONDS", 0.1)
    log = Log(2)
    found = open_witness(state)
    found.trust(str(log.key))
    transport = httpx.ASGITransport(WitnessApp(found.witnessing, found, found.vkeys))
    async with httpx.AsyncClient(transport=transport, base_url="http://witness") as client:
        holder = sqlite3.connect(state / "witness.db", isolation_level=None)
        holder.execute("BEGIN EXCLUSIVE")  # as another program that does not let go
        assert (await client.post("/add-checkpoint", content=log.body(0))).status_code == 503
        assert (await client.get("/")).status_code == 503
        holder.execute("ROLLBACK")
        holder.close()
        assert size_of(state, log) == 0
        assert (await client.post("/add-checkpoint", content=log.body(0))).status_code == 200


def test_the_state_refuses_by_itself_to_step_back(folder: Path) -> None:
    state = folder / "triggers"
    make_witness(state, NAME, "ed25519")
    log = Log(4)
    found = open_witness(state)
    found.trust(str(log.key))
    assert found.witnessing.add_checkpoint(log.body(0)).verdict == "cosigned"
    with sqlite3.connect(state / "witness.db") as connection:
        for statement in (
            "UPDATE latest SET size = 3",
            "UPDATE latest SET root = zeroblob(32)",
            "UPDATE latest SET origin = 'another'",
            "DELETE FROM latest",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
    connection.close()


def test_a_clock_that_went_back_signs_nothing_until_it_is_right_or_confirmed(folder: Path) -> None:
    state = folder / "clock"
    make_witness(state, NAME, "ed25519")
    log = Log(2)
    now = time.time()
    ahead = open_witness(state, clock=lambda: now + 5000)
    ahead.trust(str(log.key))
    assert ahead.witnessing.add_checkpoint(log.body(0)).verdict == "cosigned"
    log.grow(1)
    with serving(state) as at:
        answer = at.add(log.body(2))
        assert answer.status_code == 503
        assert 4900 < int(answer.headers["retry-after"]) <= 5000
        assert at.add(log.fork(1, 2).body(2)).status_code == 422, "what it refuses needs no clock"
    assert 4900 < open_witness(state).seconds_behind() <= 5000
    with serving(state, "--clock-confirmed") as at:
        answer = at.add(log.body(2))
        assert answer.status_code == 200
        note = read_note(at.client.get(at.client.get("/").json()["logs"][0]["checkpoint"]).content)
        assert read_checkpoint(note.text).size == 3
        assert abs(cosigned_at(note.signatures[-1]) - time.time()) < 30
    assert open_witness(state).seconds_behind() == 0


class LogOnDisk:
    """A log's whole directory: its key and its leaves, as its operator has them."""

    def __init__(self, folder: Path, log: Log) -> None:
        folder.mkdir()
        (folder / "log.key").write_bytes(log.private.private_bytes_raw())
        (folder / "leaves").write_bytes(b"".join(log.leaves))
        self.folder = folder


def test_a_fork_and_a_step_back_stay_refused_after_a_restart_and_without_the_log(folder: Path) -> None:
    state = folder / "remembers"
    make_witness(state, NAME, "both")
    log = Log(40)
    disk = LogOnDisk(folder / "ledger", log)
    open_witness(state).trust(str(log.key))
    with serving(state) as at:
        assert at.add(log.body(0)).status_code == 200
    restored, fork = log.fork(25, 25), log.fork(25, 50, "after the restore")
    shutil.rmtree(disk.folder)
    with serving(state) as at:
        for old in (0, 25):
            assert at.add(restored.body(old)).text == "40\n"
            assert at.add(fork.body(old)).text == "40\n"
        assert at.add(fork.body(25, 40)).text == "40\n"
        assert at.add(fork.body(40)).status_code == 422
        assert at.add(fork.body(40, 40)).status_code == 422
    assert size_of(state, log) == 40
    kinds = {each.kind.value for each in open_witness(state).evidence()}
    assert kinds == {"same_size_other_root", "proof_does_not_hold"}
