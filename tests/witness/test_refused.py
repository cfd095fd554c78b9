"""Checkpoints that do not go on from what was cosigned: 422, and what is kept of them."""

from __future__ import annotations

import pytest

from domain.notes import Checkpoint, read_note
from interfaces.witness_wiring import open_witness
from tests.witness.conftest import Witness, kept, latest
from tests.witness.log import Log, body


def test_a_proof_from_nothing_that_is_not_empty_is_422(witness: Witness) -> None:
    log = witness.trusted(Log(4))
    answer = witness.at.add(log.body(0, hashes=[bytes(32)]))
    assert answer.status_code == 422
    assert kept(witness, log) == [], "whoever sends it may have broken it"


def test_an_empty_tree_with_another_root_is_422_and_kept(witness: Witness) -> None:
    log = witness.trusted(Log(0))
    note = log.signed(Checkpoint(log.origin, 0, bytes(32)).text())
    assert witness.at.add(body(0, [], str(note))).status_code == 422
    assert kept(witness, log) == ["empty_tree_other_root"]
    assert latest(witness, log) is None


def test_another_root_at_the_same_size_is_422_and_kept(witness: Witness) -> None:
    log = witness.cosigned(6)
    before = latest(witness, log)
    fork = log.fork(3, 6)
    for _ in range(3):
        assert witness.at.add(fork.body(6)).status_code == 422
    assert kept(witness, log) == ["same_size_other_root"], "once"
    assert latest(witness, log) == before


def test_another_root_at_the_same_size_is_kept_whatever_old_size_came_with_it(witness: Witness) -> None:
    log = witness.cosigned(6)
    assert witness.at.add(log.fork(3, 6).body(0)).text == "6\n"
    assert kept(witness, log) == ["same_size_other_root"]


def test_a_fork_that_grew_has_no_proof_and_is_422_and_kept(witness: Witness) -> None:
    log = witness.cosigned(6)
    fork = log.fork(3, 9)
    assert witness.at.add(fork.body(6)).status_code == 422
    assert kept(witness, log) == ["proof_does_not_hold"]
    (evidence,) = [e for e in open_witness(witness.state).evidence() if e.origin == log.origin]
    assert evidence.refused.encode() == fork.body(6)
    assert read_note(evidence.cosigned.encode()).text == log.note().text


@pytest.mark.parametrize("how", ["changed", "missing", "one more", "swapped"])
def test_a_proof_that_does_not_hold_is_422(witness: Witness, how: str) -> None:
    log = witness.cosigned(5)
    log.grow(6)
    hashes = log.proof(5)
    assert len(hashes) > 2
    broken = {
        "changed": [bytes([hashes[0][0] ^ 1]) + hashes[0][1:], *hashes[1:]],
        "missing": hashes[1:],
        "one more": [*hashes, bytes(32)],
        "swapped": [hashes[1], hashes[0], *hashes[2:]],
    }[how]
    assert witness.at.add(log.body(5, hashes=broken)).status_code == 422
    assert witness.at.add(log.body(5)).status_code == 200


def test_a_proof_for_the_same_size_is_empty(witness: Witness) -> None:
    log = witness.cosigned(5)
    assert witness.at.add(log.body(5, hashes=[bytes(32)])).status_code == 422
    assert kept(witness, log) == []
