"""The project's calendar as the domain reads it, and hours for tests: no office's real ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import cache
from uuid import UUID

from domain.calendar import CalendarYear, WorkingCalendar
from domain.facts import Actor, Envelope
from domain.local_time import VIETNAM
from domain.working_hours import OFFICE, POLICE, Hours, Opening, Schedule, WorkingHours
from infra import reference
from infra.calendar_documents import read_calendar

Week = tuple[tuple[Opening, ...], ...]

MORNING: Opening = (time(8), time(12))
AFTERNOON: Opening = (time(13), time(17))
WHOLE_DAY = (MORNING, AFTERNOON)
OFFICE_WEEK: Week = (*((WHOLE_DAY,) * 5), (), ())
POLICE_WEEK: Week = (*((WHOLE_DAY,) * 5), (MORNING,), ())
UNEVEN_WEEK: Week = (
    ((time(7, 30), time(11, 30)), (time(13, 30), time(17))),
    ((time(8), time(12)),),
    ((time(7), time(11)), (time(13), time(16, 30))),
    (),
    ((time(7, 30), time(11)), (time(14), time(15, 30))),
    ((time(9), time(10, 5)),),
    (),
)
WEEKS = (OFFICE_WEEK, POLICE_WEEK, UNEVEN_WEEK)
_ENVELOPE = Envelope(Actor("officer", "o"), datetime(2014, 12, 1, tzinfo=UTC))


@cache
def calendar(known_on: date | None = None) -> WorkingCalendar:
    """Every year of the file, of whose days those that were known on a day; None: all of them."""
    return WorkingCalendar(years(known_on))


def years(known_on: date | None = None) -> list[CalendarYear]:
    """The same as aggregates that were just set."""

    def was_known(known_from: str | None) -> bool:
        return known_on is None or known_from is None or date.fromisoformat(known_from) <= known_on

    made = []
    for entry in read_calendar(reference.CALENDAR):
        year = CalendarYear.empty(UUID(int=entry["year"]))
        off = [day for day in entry["days_off"] if was_known(day["known_from"])]
        year.set(
            _ENVELOPE,
            year=entry["year"],
            days_off=tuple({"date": day["date"], "name": day["name_vi"]} for day in off),
            worked=tuple(d["date"] for d in entry["worked_days"] if was_known(d["known_from"])),
            forecast=entry["forecast"],
            known_from=None,
            source="test",
        )
        made.append(year)
    return made


@cache
def replaced() -> dict[date, date]:
    """For each worked Saturday of the file the day off that it stands for."""
    return {
        date.fromisoformat(day["date"]): date.fromisoformat(day["instead_of"])
        for entry in read_calendar(reference.CALENDAR)
        for day in entry["worked_days"]
    }


def hours(week: Week, known_on: date | None = None) -> WorkingHours:
    """One week's hours, in force from the beginning, on the calendar as known on a day."""
    name = {OFFICE_WEEK: OFFICE, POLICE_WEEK: POLICE}.get(week, "uneven")
    return WorkingHours(Schedule(name, [Hours(None, week)]), calendar(known_on), replaced())


def local(text: str) -> datetime:
    """An instant as a clock in Vietnam shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)
