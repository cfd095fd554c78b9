"""Read within what feedback and complaints are answered from a JSON document (`hoso.voice-limits.v1`):
{format, limits: [{kind, amount, unit, valid_from, source}]}. Raises FileProblem."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from infra.document_entries import STRICT, Day, Text, checked, entries_of


@with_config(STRICT)
class LimitEntry(TypedDict):
    """What holds for one kind from a day on; null: from the beginning."""

    kind: Literal["feedback", "complaint"]
    amount: Annotated[int, Field(ge=1, le=10_000)]
    unit: Literal["working_day", "calendar_day", "hour", "working_hour", "month"]
    valid_from: Day | None
    source: Text


_LIMIT: TypeAdapter[LimitEntry] = TypeAdapter(LimitEntry)


def read_voice_limits(path: Path) -> list[dict[str, Any]]:
    """The limits of a file, as `voice.limit_set.v1` has them."""
    entries, text = entries_of(path, "hoso.voice-limits.v1", "limits")
    return [_set(checked(_LIMIT, path, text, raw, "kind")) for raw in entries]


def _set(entry: LimitEntry) -> dict[str, Any]:
    valid_from = date.fromisoformat(entry["valid_from"]) if entry["valid_from"] else None
    return {**entry, "valid_from": valid_from}
