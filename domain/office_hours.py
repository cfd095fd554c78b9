"""The hours of a kind of office as people announce them: dated data, set in the order of the days from which
they hold. What they mean, and how time is counted on them, is `domain.working_hours`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, ClassVar
from uuid import UUID

from domain import record_rules
from domain.facts import Aggregate, Category, Envelope, Fact
from domain.refusals import Refused
from domain.working_hours import Hours, Opening, Schedule


@dataclass(frozen=True, kw_only=True)
class HoursSet(Fact):
    """The hours of one schedule from a day on (null: from the beginning). `openings`: {day, opens, closes}
    each; Monday is day 1, times are local, `HH:MM`."""

    TOPIC: ClassVar[str] = "calendar.hours_set.v1"
    CATEGORY: ClassVar[int] = Category.CALENDAR

    schedule: str
    valid_from: date | None
    openings: tuple[dict[str, Any], ...]
    source: str


class OfficeHours(Aggregate):
    """All hours of one schedule."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.schedule: str | None = None
        self.hours: tuple[Hours, ...] = ()

    def set(
        self,
        envelope: Envelope,
        *,
        schedule: str,
        valid_from: date | None,
        openings: tuple[dict[str, Any], ...],
        source: str,
    ) -> None:
        """Say from when which hours hold. Raises Refused (hours.week, hours.in_order)."""
        hours = Hours(valid_from, week_of(openings))
        Schedule(schedule, (*self.hours, hours))
        if self.schedule not in (None, schedule):
            raise Refused(record_rules.HOURS_ORDER, schedule=schedule)
        self.record(
            HoursSet, envelope, schedule=schedule, valid_from=valid_from, openings=openings, source=source
        )

    def says(self, valid_from: date | None, openings: tuple[dict[str, Any], ...]) -> bool:
        """Whether exactly these hours were set already."""
        return Hours(valid_from, week_of(openings)) in self.hours

    def apply(self, fact: Fact) -> None:
        assert isinstance(fact, HoursSet), fact
        self.schedule = fact.schedule
        self.hours = (*self.hours, Hours(fact.valid_from, week_of(fact.openings)))


def week_of(openings: Iterable[Mapping[str, Any]]) -> tuple[tuple[Opening, ...], ...]:
    """The openings of Monday, Tuesday ... Sunday, each day's in order. Raises Refused (hours.week)."""
    week: list[list[Opening]] = [[] for _ in range(7)]
    for opening in openings:
        if opening["day"] not in range(1, 8):
            raise Refused(record_rules.HOURS_WEEK, day=opening["day"])
        span = time.fromisoformat(opening["opens"]), time.fromisoformat(opening["closes"])
        week[opening["day"] - 1].append(span)
    return tuple(tuple(sorted(day)) for day in week)
