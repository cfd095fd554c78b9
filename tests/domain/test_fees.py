"""What a procedure's version lists to be paid, by channel, case, province and day (reference section 3.8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain import record_rules
from domain.fees import Fee, payment_terms
from domain.refusals import Refused, Rule
from domain.term_values import Limit

DAY = date(2025, 6, 2)


def amount(
    fees: list[dict[str, Any]], channel: str, case: str | None, province: str | None, day: date = DAY
) -> int | None:
    fee = payment_terms({"fees": fees}).fee(channel, case, province, day)
    return None if fee is None else fee.amount_vnd


def test_the_channel_decides_between_ten_and_twenty_thousand() -> None:
    fees = [{"channel": "online", "amount_vnd": 10_000}, {"channel": "counter", "amount_vnd": 20_000}]
    assert amount(fees, "online", None, "24") == 10_000
    assert amount(fees, "counter", None, "24") == 20_000
    assert amount(fees, "post", None, "24") is None


def test_what_a_province_decides_goes_before_the_case_and_the_case_before_the_channel() -> None:
    fees: list[dict[str, Any]] = [
        {"amount_vnd": 1},
        {"channel": "online", "amount_vnd": 2},
        {"case": "first", "amount_vnd": 3},
        {"province": "24", "amount_vnd": 4},
        {"province": "24", "case": "first", "amount_vnd": 5},
    ]
    assert amount(fees, "counter", None, "01") == 1
    assert amount(fees, "online", None, "01") == 2
    assert amount(fees, "online", "first", "01") == 3
    assert amount(fees, "online", None, "24") == 4
    assert amount(fees, "online", "first", "24") == 5


def test_a_programme_of_no_fees_ends_on_its_day() -> None:
    fees: list[dict[str, Any]] = [
        {"amount_vnd": 20_000, "valid_until": "2025-06-01"},
        {"amount_vnd": 0, "valid_from": "2025-06-01", "valid_until": "2026-01-01"},
        {"amount_vnd": 20_000, "valid_from": "2026-01-01"},
    ]
    assert amount(fees, "counter", None, "24", day=date(2025, 5, 31)) == 20_000
    assert amount(fees, "counter", None, "24", day=date(2025, 12, 31)) == 0
    assert amount(fees, "counter", None, "24", day=date(2026, 1, 1)) == 20_000


def test_certification_is_paid_by_the_page_with_a_most() -> None:
    (fee,) = payment_terms({"fees": [{"amount_vnd": 2_000, "unit": "page", "most_vnd": 200_000}]}).fees
    assert (fee.total(1), fee.total(7), fee.total(500)) == (2_000, 14_000, 200_000)
    assert Fee(20_000).total(3) == 20_000


def test_what_follows_when_nothing_is_paid_is_said_by_the_version() -> None:
    terms = payment_terms(
        {"until": {"amount": 30, "unit": "calendar_day"}, "then": "stop", "refunded": False}
    )
    assert (terms.until, terms.then, terms.refunded) == (Limit(30, "calendar_day"), "stop", False)
    assert payment_terms({}).refunded is None


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"then": "cancel"}, record_rules.ONE_OF),
        ({"until": {"amount": 0, "unit": "hour"}}, record_rules.DEADLINE_AMOUNT),
        ({"fees": [{"amount_vnd": -1}]}, record_rules.FEE),
        ({"fees": [{"amount_vnd": 5, "most_vnd": 4}]}, record_rules.FEE),
        (
            {"fees": [{"amount_vnd": 5, "valid_from": "2025-06-01", "valid_until": "2025-06-01"}]},
            record_rules.FEE,
        ),
        ({"fees": [{"amount_vnd": 5}, {"amount_vnd": 6}]}, record_rules.FEE_ONCE),
        (
            {"fees": [{"amount_vnd": 5, "valid_until": "2025-06-02"}, {"amount_vnd": 6}]},
            record_rules.FEE_ONCE,
        ),
    ],
)
def test_fees_that_contradict_themselves_are_refused(said: dict[str, Any], rule: Rule) -> None:
    with pytest.raises(Refused) as refusal:
        payment_terms(said)
    assert refusal.value.rule is rule


def test_fees_that_follow_one_another_are_told_apart() -> None:
    fees = [{"amount_vnd": 5, "valid_until": "2025-06-02"}, {"amount_vnd": 6, "valid_from": "2025-06-02"}]
    assert amount(fees, "counter", None, None) == 6
    assert amount(list(reversed(fees)), "counter", None, None, day=date(2025, 6, 1)) == 5
