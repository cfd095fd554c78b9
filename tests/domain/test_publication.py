"""When a version had to be promulgated and posted (Decree 63/2010 Arts 15, 24.2; reference section 4.2), what
may be recorded of it, and what receiving before posting is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from domain import anomalies, record_rules
from domain.procedure import Procedure
from domain.publication import (
    LATE,
    NOT_POSTED,
    ON_TIME,
    Promulgation,
    judged_decision,
    judged_posting,
    state_of,
)
from domain.refusals import Refused, Rule
from tests.clock.calendars import calendar
from tests.domain.situations import START, by
from tests.domain.test_catalogue_and_citizens import published

IN_FORCE = date(2025, 7, 1)
MINISTRY = Promulgation("361/QĐ-BTP", "ministry", date(2025, 6, 11), IN_FORCE, False)
PROVINCE = replace(MINISTRY, issuer="province", decision_no="15/QĐ-UBND")
SHORTENED = replace(MINISTRY, shortened=True)
TODAY = date(2026, 12, 31)


def decision(promulgation: Promulgation, decided_on: date) -> tuple[str, int]:
    found = judged_decision(replace(promulgation, decided_on=decided_on), calendar())
    assert found is not None
    return found.state, found.days_late


def posting(promulgation: Promulgation, posted_on: date | None, today: date = TODAY) -> tuple[str, date, int]:
    found = judged_posting(promulgation, posted_on, today, calendar())
    assert found is not None
    return found.state, found.due_on, found.days_late


@pytest.mark.parametrize(
    ("promulgation", "before", "judged"),
    [
        (MINISTRY, 20, (ON_TIME, 0)),
        (MINISTRY, 19, (LATE, 1)),
        (MINISTRY, -2, (LATE, 22)),
        (PROVINCE, 5, (ON_TIME, 0)),
        (PROVINCE, 4, (LATE, 1)),
        (PROVINCE, 60, (ON_TIME, 0)),
    ],
)
def test_a_decision_comes_so_many_days_before_the_law_is_in_force(
    promulgation: Promulgation, before: int, judged: tuple[str, int]
) -> None:
    assert decision(promulgation, IN_FORCE - timedelta(days=before)) == judged


def test_counted_back_a_day_off_is_the_last_day_all_the_same() -> None:
    in_force = date(2025, 6, 27)  # 20 days before is Saturday 7 June
    promulgation = replace(MINISTRY, in_force_on=in_force)
    assert decision(promulgation, date(2025, 6, 7)) == (ON_TIME, 0)
    assert decision(promulgation, date(2025, 6, 9)) == (LATE, 2)


def test_in_the_shortened_procedure_the_decision_comes_within_three_days_and_the_end_rolls_over() -> None:
    assert decision(SHORTENED, date(2025, 7, 4)) == (ON_TIME, 0)
    assert decision(SHORTENED, date(2025, 7, 5)) == (LATE, 1)
    until_sunday = replace(SHORTENED, in_force_on=date(2025, 7, 3))
    assert decision(until_sunday, date(2025, 7, 7)) == (ON_TIME, 0)
    assert decision(until_sunday, date(2025, 7, 8)) == (LATE, 1)
    provincial = replace(SHORTENED, issuer="province")
    assert decision(provincial, date(2025, 7, 4)) == (ON_TIME, 0)


BEFORE_TET = date(2026, 2, 10)  # days off from Monday 16 to Friday 20 February
TENTH = date(2026, 3, 3)


def test_a_ministrys_entry_comes_on_the_tenth_working_day_over_tet() -> None:
    promulgation = replace(MINISTRY, decided_on=BEFORE_TET)
    working = [BEFORE_TET + timedelta(days=n) for n in range(1, 30)]
    assert [day for day in working if calendar().is_working(day)][9] == TENTH
    assert posting(promulgation, TENTH) == (ON_TIME, TENTH, 0)
    assert posting(promulgation, TENTH + timedelta(days=1)) == (LATE, TENTH, 1)


def test_a_provinces_entry_comes_within_five_working_days_and_a_shortened_one_within_two() -> None:
    friday = date(2025, 6, 6)
    provincial = replace(PROVINCE, decided_on=friday)
    assert posting(provincial, date(2025, 6, 13)) == (ON_TIME, date(2025, 6, 13), 0)
    assert posting(provincial, date(2025, 6, 16)) == (LATE, date(2025, 6, 13), 3)
    shortened = replace(SHORTENED, decided_on=friday)
    assert posting(shortened, date(2025, 6, 10)) == (ON_TIME, date(2025, 6, 10), 0)
    assert posting(shortened, date(2025, 6, 11)) == (LATE, date(2025, 6, 10), 1)


def test_what_is_not_posted_yet_says_by_when_and_how_late_it_is() -> None:
    due_on = date(2025, 6, 25)
    assert posting(MINISTRY, None, date(2025, 6, 25)) == (NOT_POSTED, due_on, 0)
    assert posting(MINISTRY, None, date(2025, 6, 27)) == (NOT_POSTED, due_on, 2)
    assert posting(MINISTRY, date(2025, 6, 24), date(2025, 6, 23)) == (NOT_POSTED, due_on, 0)


def test_one_word_says_what_somebody_has_to_do_first() -> None:
    late = judged_decision(replace(MINISTRY, decided_on=date(2025, 6, 20)), calendar())
    in_time = judged_decision(MINISTRY, calendar())
    open_ = judged_posting(MINISTRY, None, TODAY, calendar())
    done = judged_posting(MINISTRY, date(2025, 6, 12), TODAY, calendar())
    assert (state_of(late, open_), state_of(late, done)) == (NOT_POSTED, LATE)
    assert (state_of(in_time, done), state_of(None, None)) == (ON_TIME, ON_TIME)


# What may be recorded

DECIDED = START.date() - timedelta(days=10)
PAST = replace(MINISTRY, decided_on=DECIDED)


def promulgated(version: int = 1) -> Procedure:
    procedure = published()
    procedure.promulgate(by(), version=version, promulgation=PAST)
    return procedure


def test_promulgation_and_posting_stand_beside_the_version_which_stays() -> None:
    procedure = published()
    before = dict(procedure.versions)
    procedure.promulgate(by(), version=2, promulgation=PAST)
    procedure.post(by(), version=2, posted_on=DECIDED)
    assert procedure.versions == before
    assert procedure.promulgations == {2: PAST}
    assert procedure.posted == {2: DECIDED}
    again = Procedure.empty(UUID(int=1))
    for fact in procedure.collect_events():
        again.replay(fact)
    assert (again.promulgations, again.posted) == (procedure.promulgations, procedure.posted)


@pytest.mark.parametrize(
    ("version", "promulgation", "rule"),
    [
        (4, PAST, record_rules.PROMULGATE_KNOWN),
        (1, PAST, record_rules.PROMULGATE_ONCE),
        (2, replace(PAST, decision_no="Quyết định của ông Nam"), record_rules.CODE_FORM),
        (2, replace(PAST, issuer="district"), record_rules.ONE_OF),
        (2, replace(PAST, decided_on=START.date() + timedelta(days=1)), record_rules.PUBLICATION_PAST),
    ],
)
def test_a_promulgation_that_cannot_be_is_refused(
    version: int, promulgation: Promulgation, rule: Rule
) -> None:
    procedure = promulgated()
    with pytest.raises(Refused) as caught:
        procedure.promulgate(by(), version=version, promulgation=promulgation)
    assert caught.value.rule == rule
    assert procedure.promulgations == {1: PAST}


@pytest.mark.parametrize(
    ("version", "posted_on", "rule"),
    [
        (2, DECIDED, record_rules.POST_PROMULGATED),
        (1, DECIDED - timedelta(days=1), record_rules.POST_PROMULGATED),
        (1, START.date() + timedelta(days=1), record_rules.PUBLICATION_PAST),
        (3, DECIDED, record_rules.POST_ONCE),
    ],
)
def test_a_posting_that_cannot_be_is_refused(version: int, posted_on: date, rule: Rule) -> None:
    procedure = promulgated()
    procedure.promulgate(by(), version=3, promulgation=PAST)
    procedure.post(by(), version=3, posted_on=DECIDED)
    with pytest.raises(Refused) as caught:
        procedure.post(by(), version=version, posted_on=posted_on)
    assert caught.value.rule == rule
    assert procedure.posted == {3: DECIDED}


def test_received_before_posting_is_named_and_where_nothing_is_recorded_nothing_is_said() -> None:
    named = (anomalies.POSTED_BEFORE_RECEIPT.id,)
    procedure = promulgated()
    assert anomalies.of_receipt(procedure, 1, DECIDED) == named
    assert anomalies.of_receipt(procedure, 2, DECIDED) == ()
    procedure.post(by(), version=1, posted_on=DECIDED)
    assert anomalies.of_receipt(procedure, 1, DECIDED - timedelta(days=1)) == named
    assert anomalies.of_receipt(procedure, 1, DECIDED) == ()
