"""Read for how long dossiers are kept from a JSON document (`hoso.retention.v1`):
{format, periods: [{procedure, amount, unit, valid_from, source}]}; `procedure` null: of every procedure that
has no period of its own; `amount` and `unit` null: for ever. Raises FileProblem."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from infra.document_entries import STRICT, Day, Short, Text, checked, entries_of


@with_config(STRICT)
class PeriodEntry(TypedDict):
    """What holds from a day on; null: from the beginning."""

    procedure: Short | None
    amount: Annotated[int, Field(ge=1, le=200)] | None
    unit: Literal["month", "year"] | None
    valid_from: Day | None
    source: Text


_PERIOD: TypeAdapter[PeriodEntry] = TypeAdapter(PeriodEntry)


def read_retention(path: Path) -> list[dict[str, Any]]:
    """The periods of a file, as `retention.period_set.v1` has them."""
    entries, text = entries_of(path, "hoso.retention.v1", "periods")
    return [_set(checked(_PERIOD, path, text, raw, "procedure")) for raw in entries]


def _set(entry: PeriodEntry) -> dict[str, Any]:
    valid_from = date.fromisoformat(entry["valid_from"]) if entry["valid_from"] else None
    return {**entry, "valid_from": valid_from}
