"""Whether a case that was imported before says the same in a file as what was recorded of it.

What the file says is compared, not what a mapping makes of it: the case's attributes, and each step's
activity, time as written and attributes. Sealed values are opened for it; what was erased counts as the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from application.ledger import Ledger
from domain.dossier_import_facts import DossierImported, DossierStepImported
from domain.facts import Fact, Sealed
from domain.imported_case import ImportedAttribute, ImportedCase


async def differing(ledger: Ledger, cases: Sequence[tuple[ImportedCase, UUID]]) -> list[str]:
    """The ids of those cases of which the ledger, in these streams, holds something else."""
    recorded: dict[UUID, list[Fact]] = {stream_id: [] for _, stream_id in cases}
    for found in await ledger.facts_of(list(recorded)) if recorded else ():
        if isinstance(found.fact, DossierImported | DossierStepImported):
            recorded[found.fact.originator_id].append(found.fact)
    subjects = {sealed.subject for facts in recorded.values() for sealed in _sealed(facts)}
    if subjects:
        await ledger.keyring.load(sorted(subjects))
    return [case.case_id for case, stream_id in cases if not _same(ledger, case, recorded[stream_id])]


def _sealed(facts: Iterable[Fact]) -> Iterable[Sealed]:
    for fact in facts:
        for attribute in getattr(fact, "attributes", ()):
            if isinstance(attribute["value"], Sealed):
                yield attribute["value"]


def _same(ledger: Ledger, case: ImportedCase, facts: Sequence[Fact]) -> bool:
    begun = [fact for fact in facts if isinstance(fact, DossierImported)]
    steps = [fact for fact in facts if isinstance(fact, DossierStepImported)]
    return (
        all(_same_attributes(ledger, case.attributes, fact.attributes) for fact in begun)
        and len(steps) == len(case.steps)
        and all(
            (fact.step, fact.activity, fact.as_written) == (step.index, step.activity, step.as_written)
            and _same_attributes(ledger, step.attributes, fact.attributes)
            for fact, step in zip(steps, case.steps, strict=True)
        )
    )


def _same_attributes(
    ledger: Ledger, said: Sequence[ImportedAttribute], recorded: Sequence[Mapping[str, Any]]
) -> bool:
    if len(said) != len(recorded):
        return False
    for attribute, kept in zip(said, recorded, strict=True):
        if (attribute.key, attribute.type) != (kept["key"], kept["type"]):
            return False
        value = kept["value"]
        text = ledger.keyring.open(value) if isinstance(value, Sealed) else value
        if text is not None and text != attribute.value:
            return False
    return True
