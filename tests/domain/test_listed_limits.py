"""The sixteen sample procedures of the reference (section 3.10), each in the situation that it is there for:
what the published list says of its limit, and by what a clock may start."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain import clear_text, doubt_rules, record_rules
from domain.deadlines import due
from domain.facts import Recorded
from domain.procedure import Procedure
from domain.procedure_doubts import CHANNEL_NOT_LISTED, DecidedLimits, limit_decided, stated
from domain.procedure_facts import (
    CODE_DISAGREES,
    REASONS,
    SEVERAL_LIMITS,
    UNIT_CONTRADICTED,
    UNIT_MISSING,
    ProcedureDoubtDecided,
)
from domain.procedure_version import LISTED_LEVELS
from domain.refusals import Refused, Rule
from tests.clock.calendars import calendar
from tests.domain.situations import by
from tests.reference.national import published, sample

COUNTER, ONLINE, POST, KIOSK = "counter", "online", "post", "kiosk"
Amount = tuple[int, str]


def starts_by(procedure: Procedure, channel: str = COUNTER, case: str | None = None) -> Amount | None:
    """What a dossier is accepted with, or Refused."""
    version = procedure.versions[1]
    said = stated(version, channel, case)
    decided = procedure.decided.get((1, said.channel, said.case))
    return limit_decided(procedure.code, version, said, decided)


def doubts(code: str, channel: str = COUNTER) -> tuple[str, ...]:
    return stated(published(code).versions[1], channel, None).doubts


def decide(procedure: Procedure, **changed: Any) -> None:
    said: dict[str, Any] = {
        "version": 1,
        "channel": COUNTER,
        "case": None,
        "limit_amount": 1,
        "limit_unit": "working_day",
        "basis": "Luật Hộ tịch 2014, Điều 16",
    }
    procedure.decide(by(), **said | changed)


def refused(rule: Rule, procedure: Procedure, **changed: Any) -> None:
    with pytest.raises(Refused) as refusal:
        decide(procedure, **changed)
    assert refusal.value.rule is rule


def waits(procedure: Procedure, channel: str = COUNTER) -> None:
    with pytest.raises(Refused) as refusal:
        starts_by(procedure, channel)
    assert refusal.value.rule is doubt_rules.LIMIT_DECIDED


def test_a_birth_registration_of_1_without_a_unit_starts_no_clock_until_it_is_decided() -> None:
    birth = published("1.001193")
    assert doubts("1.001193") == (UNIT_MISSING,)
    for channel in (COUNTER, ONLINE, POST):
        waits(birth, channel)
    decide(birth)
    assert starts_by(birth) == (1, "working_day")
    waits(birth, ONLINE)  # each channel is decided


def test_a_death_registration_is_decided_to_have_no_limit_in_days() -> None:
    death = published("1.000656")
    waits(death)
    decide(death, limit_amount=None, limit_unit=None)
    assert starts_by(death) is None


def test_a_marriage_of_1_without_a_unit_waits_and_the_newest_decision_counts() -> None:
    marriage = published("1.000894")
    waits(marriage)
    decide(marriage)
    decide(marriage, limit_amount=5)
    assert starts_by(marriage) == (5, "working_day")


def test_a_certificate_of_marital_status_of_3_without_a_unit_keeps_what_the_list_wrote() -> None:
    version = published("1.004873").versions[1]
    assert {line["doubts"] for line in version.channels} == {(UNIT_MISSING,)}
    assert {(line["listed_time"], line["listed_unit"]) for line in version.channels} == {("3", None)}
    assert {line["limit_amount"] for line in version.channels} == {None}


def test_a_copy_of_an_extract_that_names_no_limit_is_in_no_doubt_and_has_no_date() -> None:
    copy = published("2.000635")
    assert (doubts("2.000635"), starts_by(copy)) == ((), None)
    assert {line["fee_vnd"] for line in copy.versions[1].channels} == {8_000}


def test_certified_copies_have_two_fees_at_the_counter_and_neither_is_one_plain_amount() -> None:
    certified = published("2.000815").versions[1]
    assert [(line["case"], line["fee_vnd"]) for line in certified.channels] == [("1", None), ("2", None)]
    assert [line["listed_fee"] for line in certified.channels] == ["2,000 Việt Nam Đồng", "10 USD"]
    assert stated(certified, COUNTER, None) == (COUNTER, None, None, ())


def test_a_copy_from_the_original_register_has_one_working_day_beyond_doubt() -> None:
    register = published("2.000908")
    assert {starts_by(register, channel) for channel in (COUNTER, ONLINE, POST)} == {(1, "working_day")}
    assert register.versions[1].levels == ("ministry", "province", "commune", "other")
    assert register.versions[1].level is None


def test_a_household_business_whose_fee_the_province_sets_has_no_listed_fee_and_no_limit() -> None:
    business = published("1.001612")
    assert starts_by(business, ONLINE) is None
    assert {line["fee_vnd"] for line in business.versions[1].channels} == {None}
    assert {line["listed_fee"] for line in business.versions[1].channels} == {
        "150,000 Việt Nam Đồng",
        "50,000 VNĐ",
    }


def test_a_permanent_residence_costs_less_online_within_the_same_seven_working_days() -> None:
    residence = published("1.004222")
    assert {starts_by(residence), starts_by(residence, ONLINE)} == {(7, "working_day")}
    fees = {line["channel"]: line["fee_vnd"] for line in residence.versions[1].channels}
    assert fees == {COUNTER: 20_000, ONLINE: 10_000}


def test_population_data_whose_number_unit_and_text_agree_are_in_no_doubt() -> None:
    assert "02 ngày làm việc" in sample()["1.012564"].version["channels"][0]["text"]
    assert doubts("1.012564") == ()
    assert starts_by(published("1.012564")) == (2, "working_day")


def test_a_first_land_certificate_has_17_online_20_by_post_and_27_at_the_counter() -> None:
    land = published("1.013978")
    found = [starts_by(land, channel) for channel in (ONLINE, POST, COUNTER)]
    assert found == [(17, "working_day"), (20, "working_day"), (27, "working_day")]


def test_land_given_to_the_state_takes_twice_as_long_at_the_counter() -> None:
    gift = published("1.013979")
    assert [starts_by(gift, channel) for channel in (ONLINE, POST, COUNTER)] == [
        (10, "working_day"),
        (10, "working_day"),
        (20, "working_day"),
    ]


def test_mediation_of_a_land_dispute_counts_calendar_days() -> None:
    mediation = published("1.012812")
    assert (starts_by(mediation, POST), starts_by(mediation)) == ((30, "calendar_day"), (40, "calendar_day"))
    monday = datetime(2025, 6, 2, 1, tzinfo=UTC)
    assert due(30, "calendar_day", monday, calendar()) == datetime(2025, 7, 2, 17, tzinfo=UTC)
    assert due(30, "working_day", monday, calendar()) > datetime(2025, 7, 10, tzinfo=UTC)


def test_a_building_permit_takes_15_days_at_the_counter_and_20_otherwise() -> None:
    permit = published("1.013225")
    found = [starts_by(permit, channel) for channel in (ONLINE, POST, COUNTER)]
    assert found == [(20, "calendar_day"), (20, "calendar_day"), (15, "calendar_day")]


def test_the_ha_tinh_allowance_is_doubted_for_its_unit_and_for_the_code_of_its_page() -> None:
    allowance = published("2.001428")
    assert doubts("2.001428") == (UNIT_CONTRADICTED, CODE_DISAGREES)
    assert doubts("3.000226") == (UNIT_CONTRADICTED, CODE_DISAGREES)
    line = allowance.versions[1].entry(COUNTER, None) or {}
    assert (line["limit_amount"], line["limit_unit"]) == (7, "calendar_day")  # as listed
    waits(allowance)
    decide(allowance, limit_amount=7)
    assert starts_by(allowance) == (7, "working_day")


def test_the_return_of_a_sea_area_has_26_working_days_at_the_province() -> None:
    sea = published("1.005399")
    assert (starts_by(sea), sea.versions[1].level) == ((26, "working_day"), "province")


# What is decided, and by whom nothing is


def test_a_limit_in_no_doubt_is_not_decided_and_another_needs_another_version() -> None:
    refused(doubt_rules.DECIDE_DOUBTFUL, published("2.000908"))


@pytest.mark.parametrize("changed", [{"version": 2}, {"channel": "kiosk"}, {"case": "khác"}])
def test_what_the_version_does_not_have_is_not_decided(changed: dict[str, Any]) -> None:
    refused(doubt_rules.DECIDE_DOUBTFUL, published("1.001193"), **changed)


def test_a_decision_says_by_what_and_something_new_and_a_limit_with_its_unit() -> None:
    birth = published("1.001193")
    refused(doubt_rules.DECIDE_SAYS, birth, basis="  ")
    refused(record_rules.LIMIT_WHOLE, birth, limit_unit=None)
    refused(record_rules.LIMIT_WHOLE, birth, limit_amount=0)
    refused(record_rules.ONE_OF, birth, limit_unit="day")
    decide(birth)
    refused(doubt_rules.DECIDE_NEWS, birth)


def test_a_dossier_without_a_case_waits_where_the_cases_of_its_channel_differ() -> None:
    lines = [
        {**published("2.000908").versions[1].channels[0], "case": case, "limit_amount": amount}
        for case, amount in (("trường hợp một", 2), ("trường hợp hai", 4))
    ]
    certificate = published("2.000908", channels=tuple(lines))
    assert starts_by(certificate, case="trường hợp hai") == (4, "working_day")
    waits(certificate)
    decide(certificate, limit_amount=4)
    assert starts_by(certificate) == (4, "working_day")
    alike = published("2.000908", channels=tuple(line | {"limit_amount": 3} for line in lines))
    assert starts_by(alike) == (3, "working_day")
    steps = published("2.000908", channels=tuple(line | {"doubts": (SEVERAL_LIMITS,)} for line in lines))
    waits(steps)


def test_a_filing_at_a_kiosk_has_the_limit_the_doubt_and_the_fee_of_the_online_way() -> None:
    land, birth = published("1.013978"), published("1.001193")
    assert starts_by(land, KIOSK) == (17, "working_day")
    waits(birth, KIOSK)
    refused(doubt_rules.DECIDE_DOUBTFUL, birth, channel=KIOSK)  # it is the online way's that is decided
    decide(birth, channel=ONLINE)
    assert starts_by(birth, KIOSK) == (1, "working_day")
    residence = published("1.004222").versions[1]
    assert (residence.entry(KIOSK, None) or {})["fee_vnd"] == 10_000


def test_a_channel_that_the_list_leaves_out_waits_until_it_is_decided() -> None:
    residence = published("1.004222")
    assert stated(residence.versions[1], POST, None).doubts == (CHANNEL_NOT_LISTED,)
    waits(residence, POST)
    refused(doubt_rules.DECIDE_DOUBTFUL, residence, channel=POST, case="khác")
    decide(residence, channel=POST, limit_amount=7)
    assert starts_by(residence, POST) == (7, "working_day")
    alone = published("2.000908", channels=published("2.000908").versions[1].channels[:1])
    assert stated(alone.versions[1], KIOSK, None).doubts == (CHANNEL_NOT_LISTED,)
    nothing = published("2.000908", channels=())
    assert starts_by(nothing, POST) is None


def test_a_document_of_ones_own_says_what_it_says_of_each_channel() -> None:
    own = published("1.004222", levels=())
    assert (starts_by(own, POST), starts_by(own, KIOSK)) == (None, None)


def test_what_is_decided_later_changes_nothing_of_what_was_known_before() -> None:
    birth, known = published("1.001193"), DecidedLimits()
    decide(birth)
    decide(birth, limit_amount=2)
    decisions = [fact for fact in birth.pending_events if isinstance(fact, ProcedureDoubtDecided)]
    for position, fact in zip((10, 20), decisions, strict=True):
        known.apply(Recorded(fact, position, datetime(2025, 6, 2, tzinfo=UTC), b""))
    found = [known.of(birth.id, 1, COUNTER, None, position) for position in (9, 10, 19, 20, None)]
    assert [one and one.limit_amount for one in found] == [None, 1, 1, 2, 2]


@pytest.mark.parametrize(
    "changed",
    [
        {"levels": ("county",)},
        {"channels": (published("2.000908").versions[1].channels[0] | {"doubts": ("odd",)},)},
    ],
)
def test_a_version_with_a_level_or_a_reason_that_does_not_exist_is_not_published(
    changed: dict[str, Any],
) -> None:
    with pytest.raises(Refused) as refusal:
        published("2.000908", **changed)
    assert refusal.value.rule is record_rules.ONE_OF


def test_the_words_of_the_list_are_codes() -> None:
    assert all(word.replace("_", "").isalpha() for word in (*REASONS, *LISTED_LEVELS))
    assert {line["channel"] for one in sample().values() for line in one.version["channels"]} < set(
        clear_text.CHANNELS
    )


# Programmes
