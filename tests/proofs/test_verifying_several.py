"""What proofs of one log say beside each other: files judged together, facts by name, keys by their sizes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from application.proof_file import AGENCY, DOSSIER, PROMISE, file_bytes
from application.proof_trust import Trust, trust_of
from application.refusals import BadRequest
from application.verifying import NOT_PROVEN, PROVEN, Verified, verify
from domain.notes import read_note
from interfaces.proof_report import told
from tests.proofs.making import (
    LOG,
    ML_DSA,
    ORIGIN,
    OTHER_LOG,
    OWNER,
    PROMISED,
    TOOLS,
    TRUST,
    WITNESSES,
    accepted,
    check,
    compact,
    envelope,
    founded,
    in_tree,
    receipt,
    stored,
    submitted,
    with_reading,
)


def answers(*contents: bytes) -> list[tuple[tuple[str, ...], str]]:
    trust = Trust((LOG.key, OTHER_LOG.key))
    found: list[Verified] = verify([(str(n), c) for n, c in enumerate(contents)], trust, TOOLS)
    return sorted((one.names, one.answer) for one in found)


def test_every_file_is_answered_and_parts_come_together_from_several() -> None:
    facts = [accepted(993), submitted(992), founded()]
    of_another = in_tree(facts, 1_000, OTHER_LOG, origin=OTHER_LOG.name)
    first, second = compact(receipt()).splitlines(), compact(of_another).splitlines()
    assert answers(file_bytes(of_another), b"", first[0], b"\n".join([*first[1:], *second])) == [
        (("0",), PROVEN),
        (("1",), NOT_PROVEN),
        (("2", "3"), PROVEN),
        (("3",), PROVEN),
    ]


def test_the_note_in_a_file_is_the_one_that_was_published() -> None:
    proof = receipt(1_000_000, LOG, ML_DSA, *WITNESSES)
    text = file_bytes(proof).decode().partition("\n\n")[2]
    assert read_note(text.encode()) == proof.note


def test_a_promise_stands_beside_a_later_fact_and_is_named_by_its_number() -> None:
    from domain.dossier_facts import DossierTaken

    taken = DossierTaken(
        originator_id=submitted(1).stream, originator_version=5, envelope=envelope(), officer=OWNER
    )
    promise = replace(accepted(980), role=PROMISE)
    proof = in_tree([stored(taken, 990), submitted(970), promise, founded()], 1000)
    found = check(file_bytes(proof))
    assert found.answer == PROVEN
    assert found.said is not None
    assert (found.said.promised, found.said.promised_by) == (PROMISED, 2)
    assert "Ngày hẹn trả, theo sự kiện số: 2: hết ngày 09/06/2025" in "\n".join(told(found, ("vi",)))


def test_the_roles_are_those_of_the_format() -> None:
    assert with_reading(receipt()).facts[1].role == DOSSIER
    assert receipt().facts[2].role == AGENCY


def test_a_key_signs_only_the_sizes_that_the_log_names_for_it() -> None:
    """Whoever stole a withdrawn key signs with it and is believed no more."""
    proof = file_bytes(receipt(1000))

    def answered(since: object, until: object) -> Verified:
        key = {"key": str(LOG.key), "from_size": since, "until_size": until}
        document = json.dumps({"logs": [{"origin": ORIGIN, "keys": [key]}]}).encode()
        return check(proof, trust_of([], None, [document]))

    assert answered(2, None).answer == answered(1000, 1001).answer == PROVEN
    for since, until in ((2, 1000), (1001, None)):
        found = answered(since, until)
        assert found.problem is not None
        assert found.problem[0] == "untrusted"
    for wrong in ("2", None, 2.5):
        with pytest.raises(BadRequest, match="/tlog/key"):
            answered(wrong, None)
    for document in (b"{", b"[]", b'{"logs":[{}]}'):
        with pytest.raises(BadRequest, match="/tlog/key"):
            trust_of([], None, [document])


def test_an_older_answer_does_not_give_a_withdrawn_key_back() -> None:
    proof = file_bytes(receipt(1000))

    def answer(until: int | None) -> bytes:
        key = {"key": str(LOG.key), "from_size": 1, "until_size": until}
        return json.dumps({"logs": [{"origin": ORIGIN, "keys": [key]}]}).encode()

    for documents in ([answer(None), answer(900)], [answer(900), answer(None)]):
        found = check(proof, trust_of([], None, documents))
        assert found.problem is not None
        assert found.problem[0] == "untrusted"
    assert check(proof, trust_of([], None, [answer(None), answer(None)])).answer == PROVEN


def test_two_histories_that_one_key_signed_are_each_good_alone_and_prove_nothing_together() -> None:
    """A database restored from an old dump, or copied, that goes on signing: each has its own facts at the
    same positions."""
    first = file_bytes(receipt(1_000))
    at_one_size, at_one_position = (
        file_bytes(receipt(1_000)),
        file_bytes(in_tree([accepted(993), submitted(992), founded()], 5_000)),
    )
    assert check(first).answer == check(at_one_size).answer == check(at_one_position).answer == PROVEN
    elsewhere = file_bytes(receipt(2_000_000))
    for other, says in ((at_one_size, "different"), (at_one_position, "facts at position")):
        found = verify([("a", first), ("b", other), ("c", elsewhere)], TRUST, TOOLS)
        assert [one.answer for one in found][:2] == [NOT_PROVEN, NOT_PROVEN]
        for one in found[:2]:
            assert one.problem is not None
            assert one.problem[0] == "forked"
            assert says in one.problem[1]
    assert answers(first, first) == [(("0",), PROVEN), (("1",), PROVEN)], "twice the same is no fork"
