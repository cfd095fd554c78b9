"""Announced outages of systems, and which clocks they move: only those for which a rule says so.

For linked groups: "processing time continues from the moment the system is normal again" (Decree 301/2026
Art 5, the new Art 7.4 of 63/2024; reference section 1.3). For other procedures their version says of which
systems an outage moves the limit. Within one day an outage moves no limit in days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final, NamedTuple
from uuid import UUID

from domain import record_rules
from domain.facts import Aggregate, Category, Envelope, Fact
from domain.local_time import day_start
from domain.refusals import Refused
from domain.suspension import Interval
from domain.terms import ClockTerms

LINKED_FROM: Final = date(2026, 9, 1)
"""From when Decree 301/2026 is in force."""


@dataclass(frozen=True, kw_only=True)
class OutageAnnounced(Fact):
    """The owner of a system announced that it was, or will be, out of order from `starts` until `ends`
    (exclusive). `linked_groups`: whether linked groups go through it. Announced again for the same beginning,
    the last word counts."""

    TOPIC: ClassVar[str] = "calendar.outage_announced.v1"
    CATEGORY: ClassVar[int] = Category.CALENDAR

    system: str
    starts: datetime
    ends: datetime
    linked_groups: bool
    source: str


class Outage(NamedTuple):
    """One outage, [starts, ends)."""

    system: str
    starts: datetime
    ends: datetime
    linked_groups: bool

    def moving(self, terms: ClockTerms, linked_group: UUID | None) -> Interval | None:
        """What of it moves the clock of a dossier of such a version, or of a linked group; None: nothing."""
        if self.system in terms.outages:
            return Interval(self.starts, self.ends)
        starts = max(self.starts, day_start(LINKED_FROM))
        if linked_group is None or not self.linked_groups or self.ends <= starts:
            return None
        return Interval(starts, self.ends)


class Outages(Aggregate):
    """All outages of one system."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.system: str | None = None
        self._by_start: dict[datetime, Outage] = {}

    @property
    def announced(self) -> tuple[Outage, ...]:
        return tuple(self._by_start.values())

    def announce(
        self,
        envelope: Envelope,
        *,
        system: str,
        starts: datetime,
        ends: datetime,
        linked_groups: bool,
        source: str,
    ) -> None:
        """Raises Refused (outage.half_open)."""
        if ends <= starts or self.system not in (None, system):
            raise Refused(
                record_rules.OUTAGE, system=system, starts=starts.isoformat(), ends=ends.isoformat()
            )
        self.record(
            OutageAnnounced,
            envelope,
            system=system,
            starts=starts,
            ends=ends,
            linked_groups=linked_groups,
            source=source,
        )

    def says(self, outage: Outage) -> bool:
        """Whether exactly this was announced already."""
        return self._by_start.get(outage.starts) == outage

    def apply(self, fact: Fact) -> None:
        assert isinstance(fact, OutageAnnounced), fact
        self.system = fact.system
        self._by_start[fact.starts] = Outage(fact.system, fact.starts, fact.ends, fact.linked_groups)
