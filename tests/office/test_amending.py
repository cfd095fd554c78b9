"""A part that was scheduled is amended: before its hour, after it, and what was believed before stays
readable."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from application.amending import amend
from application.handovers import cancel, draft, schedule
from application.reconciling import reconcile
from application.refusals import BadRequest, NotFound, Refusal, Refused
from application.simulating import simulate
from domain import handover_rules as rules
from domain.part_state import PartState
from tests.office.acts import amended, approved, at, transferred
from tests.office.test_the_hour import holder_of
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, Office, document

NORTH, SOUTH = NEW_DESKS["07210"], NEW_DESKS["07213"]


def swapped(office: Office) -> dict[str, Any]:
    """Old 07201 passes to new 07210, and nothing of the rest is changed."""
    act = deepcopy(document(office.officers))
    for link in act["parts"][0]["links"]:
        if link["from"] == "07201@2025-06-01":
            link["to"] = "07210@2025-07-01"
    return act


async def test_an_amendment_before_the_hour_takes_the_place_of_the_version_before_it(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07201@2025-06-01")
    part = await office.scheduled()
    await amended(office, part, swapped(office))
    (step,) = (await office.reader.moment(fresh=True)).organisation.steps
    assert (step.part_version, step.hour) == (2, HOUR)
    await office.move_clock(HOUR)
    assert await holder_of(office, filed.code) == NORTH
    assert (await transferred(office, part)).written == 1
    await reconcile(office.handovers, office.officers["first operator"], part)


async def test_the_version_in_force_stays_until_the_amendment_is_scheduled(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07201@2025-06-01")
    part = await office.scheduled()
    await amend(office.handovers, office.officers["first operator"], part, swapped(office))
    known = (await office.reader.moment(fresh=True)).organisation.parts[part]
    assert (known.scheduled, known.part_version) == (1, 2)
    assert (known.state_at(HOUR), known.amendment_state()) == (PartState.EFFECTIVE, PartState.DRAFTED)
    await office.move_clock(HOUR)
    assert await holder_of(office, filed.code) == SOUTH


async def test_an_amendment_after_the_hour_moves_at_its_recording_and_never_before(office: Office) -> None:
    moving = await office.filed(DISTRICT, "07201@2025-06-01")
    staying = await office.filed(DISTRICT, "07207@2025-06-01")
    part = await office.scheduled()
    await office.move_clock(HOUR)
    assert (await transferred(office, part)).written == 2
    operator = office.officers["first operator"]
    await reconcile(office.handovers, operator, part)
    before = await office.reader.moment(fresh=True)
    await at(office, "2025-07-10T09:00:00")
    await amend(office.handovers, operator, part, swapped(office))
    counts = (await simulate(office.handovers, operator, part)).counts
    assert counts["total"] == 1
    assert list(counts["moves"]) == [f"{SOUTH} > {NORTH} | 1.000001 | 2"]
    await amended(office, part, swapped(office))

    assert await holder_of(office, moving.code) == NORTH
    assert await holder_of(office, staying.code) == NORTH
    moment = await office.reader.moment(fresh=True)
    first, second = moment.organisation.steps
    assert (first.hour, second.hour > first.hour) == (HOUR, True)
    assert (first.effective_at, second.effective_at) == (HOUR, HOUR)
    assert moment.organisation.steps_known_at(before.read_up_to) == (first,)
    known = moment.organisation.parts[part]
    assert known.draft_of(1) != known.draft_of(2)

    await transferred(office, part)
    await reconcile(office.handovers, operator, part)
    assert (await office.reader.moment(fresh=True)).organisation.parts[part].reconciled == {1, 3}


async def test_a_desk_that_an_amendment_begins_is_there_from_its_recording(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07201@2025-06-01")
    part = await office.scheduled()
    await office.move_clock(HOUR)
    act = document(office.officers)
    new = "000.99.00.H05"
    agencies = act["parts"][0]["agencies"]
    agencies["begins"].append(agencies["begins"][2] | {"identifier": new})
    for receiver in agencies["receivers"]:
        if receiver["agency"] == SOUTH:
            receiver["agency"] = new
    await amend(office.handovers, office.officers["first operator"], part, act)
    organisation = (await office.reader.moment(fresh=True)).organisation
    assert organisation.agency_with_identifier(new) is None
    await amended(office, part, act)
    moment = await office.reader.moment(fresh=True)
    desk = moment.organisation.agency_by_identifier(new)
    assert moment.organisation.agency_open_at(desk, moment.now)
    assert not moment.organisation.agency_open_at(desk, HOUR)
    assert await holder_of(office, filed.code) == new


async def the_directory_agrees(office: Office) -> None:
    """The read model has the same units and agencies as the organisation, at the hour, around it and now."""
    views, (now, head) = office.shown._views, await office.opened.recorder.clock()
    await views.shown.wait_for("directory", head)
    organisation = (await office.reader.moment(fresh=True)).organisation
    for t in (HOUR - timedelta(seconds=1), HOUR, now):
        async with views.pool.connection() as connection:
            units = await connection.execute(
                "SELECT unit FROM directory.unit_valid WHERE since <= %(t)s AND until > %(t)s", {"t": t}
            )
            shown = {row[0] for row in await units.fetchall()}
            agencies = await connection.execute(
                "SELECT agency FROM directory.agency_valid WHERE since <= %(t)s AND until > %(t)s", {"t": t}
            )
            open_then = {row[0] for row in await agencies.fetchall()}
        assert shown == {u.id for u in organisation.units.values() if organisation.unit_valid_at(u, t)}
        known = organisation.agencies.values()
        assert open_then == {a.id for a in known if organisation.agency_open_at(a, t)}


async def test_a_desk_that_has_begun_goes_on_or_ends_with_an_heir(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07201@2025-06-01")
    part = await office.scheduled()
    await office.move_clock(HOUR)
    office.officers[SOUTH] = office.officer(OLD_DESKS["07201"])
    own = await office.filed(SOUTH, "07213@2025-07-01")
    act = document(office.officers)
    agencies = act["parts"][0]["agencies"]
    agencies["begins"] = [one for one in agencies["begins"] if one["identifier"] != SOUTH]
    for receiver in agencies["receivers"]:
        if receiver["agency"] == SOUTH:
            receiver["agency"] = NORTH
    for end in agencies["ends"]:
        if end["heir"] == SOUTH:
            end["heir"] = NORTH
    with pytest.raises(Refused) as refused:
        await amended(office, part, act)
    assert refused.value.rule is rules.FOUNDED_GOES_ON
    agencies["ends"].append({"agency": SOUTH, "heir": NORTH, "closed_by": agencies["ends"][0]["closed_by"]})
    await amended(office, part, act)
    moment = await office.reader.moment(fresh=True)
    south = moment.organisation.agency_by_identifier(SOUTH)
    assert moment.organisation.agency_open_at(south, HOUR)
    assert not moment.organisation.agency_open_at(south, moment.now)
    assert moment.organisation.heir_of(south.id, moment.now) == await office.agency(NORTH)
    for code in (filed.code, own.code):
        assert await holder_of(office, code) == NORTH
    await the_directory_agrees(office)


async def test_before_the_hour_what_an_amendment_no_longer_begins_is_nothing(office: Office) -> None:
    part = await office.scheduled()
    act = swapped(office)
    content = act["parts"][0]
    content["begins"] = [one for one in content["begins"] if one["code"] != "07213"]
    content["links"] = [one for one in content["links"] if one["to"] != "07213@2025-07-01"]
    for one in content["links"]:
        one["kind"] = "whole" if one["kind"] == "part" else one["kind"]
    content["agencies"]["begins"] = [
        one for one in content["agencies"]["begins"] if one["identifier"] != SOUTH
    ]
    content["agencies"]["receivers"] = [
        one for one in content["agencies"]["receivers"] if one["agency"] != SOUTH
    ]
    for end in content["agencies"]["ends"]:
        end["heir"] = NORTH if end["heir"] == SOUTH else end["heir"]
    await amended(office, part, act)
    organisation = (await office.reader.moment(fresh=True)).organisation
    assert organisation.agency_with_identifier(SOUTH) is None
    with pytest.raises(NotFound):
        organisation.unit_by_reference("07213@2025-07-01", HOUR)
    assert organisation.unit_at("07210", HOUR).begins_by == part
    await the_directory_agrees(office)


async def test_by_law_units_follow_the_amendment_since_the_acts_instant(office: Office) -> None:
    part = await office.scheduled()
    await at(office, "2025-07-10T09:00:00")
    before = await office.reader.moment(fresh=True)
    act = document(office.officers)
    act["parts"][0]["begins"].append(act["parts"][0]["begins"][2] | {"code": "07299", "name": "Xã 07299"})
    act["parts"][0]["links"][0]["to"] = "07299@2025-07-01"
    act["parts"][0]["agencies"]["receivers"].append(
        {"unit": "07299@2025-07-01", "level": "commune", "agency": SOUTH}
    )
    await amended(office, part, act)
    moment = await office.reader.moment(fresh=True)
    assert moment.organisation.unit_at("07299", HOUR).begins_by == part
    with pytest.raises(NotFound):
        moment.organisation.unit_at("07299", HOUR - timedelta(seconds=1))
    await the_directory_agrees(office)
    with pytest.raises(NotFound):
        (await office.reader.as_known(before.read_up_to)).organisation.unit_at("07299", moment.now)


async def test_what_an_amendment_may_not_change_is_refused_with_its_place(office: Office) -> None:
    part, operator = await office.scheduled(), office.officers["first operator"]

    async def refused(changed: dict[str, Any]) -> str | None:
        try:
            await amend(office.handovers, operator, part, changed)
        except (Refused, Refusal) as refusal:
            return refusal.pointer
        raise AssertionError("it was drafted")

    other_day = document(office.officers) | {"effective_at": "2025-07-02T00:00:00+07:00"}
    assert await refused(other_day) is not None
    twice = document(office.officers)
    twice["parts"][0]["begins"].append(twice["parts"][0]["begins"][0])
    assert await refused(twice) == "/parts/0/begins/3/code"
    alone = document(office.officers)["parts"][0]
    alone["links"][0]["to"] = "99999@2025-07-01"
    assert await refused(alone) == "/links/0/to"
    with pytest.raises(BadRequest) as unnamed:
        await amend(office.handovers, operator, part, document(office.officers) | {"parts": []})
    assert unnamed.value.code == "unknown_part"


async def test_a_cancelled_part_is_not_amended(office: Office) -> None:
    part, operator = await office.scheduled(), office.officers["first operator"]
    await cancel(office.handovers, operator, part, "thôi")
    with pytest.raises(Refused) as refused:
        await amend(office.handovers, operator, part, document(office.officers))
    assert refused.value.rule is rules.DRAFT_SETTLED


async def test_an_act_without_its_day_is_simulated_and_its_day_said_later(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07201@2025-06-01")
    operator = office.officers["first operator"]
    undated = document(office.officers) | {"effective_at": None}
    undated = json.loads(json.dumps(undated).replace("@2025-07-01", "@"))
    part = (await draft(office.handovers, operator, undated)).part
    assert part is not None
    assert (await simulate(office.handovers, operator, part)).counts["total"] == 1
    await approved(office, part)
    with pytest.raises(Refused) as refused:
        await schedule(office.handovers, operator, part)
    assert refused.value.rule is rules.NO_DATE
    await amended(office, part, document(office.officers))
    organisation = (await office.reader.moment(fresh=True)).organisation
    assert organisation.acts[organisation.parts[part].act].effective_at == HOUR
    await office.move_clock(HOUR)
    assert await holder_of(office, filed.code) == SOUTH
