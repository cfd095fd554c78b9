"""Procedures by version, channel and case; citizens by number, contact and key."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from domain import record_rules
from domain.citizen import Citizen
from domain.facts import Personal
from domain.procedure import Procedure
from domain.procedure_doubts import stated
from domain.refusals import Refused, Rule
from tests.domain.situations import by

COUNTER = {
    "channel": "counter",
    "case": None,
    "limit_amount": 10,
    "limit_unit": "working_day",
    "fee_vnd": 50_000,
}
URGENT = COUNTER | {"case": "urgent", "limit_amount": 24, "limit_unit": "hour"}
ONLINE = COUNTER | {"channel": "online", "limit_amount": None, "limit_unit": None, "fee_vnd": None}


def publish(procedure: Procedure, number: int, **changed: Any) -> None:
    fields: dict[str, Any] = {
        "code": "1.001193",
        "name": "Đăng ký khai sinh",
        "field": "Hộ tịch",
        "decision_no": "361/QĐ-BTP",
        "valid_from": None,
        "level": "commune",
        "place_basis": "residence",
        "channels": (COUNTER, URGENT, ONLINE),
        "components": (),
        "results": (),
        "source": "test",
        "origin": {},
    }
    procedure.publish(by(), number=number, **(fields | changed))


def published() -> Procedure:
    procedure = Procedure.empty(UUID(int=1))
    publish(procedure, 1)
    publish(procedure, 2, valid_from=date(2025, 7, 1))
    publish(procedure, 3, valid_from=date(2025, 7, 1), level="province")
    return procedure


@pytest.mark.parametrize(("day", "number"), [("2020-01-01", 1), ("2025-06-30", 1), ("2025-07-01", 3)])
def test_on_a_day_the_highest_version_that_has_begun_is_valid(day: str, number: int) -> None:
    version = published().version_at(date.fromisoformat(day))
    assert version is not None
    assert version.number == number


def test_before_its_first_version_a_procedure_has_none() -> None:
    procedure = Procedure.empty(UUID(int=1))
    publish(procedure, 1, valid_from=date(2025, 7, 1))
    assert procedure.version_at(date(2025, 6, 30)) is None


@pytest.mark.parametrize(
    ("channel", "case", "limit"),
    [
        ("counter", None, (10, "working_day")),
        ("counter", "urgent", (24, "hour")),
        ("counter", "unheard of", (10, "working_day")),
        ("online", None, None),
        ("post", None, None),
        (None, None, None),
    ],
)
def test_a_limit_is_that_of_the_channel_and_case(
    channel: str | None, case: str | None, limit: tuple[int, str] | None
) -> None:
    version = published().versions[1]
    assert stated(version, channel, case).limit == limit
    assert (version.entry(channel, case) is None) == (channel in ("post", None))


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"number": 5}, record_rules.VERSION_NEXT),
        ({"code": "2.000001"}, record_rules.VERSION_NEXT),
        ({"valid_from": None}, record_rules.VERSION_DAY),
        ({"level": "county"}, record_rules.ONE_OF),
        ({"place_basis": "birthplace"}, record_rules.ONE_OF),
        ({"channels": (COUNTER | {"limit_unit": "day"},)}, record_rules.ONE_OF),
        ({"channels": (COUNTER | {"limit_unit": None},)}, record_rules.LIMIT_WHOLE),
        ({"channels": (COUNTER | {"limit_amount": 0},)}, record_rules.LIMIT_WHOLE),
        ({"channels": (COUNTER | {"fee_vnd": -1},)}, record_rules.FEE),
    ],
)
def test_a_version_that_says_nonsense_is_not_published(changed: dict[str, Any], rule: Rule) -> None:
    procedure = published()
    with pytest.raises(Refused) as caught:
        publish(procedure, **({"number": 4} | changed))
    assert caught.value.rule == rule
    assert procedure.version == 3


CITIZEN = UUID(int=9)


def own(text: str) -> Personal:
    return Personal(CITIZEN, text)


def identify(citizen: Citizen, **changed: Any) -> None:
    fields: dict[str, Any] = {
        "kind": "person",
        "name": own("Nguyễn Thị Ví Dụ"),
        "number_kind": "none",
        "number": None,
        "phone": None,
        "address": None,
    }
    citizen.identify(by(), **(fields | changed))


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("personal_number", "001099000001"),
        ("personal_number", "999999999999"),
        ("enterprise_code", "0100109106"),
        ("enterprise_code", "0100109106-001"),
    ],
)
def test_a_citizen_is_known_by_a_number_of_the_right_form(kind: str, number: str) -> None:
    citizen = Citizen.empty(CITIZEN)
    who = "person" if kind == "personal_number" else "organisation"
    identify(citizen, kind=who, number_kind=kind, number=own(number))
    assert citizen.number == own(number)


def test_a_newborn_has_no_number_and_none_is_invented() -> None:
    citizen = Citizen.empty(CITIZEN)
    identify(citizen)
    assert (citizen.number_kind, citizen.number) == ("none", None)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"number_kind": "personal_number", "number": own("12345678901")}, record_rules.PERSONAL_NUMBER),
        ({"number_kind": "personal_number", "number": own("12345678901x")}, record_rules.PERSONAL_NUMBER),
        ({"number_kind": "personal_number", "number": own("٠٠١٠٩٩٠٠٠٠٠١")}, record_rules.PERSONAL_NUMBER),
        ({"number_kind": "enterprise_code", "number": own("0100109106001")}, record_rules.ENTERPRISE_CODE),
        ({"number_kind": "personal_number"}, record_rules.CITIZEN_NUMBER),
        ({"number": own("001099000001")}, record_rules.CITIZEN_NUMBER),
        ({"number_kind": "passport", "number": own("B1234567")}, record_rules.ONE_OF),
        ({"kind": "company"}, record_rules.ONE_OF),
        ({"name": Personal(UUID(int=8), "x")}, record_rules.CITIZEN_SUBJECT),
    ],
)
def test_what_is_wrong_about_a_citizen_is_refused_without_repeating_it(
    changed: dict[str, Any], rule: Rule
) -> None:
    citizen = Citizen.empty(CITIZEN)
    with pytest.raises(Refused) as caught:
        identify(citizen, **changed)
    assert caught.value.rule == rule
    number = changed.get("number")
    assert number is None or number.text not in f"{caught.value} {caught.value.details}"


def test_a_citizen_is_identified_once_and_before_all_else() -> None:
    citizen = Citizen.empty(CITIZEN)
    with pytest.raises(Refused) as caught:
        citizen.verify(by(), level="2", source="vneid")
    assert caught.value.rule == record_rules.CITIZEN_KNOWN
    identify(citizen)
    with pytest.raises(Refused) as again:
        identify(citizen)
    assert again.value.rule == record_rules.CITIZEN_ONCE


def test_a_changed_phone_leaves_the_address() -> None:
    citizen = Citizen.empty(CITIZEN)
    identify(citizen, phone=own("0900000001"), address=own("thôn Ví Dụ"))
    citizen.verify(by(), level="2", source="vneid")
    citizen.change_contact(by(), phone=own("0900000002"), address=None)
    assert (citizen.phone, citizen.address) == (own("0900000002"), own("thôn Ví Dụ"))
    assert citizen.verified_level == "2"
    with pytest.raises(Refused) as caught:
        citizen.change_contact(by(), phone=None, address=None)
    assert caught.value.rule == record_rules.CONTACT_GIVEN
