"""Numbers, mandates and merges, each in the situation in which a desk meets it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain import citizen_rules as rules
from domain.citizen import MERGE_GROUNDS, SAME_AT_MOST, WRONG_NUMBER, Citizen
from domain.dossier_filing import judge_level
from domain.mandates import AT_MOST, judge_acting, judge_filing
from domain.refusals import Rule
from tests.domain.people import OWNER, SON, STRANGER, identified, refuses
from tests.domain.situations import an_id, by

MANDATE = an_id(210)
TODAY, TOMORROW, NEXT_WEEK = date(2025, 6, 2), date(2025, 6, 3), date(2025, 6, 9)
PROCEDURE, OTHER = "1.000656", "2.000635"


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


def test_only_an_organisation_or_a_household_business_is_represented_by_law() -> None:
    with refuses(rules.MANDATE_BY_LAW):
        give(identified(), kind="legal")
    for kind in ("organisation", "household_business"):
        assert MANDATE in give(identified(kind=kind), kind="legal").mandates
