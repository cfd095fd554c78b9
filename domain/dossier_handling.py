"""The acts between a dossier's beginning and its end: intake, passing on, processing.

Each act judges its rules, raises Refused with the first that it breaks, and otherwise records one fact,
whose envelope names the rules that decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from domain import clear_text, component_rules, rules
from domain.clear_text import judge_one_of
from domain.document_store import KeptDocument
from domain.dossier_facts import (
    DossierAccepted,
    DossierArrived,
    DossierAssigned,
    DossierForwarded,
    DossierTaken,
    DraftConfirmed,
    IntakeRefused,
)
from domain.dossier_waiting import DossierWaiting
from domain.facts import Envelope, Personal
from domain.refusals import Refused
from domain.transitions import (
    SUBMITTED,
    SUPPLEMENT_REQUESTED,
)


class DossierHandling(DossierWaiting):
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
        relies_on: Mapping[str, KeptDocument] | None = None,
    ) -> None:
        """Receive as complete; the clock starts at `counted_from`. Due dates are exclusive instants.
        `relies_on`: the documents of the store that stand for papers which nobody provided here, as
        `Asking.judge_complete` found them: each is recorded as re-used. None: that it is complete was not
        asked."""
        self._judge("accept")
        if self.begun_at is not None and counted_from < self.begun_at:
            raise Refused(rules.ACCEPT_CLOCK)
        parts = {limit_amount is None, limit_unit is None, statutory_due is None}
        if len(parts) > 1 or any(
            day is not None and day <= counted_from for day in (statutory_due, promised)
        ):
            raise Refused(rules.ACCEPT_LIMIT, limit_amount=limit_amount, limit_unit=limit_unit)
        for component, known in (relies_on or {}).items():
            self._rely_on(replace(envelope, rules=()), component, known)
        complete = () if relies_on is None else (component_rules.COMPLETE,)
        self._decide(
            "accept",
            DossierAccepted,
            envelope,
            (rules.ACCEPT_CLOCK, rules.ACCEPT_LIMIT, *complete),
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

    def confirm_draft(self, envelope: Envelope, *, way: str) -> None:
        """The applicant agrees to the draft; `way` says how, silence included."""
        self._judge("confirm_draft")
        judge_one_of("way", way, clear_text.DRAFT_WAYS)
        self._decide("confirm_draft", DraftConfirmed, envelope, way=way)
