"""What a dossier in processing waits for besides papers: payment, another agency's opinion, an inspection."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain import clear_text, rules
from domain.clear_text import judge_form, judge_one_of
from domain.deadlines import judge_ahead
from domain.dossier_facts import (
    ConsultationAnswered,
    DossierConsulted,
    DossierResumed,
    InspectionBegun,
    InspectionEnded,
    PaymentConfirmed,
    PaymentRequested,
)
from domain.dossier_supplements import DossierSupplements
from domain.facts import Envelope, Personal
from domain.refusals import Refused


class DossierWaiting(DossierSupplements):
    """A dossier that waits for others. See `domain.dossier.Dossier`."""

    def request_payment(self, envelope: Envelope, *, obligation: UUID, amount_vnd: int, purpose: str) -> None:
        """Notify a financial obligation, under an id of its own."""
        self._judge("request_payment")
        judge_one_of("purpose", purpose, clear_text.PURPOSES)
        if obligation in self.obligations or amount_vnd <= 0:
            raise Refused(rules.PAYMENT_NEW, obligation=str(obligation), amount_vnd=amount_vnd)
        self._decide(
            "request_payment",
            PaymentRequested,
            envelope,
            obligation=obligation,
            amount_vnd=amount_vnd,
            purpose=purpose,
        )

    def confirm_payment(
        self,
        envelope: Envelope,
        *,
        obligation: UUID,
        amount_vnd: int,
        paid_at: datetime,
        reference: str,
    ) -> None:
        """Record a payment reported from outside. The same report again is refused as
        `dossier.payment.already_confirmed`, whatever came between."""
        owed = self.obligations.get(obligation)
        if owed is not None and owed.reference == reference:
            raise Refused(rules.PAYMENT_REPEATED, obligation=str(obligation), reference=reference)
        self._judge("confirm_payment")
        judge_form("reference", reference, clear_text.NUMBER)
        if owed is None or not owed.open:
            raise Refused(rules.PAYMENT_OPEN, obligation=str(obligation))
        if amount_vnd != owed.amount_vnd:
            raise Refused(rules.PAYMENT_AMOUNT, requested=owed.amount_vnd, confirmed=amount_vnd)
        self._judge_not_before_filing(paid_at)
        self._decide(
            "confirm_payment",
            PaymentConfirmed,
            envelope,
            (rules.PAYMENT_OPEN, rules.PAYMENT_AMOUNT),
            obligation=obligation,
            amount_vnd=amount_vnd,
            paid_at=paid_at,
            reference=reference,
            resumes=self._before(),
        )

    def consult(
        self, envelope: Envelope, *, agency: UUID, question: Personal, until: datetime | None = None
    ) -> None:
        """Ask another agency. The clock runs on, as by the general rule, unless the procedure excludes the
        wait."""
        self._judge("consult")
        judge_ahead(until, envelope.occurred_at)
        self._decide("consult", DossierConsulted, envelope, agency=agency, question=question, until=until)

    def answer_consultation(self, envelope: Envelope, *, consultation: int, answer: Personal) -> None:
        """The agency that was asked by the fact with version `consultation` has answered."""
        self._judge("answer_consultation")
        if consultation not in self.consulted:
            raise Refused(rules.ANSWER_OPEN, consultation=consultation, open=tuple(sorted(self.consulted)))
        self._decide(
            "answer_consultation",
            ConsultationAnswered,
            envelope,
            (rules.ANSWER_OPEN,),
            consultation=consultation,
            answer=answer,
        )

    def begin_inspection(self, envelope: Envelope, *, subject: Personal) -> None:
        """Begin to look at the place itself; whether that time counts is the procedure's own."""
        self._judge("begin_inspection")
        if self.inspecting:
            raise Refused(rules.BEGIN_INSPECTION)
        self._decide("begin_inspection", InspectionBegun, envelope, subject=subject)

    def end_inspection(self, envelope: Envelope, *, finding: Personal) -> None:
        """The inspection is over."""
        self._judge("end_inspection")
        if not self.inspecting:
            raise Refused(rules.END_INSPECTION)
        self._decide("end_inspection", InspectionEnded, envelope, finding=finding)

    def resume(self, envelope: Envelope, *, reason: Personal) -> None:
        """Go on without what was asked for; an unpaid obligation lapses."""
        self._judge("resume")
        self._decide("resume", DossierResumed, envelope, resumes=self._before(), reason=reason)
