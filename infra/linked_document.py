"""Read what holds for kinds of linked groups from a JSON document (`hoso.linked-groups.v1`): {format, kinds:
[{kind, valid_from, steps, limit, sync_minutes, acknowledge_hours, source}]}. Raises FileProblem."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from infra.document_entries import STRICT, Day, Text, checked, entries_of
from infra.procedure_documents import LimitUnit, ProcedureCode, ResultCode

Step = Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,64}$")]
Amount = Annotated[int, Field(ge=1, le=10_000)]


@with_config(STRICT)
class StepEntry(TypedDict):
    """One step; null: the rules say nothing of it, so the declaration has to, or nothing is passed on."""

    step: Step
    procedure: ProcedureCode | None
    case: Text | None
    after: Annotated[list[Step], Field(max_length=20)]
    passes: ResultCode | None
    as_component: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,40}$")] | None
    optional: bool


@with_config(STRICT)
class LimitEntry(TypedDict):
    """Of the whole; `verified` where something has to be verified, in the same unit."""

    amount: Amount
    verified: Amount | None
    unit: LimitUnit


@with_config(STRICT)
class KindEntry(TypedDict):
    """What holds for one kind from a day on; null: from the beginning."""

    kind: Literal["birth", "death"]
    valid_from: Day | None
    steps: Annotated[list[StepEntry], Field(min_length=1, max_length=20)]
    limit: LimitEntry | None
    sync_minutes: Amount | None
    acknowledge_hours: Amount | None
    source: Text


_KIND: TypeAdapter[KindEntry] = TypeAdapter(KindEntry)


def read_linked_rules(path: Path) -> list[dict[str, Any]]:
    """The rules of a file, as `linked.rules_set.v1` has them."""
    entries, text = entries_of(path, "hoso.linked-groups.v1", "kinds")
    return [_set(checked(_KIND, path, text, raw, "kind")) for raw in entries]


def _set(entry: KindEntry) -> dict[str, Any]:
    limit, day = entry["limit"], entry["valid_from"]
    return {
        "kind": entry["kind"],
        "valid_from": date.fromisoformat(day) if day else None,
        "steps": tuple(dict(step) for step in entry["steps"]),
        "limit_amount": limit["amount"] if limit else None,
        "limit_unit": limit["unit"] if limit else None,
        "verified_amount": limit["verified"] if limit else None,
        "sync_minutes": entry["sync_minutes"],
        "acknowledge_hours": entry["acknowledge_hours"],
        "source": entry["source"],
    }
