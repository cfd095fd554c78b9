"""What a dossier in processing waits for besides papers and money: others' opinions, an inspection."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain import waiting_rules
from domain.deadlines import judge_ahead
from domain.dossier_facts import (
    ConsultationAnswered,
    DossierConsulted,
    DossierResumed,
    InspectionBegun,
    InspectionEnded,
)
from domain.dossier_money import DossierMoney
from domain.facts import Envelope, Personal
from domain.refusals import Refused


class DossierWaiting(DossierMoney):
    """A dossier that waits for others. See `domain.dossier.Dossier`."""

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
            raise Refused(
                waiting_rules.ANSWER_OPEN, consultation=consultation, open=tuple(sorted(self.consulted))
            )
        self._decide(
            "answer_consultation",
            ConsultationAnswered,
            envelope,
            (waiting_rules.ANSWER_OPEN,),
            consultation=consultation,
            answer=answer,
        )

    def begin_inspection(self, envelope: Envelope, *, subject: Personal) -> None:
        """Begin to look at the place itself; whether that time counts is the procedure's own."""
        self._judge("begin_inspection")
        if self.inspecting:
            raise Refused(waiting_rules.BEGIN_INSPECTION)
        self._decide("begin_inspection", InspectionBegun, envelope, subject=subject)

    def end_inspection(self, envelope: Envelope, *, finding: Personal) -> None:
        """The inspection is over."""
        self._judge("end_inspection")
        if not self.inspecting:
            raise Refused(waiting_rules.END_INSPECTION)
        self._decide("end_inspection", InspectionEnded, envelope, finding=finding)

    def resume(self, envelope: Envelope, *, reason: Personal) -> None:
        """Go on without what was asked for; an unpaid obligation lapses."""
        self._judge("resume")
        self._decide("resume", DossierResumed, envelope, resumes=self._before(), reason=reason)
