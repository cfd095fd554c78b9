"""Whether a case that was imported before says the same in a file as what was recorded of it.

What the file says is compared, not what a mapping makes of it: the case's attributes, and each step's
activity, time as written and attributes. Sealed values are opened for it; what was erased counts as the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from application.imported_record import ImportedRecord, opened, records_of
from application.ledger import Ledger
from domain.imported_case import ImportedAttribute, ImportedCase


async def differing(ledger: Ledger, cases: Sequence[tuple[ImportedCase, UUID]]) -> list[str]:
    """The ids of those cases of which the ledger, in these streams, holds something else."""
    records = await records_of(ledger, [stream_id for _, stream_id in cases])
    return [case.case_id for case, stream_id in cases if not _same(ledger, case, records[stream_id])]


def _same(ledger: Ledger, case: ImportedCase, record: ImportedRecord) -> bool:
    return (
        (record.begun is None or _same_attributes(ledger, case.attributes, record.begun.attributes))
        and len(record.steps) == len(case.steps)
        and all(
            (fact.step, fact.activity, fact.as_written) == (step.index, step.activity, step.as_written)
            and _same_attributes(ledger, step.attributes, fact.attributes)
            for fact, step in zip(record.steps, case.steps, strict=True)
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
        text = opened(ledger, kept)
        if text is not None and text != attribute.value:
            return False
    return True
