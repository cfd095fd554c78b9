"""Codes: issued in the old order, read in every order, and kept as they are."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import record_rules
from domain.dossier_code import check_acceptable, issue, parse
from domain.refusals import Refused

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
OLD = st.from_regex(r"\A[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}\Z")
NEW = st.from_regex(r"\A[A-Y][0-9]{2}(\.[0-9]{2}){0,3}\Z")


def test_the_example_of_the_circular() -> None:
    assert issue("000.00.21.H26", date(2025, 7, 1), 1) == "000.00.21.H26-250701-0001"


@given(identifier=OLD | NEW, day=DAYS, number=st.integers(1, 9_999_999))
def test_what_was_issued_is_read_back_and_acceptable(identifier: str, day: date, number: int) -> None:
    code = issue(identifier, day, number)
    check_acceptable(code)
    parsed = parse(code)
    assert parsed is not None
    assert (parsed.identifier, parsed.day, parsed.number, str(parsed)) == (identifier, day, number, code)


@pytest.mark.parametrize(
    ("code", "order", "level_one", "day", "number"),
    [
        ("000.00.21.H26-250701-0001", "old", "H26", date(2025, 7, 1), 1),
        ("H26.21-250701-12345", "new", "H26", date(2025, 7, 1), 12345),
        ("G09.20-20260609-0092637", "new", "G09", date(2026, 6, 9), 92637),
        ("H56-20250228-9999999", "new", "H56", date(2025, 2, 28), 9_999_999),
    ],
)
def test_codes_of_both_orders_with_short_and_long_days_are_read(
    code: str, order: str, level_one: str, day: date, number: int
) -> None:
    parsed = parse(code)
    assert parsed is not None
    assert (parsed.order, parsed.level_one, parsed.day, parsed.number) == (order, level_one, day, number)
    assert str(parsed) == code


@pytest.mark.parametrize(
    "code",
    [
        "",
        "case-10011",
        "000.00.21.H26-250230-0001",
        "000.00.21.H26-250701-001",
        "000.00.21.H26-250701-00000001",
        "000.00.21.H26-2507011-0001",
        "000.00.21.26-250701-0001",
        "h26.21-250701-0001",
        "H26..21-250701-0001",
        "H26.21-250701-0001\n",
        "H26.21-٢٥٠٧٠١-0001",
        "H26.21-00000701-0001",
    ],
)
def test_any_other_form_has_no_parts(code: str) -> None:
    assert parse(code) is None


@given(st.text(max_size=80))
def test_reading_a_code_never_fails(text: str) -> None:
    parsed = parse(text)
    assert parsed is None or str(parsed) == text


@pytest.mark.parametrize("number", [0, -1, 10_000_000])
def test_a_number_that_does_not_fit_is_not_issued(number: int) -> None:
    with pytest.raises(Refused) as caught:
        issue("H26.21", date(2025, 7, 1), number)
    assert caught.value.rule == record_rules.CODE_ISSUABLE


@pytest.mark.parametrize("identifier", ["", "h26", "H26 21", "H26-21", ".H26", "H" * 36])
def test_an_identifier_that_is_none_issues_nothing(identifier: str) -> None:
    with pytest.raises(Refused) as caught:
        issue(identifier, date(2025, 7, 1), 1)
    assert caught.value.rule == record_rules.CODE_ISSUABLE


@pytest.mark.parametrize("code", ["case-10011", "x", "Hồ-sơ/7", "0" * 64])
def test_a_code_from_elsewhere_is_kept_as_it_is(code: str) -> None:
    check_acceptable(code)


@pytest.mark.parametrize(
    "code", ["", " ", "a b", "a\tb", "a\u00a0b", "a\u200bb", "a\x00", "0" * 65, "Ho\u0302"]
)
def test_what_nobody_could_type_or_compare_is_no_code(code: str) -> None:
    with pytest.raises(Refused) as caught:
        check_acceptable(code)
    assert caught.value.rule == record_rules.CODE_ACCEPTABLE
