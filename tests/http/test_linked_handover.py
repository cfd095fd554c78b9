"""An act takes effect in the middle of linked groups: what begins goes to the heir, what was late stays with
whoever was late, and an error goes back to whoever stands for its issuer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from application.registry import UnitEntry, load_agencies, load_units
from tests.http.linked_office import (
    BIRTH,
    CARD,
    CERTIFICATE,
    HOME,
    IDENTITY,
    INSURANCE,
    JUSTICE,
    POLICE,
    RESIDENCE,
    LinkedOffice,
    at,
    open_linked,
    step,
)
from tests.office.province import KNOWN, NEW_DESKS, SYSTEM, agency_entry
from tests.support import Database

MIDNIGHT = datetime(2026, 9, 7, 17, tzinfo=UTC)  # of the 8th in Vietnam
ELSEWHERE = "000.00.00.H99"
STEPS: dict[str, tuple[str, str | None]] = {
    "birth_registration": (JUSTICE, None),
    "permanent_residence": (POLICE, None),
    "health_insurance_card": (INSURANCE, CARD),
    "identity_card": (HOME, IDENTITY),
}


@pytest.fixture
async def office(database: Database) -> AsyncIterator[LinkedOffice]:
    """The communes and their desks end with the 7th of September 2026."""
    async with open_linked(database) as opened:
        await opened.api.office.scheduled("2026-09-08", (RESIDENCE, CARD, IDENTITY, BIRTH))
        yield opened
        assert (await opened.api.office.audited()).findings == ()


async def registered(office: LinkedOffice, **changes: tuple[str, str | None]) -> tuple[str, str, int]:
    """A birth in 07201, registered at 9:00 of the 7th: group, code, its result's fact."""
    done = await office.declared("birth", STEPS | changes, place="07201")
    group, code = done["group"], done["codes"]["birth_registration"]
    await office.taken_up(JUSTICE, code, at(8, 30))
    return group, code, await office.settled(JUSTICE, code, CERTIFICATE, at(9))


async def test_a_step_that_begins_after_the_hour_goes_to_the_heir_for_its_place(office: LinkedOffice) -> None:
    group, _, _ = await registered(office)
    code = await office.begun(group, "identity_card", at(8, day=8))
    assert code.startswith(NEW_DESKS["07213"])  # by the place; the district's heir by default is another
    holder = step(await office.view(group), "identity_card")["agency"]["identifier"]
    assert holder == NEW_DESKS["07213"]
    # The others that have not begun ask for no code.
    assert step(await office.view(group), "permanent_residence")["code"] is None


async def test_a_step_of_an_agency_that_goes_on_begins_for_the_place_that_stands_for_the_ended_one(
    office: LinkedOffice,
) -> None:
    registry = office.api.office.registry
    await load_units(registry, SYSTEM, [UnitEntry("99", "T", "province", "Tỉnh", None, None, KNOWN, "t", {})])
    await load_agencies(registry, SYSTEM, [agency_entry(ELSEWHERE, "desk", "99@2025-06-01")])
    group, _, _ = await registered(office, health_insurance_card=(ELSEWHERE, CARD))
    code = await office.begun(group, "health_insurance_card", at(8, day=8))
    read = await office.api.get(f"/v1/dossiers/{code}", office.api.operator)
    assert read.json()["place"]["unit"] == "07213@2026-09-08"


async def test_what_was_late_before_the_hour_stays_with_the_agency_that_was_late(
    office: LinkedOffice,
) -> None:
    group, _, _ = await registered(office)
    card = await office.begun(group, "health_insurance_card", at(9, 5))
    await office.begun(group, "permanent_residence", at(9, 5))
    await office.taken_up(INSURANCE, card, at(16))
    await office.does(INSURANCE, card, "apologise", text="xin lỗi")
    await office.to(at(9, day=8))
    late = {(line["what"], line["step"]): line for line in (await office.view(group))["late"]}
    done, still = late["take_up", "health_insurance_card"], late["take_up", "permanent_residence"]
    assert (done["agency"]["identifier"], done["apologised_at"] is None) == (INSURANCE, False)
    assert (still["agency"]["identifier"], still["done_at"]) == (NEW_DESKS["07213"], None)
    # What was never passed on is late by who stands for the issuer now.
    passing = late["pass_on", "identity_card"]
    assert passing["agency"]["identifier"] in NEW_DESKS.values()


async def test_an_error_goes_back_to_who_stands_for_an_issuer_that_has_ended(office: LinkedOffice) -> None:
    group, birth, wrong = await registered(office)
    card = await office.begun(group, "health_insurance_card", at(9, 5))
    await office.taken_up(INSURANCE, card, at(9, 30))
    await office.to(MIDNIGHT)
    error = {"found_at": "health_insurance_card", "to_step": "birth_registration", "reason": "sai ngày sinh"}
    await office.sent(f"/{group}/return-to-issuer", error, office.api.office.officer(INSURANCE))
    (returned,) = (await office.view(group))["returned"]
    # Of 07201: so the heir for that place keeps it, where the insurance's officer works now too.
    assert returned["issuer"]["identifier"] == NEW_DESKS["07213"]
    right = await office.issued(INSURANCE, birth, b"ban sua", result_code=CERTIFICATE, replaces=wrong)
    await office.does(INSURANCE, birth, "link-result", issued=right)
    await office.sent(f"/{group}/steps/health_insurance_card/pass-on", {"from_step": "birth_registration"})
    (returned,) = (await office.view(group))["returned"]
    assert returned["corrected_at"] is not None
