"""Time limits counted naively: day after day, or step after step of five minutes, over the calendar file.

Imports nothing of the project, so that it cannot share a mistake with what it judges. All times are plain
datetimes on a clock in Vietnam; an end is the first instant that no longer belongs to the limit. A stop is a
pair (from, until) of such times.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

CALENDAR = Path(__file__).parents[2] / "infra" / "reference" / "calendar.json"
DAY = timedelta(days=1)
STEP = timedelta(minutes=5)
STEPS_AN_HOUR = 12

Stop = tuple[datetime, datetime]
Week = Sequence[Sequence[tuple[time, time]]]


class NaiveDays:
    """The file as it was known on a day: what became known later is not in it; None: as it is now."""

    def __init__(self, known_on: date | None = None) -> None:
        self.off: set[date] = set()
        self.worked: dict[date, date] = {}
        for year in json.loads(CALENDAR.read_text(encoding="utf-8"))["years"]:
            for entry in year["days_off"]:
                if _was_known(entry, known_on):
                    self.off.add(date.fromisoformat(entry["date"]))
            for entry in year["worked_days"]:
                if _was_known(entry, known_on):
                    worked, instead_of = entry["date"], entry["instead_of"]
                    self.worked[date.fromisoformat(worked)] = date.fromisoformat(instead_of)

    def is_working(self, day: date) -> bool:
        return day in self.worked or (day.isoweekday() <= 5 and day not in self.off)

    def is_open(self, at: datetime, week: Week) -> bool:
        day = at.date()
        if day in self.off:
            return False
        like = self.worked.get(day, day)
        return any(opens <= at.time() < closes for opens, closes in week[like.isoweekday() - 1])

    def days_end(self, amount: int, unit: str, since: datetime, stops: Sequence[Stop] = ()) -> datetime:
        """The end of the first working day by which `amount` days were counted and whose end finds the clock
        running. Days after a stop's first day, up to the day of its end, are not counted."""
        if unit == "month":
            amount = (_same_day_of_month(since.date(), amount) - since.date()).days
        counted, day = 0, since.date()
        while True:
            day += DAY
            counts = unit != "working_day" or self.is_working(day)
            counted += counts and not any(a.date() < day <= b.date() for a, b in stops)
            midnight = datetime.combine(day + DAY, time())
            stands = any(a < midnight <= b for a, b in stops)
            if counted >= amount and self.is_working(day) and not stands:
                return midnight

    def hours_end(self, amount: int, since: datetime, stops: Sequence[Stop] = ()) -> datetime:
        return self._steps(amount, since, lambda at: not _stopped(at, stops))

    def working_hours_end(
        self, amount: int, since: datetime, week: Week, stops: Sequence[Stop] = ()
    ) -> datetime:
        return self._steps(amount, since, lambda at: self.is_open(at, week) and not _stopped(at, stops))

    def _steps(self, hours: int, at: datetime, counts: Callable[[datetime], bool]) -> datetime:
        left = hours * STEPS_AN_HOUR
        while left:
            left -= counts(at)
            at += STEP
        return at

    def end(
        self, amount: int, unit: str, since: datetime, week: Week, stops: Sequence[Stop] = ()
    ) -> datetime:
        """When a limit in any unit has passed."""
        if unit == "hour":
            return self.hours_end(amount, since, stops)
        if unit == "working_hour":
            return self.working_hours_end(amount, since, week, stops)
        return self.days_end(amount, unit, since, stops)

    def open_time(self, since: datetime, until: datetime, week: Week) -> timedelta:
        total = timedelta()
        while since < until:
            total += STEP * self.is_open(since, week)
            since += STEP
        return total

    def left(self, unit: str, end: datetime, now: datetime, week: Week) -> int:
        """What is left of a limit: days to come, the last one included, or whole hours; below 0 once it
        passed."""
        if unit in ("hour", "working_hour"):
            counts: Callable[[datetime, datetime], timedelta]
            counts = (lambda a, b: b - a) if unit == "hour" else lambda a, b: self.open_time(a, b, week)
            if now >= end:
                passed = counts(end, now)
                return min(-1, -(passed // timedelta(hours=1)) - bool(passed % timedelta(hours=1)))
            return counts(now, end) // timedelta(hours=1)
        last = end.date() - DAY
        first, after = sorted((now.date(), last))
        days = 0
        while first < after:
            first += DAY
            days += unit != "working_day" or self.is_working(first)
        return min(-1, -days) if now >= end else days

    def next_working(self, day: date) -> date:
        """The first working day after a day."""
        day += DAY
        while not self.is_working(day):
            day += DAY
        return day

    def came_late(self, received: datetime) -> bool:
        """After 15:00, or on no working day."""
        return not self.is_working(received.date()) or received > datetime.combine(received.date(), time(15))


def _was_known(entry: dict[str, str | None], known_on: date | None) -> bool:
    known_from = entry["known_from"]
    return known_on is None or known_from is None or date.fromisoformat(known_from) <= known_on


def _stopped(at: datetime, stops: Sequence[Stop]) -> bool:
    return any(a <= at < b for a, b in stops)


def _same_day_of_month(day: date, months: int) -> date:
    """The day of the same number so many months later, or that month's last day if it is shorter."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError("a month has a first day")
