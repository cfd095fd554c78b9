"""Acts that follow one another: a commune of 2025 that changes again in 2026, a split that is undone, an act
recorded late, two acts at one hour, a rename, a cancelled act drafted again. The audit runs after each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from application.handovers import cancel
from application.reconciling import reconcile
from application.refusals import Refused
from application.simulating import simulate
from application.succession import heirs_of_unit
from domain import handover_rules as rules
from domain.local_time import day_start
from tests.office.acts import an_act, at, drafted, link, scheduled, through, transferred
from tests.office.test_the_hour import holder_of
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, OLD_DESKS, Office

NORTH, SOUTH = NEW_DESKS["07210"], NEW_DESKS["07213"]
N25, S25 = "07210@2025-07-01", "07213@2025-07-01"
SPLIT_DAY, MERGE_DAY = "2025-09-01", "2025-10-01"
WEST, EAST, AGAIN = "000.10.01.H05", "000.10.02.H05", "000.10.03.H05"


async def reformed(office: Office) -> Any:
    part = await office.scheduled()
    await office.move_clock(HOUR)
    await transferred(office, part)
    await reconcile(office.handovers, office.officers["first operator"], part)
    return part


def split(office: Office) -> dict[str, Any]:
    """07210 of 2025 becomes 07210 of September (which holds provisionally) and 07211."""
    west, east = f"07210@{SPLIT_DAY}", f"07211@{SPLIT_DAY}"
    return an_act(
        office,
        SPLIT_DAY,
        number="1/NQ",
        ends=[N25],
        begins=["07210", "07211"],
        links=[
            link(N25, west, "part", decided_by="places", basis="thôn Tây"),
            link(N25, east, "part", default=False, decided_by="places", basis="thôn Đông"),
        ],
        founds={WEST: west, EAST: east},
        closes={NORTH: WEST},
        receives={west: WEST, east: EAST},
    )


def merged(office: Office) -> dict[str, Any]:
    """The split is undone: the same code again, a later day."""
    both = [f"07210@{SPLIT_DAY}", f"07211@{SPLIT_DAY}"]
    again = f"07210@{MERGE_DAY}"
    return an_act(
        office,
        MERGE_DAY,
        number="2/NQ",
        ends=both,
        begins=["07210"],
        links=[link(one, again) for one in both],
        founds={AGAIN: again},
        closes={WEST: AGAIN, EAST: AGAIN},
        receives={again: AGAIN},
    )


async def test_a_commune_of_2025_that_changes_again_passes_its_dossiers_on(office: Office) -> None:
    old = await office.filed(DISTRICT, "07207@2025-06-01")
    await reformed(office)
    office.officers[NORTH] = office.officer(OLD_DESKS["07207"])
    new = await office.filed(NORTH, N25)
    part = await scheduled(office, split(office))
    await at(office, f"{SPLIT_DAY}T00:00:00")
    assert await holder_of(office, old.code) == WEST
    assert await holder_of(office, new.code) == WEST
    assert (await transferred(office, part)).written == 2
    await reconcile(office.handovers, office.officers["first operator"], part)
    moment = await office.reader.moment(fresh=True)
    organisation = moment.organisation
    first = organisation.unit_by_reference("07207@2025-06-01", HOUR)
    heirs = {organisation.units[h.unit].reference for h in heirs_of_unit(organisation, first.id, moment.now)}
    assert heirs == {f"07210@{SPLIT_DAY}", f"07211@{SPLIT_DAY}"}


async def test_a_simulation_counts_what_an_act_before_it_brings_first(office: Office) -> None:
    await office.filed(DISTRICT, "07207@2025-06-01")
    await office.filed(OLD_DESKS["07201"], "07201@2025-06-01")
    await office.scheduled()
    part = await drafted(office, split(office))
    operator = office.officers["first operator"]
    counts = (await simulate(office.handovers, operator, part)).counts
    assert (counts["total"], counts["rule route.split_default"]) == (1, 1)
    assert list(counts["moves"]) == [f"{NORTH} > {WEST} | 1.000001 | 2"]
    await through(office, part)
    await at(office, f"{SPLIT_DAY}T00:00:00")
    assert (await transferred(office, part)).written == counts["total"]


async def test_a_split_that_is_undone_gives_one_unit_again_under_the_same_code(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07207@2025-06-01")
    await reformed(office)
    await scheduled(office, split(office))
    part = await scheduled(office, merged(office))
    await at(office, f"{MERGE_DAY}T08:00:00")
    assert await holder_of(office, filed.code) == AGAIN
    await transferred(office, part)
    organisation = (await office.reader.moment(fresh=True)).organisation
    days = [f"{day}T12:00:00+07:00" for day in ("2025-06-15", "2025-07-15", SPLIT_DAY, MERGE_DAY)]
    units = [organisation.unit_at("07210", datetime.fromisoformat(d)) for d in days]
    assert [one.reference for one in units] == [
        "07210@2025-06-01",
        N25,
        f"07210@{SPLIT_DAY}",
        f"07210@{MERGE_DAY}",
    ]


async def test_an_act_recorded_late_moves_at_its_recording_and_is_law_since_its_instant(
    office: Office,
) -> None:
    await reformed(office)
    office.officers[NORTH] = office.officer(OLD_DESKS["07207"])
    filed = await office.filed(NORTH, N25)
    await at(office, "2025-09-10T09:00:00")
    before = await office.reader.moment(fresh=True)
    part = await scheduled(office, split(office))
    moment = await office.reader.moment(fresh=True)
    step = next(step for step in moment.organisation.steps if step.part_id == part)
    law = day_start(date.fromisoformat(SPLIT_DAY))
    assert step.effective_at == law
    assert step.hour > before.now
    assert moment.organisation.unit_at("07211", law).begins_by == part
    assert not moment.organisation.unit_valid_at(moment.organisation.unit_by_reference(N25, law), law)
    north = moment.organisation.agency_by_identifier(NORTH)
    assert moment.organisation.agency_open_at(north, before.now)
    assert await holder_of(office, filed.code) == WEST
    assert (await transferred(office, part)).written == 1


async def test_two_acts_at_one_hour_one_of_which_begins_what_the_other_hands_to(office: Office) -> None:
    filed = await office.filed(DISTRICT, "07207@2025-06-01")
    await reformed(office)
    unit = f"07299@{SPLIT_DAY}"
    south = f"07213@{SPLIT_DAY}"
    founding = an_act(
        office,
        SPLIT_DAY,
        number="3/NQ",
        ends=[S25],
        begins=["07213", "07299"],
        links=[link(S25, south, "part"), link(S25, unit, "part", default=False)],
        founds={EAST: unit, AGAIN: south},
        closes={SOUTH: AGAIN},
        receives={unit: EAST, south: AGAIN},
    )
    handing = an_act(
        office,
        SPLIT_DAY,
        number="4/NQ",
        ends=[N25],
        begins=["07210"],
        links=[link(N25, f"07210@{SPLIT_DAY}")],
        closes={NORTH: EAST},
        receives={f"07210@{SPLIT_DAY}": EAST},
    )
    first = await scheduled(office, founding)
    second = await scheduled(office, handing)
    operator = office.officers["first operator"]
    with pytest.raises(Refused) as needed:
        await cancel(office.handovers, operator, first, "thôi")
    assert needed.value.rule is rules.NEEDED_BY
    assert needed.value.details["part"] == str(second)
    await at(office, f"{SPLIT_DAY}T00:00:00")
    assert await holder_of(office, filed.code) == EAST
    for part in (first, second):
        await transferred(office, part)


async def test_a_commune_that_becomes_a_ward_moves_nothing_and_its_desk_follows(office: Office) -> None:
    await reformed(office)
    office.officers[NORTH] = office.officer(OLD_DESKS["07207"])
    filed = await office.filed(NORTH, N25)
    ward = f"07210@{SPLIT_DAY}"
    part = await scheduled(
        office,
        an_act(
            office, SPLIT_DAY, number="5/NQ", ends=[N25], begins=["07210"], links=[link(N25, ward, "same")]
        ),
    )
    await at(office, f"{SPLIT_DAY}T08:00:00")
    assert await holder_of(office, filed.code) == NORTH
    moment = await office.reader.moment(fresh=True)
    organisation = moment.organisation
    desk = organisation.agency_by_identifier(NORTH)
    now = organisation.unit_by_reference(ward, moment.now)
    assert organisation.unit_of(desk, moment.now) == now.id
    assert organisation.unit_of(desk, HOUR) == desk.unit
    assert desk.id in [agency.id for agency in organisation.agencies_of_unit(now.id)]
    assert organisation.agency_open_at(desk, moment.now)
    later = await office.filed(NORTH, ward)
    assert (await transferred(office, part)).total == 0
    await reconcile(office.handovers, office.officers["first operator"], part)

    end = f"07213@{MERGE_DAY}"
    merge = await scheduled(
        office,
        an_act(
            office,
            MERGE_DAY,
            number="6/NQ",
            ends=[ward, S25],
            begins=["07213"],
            links=[link(ward, end), link(S25, end)],
            founds={AGAIN: end},
            closes={NORTH: AGAIN, SOUTH: AGAIN},
            receives={end: AGAIN},
        ),
    )
    await at(office, f"{MERGE_DAY}T08:00:00")
    for one in (filed, later):
        assert await holder_of(office, one.code) == AGAIN
    assert (await transferred(office, merge)).written == 2


async def test_the_desk_of_a_unit_that_stays_the_same_is_not_ended_by_it(office: Office) -> None:
    await reformed(office)
    ward = f"07210@{SPLIT_DAY}"
    act = an_act(
        office,
        SPLIT_DAY,
        number="5/NQ",
        ends=[N25],
        begins=["07210"],
        links=[link(N25, ward, "same")],
        founds={WEST: ward},
        closes={NORTH: WEST},
        receives={ward: WEST},
    )
    with pytest.raises(Refused) as refused:
        await drafted(office, act)
    assert (refused.value.rule, refused.value.pointer) == (
        rules.SAME_STAYS,
        "/parts/0/agencies/ends/0/agency",
    )


async def test_a_cancelled_act_is_drafted_again_and_nothing_of_the_first_is_left(office: Office) -> None:
    await reformed(office)
    operator = office.officers["first operator"]
    part = await scheduled(office, split(office))
    await cancel(office.handovers, operator, part, "hoãn")
    organisation = (await office.reader.moment(fresh=True)).organisation
    assert organisation.agency_with_identifier(WEST) is None
    assert organisation.unit_at("07210", day_start(date(2025, 9, 2))).reference == N25
    again = await scheduled(office, split(office))
    assert again != part
    await at(office, f"{SPLIT_DAY}T08:00:00")
    with pytest.raises(Refused) as late:
        await cancel(office.handovers, operator, again, "muộn")
    assert late.value.rule is rules.HOUR_PASSED
