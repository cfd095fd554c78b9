"""What a version of a procedure may say of its clock and its supplements, and what says nothing known."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain import record_rules
from domain.clock_start import start_of
from domain.refusals import Refused, Rule
from domain.term_values import Limit
from domain.terms import (
    ACCEPTANCE,
    ARRIVAL,
    GENERAL_TERMS,
    PAYMENT,
    RECOUNT,
    ClockTerms,
    terms_of,
)

BEFORE, SINCE = date(2026, 8, 4), date(2026, 8, 5)


def test_a_version_that_says_nothing_follows_the_general_rules() -> None:
    assert terms_of({}) == GENERAL_TERMS
    assert GENERAL_TERMS.supplement.applied == RECOUNT
    assert GENERAL_TERMS.supplement.trips == 2
    assert GENERAL_TERMS.clock.excluded == ()


def test_what_a_version_says_is_read_back() -> None:
    supplement = {"pattern": "residual", "residual": {"amount": 7, "unit": "working_day"}, "at_most": 1}
    terms = terms_of({"clock": {"start": "payment", "excluded": ["inspection"]}, "supplement": supplement})
    assert terms.clock == ClockTerms("payment", ("inspection",))
    assert terms.supplement.residual == Limit(7, "working_day")
    assert terms.supplement.trips == 1


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"clocks": {}}, record_rules.ONE_OF),
        ({"clock": {"start": "submission"}}, record_rules.ONE_OF),
        ({"clock": {"excluded": ["lunch"]}}, record_rules.ONE_OF),
        ({"supplement": {"pattern": "pause"}}, record_rules.ONE_OF),
        ({"supplement": {"then": "cancel"}}, record_rules.ONE_OF),
        ({"supplement": {"until": {"amount": 7, "unit": "week"}}}, record_rules.ONE_OF),
        ({"supplement": {"until": {"amount": 0, "unit": "hour"}}}, record_rules.DEADLINE_AMOUNT),
        ({"supplement": {"pattern": "residual"}}, record_rules.TERMS),
        ({"supplement": {"residual": {"amount": 7, "unit": "hour"}}}, record_rules.TERMS),
        ({"supplement": {"at_most": 0}}, record_rules.TERMS),
    ],
)
def test_terms_that_say_nothing_known_or_contradict_themselves_are_refused(
    said: dict[str, Any], rule: Rule
) -> None:
    with pytest.raises(Refused) as refusal:
        terms_of(said)
    assert refusal.value.rule is rule


@pytest.mark.parametrize(
    ("start", "elsewhere", "accepted", "runs_from"),
    [
        (None, False, SINCE, ACCEPTANCE),
        (None, True, BEFORE, ACCEPTANCE),
        (None, True, SINCE, ARRIVAL),
        (ACCEPTANCE, True, SINCE, ACCEPTANCE),
        (ARRIVAL, True, BEFORE, ARRIVAL),
        (ARRIVAL, False, BEFORE, ACCEPTANCE),
        (PAYMENT, False, BEFORE, PAYMENT),
        (PAYMENT, True, SINCE, PAYMENT),
    ],
)
def test_from_what_a_limit_runs(start: str | None, elsewhere: bool, accepted: date, runs_from: str) -> None:
    assert start_of(ClockTerms(start), elsewhere=elsewhere, accepted=accepted) == runs_from
