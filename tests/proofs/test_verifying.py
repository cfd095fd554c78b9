"""What makes a proof one, and what exactly it lacks otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from application.proof_compact import body_of, parts_of
from application.proof_file import DOSSIER, PROMISE, Proof, file_bytes
from application.proof_reading import said
from application.proof_trust import LOG as BY_LOG
from application.proof_trust import UNKNOWN, WITNESS, Trust, trust_of
from application.refusals import BadRequest
from application.verifying import NOT_PROVEN, PROVEN
from domain.facts import Envelope
from interfaces.proof_page import page
from interfaces.proof_report import told
from tests.proofs.making import (
    CODE,
    DESK_NAME,
    FILED,
    LOG,
    MATTER,
    ML_DSA,
    ORIGIN,
    OTHER_LOG,
    PROMISED,
    TRUST,
    WITNESSES,
    Signer,
    accepted,
    an_id,
    as_page,
    check,
    compact,
    envelope,
    filing,
    founded,
    in_tree,
    receipt,
    stored,
    submitted,
)


def problem(proof: Proof, trust: Trust = TRUST) -> str:
    """Why the file is not proven; the compact form and the page say the same code."""
    found = check(file_bytes(proof), trust)
    assert found.answer == NOT_PROVEN
    assert found.problem is not None
    assert check(compact(proof), trust).problem == found.problem
    return f"{found.problem[0]}: {found.problem[1]}"


def test_a_receipt_says_who_received_what_when_and_until_when() -> None:
    found = check(
        file_bytes(receipt(1_000_000, LOG, WITNESSES[0])), trust_of([str(LOG.key), str(WITNESSES[0].key)])
    )
    assert found.answer == PROVEN
    assert found.said is not None
    assert (found.said.code, found.said.agency, found.said.promised) == (CODE, DESK_NAME, PROMISED)
    assert (found.said.procedure, found.said.version) == ("1.001193", 2)
    assert [(s.name, s.by, s.at) for s in found.signed] == [
        (ORIGIN, BY_LOG, None),
        (WITNESSES[0].name, WITNESS, FILED.replace(microsecond=0)),
    ]
    text = "\n".join(told(found, ("vi", "en")))
    for part in (
        "ĐÃ CHỨNG MINH / PROVEN",
        f"Mã số hồ sơ: {CODE}",
        "Sự kiện: Tiếp nhận hồ sơ và hẹn trả kết quả",
        "Fact: the dossier was received as complete",
        f"Agency that acted: {DESK_NAME} (000.01.01.H02)",
        "Ngày hẹn trả: hết ngày 09/06/2025",
        "Promised date: 2025-06-09, the whole day",
        "(Vietnam, UTC+7)",
        "1,000,000",
    ):
        assert part in text


def test_without_a_trusted_key_it_holds_together_and_is_not_proven() -> None:
    found = check(file_bytes(receipt()), Trust())
    assert found.answer == NOT_PROVEN
    assert found.problem is not None
    assert found.problem[0] == "no_trust"
    assert "/tlog/key" in found.problem[1]
    assert found.said is not None
    assert found.said.code == CODE
    assert "unproven" in "\n".join(told(found, ("en",)))
    assert problem(receipt(), Trust((WITNESSES[0].key,))).startswith("no_trust"), "a witness is no log"


def test_who_signed_counts_only_where_the_caller_trusts_the_key_for_this_log() -> None:
    assert problem(receipt(1000, OTHER_LOG)).startswith("untrusted")
    assert problem(receipt(), Trust((OTHER_LOG.key,))).startswith("untrusted")
    impostor = Signer(ORIGIN)
    assert problem(receipt(1000, impostor)).startswith("untrusted"), "the log's name and another key"
    both = receipt(1000, impostor, LOG)
    found = check(file_bytes(both))
    assert found.answer == PROVEN
    assert [s.by for s in found.signed] == [UNKNOWN, BY_LOG]
    assert check(file_bytes(both), Trust((OTHER_LOG.key, LOG.key))).answer == PROVEN


def test_a_signature_of_a_trusted_key_that_is_not_good_spoils_the_proof() -> None:
    proof = receipt(1000, LOG, WITNESSES[0])
    of_log, of_witness = proof.note.signatures
    broken = replace(of_log, content=bytes([of_log.content[0] ^ 1]) + of_log.content[1:])
    assert problem(replace(proof, note=replace(proof.note, signatures=(broken, of_witness)))).startswith(
        "bad_signature"
    )
    late = replace(of_witness, content=(2**40).to_bytes(8, "big") + of_witness.content[8:])
    other_time = replace(proof, note=replace(proof.note, signatures=(of_log, late)))
    assert check(file_bytes(other_time)).answer == PROVEN, "of a witness that nobody named"
    assert problem(other_time, Trust((LOG.key, WITNESSES[0].key))).startswith("bad_signature")
    twice = replace(proof, note=replace(proof.note, signatures=(of_log, of_log)))
    assert problem(twice).startswith("bad_signature")


def policy(quorum: str = "most") -> bytes:
    lines = [f"log {LOG.key}", *(f"witness w{n} {w.key}" for n, w in enumerate([*WITNESSES, ML_DSA]))]
    return "\n".join([*lines, "group most 2 w0 w1 w2", f"quorum {quorum}", ""]).encode()


def test_a_policy_wants_its_quorum_of_witnesses() -> None:
    trust = trust_of([], policy())
    found = check(file_bytes(receipt(1000, LOG, *WITNESSES[:2])), trust)
    assert (found.answer, found.quorum) == (PROVEN, True)
    assert problem(receipt(1000, LOG, WITNESSES[0]), trust).startswith("no_quorum: 1 of")
    assert problem(receipt(1000, *WITNESSES), trust).startswith("untrusted"), "witnesses alone are no log"
    alone = check(file_bytes(receipt(1000, LOG)), trust_of([], policy("none")))
    assert (alone.answer, alone.quorum) == (PROVEN, None), "no witness was asked for"
    nobody = policy("none").replace(f"log {LOG.key}\n".encode(), b"")
    assert problem(receipt(), trust_of([], nobody)).startswith("no_trust")
    assert check(file_bytes(receipt()), trust_of([str(LOG.key)], nobody)).answer == PROVEN


def test_a_quorum_of_long_cosignatures_is_in_the_file_and_not_on_paper() -> None:
    proof, trust = receipt(1000, LOG, ML_DSA), trust_of([], policy("w3"))
    assert check(file_bytes(proof), trust).answer == PROVEN
    assert check(compact(proof), trust).answer == NOT_PROVEN


def test_what_is_no_key_or_no_policy_is_refused_before_anything_is_judged() -> None:
    with pytest.raises(BadRequest, match="no key as a log"):
        trust_of([str(LOG.key)[:-2]])
    with pytest.raises(BadRequest, match="no policy"):
        trust_of([], b"quorum nobody\n")


# Facts


def test_a_fact_with_other_bytes_time_place_or_position_has_another_leaf() -> None:
    proof = receipt(1000)
    for altered in (
        {"payload": proof.fact.payload.replace(b'"limit_amount":5', b'"limit_amount":9')},
        {"recorded_at": proof.fact.recorded_at + timedelta(microseconds=1)},
        {"topic": "dossier.finished.v1"},
        {"stream": an_id()},
        {"version": 3},
    ):
        changed = replace(proof, facts=(replace(proof.fact, **altered), *proof.facts[1:]))
        found = check(file_bytes(changed))
        assert found.problem is not None
        assert found.problem[0] == "not_in_tree"
    beside = replace(proof.facts[1], payload=proof.facts[1].payload.replace(b"0001", b"0002"))
    changed = replace(proof, facts=(proof.fact, beside, *proof.facts[2:]))
    found = check(file_bytes(changed))
    assert found.problem is not None
    assert "(dossier)" in found.problem[1]
    shorter = replace(proof, facts=(replace(proof.fact, path=proof.fact.path[:-1]), *proof.facts[1:]))
    found = check(file_bytes(shorter))
    assert found.problem is not None
    assert "7 hashes where 8 belong" in found.problem[1]


def refused_together(*facts: Any) -> str:
    """Facts that are all in the tree and do not belong together; written with a reading of another proof."""
    proof = in_tree([accepted(990), submitted(989), founded()], 1000)
    leaves = in_tree_unread([*facts], 1000)
    return problem(replace(leaves, reading=proof.reading))


def in_tree_unread(facts: list[Any], size: int) -> Proof:
    from tests.proofs import making

    unread: Callable[[Proof], Proof] = lambda proof: proof  # noqa: E731
    kept, making.with_reading = making.with_reading, unread  # type: ignore[assignment]
    try:
        return in_tree(facts, size)
    finally:
        making.with_reading = kept


def test_facts_beside_it_must_be_those_of_its_dossier_and_its_agency() -> None:
    fact, first, agency = accepted(990), submitted(989), founded()
    assert "first fact, which has its code, is missing" in refused_together(fact, agency)
    assert "first fact of the agency, which has its name, is missing" in refused_together(fact, first)
    stranger = replace(first, stream=an_id())
    assert "is not the first fact of this dossier" in refused_together(fact, stranger, agency)
    not_first = replace(accepted(980), role=DOSSIER)
    assert "is not the first fact of this dossier" in refused_together(fact, not_first, agency)
    other_desk = replace(agency, stream=an_id())
    assert "is not the first fact of the agency" in refused_together(fact, first, other_desk)
    assert "do not stand beside" in refused_together(fact, agency, first)
    assert "do not stand beside" in refused_together(fact, first, replace(first, position=980), agency)
    assert "was not known at" in refused_together(fact, replace(first, position=995), agency)
    promise = replace(accepted(980), role=PROMISE)
    assert "another promise stands beside" in refused_together(fact, first, promise, agency)
    needless = replace(submitted(988), role=DOSSIER)
    assert "beside one that needs none" in refused_together(submitted(989, "fact"), needless, agency)


def test_a_fact_that_cannot_be_read_is_not_proven_whatever_signed_it() -> None:
    for payload in (
        b"",
        b"[]",
        b'{"data":1}',
        b'{"data":{}}',
        b"\xff",
        b"[" * 9_000,
        b'{"data":{"code":"\\ud800"}}',
    ):
        fact = replace(submitted(989, "fact"), payload=payload)
        assert refused_together(fact, founded()).startswith(("fact_unreadable", "facts_do_not_fit"))


def test_the_words_of_a_hostile_ledger_command_no_terminal() -> None:
    proof = in_tree([submitted(989, "fact", code="1\x1b[2J\u202e\n2"), founded(name="A\x07B")], 1000)
    text = "\n".join(told(check(file_bytes(proof)), ("vi", "en")))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "A\ufffdB" in text


def test_an_agency_is_called_as_it_was_by_then() -> None:
    from datetime import date

    from domain.agency_facts import AgencyChanged

    def renamed(day: date, version: int = 2) -> Any:
        fact = AgencyChanged(
            originator_id=founded().stream,
            originator_version=version,
            envelope=Envelope(envelope().actor, FILED),
            from_=day,
            changes={"name": "Trung tâm Phục vụ hành chính công"},
            origin={},
        )
        return replace(stored(fact, 20), role="agency_changed")

    fact, first, agency = accepted(990), submitted(989), founded()
    proof = in_tree([fact, first, agency, renamed(date(2025, 6, 1))], 1000)
    found = check(file_bytes(proof))
    assert found.said is not None
    assert (found.answer, found.said.agency) == (PROVEN, "Trung tâm Phục vụ hành chính công")
    later = refused_together(fact, first, agency, renamed(date(2025, 7, 1)))
    assert "does not say how the agency was called by then" in later
    stranger = replace(renamed(date(2025, 6, 1)), stream=an_id())
    assert "does not say how the agency" in refused_together(fact, first, agency, stranger)


# Keys and readings


def test_sealed_text_is_shown_where_its_key_is_there_and_said_to_be_sealed_where_not() -> None:
    with_key, without = check(file_bytes(filing())), check(file_bytes(filing(keys=False)))
    assert [(o.path, o.text) for o in with_key.opened] == [("data.matter", MATTER)]
    assert (with_key.answer, without.answer) == (PROVEN, PROVEN)
    assert [(o.path, o.text) for o in without.opened] == [("data.matter", None)]
    assert "left out, or the data were erased" in "\n".join(told(without, ("en",)))
    assert MATTER not in file_bytes(filing()).decode("latin-1")


def test_a_key_that_does_not_open_what_it_is_for_spoils_the_proof() -> None:
    proof = filing()
    (subject, key) = proof.keys[0]
    wrong = ((subject, bytes([key[0] ^ 1]) + key[1:]),)
    assert problem(replace(proof, keys=wrong)).startswith("key_opens_nothing: the key in it does not open")
    assert problem(replace(proof, keys=((an_id(), key),))).startswith("key_opens_nothing: a key of")
    assert problem(replace(proof, keys=(*proof.keys, *proof.keys))).startswith("key_opens_nothing: two")
    assert problem(replace(receipt(), keys=proof.keys)).startswith("key_opens_nothing"), "of another fact"


def test_a_reading_with_one_other_letter_is_not_proven() -> None:
    proof = receipt()
    assert proof.reading is not None
    for language, lines in proof.reading.items():
        for number, line in enumerate(lines):
            other = [*lines[:number], line[:-1] + "\u00e3", *lines[number + 1 :]]
            reading = {**proof.reading, language: other}
            found = check(file_bytes(replace(proof, reading=reading)))
            assert found.problem is not None
            assert found.problem[0] == "reading_differs"


def test_a_page_that_says_something_else_than_its_codes_is_not_proven() -> None:
    content = as_page(receipt())
    assert check(content).answer == PROVEN
    for before, after in (
        (b"09/06/2025", b"08/06/2025"),
        (CODE.encode(), b"000.01.01.H02-250602-0002"),
        (b"</body>", b"<!-- --></body>"),
        (b"M4 4h7v1h-7z", b"M4 4h6v1h-6z"),
    ):
        assert before in content, before
        found = check(content.replace(before, after, 1))
        assert found.answer == NOT_PROVEN, before
        assert found.problem is not None
        assert found.problem[0] == "page_differs"
        assert found.said is None, "what a changed page claims is not repeated"
    other = receipt()
    lines = parts_of(body_of(receipt(2_000)))
    mixed = page(other, said(other.facts), lines)
    found = check(mixed)
    assert found.problem is not None
    assert found.problem[0] == "page_differs"
