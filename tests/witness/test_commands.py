"""`hoso witness`, without any setting, database or file of a ledger: what it says and what it refuses."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from domain.notes import read_vkey
from interfaces.cli.main import build
from interfaces.witness_wiring import open_witness
from tests.witness.log import Log
from tests.witness.process import NAME, Ran


@pytest.fixture(autouse=True)
def nothing_of_a_ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings that stop every other command."""
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setenv("HOSO_BODY_LIMIT", "nonsense")
    monkeypatch.setenv("HOSO_DATA_DIR", "/nowhere")
    yield
    signal.signal(signal.SIGTERM, before)


def hoso(*arguments: str | Path) -> Ran:
    done = CliRunner().invoke(build(), ["witness", *map(str, arguments)])
    return Ran(done.exit_code, done.stdout, done.stderr)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    state = tmp_path / "w"
    assert hoso("init", "--name", NAME, "--state", state, "--algorithm", "ed25519").code == 0
    return state


@pytest.mark.parametrize(("algorithm", "kinds"), [("ed25519", [4]), ("ml-dsa-44", [6]), ("both", [4, 6])])
def test_a_witness_is_made_with_the_keys_asked_for(tmp_path: Path, algorithm: str, kinds: list[int]) -> None:
    state = tmp_path / "deep" / "w"
    first = hoso("init", "--name", NAME, "--state", state, "--algorithm", algorithm, "--json").document
    assert [read_vkey(vkey).algorithm for vkey in first["vkeys"]] == kinds
    assert tuple(first["vkeys"]) == open_witness(state).vkeys
    assert {stat.S_IMODE(path.stat().st_mode) for path in state.iterdir()} == {0o600}
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    again = hoso("init", "--name", NAME, "--state", state, "--json").document
    assert (again["made"], again["vkeys"]) == (False, first["vkeys"])


def test_an_empty_folder_made_by_hand_is_closed_and_taken(tmp_path: Path) -> None:
    state = tmp_path / "w"
    state.mkdir(mode=0o755)
    assert hoso("init", "--name", NAME, "--state", state).code == 0
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\u00a0b", "line\nbreak", "x" * 256])
def test_a_name_that_notes_cannot_carry_is_refused(tmp_path: Path, name: str) -> None:
    refused = hoso("init", "--name", name, "--state", tmp_path / "w")
    assert refused.code == 1
    assert "cannot name a witness" in refused.err
    assert not (tmp_path / "w").exists()


def test_a_folder_is_one_witness_for_ever(made: Path) -> None:
    refused = hoso("init", "--name", "another.example", "--state", made)
    assert refused.code == 1
    assert f"is the witness {NAME} already" in refused.err


def test_a_witness_that_was_made_half_is_finished(made: Path, tmp_path: Path) -> None:
    with sqlite3.connect(made / "witness.db") as connection:
        connection.execute("UPDATE identity SET vkeys = ''")
    connection.close()
    assert "made only half" in hoso("show", "--state", made).err
    assert hoso("init", "--name", NAME, "--state", made, "--algorithm", "ed25519").code == 0
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o700)
    (empty / "witness.db").touch(0o600)
    assert hoso("init", "--name", NAME, "--state", empty).code == 0
    assert hoso("show", "--state", empty).code == 0


@pytest.mark.parametrize("command", ["init", "serve", "show", "trust"])
def test_keys_without_their_state_never_sign_again(made: Path, command: str) -> None:
    (made / "witness.db").unlink()
    further = {"init": ["--name", NAME], "trust": [str(Log().key)]}.get(command, [])
    refused = hoso(command, *further, "--state", made)
    assert refused.code == 1
    assert "what it cosigned is forgotten" in refused.err
    assert "Make a new witness" in refused.err


def test_a_state_with_other_keys_is_refused(made: Path, tmp_path: Path) -> None:
    hoso("init", "--name", NAME, "--state", tmp_path / "other", "--algorithm", "ed25519")
    shutil.copy(tmp_path / "other" / "witness.ed25519.key", made / "witness.ed25519.key")
    refused = hoso("serve", "--state", made)
    assert refused.code == 1
    assert "are not those that its state belongs to" in refused.err


def test_what_others_can_read_is_refused(made: Path) -> None:
    made.chmod(0o750)
    assert f"chmod 700 {made}" in hoso("show", "--state", made).err
    made.chmod(0o700)
    (made / "witness.ed25519.key").chmod(0o644)
    assert "chmod 600" in hoso("show", "--state", made).err


