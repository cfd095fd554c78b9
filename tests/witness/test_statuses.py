"""What a running witness answers, status by status of C2SP tlog-witness, and what it keeps of it."""

from __future__ import annotations

import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.notes import (
    Checkpoint,
    Note,
    Signature,
    VerifierKey,
    cosigned_at,
    read_note,
    read_signature,
    read_vkey,
    signed_by,
)
from infra.note_ciphers import verify
from interfaces.witness_wiring import open_witness
from tests.witness.conftest import Witness, kept, latest
from tests.witness.log import Log, body

# 200


def test_a_first_checkpoint_is_cosigned_by_every_key_with_the_time_of_now(witness: Witness) -> None:
    log = witness.trusted(Log(5))
    before = int(time.time())
    answer = witness.at.add(log.body(0))
    assert answer.status_code == 200
    lines = [read_signature(line) for line in answer.text.splitlines()]
    assert answer.text == "".join(f"{line}\n" for line in lines)
    for vkey, line in zip(witness.vkeys, lines, strict=True):
        assert signed_by(Note(log.note().text, (line,)), read_vkey(vkey), verify) == line
        assert before <= cosigned_at(line) <= time.time()


def test_growth_is_cosigned_with_a_proof_from_every_size_to_every_size(witness: Witness) -> None:
    grown = Log(18)
    for old in range(1, 18):
        log = grown.fork(18, 18)
        log.origin = f"{log.origin}/{old}"
        witness.trusted(log)
        assert witness.at.add(log.body(0, old)).status_code == 200
        assert witness.at.add(log.body(old, 18)).status_code == 200, old


def test_the_same_checkpoint_again_is_cosigned_again(witness: Witness) -> None:
    log = witness.cosigned(7)
    first = latest(witness, log)
    time.sleep(1.1)
    assert witness.at.add(log.body(7)).status_code == 200
    assert latest(witness, log) != first, "with the time of now"


def test_an_empty_tree_is_cosigned_and_grows(witness: Witness) -> None:
    log = witness.trusted(Log(0))
    assert witness.at.add(log.body(0)).status_code == 200
    log.grow(3)
    assert witness.at.add(log.body(0)).status_code == 200


def test_signatures_of_unknown_keys_are_ignored_and_not_kept(witness: Witness) -> None:
    log = witness.trusted(Log(4))
    stranger = Signature("stranger.example", b"1234", bytes(64))
    note = Note(log.note().text, (stranger, *log.note().signatures))
    assert witness.at.add(body(0, [], str(note))).status_code == 200
    found = latest(witness, log)
    assert found is not None
    names = [line.name for line in read_note(found.encode()).signatures]
    assert names == [log.origin, *(read_vkey(vkey).name for vkey in witness.vkeys)]


# 400


def _changed(log: Log) -> dict[str, bytes]:
    good = log.body(2).decode()
    note = str(log.note())
    first = good.splitlines()[0]
    return {
        "nothing": b"",
        "no empty line": good.replace("\n\n", "\n").encode(),
        "no old size": good.replace(first + "\n", "").encode(),
        "old size with zeroes": good.replace(first, "old 02").encode(),
        "old size with a sign": good.replace(first, "old +2").encode(),
        "old size in other digits": good.replace(first, "old ٢").encode(),
        "old size too large": good.replace(first, "old 9223372036854775808").encode(),
        "old size and more": good.replace(first, "old 2 ").encode(),
        "64 hashes": body(2, [bytes(32)] * 64, note),
        "a short hash": body(2, [bytes(31)], note),
        "base64 with a spare bit": good.replace("=\n", "==\n", 1).encode(),
        "no note": b"old 0\n\n",
        "no signature": body(0, [], log.note().text + "\n"),
        "a cut signature": body(0, [], note[:-10]),
        "windows lines": good.replace("\n", "\r\n").encode(),
        "not UTF-8": body(0, [], note).replace(b"log.example", b"log.\xff\xfe"),
        "extension lines": body(0, [], str(log.signed(log.note().text + "more\n"))),
        "two lines only": body(0, [], str(log.signed(f"{log.origin}\n4\n"))),
        "a size too large": body(0, [], str(log.signed(Checkpoint(log.origin, 2**63, bytes(32)).text()))),
    }


MALFORMED = list(_changed(Log(4)))


@pytest.mark.parametrize("how", MALFORMED)
def test_what_is_no_submission_is_400(witness: Witness, how: str) -> None:
    log = witness.trusted(Log(4))
    answer = witness.at.add(_changed(log)[how])
    assert answer.status_code == 400, (how, answer.text)
    assert latest(witness, log) is None


