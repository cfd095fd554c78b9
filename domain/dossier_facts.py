"""The facts of a dossier, as docs/events.md has them: fields in that order, primitives only, personal text
sealed under the subject it is about.

Statuses are the ten official ones: 1 submitted, 2 accepted, 3 refused at intake, 4 in processing, 5
supplement requested, 6 financial obligation requested, 7 withdrawn, 8 stopped, 9 completed, 10 result
returned. `resumes` is the status in which the dossier goes on, decided when the fact was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.component_facts import (
    ComponentChecked,
    ComponentDigitised,
    ComponentReused,
    ComponentUploaded,
    LookupRecorded,
)
from domain.dossier_beginning_facts import DossierBegun, DossierOpened, DossierSubmitted
from domain.dossier_endings_facts import (
    DossierApologised,
    DossierClosed,
    DossierCorrected,
    DossierExtended,
    DossierFinished,
    DossierRated,
    DossierRecalled,
    DossierSentBack,
    DossierStopped,
    DossierWithdrawn,
    ResultReturned,
)
from domain.dossier_import_facts import (
    DossierExportCompared,
    DossierImported,
    DossierQuarantined,
    DossierStepImported,
)
from domain.dossier_supplement_facts import ClockSet, ClockSuspended, SupplementRequested, SupplementSubmitted
from domain.dossier_waiting_facts import (
    ConsultationAnswered,
    DossierCharged,
    DossierConsulted,
    DossierResumed,
    InspectionBegun,
    InspectionEnded,
    PaymentConfirmed,
    PaymentRequested,
)
from domain.facts import Category, Fact, PersonalText
from domain.result_facts import ResultIssued, ResultLinked, ResultSignatureChecked


@dataclass(frozen=True, kw_only=True)
class DossierAccepted(Fact):
    """Received complete: the clock starts. Dates are instants, the end of a day exclusive."""

    TOPIC: ClassVar[str] = "dossier.accepted.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    procedure_version: int
    case: str | None
    channel: str
    calendar_position: int
    limit_amount: int | None
    limit_unit: str | None
    counted_from: datetime
    statutory_due: datetime | None
    promised: datetime | None


@dataclass(frozen=True, kw_only=True)
class IntakeRefused(Fact):
    """Refused at intake, with the refusal slip."""

    TOPIC: ClassVar[str] = "dossier.intake_refused.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    ground: str
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierArrived(Fact):
    """Arrived at the agency that is the holder from now on."""

    TOPIC: ClassVar[str] = "dossier.arrived.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    from_agency: UUID


@dataclass(frozen=True, kw_only=True)
class DossierAssigned(Fact):
    """Given to an officer; processing begins or goes on."""

    TOPIC: ClassVar[str] = "dossier.assigned.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    officer: UUID


@dataclass(frozen=True, kw_only=True)
class DossierForwarded(Fact):
    """Passed on; the receiver holds it from now on."""

    TOPIC: ClassVar[str] = "dossier.forwarded.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    from_agency: UUID
    to_agency: UUID
    note: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class DossierTaken(Fact):
    """An officer took it over."""

    TOPIC: ClassVar[str] = "dossier.taken.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    officer: UUID


@dataclass(frozen=True, kw_only=True)
class DraftConfirmed(Fact):
    """The applicant confirmed the draft of the result, or let the day pass in silence (`way`)."""

    TOPIC: ClassVar[str] = "dossier.draft_confirmed.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    way: str


SETS_HOLDER: frozenset[type[Fact]] = frozenset(
    {
        DossierSubmitted,
        DossierOpened,
        DossierImported,
        DossierArrived,
        DossierForwarded,
        DossierRecalled,
        DossierSentBack,
    }
)
"""The facts that set a holder: the `holder` of their envelope, from their `recorded_at` on (H of the
definition of who holds a dossier). A coordination decision, recorded in a stream of its own, is in H
too."""

DOSSIER_FACTS: tuple[type[Fact], ...] = (
    DossierSubmitted,
    DossierOpened,
    DossierImported,
    DossierStepImported,
    DossierQuarantined,
    DossierExportCompared,
    DossierAccepted,
    IntakeRefused,
    DossierArrived,
    DossierAssigned,
    DossierForwarded,
    DossierTaken,
    SupplementRequested,
    SupplementSubmitted,
    ClockSuspended,
    ClockSet,
    PaymentRequested,
    DossierCharged,
    PaymentConfirmed,
    DossierConsulted,
    ConsultationAnswered,
    InspectionBegun,
    InspectionEnded,
    DossierResumed,
    ComponentUploaded,
    ComponentDigitised,
    ComponentReused,
    ComponentChecked,
    LookupRecorded,
    DraftConfirmed,
    DossierStopped,
    DossierClosed,
    DossierWithdrawn,
    DossierExtended,
    DossierApologised,
    DossierFinished,
    ResultReturned,
    DossierRecalled,
    DossierSentBack,
    DossierCorrected,
    DossierRated,
    ResultIssued,
    ResultSignatureChecked,
    ResultLinked,
)
"""Every fact that a dossier's own stream may have, in the order of docs/events.md."""

__all__ = [
    "DOSSIER_FACTS",
    "SETS_HOLDER",
    "ClockSet",
    "ClockSuspended",
    "ComponentChecked",
    "ComponentDigitised",
    "ComponentReused",
    "ComponentUploaded",
    "ConsultationAnswered",
    "DossierAccepted",
    "DossierApologised",
    "DossierArrived",
    "DossierAssigned",
    "DossierBegun",
    "DossierCharged",
    "DossierClosed",
    "DossierConsulted",
    "DossierCorrected",
    "DossierExportCompared",
    "DossierExtended",
    "DossierFinished",
    "DossierForwarded",
    "DossierImported",
    "DossierOpened",
    "DossierQuarantined",
    "DossierRated",
    "DossierRecalled",
    "DossierResumed",
    "DossierSentBack",
    "DossierStepImported",
    "DossierStopped",
    "DossierSubmitted",
    "DossierTaken",
    "DossierWithdrawn",
    "DraftConfirmed",
    "InspectionBegun",
    "InspectionEnded",
    "IntakeRefused",
    "LookupRecorded",
    "PaymentConfirmed",
    "PaymentRequested",
    "ResultIssued",
    "ResultLinked",
    "ResultReturned",
    "ResultSignatureChecked",
    "SupplementRequested",
    "SupplementSubmitted",
]
