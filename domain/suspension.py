"""Clocks that stop and go on: what is left of a limit when it stops, and when it ends after it goes on.

Time that is not counted (the applicant's time for a supplement, consultation or an inspection where the
procedure says so: reference section 3.3, pattern 2) is left out like this:

- In days: what is left are the days still to come after the day of the stop. When it goes on they are counted
  as any period is, the first day, that of going on, not among them (Civil Code 2015 Art 147.2). So a stop and
  a going on within one day change nothing, however often. With no day left it ends on the day of going on.
- In hours and working hours: exactly what is left.
- In months: what is left is told and counted in calendar days, since no part of a month has a length.

An end that had rolled over from a day off is counted again from the day before it rolled. A clock that stops
when its time has passed already stays passed. Instants come in aware and go out in UTC; ends are exclusive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from domain import deadlines, record_rules
from domain.calendar import WorkingCalendar
from domain.deadlines import CALENDAR_DAY, HOUR, MONTH, WORKING_DAY, WORKING_HOUR
from domain.local_time import local_date
from domain.refusals import Refused
from domain.working_hours import WorkingHours

EXACT: Final = (HOUR, WORKING_HOUR)


class Interval(NamedTuple):
    """From an instant until another, exclusive."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs since an instant and ends at `due`, exclusive. `last_day`: the day on which a limit
    in days or months ends before it rolls over; None in hours."""

    unit: str
    since: datetime
    due: datetime
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Stopped:
    """A clock that stands since an instant. What is left: `days` of `unit`, or `time` in hours and working
    hours. `passed`: its end, where that had come before it stopped."""

    unit: str
    at: datetime
    days: int = 0
    time: timedelta = timedelta(0)
    passed: datetime | None = None


def begin(
    amount: int,
    unit: str,
    counted_from: datetime,
    calendar: WorkingCalendar,
    hours: WorkingHours | None = None,
) -> Running:
    """The clock of a limit that runs from `counted_from`. Raises as `deadlines.due` does."""
    due = deadlines.due(amount, unit, counted_from, calendar, hours)
    last = None if unit in EXACT else deadlines.last_day(amount, unit, counted_from, calendar)
    return Running(unit, counted_from.astimezone(UTC), due, last)


def stop(
    clock: Running, at: datetime, calendar: WorkingCalendar, hours: WorkingHours | None = None
) -> Stopped:
    """The clock as it stands from `at` on, with what is left of it. Raises Refused (deadline.clock_in_order)
    before it runs, else as `deadlines.due` does."""
    if at < clock.since:
        raise Refused(record_rules.CLOCK_ORDER, since=clock.since.isoformat(), at=at.isoformat())
    unit = CALENDAR_DAY if clock.unit == MONTH else clock.unit
    at = at.astimezone(UTC)
    if at >= clock.due:
        return Stopped(unit, at, passed=clock.due)
    if clock.last_day is None:
        time = clock.due - at if unit == HOUR else deadlines.known_hours(hours).between(at, clock.due)
        return Stopped(unit, at, time=time)
    today = local_date(at)
    if unit == WORKING_DAY:
        return Stopped(unit, at, days=calendar.count(today, clock.last_day))
    return Stopped(unit, at, days=max((clock.last_day - today).days, 0))


def go_on(
    clock: Stopped, at: datetime, calendar: WorkingCalendar, hours: WorkingHours | None = None
) -> Running:
    """The clock as it runs again from `at` on. Raises Refused (deadline.clock_in_order) before it stopped,
    else as `deadlines.due` does."""
    if at < clock.at:
        raise Refused(record_rules.CLOCK_ORDER, since=clock.at.isoformat(), at=at.isoformat())
    at = at.astimezone(UTC)
    if clock.passed is not None:
        return Running(clock.unit, at, clock.passed, _day_of_end(clock))
    if clock.unit == HOUR:
        return Running(clock.unit, at, at + clock.time, None)
    if clock.unit == WORKING_HOUR:
        return Running(clock.unit, at, deadlines.known_hours(hours).add(clock.time, at), None)
    today = local_date(at)
    if clock.unit == WORKING_DAY:
        last = deadlines.working_days_after(today, clock.days, calendar)
    else:
        last = today + timedelta(days=clock.days)
    return Running(clock.unit, at, deadlines.end_of(last, calendar), last)


def without(
    clock: Running,
    stops: Iterable[Interval],
    calendar: WorkingCalendar,
    hours: WorkingHours | None = None,
) -> Running:
    """The clock with all that lies within some intervals left out; they may overlap and come in any order.
    What lies before the clock runs or after it ended changes nothing. Raises as `union` and `stop` do."""
    for start, end in union(stops):
        if end > clock.since:
            standing = stop(clock, max(start, clock.since), calendar, hours)
            clock = go_on(standing, end, calendar, hours)
    return clock


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same instants in intervals that are in order, apart and not empty. Raises Refused
    (deadline.clock_in_order) for one that ends before it starts."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if end < start:
            raise Refused(record_rules.CLOCK_ORDER, since=start.isoformat(), at=end.isoformat())
        if merged and start <= merged[-1].end:
            merged[-1] = Interval(merged[-1].start, max(merged[-1].end, end))
        elif start < end:
            merged.append(Interval(start, end))
    return tuple(merged)


def _day_of_end(clock: Stopped) -> date | None:
    """The day on which a clock that had passed ended; None in hours."""
    if clock.unit in EXACT or clock.passed is None:
        return None
    return local_date(clock.passed - timedelta(microseconds=1))
