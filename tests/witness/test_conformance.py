"""Our witness and our asking against a witness that others wrote (aics-witness), both ways, and our
cosignatures before two verifiers that others wrote (aics-tlog, tlog-scales)."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import Checkpoint as TheirCheckpoint

from domain.notes import VerifierKey, read_note, read_signature, read_vkey, signed_by
from infra.note_ciphers import verify
from tests.witness.asking import asking, consistency, policy_text
from tests.witness.conftest import Witness
from tests.witness.log import Log
from tests.witness.process import environment

VERIFIERS = Path(sys.prefix) / "verifiers"


@pytest.fixture(scope="module")
def aics() -> Iterator[Any]:
    """The module that feeds witnesses."""
    sys.path.insert(0, str(VERIFIERS))
    yield import_module("aics_witness.feeder")
    sys.path.remove(str(VERIFIERS))


def test_their_client_is_cosigned_by_our_witness(witness: Witness, aics: Any, tmp_path: Path) -> None:
    log = witness.trusted(Log(0))
    with aics.WitnessClient(witness.at.url, witness.vkeys[0], state_path=tmp_path / "state.json") as client:
        for size in (1, 2, 3, 8, 13, 64, 65):
            log.grow(size - len(log.leaves))
            lines = client.submit(str(log.note()), log.proof_of)
            merged = read_note(aics.merge_cosignatures(str(log.note()), lines))
            assert signed_by(merged, read_vkey(witness.vkeys[0]), verify)
    with aics.WitnessClient(witness.at.url, witness.vkeys[0]) as client:  # knows no size: 409 tells it
        log.grow(5)
        assert client.submit(str(log.note()), log.proof_of)
        fork = log.fork(30, 90)
        with pytest.raises(aics.WitnessRejected) as rejected:
            client.submit(str(fork.note()), fork.proof_of)
        assert rejected.value.status == 422
        same = log.fork(30, 70)
        with pytest.raises(aics.WitnessRejected) as rejected:
            client.submit(str(same.note()), same.proof_of, old_size=70)
        assert rejected.value.status == 422
        back = log.fork(30, 40)
        with pytest.raises(aics.WitnessAhead) as ahead:
            client.submit(str(back.note()), back.proof_of)
        assert ahead.value.known_size == 70


def test_our_cosignatures_are_good_to_two_other_verifiers(witness: Witness, aics: Any) -> None:
    log = witness.trusted(Log(9))
    answer = witness.at.add(log.body(0))
    note = log.note().signed_by(read_signature(line) for line in answer.text.splitlines())
    keys = [Vkey.from_string(vkey) for vkey in witness.vkeys]
    theirs = TheirCheckpoint.from_text(str(note))
    found = VkeySet(*keys, Vkey.from_string(str(log.key))).verify(theirs.signatures, theirs)
    assert {key.sig_type for key, _ in found} == {1, 4, 6}
    changed = TheirCheckpoint(theirs.origin, theirs.size + 1, theirs.root_hash, theirs.signatures)
    assert not VkeySet(*keys).verify(changed.signatures, changed)
    tlog = import_module("aics_tlog")
    for vkey, line in zip(witness.vkeys[:1], note.signatures[1:2], strict=True):
        key = read_vkey(vkey)
        good = (line.content, key.name, key.public_key, log.origin, 9, log.checkpoint().root)
        assert tlog.verify_cosignature(*good)
        assert not tlog.verify_cosignature(*good[:4], 8, good[5])


@dataclass(frozen=True)
class Theirs:
    """Their witness, running. `said`: what it wrote to its log."""

    vkey: str
    url: str
    folder: Path
    said: list[str]

    def run(self, *arguments: str) -> str:
        return _aics(self.folder, *arguments)


def _aics(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "aics_witness", *arguments, "--config", str(folder / "witness.json")]
    env = environment(PYTHONPATH=str(VERIFIERS))
    return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.strip()


LOG = Log(30, "log.example/theirs")


@pytest.fixture(scope="module")
def theirs(folder: Path) -> Iterator[Theirs]:
    home = folder / "theirs"
    home.mkdir()
    vkey = _aics(home, "init", "--name", "theirs.example/w")
    _aics(home, "add-log", "--origin", LOG.origin, "--vkey", str(LOG.key))
    command = [sys.executable, "-m", "aics_witness", "serve", "--config", str(home / "witness.json")]
    command += ["--listen", "127.0.0.1:0"]
    env = environment(PYTHONPATH=str(VERIFIERS))
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        said: list[str] = []
        for line in process.stderr:
            said.append(line)
            if at := re.search(r"listening on (http://\S+)", line):
                reader = threading.Thread(target=said.extend, args=(process.stderr,))
                reader.start()
                yield Theirs(vkey, at[1], home, said)
                break
        process.terminate()
        process.wait(30)
        if said and "listening" in "".join(said):
            reader.join()


@pytest.mark.anyio
async def test_their_witness_cosigns_for_our_client(theirs: Theirs) -> None:
    text = policy_text([("w", theirs.vkey, theirs.url)], "w")
    asked: list[int] = []
    async with asking(text) as cosigning:
        for size in (1, 2, 5, 16, 30):
            log = LOG.fork(size, size)
            done = await cosigning.cosign(str(log.note()), size, consistency(log, asked))
            assert (done.quorum, done.report) == (True, None)
            assert [one.key for one in done.signatures] == [read_vkey(theirs.vkey)]
    assert asked == [1, 2, 5, 16], "from the size that it has, without a first refusal"
    async with asking(text) as cosigning:  # knows no size: 409 tells it
        LOG.grow(4)
        done = await cosigning.cosign(str(LOG.note()), 34, consistency(LOG))
        assert done.quorum
        again = await cosigning.cosign(str(LOG.note()), 34, consistency(LOG))
        assert again.signatures == done.signatures
    fork, back, same = LOG.fork(20, 50), LOG.fork(20, 25), LOG.fork(20, 34)
    refused = ((fork, "refuses with 422"), (same, "refuses with 422"), (back, "has cosigned 34 entries"))
    for log, says in refused:
        async with asking(text) as cosigning:
            done = await cosigning.cosign(str(log.note()), len(log.leaves), consistency(log))
            assert not done.quorum
            assert says in (done.report or "")


def test_key_ids_and_vkeys_are_written_as_theirs(theirs: Theirs, witness: Witness) -> None:
    assert str(read_vkey(theirs.vkey)) == theirs.vkey
    tlog_vkey = import_module("aics_tlog").parse_vkey(witness.vkeys[0])
    key: VerifierKey = read_vkey(witness.vkeys[0])
    assert (tlog_vkey.name, tlog_vkey.key_id, tlog_vkey.public_key) == (key.name, key.key_id, key.public_key)
