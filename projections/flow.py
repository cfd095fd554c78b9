"""Stock and flow of each agency, counted where facts are recorded, a hand-over at its hour: opening +
received + handed in = settled + open + handed out.

Open stock is status 1, 2, 4, 5, 6 or unknown. 9 is settled: the result that is still to be returned is a
duty, counted apart. Forwarding, and going back from 8 or 9, have columns of their own, so that the equation
holds for each agency and period."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from domain import dossier_facts as d
from domain.facts import Recorded
from domain.handed_over_facts import DossierHandedOver, DossierPlaced
from domain.local_time import local_date
from projections.status_fold import SETTLED

FLOWS: Final = (
    "received",
    "reopened",
    "forwarded_in",
    "handed_in",
    "settled",
    "forwarded_out",
    "handed_out",
)


class Flow:
    """The counts of a page, by agency and day in Vietnam."""

    def __init__(self) -> None:
        self.counts: defaultdict[tuple[UUID, date], dict[str, int]] = defaultdict(
            lambda: dict.fromkeys(FLOWS, 0)
        )

        self._day: tuple[datetime, date] | None = None

    def add(self, agency: UUID | None, at: datetime, kind: str) -> None:
        if agency is not None:
            self.counts[agency, self._local_date(at)][kind] += 1

    def _local_date(self, at: datetime) -> date:
        """Facts that were recorded together have one time."""
        if self._day is None or self._day[0] != at:
            self._day = (at, local_date(at))
        return self._day[1]

    def fact(self, recorded: Recorded[Any], before: int | None, after: int | None) -> None:
        """One fact of a dossier's own stream, with the status before and after it."""
        fact, at = recorded.fact, recorded.recorded_at
        holder: UUID | None = fact.envelope.holder
        if isinstance(fact, (d.DossierBegun, d.DossierImported)):
            self.add(holder, at, "received")
            if after in SETTLED:
                self.add(holder, at, "settled")
        elif before not in SETTLED and after in SETTLED:
            self.add(holder, at, "settled")
        elif before in SETTLED and after not in SETTLED:
            self.add(holder, at, "reopened")
        elif after not in SETTLED and type(fact) in d.SETS_HOLDER:
            self._passed(at, fact.from_agency, holder)

    def placed(self, recorded: Recorded[DossierPlaced], status: int | None) -> None:
        if status not in SETTLED:
            self._passed(recorded.recorded_at, recorded.fact.from_agency, recorded.fact.to_agency)

    def handed_over(self, recorded: Recorded[DossierHandedOver]) -> None:
        fact = recorded.fact
        if fact.status not in SETTLED:
            self.add(fact.from_agency, fact.effective_at, "handed_out")
            self.add(fact.to_agency, fact.effective_at, "handed_in")

    def _passed(self, at: datetime, from_agency: UUID, to_agency: UUID | None) -> None:
        if from_agency != to_agency:
            self.add(from_agency, at, "forwarded_out")
            self.add(to_agency, at, "forwarded_in")
