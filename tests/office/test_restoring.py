"""An amendment that no longer ends an agency gives back what it held only where it is open then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from application.amending import amend
from application.changing import Asked
from application.handovers import schedule
from application.organisation_acts import dissolve_agency, dissolve_unit
from application.refusals import Refused
from domain import handover_rules as rules
from tests.office.acts import amended, approved, at, scheduled
from tests.office.test_dissolving import registrar
from tests.office.test_the_hour import holder_of
from tests.office.world import HOUR, NEW_DESKS, OLD_DESKS, Office, document

DESK, HEIR = OLD_DESKS["07201"], NEW_DESKS["07213"]
U07201 = "07201@2025-06-01"


def without(office: Office, agencies: Sequence[str], units: Sequence[str] = ()) -> dict[str, Any]:
    """The act that does not end these agencies and units."""
    act = document(office.officers)
    part = act["parts"][0]
    part["agencies"]["ends"] = [end for end in part["agencies"]["ends"] if end["agency"] not in agencies]
    part["ends"] = [unit for unit in part["ends"] if unit not in units]
    part["links"] = [link for link in part["links"] if link["from"] not in units]
    return act


async def dissolved(office: Office, asked: Asked) -> None:
    await dissolve_agency(office.handovers, asked, DESK, until=date(2025, 7, 5), reason="không còn việc")


async def refused(office: Office, part: Any, act: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        await amended(office, part, act)
    assert refusal.value.rule is rules.RESTORED_OPEN
    assert refusal.value.details["agency"] == DESK


async def test_an_agency_that_is_open_but_for_the_act_holds_again(office: Office) -> None:
    filed = await office.filed(DESK, U07201)
    part = await office.scheduled()
    await at(office, "2025-07-10T09:00:00")
    assert await holder_of(office, filed.code) == HEIR
    await amended(office, part, without(office, [DESK]))
    assert await holder_of(office, filed.code) == DESK


async def test_an_agency_that_the_registrar_dissolved_since_is_not_given_its_dossiers_back(
    office: Office,
) -> None:
    asked = await registrar(office)
    filed = await office.filed(DESK, U07201)
    part = await office.scheduled()
    await office.move_clock(HOUR)
    await dissolved(office, asked)
    await at(office, "2025-07-10T09:00:00")
    await refused(office, part, without(office, [DESK]))
    assert await holder_of(office, filed.code) == HEIR


async def test_an_agency_dissolved_between_the_approval_and_the_scheduling_is_seen(office: Office) -> None:
    asked, operator = await registrar(office), office.officers["first operator"]
    part = await office.scheduled()
    await at(office, "2025-07-10T09:00:00")
    await amend(office.handovers, operator, part, without(office, [DESK]))
    await approved(office, part)
    await dissolved(office, asked)
    with pytest.raises(Refused) as refusal:
        await schedule(office.handovers, operator, part)
    assert refusal.value.rule is rules.RESTORED_OPEN


async def test_an_agency_whose_unit_the_registrar_dissolved_since_holds_nothing_again(office: Office) -> None:
    asked = await registrar(office)
    part = await scheduled_without_unit(office)
    await office.move_clock(HOUR)
    await dissolve_unit(office.handovers, asked, U07201, until=date(2025, 7, 5), reason="không còn")
    await at(office, "2025-07-10T09:00:00")
    await refused(office, part, without(office, [DESK], [U07201]))


async def scheduled_without_unit(office: Office) -> Any:
    """The act ends the desk and leaves its unit."""
    return await scheduled(office, without(office, [], [U07201]))
