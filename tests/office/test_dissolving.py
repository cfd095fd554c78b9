"""An agency ends without a handover only where no act hands it anything."""

from __future__ import annotations

from datetime import date

import pytest

from application.changing import Asked
from application.handovers import cancel
from application.organisation_acts import dissolve_agency
from application.refusals import Refused
from domain import organisation_rules
from tests.office.acts import an_act, at, link, scheduled
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, NEW_PROVINCE, OLD_DESKS, Office, document

NORTH, SOUTH = NEW_DESKS["07210"], NEW_DESKS["07213"]
DAY = "2025-09-01"
KEPT = "000.77.00.H05"
N25, S25 = "07210@2025-07-01", "07213@2025-07-01"


async def registrar(office: Office) -> Asked:
    entry = {
        "number": "registrar",
        "name": "R",
        "postings": [{"agency": OLD_DESKS["07207"], "roles": ["registrar"]}],
    }
    return Asked(await office.appointed(entry))


async def ended(office: Office, asked: Asked, identifier: str, until: str) -> None:
    day = date.fromisoformat(until)
    await dissolve_agency(office.handovers, asked, identifier, until=day, reason="không còn việc")


async def refused(office: Office, asked: Asked, identifier: str, until: str) -> str:
    """The part that hands to the agency."""
    with pytest.raises(Refused) as refusal:
        await ended(office, asked, identifier, until)
    assert refusal.value.rule is organisation_rules.AGENCY_RECEIVES
    assert refusal.value.details["identifier"] == identifier
    return str(refusal.value.details["part"])


@pytest.mark.parametrize("receiver", [NORTH, SOUTH, NEW_PROVINCE])
async def test_who_receives_by_an_act_to_come_does_not_end_before_or_after_its_hour(
    office: Office, receiver: str
) -> None:
    asked = await registrar(office)
    await office.filed(DISTRICT, "07207@2025-06-01")
    part = await office.scheduled()
    for until in ("2025-07-01", "2025-07-20"):
        assert await refused(office, asked, receiver, until) == str(part)


async def test_an_agency_that_an_act_in_force_named_ends_without_one_only_after_an_act_has_ended_it(
    office: Office,
) -> None:
    asked = await registrar(office)
    part = await office.scheduled()
    await office.move_clock(HOUR)
    assert await refused(office, asked, SOUTH, "2025-07-02") == str(part)
    south = f"07213@{DAY}"
    handing = an_act(
        office,
        DAY,
        number="1/NQ",
        ends=[S25],
        begins=["07213"],
        links=[link(S25, south)],
        founds={KEPT: south},
        closes={SOUTH: KEPT},
        receives={south: KEPT},
    )
    await scheduled(office, handing)
    assert await refused(office, asked, SOUTH, "2025-08-01") == str(part)
    await at(office, f"{DAY}T08:00:00")
    await ended(office, asked, SOUTH, "2025-09-02")


async def test_a_cancelled_act_hands_nothing_and_an_agency_that_no_act_names_ends(office: Office) -> None:
    asked, heir = await registrar(office), OLD_DESKS["07210"]
    act = document(office.officers)
    agencies = act["parts"][0]["agencies"]
    agencies["ends"] = [end for end in agencies["ends"] if end["agency"] != heir]
    for end in agencies["ends"]:
        if end["agency"] == OLD_DESKS["07201"]:
            end["heir"] = heir
    part = await scheduled(office, act)
    assert await refused(office, asked, heir, "2025-06-20") == str(part)
    await ended(office, asked, OLD_DESKS["07201"], "2025-06-20")
    await cancel(office.handovers, office.officers["first operator"], part, "thôi")
    await ended(office, asked, heir, "2025-06-20")
