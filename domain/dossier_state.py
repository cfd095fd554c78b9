"""What a dossier is at a version of its stream: folded from facts, which are assigned here and never judged.

`path` holds the statuses that lead to the present one, so that 'back' always has one meaning: the status
that the present one was entered from. Going back cuts the path; it never grows a loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.clock import Left
from domain.dossier_facts import (
    SETS_HOLDER,
    ClockSet,
    ClockSuspended,
    DossierAccepted,
    DossierApologised,
    DossierAssigned,
    DossierClosed,
    DossierCorrected,
    DossierExtended,
    DossierFinished,
    DossierImported,
    DossierQuarantined,
    DossierStepImported,
    DossierStopped,
    DossierSubmitted,
    DossierTaken,
    DossierWithdrawn,
    IntakeRefused,
    PaymentConfirmed,
    PaymentRequested,
    ResultReturned,
    SupplementRequested,
    SupplementSubmitted,
)
from domain.facts import Aggregate, Fact

ENTERS: Final[dict[type[Fact], int]] = {
    DossierSubmitted: 1,
    DossierAccepted: 2,
    IntakeRefused: 3,
    DossierAssigned: 4,
    SupplementRequested: 5,
    PaymentRequested: 6,
    DossierWithdrawn: 7,
    DossierStopped: 8,
    DossierFinished: 9,
    ResultReturned: 10,
}
"""The facts that enter a status of their own. Others stay, or go back to the `resumes` that they carry."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """What the applicant was asked to pay. `reference` is set once it is paid; `lapsed`: no longer owed."""

    amount_vnd: int
    purpose: str
    reference: str | None = None
    lapsed: bool = False

    @property
    def open(self) -> bool:
        return self.reference is None and not self.lapsed


class DossierState(Aggregate):
    """The state; `domain.dossier.Dossier` has the acts. Ids are None where an earlier system did not say;
    `code` is "" only before the first fact."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.code = ""
        self.quarantined = False
        self.imported = False
        self.acted = False  # whether an act of this ledger has decided the status
        self.last_step: int | None = None
        self.path: tuple[int, ...] = ()
        self.closed = False
        self.procedure_id: UUID | None = None
        self.procedure_code: str | None = None
        self.procedure_version: int | None = None
        self.case: str | None = None
        self.channel: str | None = None
        self.place: UUID | None = None
        self.place_code: str | None = None
        self.owner: UUID | None = None
        self.submitter: UUID | None = None
        self.receiving_agency: UUID | None = None
        self.competent_agency: UUID | None = None
        self.returning_agency: UUID | None = None
        self.linked_group: UUID | None = None
        self.holder_sets: list[tuple[UUID | None, int]] = []
        self.components: tuple[dict[str, Any], ...] = ()
        self.obligations: dict[UUID, Obligation] = {}
        self.officer: UUID | None = None
        self.submitted_at: datetime | None = None
        self.supplement_until: datetime | None = None
        self.trips = 0
        """How often the applicant was asked for papers."""
        self.clock_left: Left | None = None
        """What is left while the clock stands still."""
        self.limit_amount: int | None = None
        self.limit_unit: str | None = None
        self.counted_from: datetime | None = None
        self.counted: tuple[int, str] | None = None
        """The period that runs from there: the limit, or what was left of it when it went on."""
        self.statutory_due: datetime | None = None
        self.promised: datetime | None = None
        self.extended = False
        self.extended_until: datetime | None = None
        self.apologised_until: datetime | None = None

    @property
    def status(self) -> int | None:
        """One of the ten; None: unknown (imported so, or in quarantine, or nothing recorded yet)."""
        return self.path[-1] if self.path else None

    @property
    def status_before(self) -> int | None:
        """The status that the present one was entered from, where that is recorded."""
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def due(self) -> datetime | None:
        """The date in force towards the applicant: extended, else promised, else statutory. Each stays
        readable on its own."""
        return self.extended_until or self.promised or self.statutory_due

    @property
    def clock_runs(self) -> bool:
        return self.statutory_due is not None

    def apply(self, fact: Fact) -> None:
        kind = type(fact)
        resumes: int | None = getattr(fact, "resumes", None)
        if kind in ENTERS:
            self._enter(ENTERS[kind])
        elif resumes is not None:
            self._go_back(resumes)
        if kind in SETS_HOLDER:
            self.holder_sets.append((fact.envelope.holder, fact.originator_version))
        assign = _ASSIGN.get(kind)
        if assign is not None:
            assign(self, fact)

    def _enter(self, status: int) -> None:
        self._leave()
        if status != self.status:
            self.path = (*self.path, status)

    def _go_back(self, status: int) -> None:
        self._leave()
        earlier = self.path[:-1]
        if status in earlier:
            last = len(earlier) - earlier[::-1].index(status)
            self.path = earlier[:last]
        elif status != self.status:  # into processing where it never was, or out of an imported past
            self.path = (*(passed for passed in earlier if passed in (1, 2)), status)
        self.closed = False

    def _leave(self) -> None:
        """What is not paid when the dossier stops waiting for it is no longer owed (a confirmation comes
        after this)."""
        self.acted = True
        if self.status == 6:
            self.obligations = {
                key: replace(owed, lapsed=True) if owed.open else owed
                for key, owed in self.obligations.items()
            }

    def _submitted(self, fact: DossierSubmitted) -> None:
        self.code = fact.code
        self.procedure_id = fact.procedure
        self.procedure_code = fact.procedure_code
        self.case = fact.case
        self.channel = fact.channel
        self.place, self.place_code = fact.place, fact.place_code
        self.owner, self.submitter = fact.owner, fact.submitter
        self.receiving_agency = fact.receiving_agency
        self.competent_agency = fact.competent_agency
        self.returning_agency = fact.returning_agency
        self.linked_group = fact.linked_group
        self.components = fact.components
        self.submitted_at = fact.envelope.occurred_at

    def _imported(self, fact: DossierImported) -> None:
        self.imported = True
        self.code = fact.code
        self.procedure_code = fact.procedure_code
        self.place, self.place_code = fact.place, fact.place_code
        if fact.status is not None:
            self.path = (fact.status,)

    def _step_imported(self, fact: DossierStepImported) -> None:
        self.last_step = fact.step
        if fact.status is None or self.quarantined:
            return
        if fact.status in self.path:
            self.path = self.path[: self.path.index(fact.status) + 1]
        else:
            self.path = (*self.path, fact.status)

    def _quarantined(self, fact: DossierQuarantined) -> None:
        self.quarantined = True
        self.code = fact.code

    def _accepted(self, fact: DossierAccepted) -> None:
        self.procedure_version = fact.procedure_version
        self.case, self.channel = fact.case, fact.channel
        self.limit_amount, self.limit_unit = fact.limit_amount, fact.limit_unit
        self._counts(fact.counted_from, fact.limit_amount, fact.limit_unit)
        self.statutory_due, self.promised = fact.statutory_due, fact.promised
        self.clock_left = self.extended_until = None

    def _counts(self, since: datetime | None, amount: int | None, unit: str | None) -> None:
        self.counted_from = since
        self.counted = (amount, unit) if amount is not None and unit is not None else None

    def _worked_on_by(self, fact: DossierAssigned | DossierTaken) -> None:
        self.officer = fact.officer

    def _supplement_requested(self, fact: SupplementRequested) -> None:
        self.supplement_until = fact.until
        self.trips += 1

    def _clock_suspended(self, fact: ClockSuspended) -> None:
        at = fact.envelope.occurred_at
        self.clock_left = Left(at, fact.left_amount, fact.left_unit, fact.extended_left)
        self.statutory_due = self.promised = self.extended_until = None

    def _clock_set(self, fact: ClockSet) -> None:
        self.clock_left = None
        self._counts(fact.counted_from, fact.amount, fact.unit)
        self.statutory_due, self.promised = fact.statutory_due, fact.promised
        self.extended_until = fact.extended_until

    def _supplement_submitted(self, fact: SupplementSubmitted) -> None:
        self.components = (*self.components, *fact.components)

    def _payment_requested(self, fact: PaymentRequested) -> None:
        owed = Obligation(fact.amount_vnd, fact.purpose)
        self.obligations = {**self.obligations, fact.obligation: owed}

    def _payment_confirmed(self, fact: PaymentConfirmed) -> None:
        owed = self.obligations[fact.obligation]
        paid = replace(owed, reference=fact.reference, lapsed=False)
        self.obligations = {**self.obligations, fact.obligation: paid}

    def _closed(self, fact: DossierClosed) -> None:
        self.closed = True

    def _extended(self, fact: DossierExtended) -> None:
        self.extended = True
        self.extended_until = fact.until

    def _apologised(self, fact: DossierApologised) -> None:
        self.apologised_until = fact.expected or self.apologised_until

    def _corrected(self, fact: DossierCorrected) -> None:
        if fact.place is not None or fact.place_code is not None:
            self.place, self.place_code = fact.place, fact.place_code


_ASSIGN: Final[dict[type[Fact], Callable[[DossierState, Any], None]]] = {
    DossierSubmitted: DossierState._submitted,
    DossierImported: DossierState._imported,
    DossierStepImported: DossierState._step_imported,
    DossierQuarantined: DossierState._quarantined,
    DossierAccepted: DossierState._accepted,
    DossierAssigned: DossierState._worked_on_by,
    DossierTaken: DossierState._worked_on_by,
    SupplementRequested: DossierState._supplement_requested,
    SupplementSubmitted: DossierState._supplement_submitted,
    ClockSuspended: DossierState._clock_suspended,
    ClockSet: DossierState._clock_set,
    PaymentRequested: DossierState._payment_requested,
    PaymentConfirmed: DossierState._payment_confirmed,
    DossierClosed: DossierState._closed,
    DossierExtended: DossierState._extended,
    DossierApologised: DossierState._apologised,
    DossierCorrected: DossierState._corrected,
}
