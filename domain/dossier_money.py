"""What a dossier costs: asked for, paid, or not. Reference section 3.8.

A payment is reported from outside and has happened already: it is recorded whenever the report comes, in
whatever order, also after the dossier went on without it; the same report twice is one payment.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain import clear_text, ending_rules, waiting_rules
from domain.clear_text import judge_form, judge_one_of
from domain.deadlines import judge_ahead
from domain.dossier_facts import DossierCharged, PaymentConfirmed, PaymentRequested
from domain.dossier_supplements import DossierSupplements
from domain.facts import Envelope
from domain.refusals import Refused
from domain.transitions import PAYMENT_REQUESTED, SUPPLEMENT_REQUESTED


class DossierMoney(DossierSupplements):
    """A dossier with something to pay. See `domain.dossier.Dossier`."""

    def request_payment(
        self,
        envelope: Envelope,
        *,
        obligation: UUID,
        amount_vnd: int,
        purpose: str,
        count: int = 1,
        listed_vnd: int | None = None,
        until: datetime | None = None,
    ) -> None:
        """Notify a financial obligation, under an id of its own, and wait for it. `listed_vnd`: what the
        procedure lists for so many (`count`), None where it lists nothing; without `until` no deadline can
        pass, so that no stop can follow from it."""
        self._judge("request_payment")
        judge_ahead(until, envelope.occurred_at)
        self._judge_amount(obligation, amount_vnd, purpose, listed_vnd)
        self._decide(
            "request_payment",
            PaymentRequested,
            envelope,
            (waiting_rules.PAYMENT_LISTED,),
            obligation=obligation,
            amount_vnd=amount_vnd,
            purpose=purpose,
            count=count,
            listed_vnd=listed_vnd,
            until=until,
        )

    def charge(
        self,
        envelope: Envelope,
        *,
        obligation: UUID,
        amount_vnd: int,
        purpose: str,
        collected: str,
        count: int = 1,
        listed_vnd: int | None = None,
    ) -> None:
        """Name what is to be paid without waiting for it: at receipt, with a supplement, at the return."""
        self._judge("charge")
        judge_one_of("collected", collected, clear_text.COLLECTED)
        self._judge_amount(obligation, amount_vnd, purpose, listed_vnd)
        self._decide(
            "charge",
            DossierCharged,
            envelope,
            (waiting_rules.PAYMENT_LISTED,),
            obligation=obligation,
            amount_vnd=amount_vnd,
            purpose=purpose,
            collected=collected,
            count=count,
            listed_vnd=listed_vnd,
        )

    def _judge_amount(self, obligation: UUID, amount: int, purpose: str, listed: int | None) -> None:
        judge_one_of("purpose", purpose, clear_text.PURPOSES)
        if purpose == "fee" and listed is not None and amount != listed:
            raise Refused(waiting_rules.PAYMENT_LISTED, listed=listed, asked=amount)
        if obligation in self.obligations or amount <= 0:
            raise Refused(waiting_rules.PAYMENT_NEW, obligation=str(obligation), amount_vnd=amount)

    def confirm_payment(
        self,
        envelope: Envelope,
        *,
        obligation: UUID,
        amount_vnd: int,
        paid_at: datetime,
        reference: str,
    ) -> None:
        """Record a payment reported from outside, in whatever status. If the dossier waits for it, it goes
        on. The same report again is refused as `dossier.payment.already_confirmed`, whatever came between."""
        owed = self.obligations.get(obligation)
        if owed is not None and owed.reference == reference:
            raise Refused(waiting_rules.PAYMENT_REPEATED, obligation=str(obligation), reference=reference)
        self._judge("confirm_payment")
        judge_form("reference", reference, clear_text.NUMBER)
        if owed is None:
            raise Refused(waiting_rules.CONFIRM_PAYMENT, obligation=str(obligation))
        if owed.reference is not None:
            raise Refused(waiting_rules.PAYMENT_OPEN, obligation=str(obligation))
        if amount_vnd != owed.amount_vnd:
            raise Refused(waiting_rules.PAYMENT_AMOUNT, requested=owed.amount_vnd, confirmed=amount_vnd)
        self._judge_not_before_filing(paid_at)
        assert self.status is not None
        self._decide(
            "confirm_payment",
            PaymentConfirmed,
            envelope,
            (waiting_rules.PAYMENT_OPEN, waiting_rules.PAYMENT_AMOUNT),
            obligation=obligation,
            amount_vnd=amount_vnd,
            paid_at=paid_at,
            reference=reference,
            resumes=self._before() if owed.awaited and not owed.lapsed else self.status,
        )

    @property
    def awaited_until(self) -> datetime | None:
        """When the applicant's time ends for what is awaited now; None where nothing is awaited, or no time
        was set."""
        if self.status == SUPPLEMENT_REQUESTED:
            return self.supplement_until
        if self.status == PAYMENT_REQUESTED:
            untils = [owed.until for owed in self.obligations.values() if owed.awaited and owed.open]
            known = [until for until in untils if until is not None]
            return max(known) if known and len(known) == len(untils) else None
        return None

    def _judge_unpaid(self, envelope: Envelope) -> None:
        """While payment is awaited, a stop follows only from its deadline."""
        untils = [o.until for o in self.obligations.values() if o.awaited and o.open]
        if any(until is None or envelope.occurred_at < until for until in untils):
            until = next((u for u in untils if u is not None), None)
            raise Refused(ending_rules.STOP_UNPAID, until=until.isoformat() if until else None)
