"""What time is counted on, as recorded up to a position: the working calendar, the hours of offices, the
outages announced.

What was announced later changes nothing that was promised before, so each of them answers for the past too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from domain.calendar import CalendarYear, WorkingCalendar
from domain.facts import Aggregate, Fact, Recorded
from domain.office_hours import HoursSet, OfficeHours
from domain.outages import Outage, OutageAnnounced, Outages
from domain.working_hours import Schedule, WorkingHours

TAggregate = TypeVar("TAggregate", bound=Aggregate)


@dataclass(frozen=True, slots=True)
class _Known:
    """All of it from a position on."""

    position: int
    recorded_at: datetime
    calendar: WorkingCalendar
    hours: dict[str, WorkingHours]
    outages: tuple[Outage, ...]


_NO_YEARS = WorkingCalendar(())


class KnownTime:
    """Part of the organisation: see `application.organisation`."""

    def __init__(self) -> None:
        self.calendars: dict[UUID, CalendarYear] = {}
        self.office_hours: dict[UUID, OfficeHours] = {}
        self.system_outages: dict[UUID, Outages] = {}
        self._since: list[_Known] = []

    def apply_time(self, recorded: Recorded[Fact]) -> None:
        """Fold one fact of the category CALENDAR, in order of position."""
        fact = recorded.fact
        known = self._since[-1] if self._since else _Known(0, recorded.recorded_at, _NO_YEARS, {}, ())
        known = replace(known, position=recorded.position, recorded_at=recorded.recorded_at)
        if isinstance(fact, OutageAnnounced):
            of_system = folded(self.system_outages, Outages, fact)
            others = (outage for outage in known.outages if outage.system != fact.system)
            self._since.append(replace(known, outages=(*others, *of_system.announced)))
            return
        if isinstance(fact, HoursSet):
            folded(self.office_hours, OfficeHours, fact)
        else:
            folded(self.calendars, CalendarYear, fact)
        calendar = WorkingCalendar(self.calendars.values())
        schedules = [Schedule(of.schedule or "", of.hours) for of in self.office_hours.values()]
        hours = {schedule.id: WorkingHours(schedule, calendar) for schedule in schedules}
        self._since.append(replace(known, calendar=calendar, hours=hours))

    @property
    def calendar(self) -> WorkingCalendar:
        return self._since[-1].calendar if self._since else _NO_YEARS

    def calendar_known_at(self, position: int) -> WorkingCalendar:
        """The calendar as recorded up to a position."""
        known = self._at(position)
        return known.calendar if known else _NO_YEARS

    def calendar_known_before(self, instant: datetime) -> WorkingCalendar:
        """The calendar as recorded before an instant."""
        known = self._before(instant)
        return known.calendar if known else _NO_YEARS

    def hours(self, schedule: str) -> WorkingHours | None:
        """When offices of this schedule are open, on the calendar known now; None where nobody said so."""
        return self._since[-1].hours.get(schedule) if self._since else None

    def hours_known_at(self, position: int, schedule: str) -> WorkingHours | None:
        """The same, as recorded up to a position."""
        known = self._at(position)
        return known.hours.get(schedule) if known else None

    def hours_known_before(self, instant: datetime, schedule: str) -> WorkingHours | None:
        """The same, as recorded before an instant."""
        known = self._before(instant)
        return known.hours.get(schedule) if known else None

    @property
    def outages(self) -> tuple[Outage, ...]:
        """All that were announced, of any system."""
        return self._since[-1].outages if self._since else ()

    def outages_known_at(self, position: int) -> tuple[Outage, ...]:
        """The same, as recorded up to a position."""
        known = self._at(position)
        return known.outages if known else ()

    def _at(self, position: int) -> _Known | None:
        known = bisect_right(self._since, position, key=lambda since: since.position)
        return self._since[known - 1] if known else None

    def _before(self, instant: datetime) -> _Known | None:
        known = bisect_left(self._since, instant, key=lambda since: since.recorded_at)
        return self._since[known - 1] if known else None


def folded(known: dict[UUID, TAggregate], cls: type[TAggregate], fact: Fact) -> TAggregate:
    """The aggregate of the fact's stream, which is made with its first fact."""
    aggregate = known.get(fact.originator_id)
    if aggregate is None:
        aggregate = known[fact.originator_id] = cls.empty(fact.originator_id)
    aggregate.replay(fact)
    return aggregate
