"""The acts between a dossier's beginning and its end: intake, passing on, waiting, processing.

Each act judges its rules, raises Refused with the first that it breaks, and otherwise records one fact,
whose envelope names the rules that decided.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from domain import clear_text, rules
from domain.clear_text import judge_components, judge_form, judge_ids, judge_one_of
from domain.deadlines import judge_ahead
from domain.dossier_facts import (
    SETS_HOLDER,
    DossierAccepted,
    DossierArrived,
    DossierAssigned,
    DossierConsulted,
    DossierForwarded,
    DossierResumed,
    DossierTaken,
    DraftConfirmed,
    IntakeRefused,
    LookupRecorded,
    PaymentConfirmed,
    PaymentRequested,
    SupplementRequested,
    SupplementSubmitted,
)
from domain.dossier_state import DossierState
from domain.facts import Envelope, Fact, Personal
from domain.refusals import Refused, Rule
from domain.transitions import (
    ALLOWED_WHEN_UNKNOWN,
    BEFORE_WHEN_UNKNOWN,
    FINAL,
    HANDLED,
    SAME,
    SUBMITTED,
    SUPPLEMENT_REQUESTED,
    TRANSITIONS,
)


class DossierHandling(DossierState):
    """A dossier being handled. See `domain.dossier.Dossier`."""

    def accept(
        self,
        envelope: Envelope,
        *,
        procedure_version: int,
        channel: str,
        calendar_position: int,
        counted_from: datetime,
        case: str | None = None,
        limit_amount: int | None = None,
        limit_unit: str | None = None,
        statutory_due: datetime | None = None,
        promised: datetime | None = None,
    ) -> None:
        """Receive as complete; the clock starts at `counted_from`. Due dates are exclusive instants."""
        self._judge("accept")
        if self.submitted_at is not None and counted_from < self.submitted_at:
            raise Refused(rules.ACCEPT_CLOCK)
        parts = {limit_amount is None, limit_unit is None, statutory_due is None}
        if len(parts) > 1 or any(
            day is not None and day <= counted_from for day in (statutory_due, promised)
        ):
            raise Refused(rules.ACCEPT_LIMIT, limit_amount=limit_amount, limit_unit=limit_unit)
        self._decide(
            "accept",
            DossierAccepted,
            envelope,
            (rules.ACCEPT_CLOCK, rules.ACCEPT_LIMIT),
            procedure_version=procedure_version,
            case=case,
            channel=channel,
            calendar_position=calendar_position,
            limit_amount=limit_amount,
            limit_unit=limit_unit,
            counted_from=counted_from,
            statutory_due=statutory_due,
            promised=promised,
        )

    def refuse_intake(self, envelope: Envelope, *, ground: str, reason: Personal) -> None:
        """Refuse at intake, at once or after a supplement asked for at intake did not come in time."""
        self._judge("refuse_intake")
        judge_one_of("ground", ground, clear_text.INTAKE_GROUNDS)
        if self.status == SUPPLEMENT_REQUESTED:
            self._judge_supplement_late(rules.REFUSE_INTAKE_LATE, envelope, self._before() == SUBMITTED)
        self._decide("refuse_intake", IntakeRefused, envelope, ground=ground, reason=reason)

    def arrive(self, envelope: Envelope, *, from_agency: UUID) -> None:
        """Arrive at the agency that the envelope names as holder, forwarded to it before or not."""
        self._judge("arrive")
        self._decide("arrive", DossierArrived, envelope, from_agency=from_agency)

    def assign(self, envelope: Envelope, *, officer: UUID) -> None:
        """Give to an officer; from accepted, processing begins."""
        self._judge("assign")
        self._decide("assign", DossierAssigned, envelope, officer=officer)

    def forward(
        self, envelope: Envelope, *, from_agency: UUID, to_agency: UUID, note: Personal | None = None
    ) -> None:
        """Pass on to another agency: `to_agency` as meant, the envelope's holder as resolved (its heir, if
        it has ended)."""
        self._judge("forward")
        if from_agency == to_agency:
            raise Refused(rules.MOVE_TO_ANOTHER)
        self._decide(
            "forward", DossierForwarded, envelope, from_agency=from_agency, to_agency=to_agency, note=note
        )

    def take(self, envelope: Envelope, *, officer: UUID) -> None:
        """An officer takes over what is in processing."""
        self._judge("take")
        self._decide("take", DossierTaken, envelope, officer=officer)

    def request_supplement(
        self,
        envelope: Envelope,
        *,
        request: Personal,
        components: tuple[str, ...],
        until: datetime | None = None,
    ) -> None:
        """Ask for papers. Without `until` no deadline can pass, so that neither refusal nor stop can follow
        from it."""
        self._judge("request_supplement")
        judge_ids("components", components)
        judge_ahead(until, envelope.occurred_at)
        self._decide(
            "request_supplement",
            SupplementRequested,
            envelope,
            request=request,
            components=components,
            until=until,
        )

    def submit_supplement(self, envelope: Envelope, *, components: tuple[dict[str, Any], ...]) -> None:
        """The papers came, in time or late: go on where the dossier was."""
        self._judge("submit_supplement")
        judge_components(components)
        self._decide(
            "submit_supplement",
            SupplementSubmitted,
            envelope,
            components=components,
            resumes=self._before(),
        )

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
        """Ask another agency. The clock runs on, as by the general rule."""
        self._judge("consult")
        judge_ahead(until, envelope.occurred_at)
        self._decide("consult", DossierConsulted, envelope, agency=agency, question=question, until=until)

    def resume(self, envelope: Envelope, *, reason: Personal) -> None:
        """Go on without what was asked for; an unpaid obligation lapses."""
        self._judge("resume")
        self._decide("resume", DossierResumed, envelope, resumes=self._before(), reason=reason)

    def record_lookup(
        self,
        envelope: Envelope,
        *,
        source: str,
        outcome: str,
        component: str | None = None,
        result_digest: str | None = None,
    ) -> None:
        """Record what a database answered: `found`, `not_found`, `unavailable` or `inconsistent`."""
        self._judge("record_lookup")
        judge_form("source", source, clear_text.WORD)
        judge_one_of("outcome", outcome, clear_text.LOOKUP_OUTCOMES)
        judge_form("component", component, clear_text.COMPONENT)
        judge_form("result_digest", result_digest, clear_text.DIGEST)
        self._decide(
            "record_lookup",
            LookupRecorded,
            envelope,
            source=source,
            outcome=outcome,
            component=component,
            result_digest=result_digest,
        )

    def confirm_draft(self, envelope: Envelope, *, way: str) -> None:
        """The applicant agrees to the draft; `way` says how, silence included."""
        self._judge("confirm_draft")
        judge_one_of("way", way, clear_text.DRAFT_WAYS)
        self._decide("confirm_draft", DraftConfirmed, envelope, way=way)

    def _judge(self, act: str) -> None:
        """Whether the status allows the act at all."""
        if not self.version:
            raise Refused(rules.BEGUN, act=act)
        if self.quarantined:
            raise Refused(rules.QUARANTINED, act=act)
        status, transition = self.status, TRANSITIONS[act]
        if status is None:
            if act not in ALLOWED_WHEN_UNKNOWN:
                raise Refused(rules.STATUS_KNOWN, act=act)
        elif status not in transition.start:
            moves_a_final = status in FINAL and transition.to != SAME
            raise Refused(rules.FINAL if moves_a_final else transition.rule, act=act, status=status)

    def _decide(
        self,
        act: str,
        fact_class: type[Fact],
        envelope: Envelope,
        also: tuple[Rule, ...] = (),
        **values: Any,
    ) -> None:
        """Record the fact of an act that was judged; its envelope names the act's rule and those that
        decided with it."""
        self._judge_not_before_filing(envelope.occurred_at)
        if fact_class in SETS_HOLDER and envelope.holder is None:
            raise ValueError(f"{fact_class.TOPIC} sets the holder, so its envelope must name one")
        decided = (TRANSITIONS[act].rule, *also)
        self.record(
            fact_class, replace(envelope, rules=(*envelope.rules, *(rule.id for rule in decided))), **values
        )

    def _judge_not_before_filing(self, instant: datetime) -> None:
        """An imported dossier does not say when it was filed."""
        if self.submitted_at is not None and instant < self.submitted_at:
            raise Refused(rules.NOT_BEFORE_FILING, filed=self.submitted_at.isoformat())

    def _before(self) -> int:
        """The status to go back to. An imported history may lack it or tell of one that no act goes back
        to."""
        assert self.status is not None
        before = self.status_before
        return before if before in HANDLED else BEFORE_WHEN_UNKNOWN[self.status]

    def _judge_supplement_late(self, rule: Rule, envelope: Envelope, right_stage: bool) -> None:
        until = self.supplement_until
        if not right_stage or until is None or envelope.occurred_at < until:
            raise Refused(rule, until=until.isoformat() if until is not None else None)
