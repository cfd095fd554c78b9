"""When a time limit ends, and how much of it is left: Civil Code 2015 Arts 145-148.

- A period in days does not count its first day (Art 147.2); it ends at the end of its last day (Art 148.1,
148.6).
- In months it ends on the corresponding day, or on the month's last day if there is none (Art 148.3).
- If the last day is a weekend or a holiday, the period ends at the end of the next working day (Art 148.5).
- In hours it begins at the moment itself (Art 147.1) and runs through the night; nothing rolls over.
- In working hours it runs while the office is open (reference section 3.1: "8 working hours"), so it needs
the office's hours: `domain.working_hours`.

A due instant is exclusive and in UTC: a limit that ends on a day is due at the next midnight in Vietnam.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Final

from domain import record_rules, waiting_rules
from domain.calendar import WorkingCalendar
from domain.local_time import day_end, local_date
from domain.refusals import Refused
from domain.working_hours import WorkingHours

WORKING_DAY: Final = "working_day"
CALENDAR_DAY: Final = "calendar_day"
HOUR: Final = "hour"
WORKING_HOUR: Final = "working_hour"
MONTH: Final = "month"
UNITS: Final = (WORKING_DAY, CALENDAR_DAY, HOUR, WORKING_HOUR, MONTH)

LARGEST_AMOUNT: Final = 10_000


def due(
    amount: int,
    unit: str,
    counted_from: datetime,
    calendar: WorkingCalendar,
    hours: WorkingHours | None = None,
) -> datetime:
    """The instant at which a limit of `amount` `unit`s that runs from `counted_from` (aware) has passed.
    Working hours are counted on the calendar that `hours` was made with: give the same one.

    Raises Refused for an amount or unit that is none, and for working hours (deadline.hours_known) where
    `hours` is None or does not know a day; CalendarUnknown where a year's calendar is needed and not
    published.
    """
    _judge(amount, unit)
    if unit == HOUR:
        return counted_from.astimezone(UTC) + timedelta(hours=amount)
    if unit == WORKING_HOUR:
        return known_hours(hours).add(timedelta(hours=amount), counted_from)
    return end_of(last_day(amount, unit, counted_from, calendar), calendar)


def last_day(amount: int, unit: str, counted_from: datetime, calendar: WorkingCalendar) -> date:
    """The day on which a limit in days or months ends, before an end on a day off rolls over."""
    first = local_date(counted_from)
    if unit == WORKING_DAY:
        return working_days_after(first, amount, calendar)
    return day_after(first, amount, unit)


def end_of(day: date, calendar: WorkingCalendar) -> datetime:
    """When a limit that ends on a day has passed: at the end of the next working day if it is none (Art
    148.5)."""
    return day_end(calendar.next_working(day))


def remaining(
    amount_unit: str,
    due: datetime,
    now: datetime,
    calendar: WorkingCalendar,
    hours: WorkingHours | None = None,
) -> tuple[str, int]:
    """What is left of a limit in `amount_unit` at `now`: (unit, amount). Negative exactly when overdue
    (`now` >= `due`), and then -1 or less.

    Days: those still to come, the last one included; 0 on the last day. Hours and working hours: whole ones.
    A limit in months is told in calendar days. Raises as `due` does.
    """
    _judge(1, amount_unit)
    overdue = now >= due
    if amount_unit in (HOUR, WORKING_HOUR):
        time = due - now if amount_unit == HOUR else known_hours(hours).between(now, due)
        left = time // timedelta(hours=1)
        return amount_unit, min(left, -1) if overdue else left
    today, last = local_date(now), local_date(due - timedelta(microseconds=1))
    if amount_unit == WORKING_DAY:
        left = -calendar.count(last, today) if overdue else calendar.count(today, last)
    else:
        left = (last - today).days
    unit = WORKING_DAY if amount_unit == WORKING_DAY else CALENDAR_DAY
    return unit, min(left, -1) if overdue else left


def known_hours(hours: WorkingHours | None) -> WorkingHours:
    """The hours, or Refused (deadline.hours_known) where there are none."""
    if hours is None:
        raise Refused(record_rules.HOURS_KNOWN)
    return hours


def _judge(amount: int, unit: str) -> None:
    if unit not in UNITS:
        raise Refused(record_rules.ONE_OF, field="unit", value=unit, allowed=UNITS)
    if not 1 <= amount <= LARGEST_AMOUNT:
        raise Refused(record_rules.DEADLINE_AMOUNT, amount=amount)


def working_days_after(day: date, amount: int, calendar: WorkingCalendar) -> date:
    """The day that is the `amount`th working day after a day; the day itself for 0."""
    counted = 0
    while counted < amount:
        day += timedelta(days=1)
        counted += calendar.is_working(day)
    return day


def day_after(day: date, amount: int, unit: str) -> date:
    """The day so many calendar days or months after a day, whether it is a day off or not."""
    return day + timedelta(days=amount) if unit == CALENDAR_DAY else _months_after(day, amount)


def _months_after(day: date, amount: int) -> date:
    months = day.year * 12 + day.month - 1 + amount
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def judge_ahead(until: datetime | None, at: datetime) -> None:
    """Refuse a deadline that lies before its setting; None sets none."""
    if until is not None and until <= at:
        raise Refused(waiting_rules.UNTIL_AHEAD, until=until.isoformat())
