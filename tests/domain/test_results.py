"""Results of a dossier: what is issued, checked and linked, each by itself, and what is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest

from domain import record_rules
from domain import result_rules as rules
from domain.document_store import document_id
from domain.dossier import Dossier
from domain.facts import Category, Fact, Personal
from domain.procedure import Procedure
from domain.refusals import Refused, Rule
from domain.store_rules import FILE_WHOLE
from tests.domain import situations as given
from tests.domain.situations import A_TEXT, GIVEN, OWNER, START, assert_refused, by, replayed, state

GRANT, REFUSAL = "KQ.G15.000031", "KQ.G15.000067"
FILE, CONTENT = "a" * 64, Personal(OWNER, "b" * 64)
AN_ELECTRONIC: dict[str, Any] = {
    "result_code": GRANT,
    "form": "electronic",
    "file": FILE,
    "media_type": "application/pdf",
    "size": 1200,
    "content": CONTENT,
}


@dataclass(frozen=True, kw_only=True)
class Provided(Fact):
    """Any fact by which a file came into a dossier."""

    TOPIC: ClassVar[str] = "dossier.provided.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    file: str


def issued(dossier: Dossier, **changes: Any) -> int:
    dossier.issue_result(by(1), **(AN_ELECTRONIC | changes))
    return dossier.version


def test_issued_checked_linked_and_returned_are_four_facts_each_absent_until_recorded() -> None:
    dossier = given.in_processing()
    number = issued(dossier)
    dossier.finish(by(2), outcome="granted", result_code=GRANT)
    result = dossier.results[number]
    assert (result.checked, result.document, dossier.returned_at) == (None, None, None)
    dossier.check_signature(by(3), issued=number, outcome="valid", checker="vneid")
    dossier.link_result(by(4), issued=number)
    result = dossier.results[number]
    assert result.checked is not None
    assert (result.checked.outcome, result.document) == ("valid", document_id(dossier.id, number))
    assert dossier.returned_at is None
    dossier.return_result(by(5), way="vneid")
    assert dossier.returned_at == START + timedelta(hours=5)
    assert state(replayed(dossier)) == state(dossier)


def test_the_first_attachment_is_never_sent_as_the_result() -> None:
    dossier = given.in_processing()
    dossier.record(Provided, by(), file=FILE)
    assert_refused(rules.NOT_A_COMPONENT, dossier, lambda: issued(dossier))
    issued(dossier, file="c" * 64)


def test_an_electronic_result_has_its_whole_file() -> None:
    dossier = given.in_processing()
    nothing = dict.fromkeys(("file", "media_type", "size", "content"))
    assert_refused(rules.ELECTRONIC_FILE, dossier, lambda: issued(dossier, **nothing))
    for changes in ({"content": None}, {"media_type": None}, {"size": -1}):
        assert_refused(FILE_WHOLE, dossier, lambda said=changes: issued(dossier, **said))  # type: ignore[misc]


def test_a_paper_result_has_no_signature_to_check() -> None:
    dossier = given.in_processing()
    dossier.issue_result(by(1), result_code=GRANT, form="paper")
    number = dossier.version
    assert_refused(
        rules.CHECK_ELECTRONIC,
        dossier,
        lambda: dossier.check_signature(by(2), issued=number, outcome="valid", checker="vneid"),
    )


def test_validity_is_half_open() -> None:
    dossier, day = given.in_processing(), date(2025, 6, 2)
    assert_refused(rules.RESULT_VALIDITY, dossier, lambda: issued(dossier, valid_from=day, valid_until=day))
    issued(dossier, valid_from=day, valid_until=date(2025, 6, 3))


def test_a_check_of_what_was_not_issued_or_is_signed_later_is_refused() -> None:
    dossier = given.in_processing()
    number = issued(dossier)
    check: dict[str, Any] = {"outcome": "valid", "checker": "vneid"}
    assert_refused(rules.CHECK, dossier, lambda: dossier.check_signature(by(2), issued=1, **check))
    later = START + timedelta(hours=3)
    assert_refused(
        rules.CHECK,
        dossier,
        lambda: dossier.check_signature(by(2), issued=number, signed_at=later, **check),
    )


def test_a_corrected_result_names_the_one_that_was_wrong() -> None:
    dossier = given.in_processing()
    wrong = issued(dossier)
    dossier.finish(by(2), outcome="granted")
    assert_refused(rules.REPLACES_NAMED, dossier, lambda: issued(dossier, file="d" * 64))
    assert_refused(rules.REPLACES, dossier, lambda: issued(dossier, replaces=1))
    right = issued(dossier, file="d" * 64, replaces=wrong)
    assert (dossier.results[wrong].replaced_by, dossier.status) == (right, 9)
    assert [result.issued for result in dossier.standing_results] == [right]
    assert_refused(rules.REPLACES, dossier, lambda: issued(dossier, file="e" * 64, replaces=wrong))
    assert_refused(rules.LINK, dossier, lambda: dossier.link_result(by(3), issued=wrong))


def test_a_result_already_returned_is_corrected_by_a_new_fact_and_no_status_is_rewritten() -> None:
    dossier = given.in_processing()
    wrong = issued(dossier)
    dossier.finish(by(2), outcome="granted")
    dossier.return_result(by(3), way="vneid")
    issued(dossier, file="d" * 64, replaces=wrong)
    assert dossier.status == 10


def test_a_result_is_linked_once_and_never_with_an_invalid_signature() -> None:
    dossier = given.in_processing()
    number = issued(dossier)
    dossier.finish(by(2), outcome="granted")
    dossier.check_signature(by(3), issued=number, outcome="invalid", checker="vneid")
    assert_refused(rules.LINK_INVALID, dossier, lambda: dossier.link_result(by(4), issued=number))
    dossier.check_signature(by(5), issued=number, outcome="unknown", checker="vneid")
    dossier.link_result(by(6), issued=number)
    assert_refused(rules.LINK_ONCE, dossier, lambda: dossier.link_result(by(7), issued=number))


def test_a_result_of_nobody_stands_in_no_store() -> None:
    dossier = given.in_processing()
    number = issued(dossier)
    dossier.finish(by(2), outcome="granted")
    dossier.owner = None  # as an imported dossier may be
    with pytest.raises(Refused) as refused:
        dossier.link_result(by(3), issued=number)
    assert refused.value.rule == rules.LINK_OWNER


@pytest.mark.parametrize("status", [1, 3, 5, 6, 7, 8])
def test_no_result_is_issued_of_what_nobody_decided(status: int) -> None:
    dossier = GIVEN[status]()
    with pytest.raises(Refused):
        issued(dossier)


@pytest.mark.parametrize(
    ("outcome", "code", "rule"),
    [
        ("refused", REFUSAL, None),
        ("granted", GRANT, None),
        ("granted", None, None),
        ("refused", GRANT, rules.REFUSAL_CODED),
        ("refused", None, rules.REFUSAL_CODED),
        ("granted", REFUSAL, rules.REFUSAL_CODED),
    ],
)
def test_a_refusal_as_result_is_one_of_those_that_are_listed(
    outcome: str, code: str | None, rule: Rule | None
) -> None:
    dossier = given.in_processing()
    reason = A_TEXT if outcome == "refused" else None

    def finish() -> None:
        dossier.finish(by(1), outcome=outcome, result_code=code, reason=reason, refusals=(REFUSAL,))

    if rule is None:
        finish()
    else:
        assert_refused(rule, dossier, finish)


def test_what_was_issued_before_fits_the_outcome_and_so_does_what_is_issued_after_it() -> None:
    dossier = given.in_processing()
    issued(dossier)
    assert_refused(
        rules.REFUSAL_CODED,
        dossier,
        lambda: dossier.finish(by(2), outcome="refused", reason=A_TEXT, refusals=(REFUSAL,)),
    )
    dossier.finish(by(2), outcome="granted", refusals=(REFUSAL,))
    assert_refused(
        rules.REFUSAL_CODED,
        dossier,
        lambda: issued(dossier, result_code=REFUSAL, replaces=4, refusals=(REFUSAL,)),
    )


def test_a_version_that_lists_no_refusals_asks_for_none() -> None:
    dossier = given.in_processing()
    dossier.finish(by(1), outcome="refused", reason=A_TEXT)
    assert dossier.outcome == "refused"
    dossier.recall(by(2), from_agency=given.DIVISION, reason=A_TEXT)
    assert dossier.outcome is None


def test_a_version_calls_only_its_own_results_refusals() -> None:
    procedure = Procedure.empty(given.an_id(51))
    with pytest.raises(Refused) as refused:
        procedure.publish(
            by(),
            code="1.001193",
            number=1,
            name="n",
            field="f",
            decision_no="1/QĐ",
            valid_from=None,
            level="commune",
            place_basis="residence",
            channels=(),
            components=(),
            results=({"code": GRANT, "name": "khai sinh"},),
            source="tests",
            origin={},
            terms={"results": {"refusals": [REFUSAL]}},
        )
    assert refused.value.rule == record_rules.OF_PROCEDURE
