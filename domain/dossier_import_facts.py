"""Facts of dossiers that come from an earlier system. Imported through `domain.dossier_facts`, which has
them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from domain.facts import Category, Fact


@dataclass(frozen=True, kw_only=True)
class DossierImported(Fact):
    """Taken over from an earlier system, all trace attributes in their order; the importing agency holds
    it. `status` null: unknown."""

    TOPIC: ClassVar[str] = "dossier.imported.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    code: str
    source: str
    case_id: str
    status: int | None
    procedure_code: str | None
    place: UUID | None
    place_code: str | None
    attributes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class DossierStepImported(Fact):
    """One step of an imported history. `as_written`: its time as the log wrote it (`occurred_at` has it in
    UTC)."""

    TOPIC: ClassVar[str] = "dossier.step_imported.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    step: int
    activity: str
    as_written: str | None
    status: int | None
    attributes: tuple[dict[str, Any], ...]


@dataclass(frozen=True, kw_only=True)
class DossierQuarantined(Fact):
    """A second dossier under a taken code: kept, named, and acted on by nobody."""

    TOPIC: ClassVar[str] = "dossier.quarantined.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    code: str
    taken_by: UUID
    source: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class DossierExportCompared(Fact):
    """A later export of the earlier system contradicts what was imported; nothing of the history changes.
    `export`: SHA-256 of the file, hex; `identical`, `added`: steps that both say, and that came since;
    `differences`: kind (moved, gone, back_dated), step (the imported one; None: back_dated), activity, and
    as_written, the later export's time (None: gone). A dossier with many has several such facts."""

    TOPIC: ClassVar[str] = "dossier.export_compared.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    export: str
    identical: int
    added: int
    differences: tuple[dict[str, Any], ...]
