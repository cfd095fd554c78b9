"""A dossier passes the hour with its clock as it is: running on the office's hours, standing, or without one
(reference, mistake 6). The audit at the end works each statement out again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from application.certificate_document import handed_over
from application.policy import Identity
from application.statement import steps_of
from application.transfer import transfer
from tests.office.one_dossier import DESK, PROCEDURE, ask, do, in_processing, known, published
from tests.office.test_office_hours import FOUR_HOURS, open_at
from tests.office.world import HOUR, Office

LATE_JUNE = datetime(2025, 6, 27, 1, tzinfo=UTC)
"""A Friday."""
SUSPEND: dict[str, Any] = {"supplement": {"pattern": "suspend"}}


async def filed_late(office: Office, unit: str) -> str:
    await published(office, SUSPEND, unit)
    await office.move_clock(LATE_JUNE)
    filed = await office.filed(DESK, "07207", PROCEDURE)
    await do(office, filed.code, "assign", officer=office.officer(DESK).uuid)
    return filed.code


async def passed(office: Office) -> dict[str, tuple[str | None, int | None]]:
    """What is stated as left, by code, once the hour has come and all is transferred."""
    part = await office.scheduled()
    await office.move_clock(HOUR + timedelta(hours=1))
    async for _ in transfer(office.handovers, office.officers["first operator"], part):
        pass
    moment = await office.reader.moment(fresh=True)
    found = handed_over(office.handovers, steps_of(moment, part), moment.read_up_to)
    return {fact.code: (fact.remaining_unit, fact.remaining_amount) async for fact in found}


async def test_a_clock_that_runs_is_stated_with_what_is_left_of_it(office: Office) -> None:
    code = await filed_late(office, "working_day")  # due at the end of Friday 4 July
    assert (await passed(office))[code] == ("working_day", 3)


async def test_a_clock_that_stands_is_stated_with_what_it_stands_with_and_goes_on_at_the_heir(
    office: Office,
) -> None:
    code = await filed_late(office, "working_day")
    await ask(office, code, LATE_JUNE + timedelta(hours=1))
    assert (await passed(office))[code] == ("working_day", 5)
    await office.move_clock(datetime(2025, 7, 2, 2, tzinfo=UTC))
    owner = Identity("applicant", str((await known(office, code)).dossier.owner))
    await office.act(owner, code, "submit-supplement", None, components=())
    assert (await known(office, code)).dossier.statutory_due == datetime(2025, 7, 9, 17, tzinfo=UTC)


@pytest.mark.parametrize("stands", [False, True])
async def test_working_hours_are_stated_by_the_hours_known_before_the_hour(
    office: Office, stands: bool
) -> None:
    await open_at(office, FOUR_HOURS)
    code = await filed_late(office, "working_hour")  # five hours: Friday four, Monday one
    if stands:
        await ask(office, code, LATE_JUNE + timedelta(hours=1))
    stated = (await passed(office))[code]
    assert stated == ((None, None) if stands else ("working_hour", -3))


async def test_what_is_late_is_stated_as_late(office: Office) -> None:
    code = await in_processing(office)  # due on 9 June
    assert (await passed(office))[code] == ("working_day", -16)
