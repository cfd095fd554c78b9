"""Legal holds, retention periods and runs as recorded up to now: read for a decision on an erasure, which
demands that nothing newer was recorded of them.

There are few of them beside everything else, and the log has an index for them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from application.known_time import folded
from application.ledger import Ledger
from domain.erasure_facts import HoldLifted, HoldPlaced, RetentionPeriodSet
from domain.facts import Category
from domain.holds import Hold
from domain.retention import Period, RetentionPeriods, RetentionRun

PAGE: Final = 1_000


@dataclass(slots=True)
class Retained:
    """`periods`: by the stream of each procedure's."""

    holds: dict[UUID, Hold] = field(default_factory=dict)
    periods: dict[UUID, RetentionPeriods] = field(default_factory=dict)
    runs: dict[UUID, RetentionRun] = field(default_factory=dict)

    def held(self, id: UUID) -> Hold | None:
        """A hold that stands on this citizen or dossier."""
        return next((one for one in self.holds.values() if one.stands and one.placed.held == id), None)  # type: ignore[union-attr]

    def of(self, procedure: str | None) -> RetentionPeriods | None:
        """The periods that were set for exactly this procedure; None: for those without one of their own."""
        return next((one for one in self.periods.values() if one.procedure == procedure), None)

    def period(self, procedure: str | None, day: date) -> Period | None:
        """What holds on a day for dossiers of a procedure."""
        own = self.of(procedure) if procedure is not None else None
        found = own.on(day) if own else None
        if found is None and (others := self.of(None)):
            found = others.on(day)
        return found

    def on(self, day: date) -> list[Period]:
        """Every period that holds on a day."""
        return [found for one in self.periods.values() if (found := one.on(day))]

    @property
    def run(self) -> RetentionRun | None:
        """The run that goes on."""
        return next((one for one in self.runs.values() if one.goes_on), None)


async def retained(ledger: Ledger, periods_up_to: int | None = None) -> Retained:
    """`periods_up_to`: periods as recorded up to this position, and all else as of now."""
    known, after = Retained(), 0
    while page := await ledger.recorder.events_after(after, PAGE, (Category.RETENTION,)):
        for stored in page:
            fact = ledger.codec.decode(stored).fact
            if isinstance(fact, HoldPlaced | HoldLifted):
                folded(known.holds, Hold, fact)
            elif not isinstance(fact, RetentionPeriodSet):
                folded(known.runs, RetentionRun, fact)
            elif periods_up_to is None or stored.position <= periods_up_to:
                folded(known.periods, RetentionPeriods, fact)
        after = page[-1].position
    return known
