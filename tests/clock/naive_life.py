"""A dossier's life told naively: a status, a clock, and the stops that were not the office's time, counted
day by day over the calendar file. Imports nothing of the project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tests.clock.naive_days import NaiveDays, Stop, Week

Limit = tuple[int, str]

FROM: Mapping[str, tuple[int, ...]] = {
    "accept": (1,),
    "assign": (2, 4),
    "request-supplement": (1, 2, 4),
    "submit-supplement": (5,),
    "request-payment": (4,),
    "confirm-payment": (1, 2, 4, 5, 6, 7, 9),
    "resume": (5, 6),
    "consult": (4,),
    "answer-consultation": (2, 4, 5, 6),
    "begin-inspection": (4,),
    "end-inspection": (2, 4, 5, 6),
    "finish": (2, 4),
    "withdraw": (1, 2, 4, 5, 6),
}
"""In which statuses each act may be done at all."""
LEADS_TO = {
    "accept": 2,
    "assign": 4,
    "request-supplement": 5,
    "request-payment": 6,
    "finish": 9,
    "withdraw": 7,
}
TRIPS = 2


@dataclass
class Procedure:
    """What its text says. `start`: acceptance or payment; `excluded`: waits that do not count."""

    limit: Limit
    start: str
    excluded: frozenset[str]
    pattern: str | None
    residual: Limit | None
    moved_by_outages: bool = False


@dataclass
class NaiveLife:
    """One dossier from its filing on. Instants are what a clock in Vietnam shows."""

    procedure: Procedure
    days: NaiveDays
    week: Week
    status: int = 1
    came_from: int = 1
    trips: int = 0
    asked: int = 0
    """Consultations without an answer."""
    inspecting: bool = False
    unpaid: int = 0
    """Obligations that nobody has paid: payments come whenever they come."""
    paid: int = 0
    since: datetime | None = None
    period: Limit = (0, "")
    stops: list[Stop] = field(default_factory=list)
    stood: datetime | None = None
    outages: list[Stop] = field(default_factory=list)
    """All that are known; of one beginning the last word."""
    papers: bool = False
    accepted: bool = False

    def may(self, act: str) -> bool:
        if self.status not in FROM[act]:
            return False
        if act == "request-supplement":
            return self.trips < TRIPS
        if act == "submit-supplement":
            return self.procedure.pattern != "new_submission"
        if act == "confirm-payment":
            return self.unpaid > 0
        if act == "answer-consultation":
            return self.asked > 0
        if act == "begin-inspection":
            return not self.inspecting
        return self.inspecting if act == "end-inspection" else True

    def do(self, act: str, at: datetime) -> None:
        """What the act changes, and then the clock."""
        if act in ("request-supplement", "request-payment"):
            self.came_from = self.status
        if act == "submit-supplement":
            self._bring()
        elif act == "resume" or (act == "confirm-payment" and self.status == 6):
            self.status = self.came_from
        self.status = LEADS_TO.get(act, self.status)
        self.trips += act == "request-supplement"
        self.asked += (act == "consult") - (act == "answer-consultation")
        self.paid += act == "confirm-payment"
        self.unpaid += (act == "request-payment") - (act == "confirm-payment")
        if act in ("begin-inspection", "end-inspection"):
            self.inspecting = act == "begin-inspection"
        if act == "accept":
            self._accept(at)
        self._clock(at)

    def _accept(self, at: datetime) -> None:
        self.accepted, self.since, self.stops = True, None, []
        if self.procedure.start == "acceptance":
            self._begin(self.procedure.limit, at)

    def _begin(self, period: Limit, at: datetime) -> None:
        self.since, self.period, self.stops = at, period, []

    def _bring(self) -> None:
        self.papers = self.stood is not None
        anew = self.papers and self.procedure.pattern == "restart_at_intake"
        self.status = 1 if anew else self.came_from

    def _waits(self) -> bool:
        excluded = self.procedure.excluded
        return (
            self.status == 5
            or (self.status == 6 and "payment" in excluded)
            or (self.asked > 0 and "consultation" in excluded)
            or (self.inspecting and "inspection" in excluded)
        )

    def _clock(self, at: datetime) -> None:
        end = self.due()
        if self.stood is not None:
            self._go_on(at, self.stood)
        elif end is not None:
            if self._waits() and at < end:
                self.stood = at
        elif self.accepted and self.since is None and self.paid and self.status in (2, 4, 5, 6):
            self._begin(self.procedure.limit, at)
            self.stood = at if self._waits() else None

    def _go_on(self, at: datetime, stood: datetime) -> None:
        anew = self.papers and self.procedure.pattern == "restart_at_intake"
        if self.status in (7, 9) or (self._waits() and not anew):
            return
        if anew:
            self.since, self.accepted = None, False
        elif self.papers and self.procedure.pattern in (None, "recount"):
            self._begin(self.procedure.limit, at)
        elif self.papers and self.procedure.residual is not None:
            self._begin(self.procedure.residual, at)
        else:
            self.stops.append((stood, at))
        self.stood, self.papers = None, False

    def out_of_order(self, start: datetime, end: datetime, now: datetime) -> None:
        """It becomes known that the system was down, is, or will be."""
        if self.procedure.moved_by_outages and self.status not in (7, 9):
            self.outages = [*(told for told in self.outages if told[0] != start), (start, end)]
            self._clock(now)

    def due(self) -> datetime | None:
        """When its time ends, as long as it runs."""
        if self.since is None or self.stood is not None:
            return None
        amount, unit, since = *self.period, self.since
        down = [(max(start, since), end) for start, end in self.outages if end > since]
        return self.days.end(amount, unit, since, self.week, _apart([*self.stops, *down]))

    def remaining(self, now: datetime) -> int | None:
        """Whole days or hours that are left; below 0 once it has passed."""
        end = self.due()
        return None if end is None else self.days.left(self.procedure.limit[1], end, now, self.week)


def _apart(stops: list[Stop]) -> list[Stop]:
    """The same time in stops that do not overlap, one after another."""
    apart: list[Stop] = []
    for start, end in sorted(stops):
        if apart and start <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart
