"""Loading the registry beside an act: what a scheduled part begins is known, not made a second time."""

from __future__ import annotations

from datetime import date

from application.registry import UnitEntry, load_agencies, load_units
from tests.office.province import NEW_DESKS, SYSTEM, agency_entry
from tests.office.world import Office


async def test_a_unit_and_a_desk_that_a_scheduled_act_begins_are_known_to_a_load(office: Office) -> None:
    day = date(2025, 7, 1)
    unit = UnitEntry("07210", "Xã 07210", "commune", "Xã", None, day, day, "tests", {})
    desk = agency_entry(NEW_DESKS["07210"], "desk", "07210@2025-07-01")
    await office.scheduled()
    before = (await office.opened.recorder.clock())[1]

    units = await load_units(office.registry, SYSTEM, [unit])
    agencies = await load_agencies(office.registry, SYSTEM, [desk])

    assert (units.recorded, units.known) == (0, 1)
    assert (agencies.recorded, agencies.known) == (0, 1)
    assert (await office.opened.recorder.clock())[1] == before
