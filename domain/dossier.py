"""A dossier from its beginning to its end, one method for each act of the API.

An act takes the envelope (who, for which agency, when, and which agency holds the dossier afterwards) and
the decided fields; ids and times come from outside. It raises Refused with the rule that forbids it, or
records exactly one fact. `resumes` is decided here and stored, so that replay never decides again.

Owner and submitter are two fields. Who holds it after a handover is no state of its stream: `domain.holding`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from domain import clear_text, voice_rules, waiting_rules
from domain import ending_rules as endings
from domain.clear_text import judge_form, judge_one_of
from domain.dossier_facts import (
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
from domain.dossier_results import DossierResults, judge_refusal
from domain.facts import Envelope, Personal
from domain.refusals import Refused
from domain.terms import CLOSE, REFUSE, STOP
from domain.transitions import IN_PROCESSING, SUBMITTED, SUPPLEMENT_REQUESTED


class Dossier(DossierResults):
    """One dossier; its revision is `version`."""

    def stop(self, envelope: Envelope, *, ground: str, reason: Personal) -> None:
        """Stop processing: conditions not met, or the supplement or the payment did not come in time."""
        self._judge("stop")
        judge_one_of("ground", ground, clear_text.STOP_GROUNDS)
        if self.status == SUPPLEMENT_REQUESTED:
            self._judge_supplement_late(endings.STOP_LATE, envelope, self._before() != SUBMITTED)
        self._judge_unpaid(envelope)
        self._decide("stop", DossierStopped, envelope, ground=ground, reason=reason)

    def time_passed(
        self,
        envelope: Envelope,
        *,
        then: str | None,
        reason: Personal,
        result_code: str | None = None,
        refusals: Collection[str] = (),
    ) -> None:
        """The applicant's time for papers or a payment has passed: what follows is what the procedure's
        version says (`then`; reference section 3.3, mistake 3). At intake it is refused there; later it is
        stopped, or refused on the merits, which is a result; `close` closes it besides. Where the version is
        silent an officer has to decide. Raises Refused (dossier.time_passed)."""
        until = self.awaited_until
        if until is None or envelope.occurred_at < until:
            raise Refused(waiting_rules.TIME_PASSED, until=until.isoformat() if until else None)
        missing = "supplement_missing" if self.status == SUPPLEMENT_REQUESTED else "payment_missing"
        at_intake = self._before() == SUBMITTED
        if at_intake:
            self.refuse_intake(envelope, ground=missing, reason=reason)
        elif then in (STOP, CLOSE):
            self.stop(envelope, ground=missing, reason=reason)
        elif then == REFUSE:
            self.resume(envelope, reason=reason)
            self.finish(
                envelope, outcome="refused", result_code=result_code, reason=reason, refusals=refusals
            )
        else:
            raise Refused(waiting_rules.THEN_SAID, status=self.status)
        if then == CLOSE:
            self.close(envelope, ground="refused_at_intake" if at_intake else "stopped")

    def close(self, envelope: Envelope, *, ground: str) -> None:
        """Close on the system what was refused at intake or stopped."""
        self._judge("close")
        judge_one_of("ground", ground, clear_text.CLOSE_GROUNDS)
        if self.closed:
            raise Refused(endings.CLOSE_ONCE)
        self._decide("close", DossierClosed, envelope, ground=ground)

    def withdraw(self, envelope: Envelope, *, reason: Personal | None = None) -> None:
        """The applicant takes it back; unpaid obligations lapse."""
        self._judge("withdraw")
        self._decide("withdraw", DossierWithdrawn, envelope, reason=reason)

    def extend(self, envelope: Envelope, *, until: datetime, reason: Personal) -> None:
        """Move the due date by a slip: once, at the latest a day before it, to a later date (exclusive
        instant)."""
        self._judge("extend")
        due = self.due
        if due is None:
            raise Refused(endings.EXTEND_DUE)
        if self.extended:
            raise Refused(endings.EXTEND_ONCE)
        if envelope.occurred_at > due - timedelta(days=1):
            raise Refused(endings.EXTEND_EARLY, due=due.isoformat())
        if until <= due:
            raise Refused(endings.EXTEND_LATER, due=due.isoformat(), until=until.isoformat())
        decided = (endings.EXTEND_DUE, endings.EXTEND_ONCE, endings.EXTEND_EARLY, endings.EXTEND_LATER)
        self._decide("extend", DossierExtended, envelope, decided, until=until, reason=reason)

    def apologise(self, envelope: Envelope, *, text: Personal, expected: datetime | None = None) -> None:
        """Apologise for lateness or loss, also for what was inherited or has ended; the due date stays."""
        self._judge("apologise")
        if expected is not None and expected <= envelope.occurred_at:
            raise Refused(endings.APOLOGISE, expected=expected.isoformat())
        self._decide("apologise", DossierApologised, envelope, expected=expected, text=text)

    def finish(
        self,
        envelope: Envelope,
        *,
        outcome: str,
        result_code: str | None = None,
        decision_no: str | None = None,
        reason: Personal | None = None,
        refusals: Collection[str] = (),
    ) -> None:
        """Complete with a result: `granted`, or `refused` on the merits, with its reason. `refusals`: the
        codes that the version lists as refusals."""
        self._judge("finish")
        judge_one_of("outcome", outcome, clear_text.OUTCOMES)
        judge_form("result_code", result_code, clear_text.RESULT)
        judge_form("decision_no", decision_no, clear_text.NUMBER)
        if outcome == "refused" and reason is None:
            raise Refused(endings.FINISH_REASON)
        judge_refusal(outcome, (result_code, *(r.code for r in self.standing_results)), refusals)
        self._decide(
            "finish",
            DossierFinished,
            envelope,
            outcome=outcome,
            result_code=result_code,
            decision_no=decision_no,
            reason=reason,
        )

    def return_result(self, envelope: Envelope, *, way: str, collected_by: Personal | None = None) -> None:
        """The result is in the applicant's hands."""
        self._judge("return_result")
        judge_one_of("way", way, clear_text.RETURN_WAYS)
        self._decide("return_result", ResultReturned, envelope, way=way, collected_by=collected_by)

    def recall(self, envelope: Envelope, *, from_agency: UUID, reason: Personal) -> None:
        """Take back what was sent on: to the status before, held by the envelope's holder."""
        self._judge("recall")
        self._judge_not_linked()
        self._decide(
            "recall",
            DossierRecalled,
            envelope,
            (endings.NOT_LINKED,),
            from_agency=from_agency,
            resumes=self._before(),
            reason=reason,
        )

    def send_back(self, envelope: Envelope, *, from_agency: UUID, to_agency: UUID, reason: Personal) -> None:
        """Send back into processing at `to_agency`, as meant; the envelope's holder is it, or its heir."""
        self._judge("send_back")
        self._judge_not_linked()
        self._decide(
            "send_back",
            DossierSentBack,
            envelope,
            (endings.NOT_LINKED,),
            from_agency=from_agency,
            to_agency=to_agency,
            resumes=IN_PROCESSING,
            reason=reason,
        )

    def correct(
        self,
        envelope: Envelope,
        *,
        corrects: int,
        note: Personal,
        place: UUID | None = None,
        place_code: str | None = None,
    ) -> None:
        """Correct the fact at version `corrects`, in any status: what was recorded stays, the correction
        stands beside it."""
        self._judge("correct")
        if not 1 <= corrects <= self.version:
            raise Refused(endings.CORRECT, corrects=corrects, revision=self.version)
        self._decide(
            "correct",
            DossierCorrected,
            envelope,
            corrects=corrects,
            place=place,
            place_code=place_code,
            note=note,
        )

    def rate(
        self, envelope: Envelope, *, by: UUID | None, score: int, comment: Personal | None = None
    ) -> None:
        """A party says how content they are with what was done: 2 (most), 1 or 0, once. Nothing else
        changes."""
        self._judge("rate")
        if score not in clear_text.SCORES:
            raise Refused(voice_rules.RATE_SCORE, score=score)
        if by is None or by not in (self.owner, self.submitter):
            raise Refused(voice_rules.RATE_PARTY)
        if by in self.ratings:
            raise Refused(voice_rules.RATE_ONCE)
        decided = (voice_rules.RATE_PARTY, voice_rules.RATE_ONCE)
        self._decide("rate", DossierRated, envelope, decided, by=by, score=score, comment=comment)

    def _judge_not_linked(self) -> None:
        if self.linked_group is not None:
            raise Refused(endings.NOT_LINKED, linked_group=str(self.linked_group))
