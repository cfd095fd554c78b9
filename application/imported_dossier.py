"""The aggregate of an imported case: what `dossier.imported`, or `dossier.quarantined`, and the steps say.

Steps keep the file's order whatever their times; a status stands only where the mapping says it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from application.import_mapping import ImportMapping
from application.imported_text import dossier_code, status_of, stored_attributes
from domain.dossier import Dossier
from domain.facts import Envelope
from domain.imported_case import ImportedCase, ImportedStep
from domain.unit import Unit

STEPS_PER_ITEM = 500


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes one item: a case from step `start` on. `stream_id`: where the case already is, for a later
    part; `taken_by`: the dossier that has the case's code."""

    case: ImportedCase
    start: int
    stream_id: UUID | None = None
    taken_by: UUID | None = None

    @property
    def steps(self) -> tuple[ImportedStep, ...]:
        return self.case.steps[self.start : self.start + STEPS_PER_ITEM]


@dataclass(frozen=True, slots=True)
class Importer:
    """As whom and by what words a batch is imported. `resources`: whose key seals each resource's name;
    `known_procedures`: codes that a case may name as its procedure's."""

    envelope: Envelope
    mapping: ImportMapping
    place: Unit | None
    resources: Mapping[str, UUID]
    known_procedures: Container[str] = frozenset()

    def begin(self, dossier: Dossier, part: Part) -> None:
        """The first part of a case, into an empty dossier."""
        case, mapping = part.case, self.mapping
        code = dossier_code(case.case_id, mapping)
        if part.taken_by is not None:
            dossier.quarantine(
                self.envelope,
                code=code,
                taken_by=part.taken_by,
                source=mapping.source,
                reason="code_taken",
            )
        else:
            dossier.import_from(
                self.envelope,
                code=code,
                source=mapping.source,
                case_id=case.case_id,
                status=status_of(case.attributes, mapping),
                procedure_code=self._procedure(case),
                place=self.place.id if self.place else None,
                place_code=self.place.code if self.place else None,
                attributes=stored_attributes(case.attributes, mapping, dossier.id, self.resources),
            )
        self.go_on(dossier, part)

    def unknown_procedure(self, case: ImportedCase) -> str | None:
        """The code that the case names and the catalogue has not; None: it has, or none is named."""
        code = self._named_procedure(case)
        return code if code and code not in self.known_procedures else None

    def _procedure(self, case: ImportedCase) -> str | None:
        """The code that the case names, where the catalogue has it; else the mapping's for all."""
        code = self._named_procedure(case)
        return code if code in self.known_procedures else self.mapping.procedure

    def _named_procedure(self, case: ImportedCase) -> str | None:
        return next((a.value for a in case.attributes if a.key == self.mapping.procedure_key), None)

    def go_on(self, dossier: Dossier, part: Part) -> None:
        """The steps of a part, after what the dossier has."""
        for step in part.steps:
            self._step(dossier, step)

    def _step(self, dossier: Dossier, step: ImportedStep) -> None:
        """A step happened at its own time; one without a time is put at the time of the import."""
        status = self.mapping.activity_status.get(step.activity, status_of(step.attributes, self.mapping))
        dossier.import_step(
            replace(self.envelope, occurred_at=step.occurred_at or self.envelope.occurred_at),
            step=step.index,
            activity=step.activity,
            as_written=step.as_written,
            # After an act of this ledger no earlier system's word changes the status.
            status=None if dossier.acted else status,
            attributes=stored_attributes(step.attributes, self.mapping, dossier.id, self.resources),
        )
