"""A dossier's clock after its acceptance, as its facts tell it: what is left when it stops, when it ends once
it goes on, and by which pattern of the procedure version (reference section 3.3).

How stopped time is left out is `domain.suspension`'s; here it is put into what a fact holds: whole days of a
limit in days (calendar days of one in months), seconds of one in hours or working hours. Working hours are
counted on the hours that are given; without any they are refused (deadline.hours_known).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from domain import deadlines, record_rules
from domain.calendar import WorkingCalendar
from domain.deadlines import HOUR, WORKING_DAY, WORKING_HOUR
from domain.dossier_supplement_facts import ClockSet
from domain.local_time import local_date
from domain.refusals import Refused
from domain.suspension import EXACT, Interval, Running, Stopped, go_on, stop, union
from domain.term_values import Limit
from domain.terms import RECOUNT, RESIDUAL, RESTART, SUSPEND, SupplementTerms
from domain.working_hours import WorkingHours

SECOND: Final = "second"
"""The unit of what is left of a limit in hours."""
WORKING_SECOND: Final = "working_second"
"""That of one in working hours."""
SUPPLEMENT: Final = "supplement"
EXACTLY: Final = {SECOND: HOUR, WORKING_SECOND: WORKING_HOUR}
START: Final = "start"
"""How a clock goes on that had not begun."""
OUTAGE: Final = "outage"
"""Why a clock that runs is set anew: a system was out of order, and that does not count."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a clock that stands since `at`; `extended`: until the end of the extension, if there is
    one."""

    at: datetime
    amount: int
    unit: str
    extended: int | None = None


@dataclass(frozen=True, slots=True)
class Going:
    """How a clock goes on. All but `pattern` None: nothing runs."""

    pattern: str
    counted_from: datetime | None = None
    amount: int | None = None
    unit: str | None = None
    due: datetime | None = None
    extended_until: datetime | None = None


def stated(
    amount: int, unit: str, counted_from: datetime, due: datetime, calendar: WorkingCalendar
) -> Running:
    """The clock of a period as a fact stated it: its end stands, whatever was announced since."""
    if unit in (*EXACTLY, *EXACT):
        return Running(EXACTLY.get(unit, unit), counted_from, due, None)
    if unit == WORKING_DAY:  # with no day left it ended on the day of going on, before it rolled over
        last = local_date(due - timedelta(microseconds=1)) if amount else local_date(counted_from)
        return Running(unit, counted_from, due, last)
    return Running(unit, counted_from, due, deadlines.last_day(amount, unit, counted_from, calendar))


def left_at(
    clock: Running,
    extended_until: datetime | None,
    at: datetime,
    calendar: WorkingCalendar,
    hours: WorkingHours | None = None,
) -> Left | None:
    """What is left of the clock at `at`; None where it has passed: what is late stays late, and no request
    of papers takes that back. Raises CalendarUnknown, Refused (deadline.clock_in_order)."""
    if at >= clock.due:
        return None
    stands_from = max(at, clock.since)  # a linked group's runs from the next working day only
    unit, amount = _left(stop(clock, stands_from, calendar, hours))
    if extended_until is None:
        return Left(at, amount, unit)
    last = None if clock.unit in EXACT else local_date(extended_until - timedelta(microseconds=1))
    longer = Running(clock.unit, clock.since, extended_until, last)
    return Left(at, amount, unit, _left(stop(longer, stands_from, calendar, hours))[1])


def _left(standing: Stopped) -> tuple[str, int]:
    for exactly, unit in EXACTLY.items():
        if standing.unit == unit:
            return exactly, int(standing.time // timedelta(seconds=1))
    return standing.unit, standing.days


def ends(
    amount: int, unit: str, at: datetime, calendar: WorkingCalendar, hours: WorkingHours | None = None
) -> datetime:
    """When a clock with so much left ends that goes on at `at`. Raises CalendarUnknown."""
    if unit in EXACTLY:
        standing = Stopped(EXACTLY[unit], at, time=timedelta(seconds=amount))
    else:
        standing = Stopped(unit, at, days=amount)
    return go_on(standing, at, calendar, hours).due


def goes_on(left: Left, at: datetime, calendar: WorkingCalendar, hours: WorkingHours | None = None) -> Going:
    """With what was left: the applicant's time did not count, for an extension either."""
    extended = None if left.extended is None else ends(left.extended, left.unit, at, calendar, hours)
    due = ends(left.amount, left.unit, at, calendar, hours)
    return Going(SUSPEND, at, left.amount, left.unit, due, extended)


def with_left_out(
    clock: Running,
    extension: tuple[datetime, datetime] | None,
    intervals: Iterable[Interval],
    calendar: WorkingCalendar,
    hours: WorkingHours | None = None,
) -> Going | None:
    """How a whole period goes on after some intervals in which it did not run, in whatever order they became
    known; None where none of them lies within it. `extension`: until when it was extended, and when that was
    done, so that what ended before moves only the period. Raises as `domain.suspension.without` does."""
    going, until = None, extension[0] if extension else None
    for start, end in union(intervals):
        if end <= clock.since:
            continue
        extended = until if extension and end > extension[1] else None
        left = left_at(clock, extended, start, calendar, hours)
        if left is not None:
            going = goes_on(left, end, calendar, hours)
            until = going.extended_until or until
            going = replace(going, extended_until=until)
            clock = stated(left.amount, left.unit, end, going.due or clock.due, calendar)
    return going


def goes_on_after(
    terms: SupplementTerms,
    limit: Limit,
    left: Left,
    at: datetime,
    calendar: WorkingCalendar,
    hours: WorkingHours | None = None,
    *,
    supplemented: bool,
) -> Going:
    """How a clock that stood goes on at `at`: by the pattern of the procedure version if papers came
    meanwhile, else with what was left. Raises CalendarUnknown, Refused (deadline.clock_in_order)."""
    if at < left.at:
        raise Refused(record_rules.CLOCK_ORDER, since=left.at.isoformat(), at=at.isoformat())
    pattern = terms.applied
    if supplemented and pattern == RESTART:
        return Going(RESTART)
    if supplemented and pattern == RECOUNT:
        return begins(RECOUNT, limit, at, calendar, hours)
    if supplemented and pattern == RESIDUAL and terms.residual is not None:
        return begins(RESIDUAL, terms.residual, at, calendar, hours)
    return goes_on(left, at, calendar, hours)


def set_due(fact: ClockSet, calendar: WorkingCalendar, hours: WorkingHours | None = None) -> datetime | None:
    """When the period that the fact states ends, by this calendar; None where nothing runs. Raises
    CalendarUnknown."""
    if fact.counted_from is None or fact.amount is None or fact.unit is None:
        return None
    if fact.pattern == SUSPEND:
        return ends(fact.amount, fact.unit, fact.counted_from, calendar, hours)
    return deadlines.due(fact.amount, fact.unit, fact.counted_from, calendar, hours)


def begins(
    pattern: str, limit: Limit, at: datetime, calendar: WorkingCalendar, hours: WorkingHours | None = None
) -> Going:
    """A whole period from `at` on. Raises as `deadlines.due` does."""
    due = deadlines.due(limit.amount, limit.unit, at, calendar, hours)
    return Going(pattern, at, limit.amount, limit.unit, due)
