"""What is recorded of imported cases: by which claim each is found, and its facts with sealed values opened.

A case may have another holder or status by now; what was imported of it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from application.ledger import Ledger
from domain.dossier_import_facts import DossierImported, DossierStepImported
from domain.facts import Fact, Recorded, Sealed

CLAIM = "import_case"


def claim_text(source: str, case_id: str, start: int = 0) -> str:
    """Of the part of a case that begins with this step: told apart by what none of the three can hold."""
    return f"{source}\0{case_id}\0{start}"


async def stream_of(ledger: Ledger, source: str, case_id: str, start: int = 0) -> UUID | None:
    """The stream that has this part of the case, or None."""
    return await ledger.find(CLAIM, claim_text(source, case_id, start))


@dataclass(slots=True)
class ImportedRecord:
    """Of one case. `begun`: None where a code was taken; `facts`: the whole stream, by position."""

    begun: DossierImported | None = None
    steps: list[DossierStepImported] = field(default_factory=list)
    facts: list[Recorded[Fact]] = field(default_factory=list)


async def records_of(ledger: Ledger, streams: Sequence[UUID]) -> dict[UUID, ImportedRecord]:
    """What these streams hold, sealed values ready to be opened."""
    records = {stream: ImportedRecord() for stream in streams}
    for found in await ledger.facts_of(list(records)) if records else ():
        record, fact = records[found.fact.originator_id], found.fact
        record.facts.append(found)
        if isinstance(fact, DossierImported):
            record.begun = fact
        elif isinstance(fact, DossierStepImported):
            record.steps.append(fact)
    subjects = {sealed.subject for record in records.values() for sealed in _sealed(record)}
    if subjects:
        await ledger.keyring.load(sorted(subjects))
    return records


def opened(ledger: Ledger, attribute: Mapping[str, Any]) -> str | None:
    """The value of an attribute as it was written; None where it was erased."""
    value = attribute["value"]
    return ledger.keyring.open(value) if isinstance(value, Sealed) else str(value)


def _sealed(record: ImportedRecord) -> Iterable[Sealed]:
    for fact in (record.begun, *record.steps):
        for attribute in fact.attributes if fact else ():
            if isinstance(attribute["value"], Sealed):
                yield attribute["value"]
