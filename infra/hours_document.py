"""Read when offices are open from a JSON document (`hoso.hours.v1`): {format, schedules: [{schedule,
valid_from, week: [{days, opens, closes}], source}]}. `days`: 1 (Monday) to 7 each; times are local, HH:MM.
Raises FileProblem."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from infra.document_entries import STRICT, Day, Text, checked, entries_of

Time = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


@with_config(STRICT)
class OpeningEntry(TypedDict):
    """From when until when it is open on some days of the week."""

    days: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(min_length=1, max_length=7)]
    opens: Time
    closes: Time


@with_config(STRICT)
class ScheduleEntry(TypedDict):
    """A week's hours from a day on; null: from the beginning."""

    schedule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    valid_from: Day | None
    week: Annotated[list[OpeningEntry], Field(min_length=1, max_length=50)]
    source: Text


_SCHEDULE: TypeAdapter[ScheduleEntry] = TypeAdapter(ScheduleEntry)


def read_hours(path: Path) -> list[dict[str, Any]]:
    """The schedules of a file, as `calendar.hours_set.v1` has them."""
    entries, text = entries_of(path, "hoso.hours.v1", "schedules")
    return [_set(checked(_SCHEDULE, path, text, raw, "schedule")) for raw in entries]


def _set(entry: ScheduleEntry) -> dict[str, Any]:
    return {
        "schedule": entry["schedule"],
        "valid_from": date.fromisoformat(entry["valid_from"]) if entry["valid_from"] else None,
        "openings": tuple(
            {"day": day, "opens": opening["opens"], "closes": opening["closes"]}
            for opening in entry["week"]
            for day in opening["days"]
        ),
        "source": entry["source"],
    }
