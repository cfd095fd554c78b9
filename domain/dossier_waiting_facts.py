"""Facts of what a dossier in processing waits for besides papers: money, another agency's opinion, an
inspection. Whether the time counts is the procedure's own (`domain.terms`). Imported through
`domain.dossier_facts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class PaymentRequested(Fact):
    """A financial obligation was notified, to be paid until `until` (exclusive); the dossier waits for it.
    `listed_vnd`: what the procedure lists for so many (`count`), null where it lists nothing."""

    TOPIC: ClassVar[str] = "dossier.payment_requested.v2"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    obligation: UUID
    amount_vnd: int
    purpose: str
    count: int
    listed_vnd: int | None
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class DossierCharged(Fact):
    """What is to be paid at receipt, with a supplement or at the return (`collected`); nothing waits for
    it."""

    TOPIC: ClassVar[str] = "dossier.charged.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    obligation: UUID
    amount_vnd: int
    purpose: str
    collected: str
    count: int
    listed_vnd: int | None


@dataclass(frozen=True, kw_only=True)
class PaymentConfirmed(Fact):
    """An obligation was paid, as reported from outside under `reference`; goes on in the status `resumes`,
    which is the one it is in unless it waited for this."""

    TOPIC: ClassVar[str] = "dossier.payment_confirmed.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    obligation: UUID
    amount_vnd: int
    paid_at: datetime
    reference: str
    resumes: int


@dataclass(frozen=True, kw_only=True)
class DossierConsulted(Fact):
    """Another agency was asked for its opinion; the holder stays."""

    TOPIC: ClassVar[str] = "dossier.consulted.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    agency: UUID
    question: PersonalText
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class ConsultationAnswered(Fact):
    """The agency that was asked by the fact with version `consultation` of this stream has answered."""

    TOPIC: ClassVar[str] = "dossier.consultation_answered.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    consultation: int
    answer: PersonalText


@dataclass(frozen=True, kw_only=True)
class InspectionBegun(Fact):
    """An inspection on the spot began."""

    TOPIC: ClassVar[str] = "dossier.inspection_begun.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    subject: PersonalText


@dataclass(frozen=True, kw_only=True)
class InspectionEnded(Fact):
    """The inspection on the spot ended."""

    TOPIC: ClassVar[str] = "dossier.inspection_ended.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    finding: PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierResumed(Fact):
    """Goes on without the supplement or the payment that was asked for."""

    TOPIC: ClassVar[str] = "dossier.resumed.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    resumes: int
    reason: PersonalText
