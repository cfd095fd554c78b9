"""Read calendars and the demo's parts of names from JSON: {"format": "hoso.calendar.v1", "country": text,
"source": text, "years": [...]}. The first fault raises FileProblem.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from infra.document_entries import STRICT, Day, Short, Text, checked, entries_of, line_of
from infra.reference_input import FileProblem, document


@with_config(STRICT)
class DayOff(TypedDict):
    """A day without work; `known_from` is the day from which it was known, or null where that is unknown."""

    date: Day
    name_vi: Text
    name_en: Text
    known_from: Day | None


@with_config(STRICT)
class WorkedDay(TypedDict):
    """A day of the weekend that is worked instead of a day off."""

    date: Day
    instead_of: Day
    known_from: Day | None


@with_config(STRICT)
class CalendarYear(TypedDict):
    """A year's calendar; a forecast is what may still be decided otherwise."""

    year: Annotated[int, Field(ge=1900, le=2200)]
    forecast: bool
    days_off: Annotated[list[DayOff], Field(max_length=366)]
    worked_days: Annotated[list[WorkedDay], Field(max_length=366)]


NameList = Annotated[list[Short], Field(min_length=1, max_length=500)]


@with_config(STRICT)
class NameParts(TypedDict):
    """Parts from which the demo puts together names and streets; no real person is meant."""

    format: Literal["hoso.names.v1"]
    source: Text
    family: NameList
    middle_male: NameList
    middle_female: NameList
    given_male: NameList
    given_female: NameList
    street_kinds: NameList
    street_words: NameList
    organisation_kinds: NameList
    organisation_words: NameList


_NAMES: TypeAdapter[NameParts] = TypeAdapter(NameParts)
_YEAR: TypeAdapter[CalendarYear] = TypeAdapter(CalendarYear)


def read_calendar(path: Path) -> Iterator[CalendarYear]:
    """Yield the years of a calendar in file order; a year or a day that comes twice is refused."""
    entries, text = entries_of(path, "hoso.calendar.v1", "years")
    seen: set[int] = set()
    for raw in entries:
        year = checked(_YEAR, path, text, raw, "year")
        days = [day["date"] for day in (*year["days_off"], *year["worked_days"])]
        problem = None
        if year["year"] in seen:
            problem = "the year stands there already."
        elif len(set(days)) < len(days):
            problem = "a day is named twice."
        elif any(not day.startswith(f"{year['year']}-") for day in days):
            problem = "a day of another year stands in it."
        if problem:
            raise FileProblem(path, line_of(text, str(year["year"])), f"year {year['year']}: {problem}")
        seen.add(year["year"])
        yield year


def read_names(path: Path) -> NameParts:
    """Return the parts of names for the demo's seeded generator."""
    content, text = document(path)
    return checked(_NAMES, path, text, content, "format")
