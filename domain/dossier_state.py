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

from domain.components import Components
from domain.dossier_clock_state import CLOCK_ASSIGN, ClockState
from domain.dossier_facts import (
    SETS_HOLDER,
    DossierAccepted,
    DossierAssigned,
    DossierBegun,
    DossierCharged,
    DossierClosed,
    DossierCorrected,
    DossierFinished,
    DossierImported,
    DossierOpened,
    DossierQuarantined,
    DossierRated,
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
from domain.facts import Fact

ENTERS: Final[dict[type[Fact], int]] = {
    DossierSubmitted: 1,
    DossierOpened: 1,
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
    """What the applicant was asked to pay. `awaited`: the dossier waits for it; `until`: exclusive;
    `reference` is set once it is paid; `lapsed`: no longer owed."""

    amount_vnd: int
    purpose: str
    awaited: bool = True
    until: datetime | None = None
    reference: str | None = None
    lapsed: bool = False

    @property
    def open(self) -> bool:
        return self.reference is None and not self.lapsed


class DossierState(ClockState):
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
        self.keyed_by: str | None = None
        self.paper_reason: str | None = None
        self.identity_level: str | None = None
        self.mandate: UUID | None = None
        self.service_level: int | None = None
        self.trigger: str | None = None
        self.helping_agency: UUID | None = None
        self.receiving_agency: UUID | None = None
        self.competent_agency: UUID | None = None
        self.left_receiver = False  # whether it was given to another agency since it was accepted
        self.returning_agency: UUID | None = None
        self.linked_group: UUID | None = None
        self.holder_sets: list[tuple[UUID | None, int]] = []
        self.components: tuple[dict[str, Any], ...] = ()
        self.provisions = Components()
        self.obligations: dict[UUID, Obligation] = {}
        self.officer: UUID | None = None
        self.submitted_at: datetime | None = None
        self.ratings: dict[UUID, int] = {}
        self.opened_at: datetime | None = None

    @property
    def status(self) -> int | None:
        """One of the ten; None: unknown (imported so, or in quarantine, or nothing recorded yet)."""
        return self.path[-1] if self.path else None

    @property
    def status_before(self) -> int | None:
        """The status that the present one was entered from, where that is recorded."""
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def begun_at(self) -> datetime | None:
        """When it was filed, or opened by the agency; None for what an earlier system began."""
        return self.submitted_at or self.opened_at

    @property
    def clock_not_begun(self) -> bool:
        """Whether it is accepted, and no limit has run since: there is none, or it has not begun."""
        return self.procedure_version is not None and self.limit_amount is None and self.clock_left is None

    @property
    def paid(self) -> bool:
        """Whether something was asked for and all of it is paid."""
        owed = self.obligations.values()
        return any(o.reference is not None for o in owed) and not any(o.open for o in owed)

    def apply(self, fact: Fact) -> None:
        kind = type(fact)
        resumes: int | None = getattr(fact, "resumes", None)
        if kind in ENTERS:
            self._enter(ENTERS[kind])
        elif resumes is not None and not (kind is PaymentConfirmed and resumes == self.status):
            self._go_back(resumes)
        if kind in SETS_HOLDER:
            self.holder_sets.append((fact.envelope.holder, fact.originator_version))
            given_by = getattr(fact, "from_agency", None)
            self.left_receiver |= given_by is not None and given_by != fact.envelope.holder
        self.provisions.apply(fact)
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
            self._lapse({key for key, owed in self.obligations.items() if owed.awaited})

    def _withdrawn(self, fact: DossierWithdrawn) -> None:
        self._lapse(set(self.obligations))

    def _lapse(self, keys: set[UUID]) -> None:
        self.obligations = {
            key: replace(owed, lapsed=True) if key in keys and owed.open else owed
            for key, owed in self.obligations.items()
        }

    def _begun(self, fact: DossierBegun) -> None:
        self.code = fact.code
        self.procedure_id = fact.procedure
        self.procedure_code = fact.procedure_code
        self.case = fact.case
        self.channel = fact.channel
        self.place, self.place_code = fact.place, fact.place_code
        self.owner = fact.owner
        self.receiving_agency = fact.receiving_agency
        self.competent_agency = fact.competent_agency
        self.returning_agency = fact.returning_agency
        self.linked_group = fact.linked_group
        self.components = fact.components
        self.provisions.handed_in(fact)

    def _submitted(self, fact: DossierSubmitted) -> None:
        self._begun(fact)
        self.submitter = fact.submitter
        self.helping_agency = fact.helping_agency
        self.keyed_by = fact.keyed_by
        self.paper_reason = fact.paper_reason
        self.identity_level, self.mandate = fact.identity_level, fact.mandate
        self.submitted_at = fact.envelope.occurred_at

    def _opened(self, fact: DossierOpened) -> None:
        self._begun(fact)
        self.service_level = fact.service_level
        self.trigger = fact.trigger
        self.opened_at = fact.envelope.occurred_at

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
        self.left_receiver = False
        self._clock_begins(fact)

    def _worked_on_by(self, fact: DossierAssigned | DossierTaken) -> None:
        self.officer = fact.officer

    def _supplement_submitted(self, fact: SupplementSubmitted) -> None:
        self._papers_came()
        self.components = (*self.components, *fact.components)
        self.provisions.handed_in(fact)

    def _payment_requested(self, fact: PaymentRequested) -> None:
        owed = Obligation(fact.amount_vnd, fact.purpose, until=fact.until)
        self.obligations = {**self.obligations, fact.obligation: owed}

    def _charged(self, fact: DossierCharged) -> None:
        owed = Obligation(fact.amount_vnd, fact.purpose, awaited=False)
        self.obligations = {**self.obligations, fact.obligation: owed}

    def _payment_confirmed(self, fact: PaymentConfirmed) -> None:
        owed = self.obligations[fact.obligation]
        paid = replace(owed, reference=fact.reference, lapsed=False)
        self.obligations = {**self.obligations, fact.obligation: paid}

    def _closed(self, fact: DossierClosed) -> None:
        self.closed = True

    def _corrected(self, fact: DossierCorrected) -> None:
        if fact.place is not None or fact.place_code is not None:
            self.place, self.place_code = fact.place, fact.place_code

    def _rated(self, fact: DossierRated) -> None:
        self.ratings = {**self.ratings, fact.by: fact.score}


_ASSIGN: Final[dict[type[Fact], Callable[[Any, Any], None]]] = {
    **CLOCK_ASSIGN,
    DossierSubmitted: DossierState._submitted,
    DossierOpened: DossierState._opened,
    DossierImported: DossierState._imported,
    DossierStepImported: DossierState._step_imported,
    DossierQuarantined: DossierState._quarantined,
    DossierAccepted: DossierState._accepted,
    DossierAssigned: DossierState._worked_on_by,
    DossierTaken: DossierState._worked_on_by,
    SupplementSubmitted: DossierState._supplement_submitted,
    PaymentRequested: DossierState._payment_requested,
    DossierCharged: DossierState._charged,
    PaymentConfirmed: DossierState._payment_confirmed,
    DossierClosed: DossierState._closed,
    DossierWithdrawn: DossierState._withdrawn,
    DossierCorrected: DossierState._corrected,
    DossierRated: DossierState._rated,
}
