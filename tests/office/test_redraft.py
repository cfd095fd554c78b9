"""A wrong draft blocks nothing: cancelled, its file is drafted again, and only one part is ever scheduled."""

from __future__ import annotations

from typing import Any

import pytest

from application.handovers import approve, cancel, draft, schedule
from application.refusals import NotFound, Refused
from application.simulating import simulate
from domain import handover_rules as rules
from tests.office.test_the_hour import holder_of, run_transfer
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, Office, document
from tests.projections import reading


async def drafted(office: Office, **changes: Any) -> Any:
    operator = office.officers["first operator"]
    return (await draft(office.handovers, operator, document(office.officers) | changes)).part


async def approved(office: Office, part: Any) -> None:
    first, second = (office.officers[f"{n} operator"] for n in ("first", "second"))
    await simulate(office.handovers, first, part)
    moment = await office.reader.moment(fresh=True)
    digest = moment.organisation.parts[part].digest()
    await approve(office.handovers, first, part, digest)
    await approve(office.handovers, second, part, digest)


async def test_a_cancelled_draft_is_drafted_again_and_lived_through(office: Office) -> None:
    operator = office.officers["first operator"]
    wrong = await drafted(office)
    with pytest.raises(Refused) as twice:
        await drafted(office)
    assert twice.value.rule is rules.ACT_NUMBER
    await cancel(office.handovers, operator, wrong, "sai tên xã")
    filed = await office.filed(DISTRICT, "07207@2025-06-01")
    await office.scheduled()
    await office.move_clock(HOUR)
    assert await holder_of(office, filed.code) == NEW_DESKS["07210"]
    assert (await run_transfer(office)).written == 1
    views = office.shown._views
    await views.shown.wait_for("directory", (await office.opened.recorder.clock())[1])
    async with views.pool.connection() as connection:
        unit = await reading.unit_on(connection, "07210", HOUR)
        listed = await reading.agencies(connection, HOUR)
    moment = await office.reader.moment(fresh=True)
    assert unit is not None
    assert unit["unit"] == moment.organisation.unit_at("07210", HOUR).id
    assert len(listed) == len({row["identifier"] for row in listed})


async def test_what_a_draft_begins_cannot_be_named_before_it_is_scheduled(office: Office) -> None:
    part = await drafted(office)
    organisation = (await office.reader.moment(fresh=True)).organisation
    with pytest.raises(NotFound):
        organisation.unit_by_reference("07213@2025-07-01", HOUR)
    assert organisation.agency_with_identifier(NEW_DESKS["07210"]) is None
    await approved(office, part)
    await schedule(office.handovers, office.officers["first operator"], part)
    organisation = (await office.reader.moment(fresh=True)).organisation
    assert organisation.unit_by_reference("07213@2025-07-01", HOUR).begins_by == part
    assert organisation.agency_with_identifier(NEW_DESKS["07210"]) is not None


async def test_of_two_drafts_that_begin_and_end_the_same_only_one_is_scheduled(office: Office) -> None:
    operator = office.officers["first operator"]
    one, other = await drafted(office), await drafted(office, number="1659/NQ-UBTVQH15")
    for part in (one, other):
        await approved(office, part)
    await schedule(office.handovers, operator, one)
    with pytest.raises(Refused) as begins:
        await schedule(office.handovers, operator, other)
    assert begins.value.rule is rules.BEGINS_ONCE
    with pytest.raises(Refused) as third:
        await drafted(office, number="1660/NQ-UBTVQH15")
    assert third.value.rule is rules.BEGINS_ONCE
    await cancel(office.handovers, operator, one, "thay bằng văn bản khác")
    await schedule(office.handovers, operator, other)


async def test_a_unit_that_one_part_ends_is_ended_by_no_other(office: Office) -> None:
    operator = office.officers["first operator"]
    part = document(office.officers)["parts"][0]
    codes = {"07210": "17210", "07213": "17213", "24": "99"}

    def renamed(value: Any) -> Any:
        """The same ends, but other units and agencies begin."""
        if isinstance(value, dict):
            return {k: renamed(v) for k, v in value.items()}
        if isinstance(value, list):
            return [renamed(v) for v in value]
        if isinstance(value, str) and value.endswith("@2025-07-01"):
            return f"{codes[value.partition('@')[0]]}@2025-07-01"
        if isinstance(value, str) and value in {*NEW_DESKS.values(), "000.00.00.H05"}:
            return value.replace("H05", "H95")
        return value

    other_part = renamed(part)
    for unit in other_part["begins"]:
        unit["code"] = codes[unit["code"]]
    one = await drafted(office)
    other = await drafted(office, number="1659/NQ-UBTVQH15", parts=[other_part])
    for drafted_part in (one, other):
        await approved(office, drafted_part)
    await schedule(office.handovers, operator, one)
    with pytest.raises(Refused) as ends:
        await schedule(office.handovers, operator, other)
    assert ends.value.rule is rules.ENDS_ONCE
