"""A dossier that comes from an earlier system, or is kept in quarantine because its code is taken: what
begins its stream without a submission here; and what the earlier system said of it afterwards.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from domain import clear_text, record_rules, rules
from domain.clear_text import judge_one_of
from domain.dossier_code import check_acceptable
from domain.dossier_facts import (
    DossierExportCompared,
    DossierImported,
    DossierQuarantined,
    DossierStepImported,
)
from domain.dossier_handling import DossierHandling
from domain.facts import Envelope
from domain.refusals import Refused, on_record
from domain.transitions import judge_status

MOST_DIFFERENCES = 500
"""In one fact, so that it stays within the size of an event."""


class DossierImporting(DossierHandling):
    """A dossier taken over. See `domain.dossier.Dossier`."""

    def import_from(
        self,
        envelope: Envelope,
        *,
        code: str,
        source: str,
        case_id: str,
        attributes: tuple[dict[str, Any], ...],
        status: int | None = None,
        procedure_code: str | None = None,
        place: UUID | None = None,
        place_code: str | None = None,
    ) -> None:
        """Take over from an earlier system; `status` only where the mapping says it."""
        self._judge_first()
        check_acceptable(code)
        judge_status(status)
        need_holder(envelope)
        self.record(
            DossierImported,
            envelope,
            code=code,
            source=source,
            case_id=case_id,
            status=status,
            procedure_code=procedure_code,
            place=place,
            place_code=place_code,
            attributes=attributes,
        )

    def import_step(
        self,
        envelope: Envelope,
        *,
        step: int,
        activity: str,
        attributes: tuple[dict[str, Any], ...],
        as_written: str | None = None,
        status: int | None = None,
    ) -> None:
        """Record one step of the imported history, in the log's order. No transition is judged: it is a
        report of what was done elsewhere."""
        if not self.imported and not self.quarantined:
            raise Refused(record_rules.IMPORT_STEP_ONLY_IMPORTED)
        if self.last_step is not None and step <= self.last_step:
            raise Refused(record_rules.IMPORT_STEP_IN_ORDER, step=step, last=self.last_step)
        judge_status(status)
        if status is not None and self.acted:
            raise Refused(record_rules.IMPORT_STEP_BEFORE_ACTS, step=step, status=status)
        self.record(
            DossierStepImported,
            envelope,
            step=step,
            activity=activity,
            as_written=as_written,
            status=status,
            attributes=attributes,
        )

    def compare_export(
        self,
        envelope: Envelope,
        *,
        export: str,
        identical: int,
        added: int,
        differences: tuple[dict[str, Any], ...],
    ) -> None:
        """Record that a later export says otherwise of the past, which is an anomaly; nothing follows from
        it here. ValueError without a difference, or with more than MOST_DIFFERENCES."""
        if not self.imported and not self.quarantined:
            raise Refused(record_rules.EXPORT_COMPARED_ONLY_IMPORTED)
        if not 0 < len(differences) <= MOST_DIFFERENCES:
            raise ValueError(f"one fact has 1 to {MOST_DIFFERENCES} differences, not {len(differences)}")
        for difference in differences:
            judge_one_of("kind", difference["kind"], clear_text.EXPORT_DIFFERENCES)
        names = tuple(rule.id for rule in on_record(record_rules.PAST_REPORTED))
        self.record(
            DossierExportCompared,
            replace(envelope, rules=(*envelope.rules, *names)),
            export=export,
            identical=identical,
            added=added,
            differences=differences,
        )

    def quarantine(self, envelope: Envelope, *, code: str, taken_by: UUID, source: str, reason: str) -> None:
        """Keep a second dossier under a code that `taken_by` has. Its imported steps may follow; nothing
        else."""
        self._judge_first()
        judge_one_of("reason", reason, clear_text.QUARANTINE_REASONS)
        self.record(DossierQuarantined, envelope, code=code, taken_by=taken_by, source=source, reason=reason)

    def _judge_first(self) -> None:
        if self.version:
            raise Refused(rules.BEGINS_ONCE)


def need_holder(envelope: Envelope) -> None:
    """ValueError where the first fact names none."""
    if envelope.holder is None:
        raise ValueError("the first fact of a dossier names its holder")
