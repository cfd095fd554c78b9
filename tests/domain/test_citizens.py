"""Numbers, mandates and merges, each in the situation in which a desk meets it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain import citizen_rules as rules
from domain.citizen import MERGE_GROUNDS, SAME_AT_MOST, WRONG_NUMBER, Citizen
from domain.dossier_filing import judge_level
from domain.facts import Personal
from domain.mandates import AT_MOST, judge_acting, judge_filing
from domain.numbers import check_digit
from domain.refusals import Refused, Rule
from tests.domain.situations import an_id, by

OWNER, SON, STRANGER = an_id(201), an_id(202), an_id(203)
MANDATE = an_id(210)
TODAY, TOMORROW, NEXT_WEEK = date(2025, 6, 2), date(2025, 6, 3), date(2025, 6, 9)
PROCEDURE, OTHER = "1.000656", "2.000635"


@contextmanager
def refuses(rule: Rule) -> Iterator[pytest.ExceptionInfo[Refused]]:
    with pytest.raises(Refused) as refused:
        yield refused
    assert refused.value.rule is rule


def identified(
    id: UUID = OWNER, kind: str = "person", number_kind: str = "none", number: str | None = None
) -> Citizen:
    citizen = Citizen.empty(id)
    citizen.identify(
        by(),
        kind=kind,
        name=Personal(id, "Nguyễn Thị Ví Dụ"),
        number_kind=number_kind,
        number=Personal(id, number) if number else None,
        phone=None,
        address=None,
    )
    return citizen


def give(citizen: Citizen, **changed: Any) -> Citizen:
    fields: dict[str, Any] = {
        "mandate": MANDATE,
        "representative": SON,
        "kind": "authorised",
        "valid_from": TODAY,
        "valid_until": None,
        "procedures": (),
        "today": TODAY,
        "same": (OWNER,),
    }
    citizen.give_mandate(by(), **fields | changed)
    return citizen


# numbers


@pytest.mark.parametrize(
    "code", ["0100109106", "0101248141", "0300588569", "0100233488", "0314409058-002", "0312687878-001"]
)
def test_codes_of_enterprises_that_exist_have_their_check_digit(code: str) -> None:
    assert identified(kind="organisation", number_kind="enterprise_code", number=code).version == 1


@pytest.mark.parametrize("code", ["0100109107", "0100233480", "1000109106", "0100109107-001"])
def test_an_enterprise_code_with_one_digit_mistyped_is_refused(code: str) -> None:
    with refuses(rules.CHECK_DIGIT) as refused:
        identified(kind="organisation", number_kind="enterprise_code", number=code)
    assert code not in f"{refused.value} {refused.value.details}"


def test_nine_digits_that_no_code_begins_with_have_no_check_digit() -> None:
    assert check_digit("000000000") is None
    assert check_digit("010010910") == 6


@pytest.mark.parametrize("number", ["001099000001", "024199012345", "999999999999", "000000000001"])
def test_a_personal_number_of_a_province_that_is_no_more_is_taken_as_it_is(number: str) -> None:
    assert identified(number_kind="personal_number", number=number).number == Personal(OWNER, number)


def test_a_household_business_has_its_owners_personal_number() -> None:
    household = identified(kind="household_business", number_kind="personal_number", number="024199012345")
    assert household.kind == "household_business"


# by which account


def test_an_applicant_cannot_say_a_higher_level_than_the_token_of_the_account() -> None:
    judge_level(None, None)
    judge_level(None, "vneid_1")
    judge_level("vneid_1", "vneid_1")
    with refuses(rules.LEVEL_OF_ACCOUNT):
        judge_level("vneid_2", "vneid_1")
    with refuses(rules.LEVEL_OF_ACCOUNT):
        judge_level("vneid_2", None)


# mandates


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"representative": OWNER}, rules.MANDATE_TO_ANOTHER),
        ({"valid_from": TODAY, "valid_until": TODAY}, rules.MANDATE_DAYS),
    ],
)
def test_a_mandate_that_says_nothing_is_not_given(changed: dict[str, Any], rule: Rule) -> None:
    with refuses(rule):
        give(identified(), **changed)


def test_mandates_that_are_over_make_room_for_others() -> None:
    citizen = identified()
    for number in range(AT_MOST):
        give(citizen, mandate=an_id(1000 + number), valid_until=TOMORROW)
    with refuses(rules.MANDATES_AT_MOST):
        give(citizen)
    assert len(give(citizen, today=TOMORROW).mandates) == AT_MOST + 1


def judged(citizen: Citizen, day: date = TODAY, procedure: str = PROCEDURE, who: UUID = SON) -> None:
    judge_filing(citizen.mandates.get(MANDATE), (who,), procedure, day)


def test_a_mandate_from_tomorrow_may_not_file_today() -> None:
    citizen = give(identified(), valid_from=TOMORROW)
    with refuses(rules.MANDATE_IN_FORCE):
        judged(citizen)
    judged(citizen, TOMORROW)


def test_the_last_day_of_a_mandate_is_the_one_before_its_end() -> None:
    citizen = give(identified(), valid_until=NEXT_WEEK)
    judged(citizen, date(2025, 6, 8))
    with refuses(rules.MANDATE_IN_FORCE):
        judged(citizen, NEXT_WEEK)


def test_a_mandate_for_one_procedure_files_no_other() -> None:
    citizen = give(identified(), procedures=(PROCEDURE,))
    judged(citizen)
    with refuses(rules.MANDATE_COVERS):
        judged(citizen, procedure=OTHER)


def test_a_stranger_files_under_nobodys_mandate() -> None:
    with refuses(rules.MANDATE_FROM_OWNER):
        judged(give(identified()), who=STRANGER)
    with refuses(rules.MANDATE_FROM_OWNER):
        judged(identified())


def test_a_mandate_is_ended_from_today_and_what_was_done_stays() -> None:
    citizen = give(identified())
    with refuses(rules.MANDATE_END_AHEAD):
        citizen.end_mandate(by(), mandate=MANDATE, ended_on=TODAY, today=TOMORROW)
    citizen.end_mandate(by(), mandate=MANDATE, ended_on=NEXT_WEEK, today=TODAY)
    judged(citizen)
    for later in (NEXT_WEEK, date(2025, 7, 1)):
        with refuses(rules.MANDATE_END_EARLIER):
            citizen.end_mandate(by(), mandate=MANDATE, ended_on=later, today=TODAY)
    citizen.end_mandate(by(), mandate=MANDATE, ended_on=TODAY, today=TODAY)
    with refuses(rules.MANDATE_IN_FORCE):
        judged(citizen)


def test_a_mandate_that_nobody_gave_is_not_ended() -> None:
    with refuses(rules.MANDATE_KNOWN):
        identified().end_mandate(by(), mandate=MANDATE, ended_on=TODAY, today=TODAY)


def test_a_submitter_acts_as_long_as_any_mandate_of_the_owner_is_in_force() -> None:
    citizen = give(identified(), valid_until=TOMORROW)

    def acting(day: date, who: UUID = SON) -> None:
        judge_acting(citizen.mandates.values(), MANDATE, (who,), PROCEDURE, day)

    acting(TODAY)
    with refuses(rules.MANDATE_OVER) as refused:
        acting(TOMORROW)
    assert refused.value.details["valid_until"] == TOMORROW.isoformat()
    give(citizen, mandate=an_id(211), procedures=(OTHER,), valid_from=TOMORROW)
    with refuses(rules.MANDATE_OVER):
        acting(TOMORROW)
    give(citizen, mandate=an_id(212), valid_from=TOMORROW)
    acting(TOMORROW)
    with refuses(rules.MANDATE_OVER):
        acting(TOMORROW, STRANGER)


# duplicates


def merge(duplicate: Citizen, survivor: Citizen, **changed: Any) -> None:
    fields: dict[str, Any] = {
        "ground": "registered_twice",
        "note": None,
        "same_number": None,
        "duplicates": (duplicate.id, *duplicate.absorbed),
        "survivors": (survivor.id, *survivor.absorbed),
    }
    duplicate.merge_into(by(), survivor, **fields | changed)


def test_a_merge_stands_in_both_streams_and_can_be_undone() -> None:
    one, other = identified(OWNER), identified(SON)
    merge(one, other)
    assert (one.merged_into, other.absorbed) == (SON, (OWNER,))
    one.separate(by(), other, note=None)
    assert (one.merged_into, other.absorbed) == (None, ())
    assert [fact.TOPIC for fact in one.pending_events[1:]] == ["citizen.merged.v1", "citizen.separated.v1"]
    assert [fact.TOPIC for fact in other.pending_events[1:]] == ["citizen.absorbed.v1", "citizen.released.v1"]
    merge(one, other)


def test_nobody_is_merged_into_themself() -> None:
    with refuses(rules.MERGE_ITSELF):
        merge(identified(OWNER), identified(OWNER))


def test_a_person_is_not_merged_with_an_organisation_nor_with_their_household_business() -> None:
    for kind in ("organisation", "household_business"):
        with refuses(rules.MERGE_SAME_KIND):
            merge(identified(OWNER), identified(SON, kind=kind))


def test_who_is_merged_already_is_not_merged_again() -> None:
    one, other = identified(OWNER), identified(SON)
    merge(one, other)
    with refuses(rules.MERGE_ONCE):
        merge(one, identified(STRANGER))


def test_a_chain_of_merges_does_not_become_a_circle() -> None:
    one, two, three = identified(OWNER), identified(SON), identified(STRANGER)
    merge(one, two)
    merge(two, three)
    with refuses(rules.MERGE_CIRCLE):
        merge(three, one, survivors=(OWNER, SON, STRANGER))


def test_two_personal_numbers_are_two_people_unless_one_was_recorded_wrongly() -> None:
    one, other = identified(OWNER), identified(SON)
    for ground in MERGE_GROUNDS:
        if ground != WRONG_NUMBER:
            with refuses(rules.MERGE_NUMBERS):
                merge(one, other, same_number=False, ground=ground)
    merge(one, other, same_number=False, ground=WRONG_NUMBER)
    rules_of = [fact.envelope.rules for fact in (one.pending_events[-1], other.pending_events[-1])]
    assert rules_of == [(rules.MERGED_TWO_NUMBERS.id,), ()]  # found once, in the stream that was merged


def test_a_merge_of_everybody_into_one_stops() -> None:
    many = tuple(an_id(1000 + number) for number in range(SAME_AT_MOST))
    with refuses(rules.MERGE_AT_MOST):
        merge(identified(OWNER), identified(SON), survivors=many)


def test_who_was_never_merged_is_not_separated() -> None:
    with refuses(rules.SEPARATE_MERGED):
        identified(OWNER).separate(by(), identified(SON), note=None)
