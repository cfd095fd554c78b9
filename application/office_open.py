"""Whether an office was open when something was recorded, by the hours and the calendar as known just then.

A police agency has the hours `police`, every other one `office` (domain/working_hours.py).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from application.organisation import Organisation
from domain.calendar import CalendarUnknown
from domain.facts import Recorded
from domain.local_time import local_date
from domain.refusals import Refused
from domain.working_hours import OFFICE, POLICE, WorkingHours

DAYS_KEPT = 2_000


class OfficesOpen:
    """Keeps the openings of days that were asked for: a day has thousands of acts."""

    def __init__(self) -> None:
        self._days: dict[tuple[WorkingHours, date], tuple[tuple[datetime, datetime], ...]] = {}

    def then(self, organisation: Organisation, recorded: Recorded[Any]) -> bool | None:
        """None where no hours, or no calendar of that year, were known."""
        agency = organisation.agencies.get(recorded.fact.envelope.acting_agency)
        schedule = POLICE if agency is not None and agency.kind == POLICE else OFFICE
        hours = organisation.hours(schedule)
        if hours is None:
            return None
        key = hours, local_date(recorded.recorded_at)
        if key not in self._days:
            if len(self._days) >= DAYS_KEPT:
                self._days.clear()
            try:
                self._days[key] = hours.openings(key[1])
            except (CalendarUnknown, Refused):
                return None
        return any(opens <= recorded.recorded_at < closes for opens, closes in self._days[key])