def test_a_broken_state_or_key_is_said(made: Path) -> None:
    key = (made / "witness.ed25519.key").read_bytes()
    (made / "witness.ed25519.key").write_bytes(key[:40])
    assert "does not hold a private key" in hoso("show", "--state", made).err
    (made / "witness.ed25519.key").write_bytes(key)
    (made / "witness.db").write_bytes(b"no database at all" * 400)
    refused = hoso("show", "--state", made)
    assert "file is not a database" in refused.err
    assert "never put an older copy back" in refused.err


def test_a_log_is_trusted_and_distrusted(made: Path) -> None:
    log = Log(3)
    assert f"The log {log.origin} is trusted by this key." in hoso("trust", log.key_text, "--state", made).out
    assert "already" in hoso("trust", log.key_text, "--state", made).out
    assert open_witness(made).witnessing.add_checkpoint(log.body(0)).verdict == "cosigned"
    shown = hoso("show", "--state", made, "--json").document
    assert [(each["origin"], each["size"], each["vkeys"]) for each in shown["logs"]] == [
        (log.origin, 3, [log.key_text])
    ]
    assert "1 key trusted no more" in hoso("distrust", log.origin, "--state", made).out
    assert hoso("show", "--state", made, "--json").document["logs"][0]["vkeys"] == []
    refused = hoso("distrust", log.key_text, "--state", made)
    assert refused.code == 1
    assert "Nothing is trusted as" in refused.err


def test_what_is_no_key_of_a_log_is_not_trusted(made: Path) -> None:
    log = Log()
    own = open_witness(made).vkeys[0]
    for text, says in (
        ("nonsense", "This is no log's key"),
        (log.key_text[:-8], "This is no log's key"),
        (log.key_text.replace(log.origin, "evil.example"), "was changed"),
        (own, "the witness's own key"),
    ):
        refused = hoso("trust", text, "--state", made)
        assert refused.code == 1
        assert says in refused.err
    assert open_witness(made).logs() == []


def test_evidence_is_shown_with_what_to_do_and_whole_as_json(made: Path) -> None:
    log = Log(6)
    found = open_witness(made)
    found.trust(log.key_text)
    found.witnessing.add_checkpoint(log.body(0))
    assert hoso("show", "--state", made).code == 0
    found.witnessing.add_checkpoint(log.fork(2, 9).body(6))
    shown = hoso("show", "--state", made)
    assert shown.code == 0, "a broken proof proves nothing yet"
    assert "By itself this proves nothing" in shown.out
    found.witnessing.add_checkpoint(log.fork(2, 6).body(6))
    shown = hoso("show", "--state", made)
    assert shown.code == 1
    assert "give it (`hoso witness show --json`) to the inspectorate" in shown.out
    assert "cơ quan thanh tra" in shown.out
    for line in (*str(log.note()).splitlines(), *str(log.fork(2, 6).note()).splitlines()):
        assert line in shown.out
    document = json.loads(hoso("show", "--state", made, "--json").out)
    assert [each["kind"] for each in document["evidence"]] == ["proof_does_not_hold", "same_size_other_root"]
    assert [each["proves"] for each in document["evidence"]] == [False, True]
    assert document["evidence"][1]["refused"].encode() == log.fork(2, 6).body(6)


def test_evidence_is_bounded_and_the_first_of_each_kind_stays(made: Path) -> None:
    log = Log(6)
    found = open_witness(made)
    found.trust(log.key_text)
    found.witnessing.add_checkpoint(log.body(0))
    for number in range(40):
        found.witnessing.add_checkpoint(log.fork(2, 7 + number).body(6))
        found.witnessing.add_checkpoint(log.fork(2, 6, f"fork {number}").body(6))
    kinds = [each.kind.value for each in found.evidence()]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "proof_does_not_hold": 32,
        "same_size_other_root": 32,
    }


def test_a_folder_that_cannot_be_made_or_a_port_that_is_taken_is_said(made: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    refused = hoso("init", "--name", NAME, "--state", tmp_path / "file" / "w")
    assert refused.code == 1
    assert "cannot be used: Not a directory" in refused.err
    assert hoso("serve", "--state", made, "--host", "192.0.2.1").code == 1
    assert "There is no witness in" in hoso("serve", "--state", tmp_path / "nowhere").err
