"""When an office is open, and the working time between two instants.

A schedule of hours is dated data that is given from outside: nothing here knows at what time anybody opens.
Two are known by their id: `office` (Monday to Friday) and `police` (Monday to Friday and Saturday morning:
79 procedure texts, as 1.012549 "sáng thứ 7 hàng tuần (trừ các ngày nghỉ lễ, tết)"; reference section 3.2).

What a day's hours are:

- A published day off has none, whatever weekday it is: a police desk is closed on a holiday's Saturday.
- Any other day has those of its weekday in the schedule. So a police Saturday morning is open although it is
  no working day: what arrives there is received, and working hours run, but no day is counted.
- A Saturday (or Sunday) that is worked instead of a day off has the hours of the weekday that it replaces,
  where the data says which: that day's work is what is moved. `calendar.year_set` does not say it; then it
  has those of Friday, the last ordinary day before it. Where Monday to Friday are alike both give the same.
  It never has the weekend's own hours: the whole day is worked, also by police.

Instants come in aware and go out in UTC; hours are Vietnam's; an end is exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

from domain import record_rules
from domain.calendar import WorkingCalendar
from domain.local_time import VIETNAM, day_start, local_date
from domain.refusals import Refused

OFFICE: Final = "office"
POLICE: Final = "police"

FRIDAY: Final = 4

Opening = tuple[time, time]
"""From when until when an office is open: local times of one day, the second exclusive."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a week, in force from a day on (None: from the beginning) until later ones replace them.
    `week`: the openings of Monday, Tuesday ... Sunday. Raises Refused (hours.week)."""

    valid_from: date | None
    week: tuple[tuple[Opening, ...], ...]

    def __post_init__(self) -> None:
        days = [[moment for opening in day for moment in opening] for day in self.week]
        forward = all(a < b for day in days for a, b in pairwise(day))
        if len(days) != 7 or not any(days) or not forward:
            raise Refused(record_rules.HOURS_WEEK)


class Schedule:
    """The hours of a kind of office through the years. `id`: `office`, `police` or another. Raises Refused
    (hours.in_order)."""

    def __init__(self, id: str, hours: Sequence[Hours]) -> None:
        begins = [entry.valid_from or date.min for entry in hours]
        if not begins or any(a >= b for a, b in pairwise(begins)):
            raise Refused(record_rules.HOURS_ORDER, schedule=id)
        self.id = id
        self._hours = tuple(hours)

    def on(self, day: date) -> Hours:
        """The hours in force on a day. Raises Refused (deadline.hours_known) before the first ones."""
        for hours in reversed(self._hours):
            if hours.valid_from is None or hours.valid_from <= day:
                return hours
        raise Refused(record_rules.HOURS_KNOWN, schedule=self.id, day=day.isoformat())


class WorkingHours:
    """A schedule on a calendar. Every question raises CalendarUnknown where it needs a year that is not
    published, and Refused (deadline.hours_known) where it needs a day before the first hours.

    `replaced`: for worked weekend days, the day off that each stands for, as far as that is known.
    """

    def __init__(
        self, schedule: Schedule, calendar: WorkingCalendar, replaced: Mapping[date, date] | None = None
    ) -> None:
        self.schedule = schedule
        self.calendar = calendar
        self._replaced = dict(replaced or {})

    def openings(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """When it is open on a day, in order: (from, until exclusive), in UTC."""
        if self.calendar.is_day_off(day):
            return ()
        weekday = day.weekday()
        if self.calendar.is_worked_weekend(day):
            weekday = min(self._replaced[day].weekday(), FRIDAY) if day in self._replaced else FRIDAY
        openings = self.schedule.on(day).week[weekday]
        return tuple((_instant(day, opens), _instant(day, closes)) for opens, closes in openings)

    def is_open(self, instant: datetime) -> bool:
        """Whether it is open at an instant; at its closing time it is closed."""
        return any(opens <= instant < closes for opens, closes in self.openings(local_date(instant)))

    def next_open(self, instant: datetime) -> datetime:
        """The instant itself if it is open then, else when it opens next."""
        opens, _ = next(self._from(instant))
        return opens

    def add(self, amount: timedelta, start: datetime) -> datetime:
        """The first instant at which `amount` of working time has passed since `start`; with none, `start`.

        An amount that is used up at closing time ends there, not at the next opening.
        """
        if amount < timedelta(0):
            raise ValueError("working time is added forwards only")
        end = start.astimezone(UTC)
        if amount:
            for opens, closes in self._from(start):
                end = opens + amount
                if end <= closes:
                    break
                amount -= closes - opens
        return end

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The working time from `a` until `b`; negative if `b` is earlier. So
        between(a, b) + between(b, c) == between(a, c)."""
        if b < a:
            return -self.between(b, a)
        total, day = timedelta(0), local_date(a)
        while day_start(day) < b:
            for opens, closes in self.openings(day):
                total += max(min(closes, b) - max(opens, a), timedelta(0))
            day += timedelta(days=1)
        return total

    def working_day_opens(self, after: date) -> datetime:
        """When it opens on the first working day after a day on which it opens at all."""
        while True:
            after = self.calendar.next_working(after + timedelta(days=1))
            if openings := self.openings(after):
                return openings[0][0]

    def _from(self, instant: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The openings that end after an instant, the first one cut to what is left of it. The calendar's
        last year bounds it: CalendarUnknown."""
        start, day = instant.astimezone(UTC), local_date(instant)
        while True:
            for opens, closes in self.openings(day):
                if closes > start:
                    yield max(opens, start), closes
            day += timedelta(days=1)


def _instant(day: date, at: time) -> datetime:
    return datetime.combine(day, at, VIETNAM).astimezone(UTC)
