"""Limits in working hours run on the hours that were set, as they were known (reference section 3.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from application.catalogue_loads import load_hours
from application.handover_check import Dates, recomputed
from domain import record_rules
from domain.dossier_facts import DossierImported
from tests.office.one_dossier import (
    DESK,
    PROCEDURE,
    ask,
    bring,
    do,
    due,
    in_processing,
    known,
    published,
    refused_by,
    statutory,
)
from tests.office.province import SYSTEM
from tests.office.world import Office

WEEKDAYS = (1, 2, 3, 4, 5)
MONDAY_AT_10 = datetime(2025, 6, 2, 3, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Local time of a day of June 2025."""
    return datetime(2025, 6, day, hour - 7, minute, tzinfo=UTC)


def opening(days: tuple[int, ...], opens: str, closes: str) -> tuple[dict[str, Any], ...]:
    return tuple({"day": day, "opens": opens, "closes": closes} for day in days)


async def open_at(
    office: Office,
    openings: tuple[dict[str, Any], ...],
    schedule: str = "office",
    valid_from: date | None = None,
) -> None:
    entry = {"schedule": schedule, "valid_from": valid_from, "openings": openings, "source": "thử"}
    await load_hours(office.registry, SYSTEM, [entry])


FOUR_HOURS = opening(WEEKDAYS, "08:00", "12:00")


async def test_five_working_hours_run_while_the_office_is_open(office: Office) -> None:
    await open_at(office, FOUR_HOURS)
    code = await in_processing(office, unit="working_hour")  # accepted on Monday at 8
    found = await due(office, code)
    assert found is not None
    assert at(3, 9) <= found["statutory"] < at(3, 9, 1)
    assert found["remaining"] == {"unit": "working_hour", "amount": 4}  # a few seconds less than five


async def test_working_hours_are_not_counted_where_nobody_said_when_the_office_is_open(
    office: Office,
) -> None:
    await published(office, None, "working_hour")
    await office.move_clock(MONDAY_AT_10)
    filed = await office.filed(DESK, "07207", PROCEDURE, accept=False)
    await refused_by(record_rules.HOURS_KNOWN, do(office, filed.code, "accept"))


async def test_hours_announced_later_change_no_promise(office: Office) -> None:
    await open_at(office, FOUR_HOURS)
    code = await in_processing(office, unit="working_hour")
    promised = await statutory(office, code)
    await open_at(office, opening(WEEKDAYS, "08:00", "08:30"), valid_from=date(2025, 6, 3))
    assert await statutory(office, code) == promised is not None


async def test_what_is_left_of_working_hours_is_left_while_papers_are_awaited(office: Office) -> None:
    await open_at(office, FOUR_HOURS)
    terms = {"supplement": {"pattern": "suspend"}}
    code = await in_processing(office, terms, unit="working_hour")
    await ask(office, code, at(2, 11))  # three hours are used up
    left = (await known(office, code)).dossier.clock_left
    assert left is not None
    assert (left.unit, 7195 <= left.amount <= 7200) == ("working_second", True)
    await bring(office, code, at(10, 11))
    ends = await statutory(office, code)
    assert ends is not None
    assert at(11, 8, 59) < ends <= at(11, 9, 1)


async def test_a_procedure_of_the_police_runs_on_saturday_morning_too(office: Office) -> None:
    await open_at(office, FOUR_HOURS)
    await open_at(office, opening((*WEEKDAYS, 6), "08:00", "12:00"), schedule="police")
    await published(office, {"clock": {"schedule": "police"}}, "working_hour")
    await office.move_clock(at(6, 11))  # Friday
    filed = await office.filed(DESK, "07207", PROCEDURE)
    ends = await statutory(office, filed.code)
    assert ends is not None
    assert at(7, 11, 59) < ends <= at(9, 8, 1)


async def test_an_imported_and_accepted_dossier_is_checked_on_its_procedures_own_hours(
    office: Office,
) -> None:
    await open_at(office, FOUR_HOURS)
    await open_at(office, opening((*WEEKDAYS, 6), "08:00", "12:00"), schedule="police")
    await published(office, {"clock": {"schedule": "police"}}, "working_hour")
    await office.move_clock(at(6, 11))  # Friday: on the hours of offices it would end on Monday
    code = (await office.filed(DESK, "07207", PROCEDURE)).code
    filed, *later = [recorded.fact for recorded in (await known(office, code)).facts]
    imported = DossierImported(
        originator_id=filed.originator_id,
        originator_version=filed.originator_version,
        envelope=filed.envelope,
        code=code,
        source="old register",
        case_id="1",
        status=1,
        procedure_code=PROCEDURE,
        place=None,
        place_code=None,
        attributes=(),
    )
    organisation = (await office.reader.moment(fresh=True)).organisation
    ends = await statutory(office, code)
    assert ends is not None
    assert recomputed([imported, *later], organisation) == Dates(ends, ends)


async def test_hours_are_set_in_the_order_of_their_days_and_once(office: Office) -> None:
    await open_at(office, FOUR_HOURS, valid_from=date(2025, 6, 1))
    await open_at(office, FOUR_HOURS, valid_from=date(2025, 6, 1))  # known already
    earlier = open_at(office, opening(WEEKDAYS, "07:00", "11:00"), valid_from=date(2025, 5, 1))
    await refused_by(record_rules.HOURS_ORDER, earlier)
    upside_down = open_at(office, opening((1,), "12:00", "08:00"), valid_from=date(2025, 7, 1))
    await refused_by(record_rules.HOURS_WEEK, upside_down)