def test_an_old_size_above_the_checkpoint_is_400(witness: Witness) -> None:
    log = witness.cosigned(6)
    assert witness.at.add(body(7, [], str(log.note()))).status_code == 400


# 403, 404


def test_a_log_that_is_not_trusted_is_404(witness: Witness) -> None:
    log = Log(3)
    assert witness.at.add(log.body(0)).status_code == 404
    assert latest(witness, log) is None


def test_a_log_trusted_no_more_is_404_and_trusted_again_it_goes_on(witness: Witness) -> None:
    log = witness.cosigned(3)
    assert open_witness(witness.state).state.distrust(log.origin) == 1
    assert witness.at.add(log.body(3)).status_code == 404
    witness.trusted(log)
    assert witness.at.add(log.body(0)).text == "3\n", "what was cosigned stays known"


def test_a_checkpoint_without_a_trusted_signature_is_403(witness: Witness) -> None:
    log = witness.trusted(Log(3))
    other = Log(3, log.origin)
    assert other.key != log.key
    assert witness.at.add(other.body(0)).status_code == 403


def test_a_bad_signature_by_a_trusted_key_is_403_even_beside_a_good_one(witness: Witness) -> None:
    log = witness.trusted(Log(3))
    forged = log.note(private=Ed25519PrivateKey.generate())
    assert witness.at.add(body(0, [], str(forged))).status_code == 403
    both = Note(forged.text, (*log.note().signatures, *forged.signatures))
    assert witness.at.add(body(0, [], str(both))).status_code == 403
    assert latest(witness, log) is None


def test_while_a_log_changes_its_key_either_of_two_trusted_keys_is_enough(witness: Witness) -> None:
    log = witness.trusted(Log(3))
    new = Log(0, log.origin)
    witness.trusted(new)
    assert witness.at.add(log.body(0)).status_code == 200
    log.private = new.private
    log.grow(2)
    assert witness.at.add(log.body(3)).status_code == 200


# 409


def test_another_old_size_is_409_with_the_size_that_was_cosigned(witness: Witness) -> None:
    log = witness.cosigned(4)
    log.grow(4)
    for old in (0, 3, 5, 8):
        answer = witness.at.add(log.body(old))
        assert answer.status_code == 409
        assert answer.headers["content-type"] == "text/x.tlog.size"
        assert answer.content == b"4\n"


def test_before_the_first_cosignature_the_size_is_0(witness: Witness) -> None:
    log = witness.trusted(Log(4))
    answer = witness.at.add(log.body(2))
    assert (answer.status_code, answer.text) == (409, "0\n")


def test_a_step_back_is_refused(witness: Witness) -> None:
    log = witness.cosigned(9)
    for old in (0, 8):
        answer = witness.at.add(log.body(old, 8))
        assert (answer.status_code, answer.text) == (409, "9\n")
    assert kept(witness, log) == [], "an older checkpoint is no lie"


# Everything beside it


def test_the_newest_checkpoint_is_served_with_all_signatures(witness: Witness) -> None:
    log = witness.cosigned(5)
    found = latest(witness, log)
    assert found is not None
    note = read_note(found.encode())
    keys: list[VerifierKey] = [log.key, *(read_vkey(vkey) for vkey in witness.vkeys)]
    assert [signed_by(note, key, verify) for key in keys] == list(note.signatures)


def test_a_witness_says_who_it_is(witness: Witness) -> None:
    log = witness.cosigned(5)
    answer = witness.at.client.get("/")
    assert answer.headers["content-type"] == "application/json"
    said = answer.json()
    assert said["vkeys"] == list(witness.vkeys)
    (about,) = [each for each in said["logs"] if each["origin"] == log.origin]
    assert about["size"] == 5
    assert about["vkeys"] == [str(log.key)]
    assert witness.at.client.get(about["checkpoint"]).text == latest(witness, log)


def test_only_what_is_there_is_answered(witness: Witness) -> None:
    client = witness.at.client
    assert client.get("/add-checkpoint").status_code == 405
    assert client.post("/").status_code == 405
    assert client.get("/nothing").status_code == 404
    assert client.get(f"/{'0' * 64}/checkpoint").status_code == 404
    assert client.get(f"/{'0' * 64}/other").status_code == 404
    assert client.get("/x/../../etc/passwd").status_code == 404


def test_a_body_without_an_end_is_refused_before_it_fills_the_memory(witness: Witness) -> None:
    answer = witness.at.client.post("/add-checkpoint", content=(bytes(65536) for _ in range(64)))
    assert answer.status_code == 413
