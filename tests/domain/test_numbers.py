"""Numbers of persons and organisations: which form each has, and whose it is."""

from __future__ import annotations

import pytest

from domain import citizen_rules as rules
from domain.facts import Personal
from domain.numbers import check_digit
from tests.domain.people import OWNER, identified, refuses
from tests.domain.situations import by


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


@pytest.mark.parametrize(
    ("kind", "number_kind", "number"),
    [("person", "enterprise_code", "0100109106"), ("organisation", "personal_number", "024199012345")],
)
def test_a_person_has_no_enterprise_code_and_an_organisation_no_personal_number(
    kind: str, number_kind: str, number: str
) -> None:
    with refuses(rules.NUMBER_OF_KIND) as refused:
        identified(kind=kind, number_kind=number_kind, number=number)
    assert number not in str(refused.value.details)
    assert identified(kind="household_business", number_kind="enterprise_code", number="0100109106").version


def test_a_number_that_finds_a_record_of_another_kind_is_refused() -> None:
    company = identified(kind="organisation", number_kind="enterprise_code", number="0100109106")
    with refuses(rules.FOUND_OF_KIND):
        company.identify_again(by(), kind="person")
    company.identify_again(by(), kind="organisation")
