"""Working days as dated data: each year's days off and its Saturdays or Sundays worked instead.

The Prime Minister decides each year which days (Labour Code 2019 Art 112), so a year is published by a
person, first perhaps as a forecast, and may be published again; the last word counts, and what was known at
a position stays readable in the calendar's stream.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from domain import record_rules
from domain.facts import Aggregate, Category, Envelope, Fact
from domain.refusals import Refused


class CalendarUnknown(Exception):
    """Nobody has published the calendar of this year, so no working day of it can be counted."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the working calendar of {year} is not published")
        self.year = year


@dataclass(frozen=True, kw_only=True)
class CalendarYearSet(Fact):
    """One year's calendar. `days_off`: {date, name} each; `worked`: weekend days worked. Dates are
    `YYYY-MM-DD`."""

    TOPIC: ClassVar[str] = "calendar.year_set.v1"
    CATEGORY: ClassVar[int] = Category.CALENDAR

    year: int
    days_off: tuple[dict[str, Any], ...]
    worked: tuple[str, ...]
    forecast: bool
    known_from: date | None
    source: str


@dataclass(frozen=True)
class YearDays:
    """One year, ready to count."""

    year: int
    off: frozenset[date]
    worked: frozenset[date]

    def is_working(self, day: date) -> bool:
        if day in self.worked:
            return True
        return day.weekday() < 5 and day not in self.off

    @cached_property
    def counts(self) -> tuple[int, ...]:
        """At index n: how many of the year's first n days are working days."""
        first, total, counts = date(self.year, 1, 1), 0, [0]
        for n in range((date(self.year, 12, 31) - first).days + 1):
            total += self.is_working(first + timedelta(days=n))
            counts.append(total)
        return tuple(counts)


class CalendarYear(Aggregate):
    """The calendar of one year; `days` is None until it is set."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.year: int | None = None
        self.days: YearDays | None = None
        self.forecast: bool = False
        self._newest: CalendarYearSet | None = None

    def set(
        self,
        envelope: Envelope,
        *,
        year: int,
        days_off: tuple[dict[str, Any], ...],
        worked: tuple[str, ...],
        forecast: bool,
        known_from: date | None,
        source: str,
    ) -> None:
        """Publish the year, or publish it anew. Dates are `YYYY-MM-DD` (ValueError otherwise)."""
        off = {date.fromisoformat(entry["date"]) for entry in days_off}
        worked_days = {date.fromisoformat(text) for text in worked}
        own = all(day.year == year for day in off | worked_days)
        if not own or off & worked_days or self.year not in (None, year):
            raise Refused(record_rules.CALENDAR_YEAR, year=year)
        self.record(
            CalendarYearSet,
            envelope,
            year=year,
            days_off=tuple(days_off),
            worked=tuple(worked),
            forecast=forecast,
            known_from=known_from,
            source=source,
        )

    def same_as(
        self,
        *,
        year: int,
        days_off: tuple[dict[str, Any], ...],
        worked: tuple[str, ...],
        forecast: bool,
        known_from: date | None,
        source: str,
    ) -> bool:
        """Whether the newest setting says exactly this already."""
        newest = self._newest
        return newest is not None and (
            (newest.year, newest.days_off, newest.worked) == (year, tuple(days_off), tuple(worked))
            and (newest.forecast, newest.known_from, newest.source) == (forecast, known_from, source)
        )

    def apply(self, fact: Fact) -> None:
        assert isinstance(fact, CalendarYearSet), fact
        self._newest = fact
        self.year = fact.year
        self.forecast = fact.forecast
        self.days = YearDays(
            fact.year,
            frozenset(date.fromisoformat(entry["date"]) for entry in fact.days_off),
            frozenset(date.fromisoformat(text) for text in fact.worked),
        )


class WorkingCalendar:
    """The published years together. Every question about a year that is not among them raises
    `CalendarUnknown`."""

    def __init__(self, years: Iterable[CalendarYear]) -> None:
        self._years = {year.days.year: year.days for year in years if year.days is not None}

    def _year(self, year: int) -> YearDays:
        try:
            return self._years[year]
        except KeyError:
            raise CalendarUnknown(year) from None

    def is_working(self, day: date) -> bool:
        return self._year(day.year).is_working(day)

    def is_day_off(self, day: date) -> bool:
        """Whether it is published as a day off: a holiday or one given for a worked weekend day. An ordinary
        Saturday or Sunday is none."""
        return day in self._year(day.year).off

    def is_worked_weekend(self, day: date) -> bool:
        """Whether it is a Saturday or Sunday that is worked instead of another day."""
        return day.weekday() >= 5 and day in self._year(day.year).worked

    def next_working(self, day: date) -> date:
        """The day itself if it is a working day, else the first working day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def count(self, after: date, through: date) -> int:
        """How many working days lie after `after`, up to and including `through` (0 if none can)."""
        if through <= after:
            return 0
        total = 0
        for year in range(after.year, through.year + 1):
            counts = self._year(year).counts
            start = (after - date(year, 1, 1)).days + 1 if year == after.year else 0
            end = (through - date(year, 1, 1)).days + 1 if year == through.year else len(counts) - 1
            total += counts[end] - counts[start]
        return total
