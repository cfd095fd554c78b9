"""The part of a dossier's state that is time: the limit that runs or stands, its dates, and what is waited
for. Folded from facts and never judged, as `domain.dossier_state` says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.clock import OUTAGE, START, Left
from domain.dossier_facts import (
    ClockSet,
    ClockSuspended,
    ConsultationAnswered,
    DossierAccepted,
    DossierApologised,
    DossierConsulted,
    DossierExtended,
    DossierFinished,
    DossierRecalled,
    DossierSentBack,
    InspectionBegun,
    InspectionEnded,
    SupplementRequested,
)
from domain.facts import Aggregate, Fact
from domain.terms import SUSPEND


class ClockState(Aggregate):
    """What `domain.dossier_state.DossierState` knows of time."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.supplement_until: datetime | None = None
        self.asked_for: tuple[str, ...] = ()  # the papers that the latest request names
        self.trips = 0
        """How often the applicant was asked for papers."""
        self.clock_left: Left | None = None
        """What is left while the clock stands still."""
        self.stood_for: str | None = None
        """For what it stands."""
        self.papers_came = False
        """Whether papers came since it stood last, which decides how it goes on."""
        self.consulted: dict[int, UUID] = {}
        """The agencies that have not answered yet, by the version of the fact that asks."""
        self.inspecting = False
        self.limit_amount: int | None = None
        self.limit_unit: str | None = None
        self.accepted_at: datetime | None = None
        self.limits_known = 0
        """Up to which position limits were known when it was accepted: a later decision moves no date."""
        self.finished_at: datetime | None = None
        """When the result was ready; None again where it is processed further."""
        self.counted_from: datetime | None = None
        self.counted: tuple[int, str] | None = None
        """The period that runs from there: the limit, or what was left of it when it went on."""
        self.whole: tuple[int, str, datetime, datetime] | None = None
        """The period as it began (amount, unit, since, due), before anything was left out of it."""
        self.stops: tuple[tuple[datetime, datetime], ...] = ()
        """When it stood since then."""
        self.extension: tuple[datetime, datetime] | None = None
        """Until when it was extended, and when that was done."""
        self.outages_known = 0
        """Up to which position outages were left out of it; 0: none were yet."""
        self.statutory_due: datetime | None = None
        self.promised: datetime | None = None
        self.extended = False
        self.extended_until: datetime | None = None
        self.apologised_until: datetime | None = None

    @property
    def due(self) -> datetime | None:
        """The date in force towards the applicant: extended, else promised, else statutory. Each stays
        readable on its own."""
        return self.extended_until or self.promised or self.statutory_due

    @property
    def clock_runs(self) -> bool:
        return self.statutory_due is not None

    def _clock_begins(self, fact: DossierAccepted) -> None:
        self.accepted_at = fact.envelope.occurred_at
        self.limits_known = fact.calendar_position
        self.limit_amount, self.limit_unit = fact.limit_amount, fact.limit_unit
        self._counts(fact.counted_from, fact.limit_amount, fact.limit_unit)
        self.statutory_due, self.promised = fact.statutory_due, fact.promised
        self._whole_begins()
        self.clock_left = self.stood_for = self.extended_until = None

    def _whole_begins(self) -> None:
        self.whole = None
        if self.counted is not None and self.counted_from is not None and self.statutory_due is not None:
            self.whole = (*self.counted, self.counted_from, self.statutory_due)
        self.stops, self.extension, self.outages_known = (), None, 0

    def _papers_came(self) -> None:
        self.papers_came = self.clock_left is not None

    def _counts(self, since: datetime | None, amount: int | None, unit: str | None) -> None:
        self.counted_from = since
        self.counted = (amount, unit) if amount is not None and unit is not None else None

    def _supplement_requested(self, fact: SupplementRequested) -> None:
        self.supplement_until, self.asked_for = fact.until, fact.components
        self.trips += 1

    def _clock_suspended(self, fact: ClockSuspended) -> None:
        at = fact.envelope.occurred_at
        self.clock_left = Left(at, fact.left_amount, fact.left_unit, fact.extended_left)
        self.stood_for, self.papers_came = fact.cause, False
        self.statutory_due = self.promised = self.extended_until = None

    def _clock_set(self, fact: ClockSet) -> None:
        stood, self.clock_left, self.stood_for = self.clock_left, None, None
        self._counts(fact.counted_from, fact.amount, fact.unit)
        if fact.pattern == START:
            self.limit_amount, self.limit_unit = fact.amount, fact.unit
        self.statutory_due, self.promised = fact.statutory_due, fact.promised
        self.extended_until = fact.extended_until
        if fact.cause == OUTAGE:
            self.outages_known = fact.calendar_position
        elif fact.pattern == SUSPEND and stood is not None and fact.counted_from is not None:
            self.stops, self.outages_known = (*self.stops, (stood.at, fact.counted_from)), 0
        else:
            self._whole_begins()

    def _consulted(self, fact: DossierConsulted) -> None:
        self.consulted = {**self.consulted, fact.originator_version: fact.agency}

    def _answered(self, fact: ConsultationAnswered) -> None:
        self.consulted = {n: asked for n, asked in self.consulted.items() if n != fact.consultation}

    def _inspection_begun(self, fact: InspectionBegun) -> None:
        self.inspecting = True

    def _inspection_ended(self, fact: InspectionEnded) -> None:
        self.inspecting = False

    def _finished(self, fact: DossierFinished) -> None:
        self.finished_at = fact.envelope.occurred_at

    def _goes_further(self, fact: DossierRecalled | DossierSentBack) -> None:
        self.finished_at = None

    def _extended(self, fact: DossierExtended) -> None:
        self.extended = True
        self.extended_until = fact.until
        self.extension = fact.until, fact.envelope.occurred_at

    def _apologised(self, fact: DossierApologised) -> None:
        self.apologised_until = fact.expected or self.apologised_until


CLOCK_ASSIGN: Final[dict[type[Fact], Callable[[Any, Any], None]]] = {
    SupplementRequested: ClockState._supplement_requested,
    ClockSuspended: ClockState._clock_suspended,
    ClockSet: ClockState._clock_set,
    DossierConsulted: ClockState._consulted,
    ConsultationAnswered: ClockState._answered,
    InspectionBegun: ClockState._inspection_begun,
    InspectionEnded: ClockState._inspection_ended,
    DossierExtended: ClockState._extended,
    DossierApologised: ClockState._apologised,
    DossierFinished: ClockState._finished,
    DossierRecalled: ClockState._goes_further,
    DossierSentBack: ClockState._goes_further,
}
"""How each fact of time changes it."""
