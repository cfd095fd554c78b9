"""Read procedures and calendars from JSON: the project's own documents or a user's file of the same format.

A catalogue is {"format": "hoso.procedures.v1", "source": text, "procedures": [...]}; a calendar is
{"format": "hoso.calendar.v1", "country": text, "source": text, "years": [...]}. The entries are the typed
dictionaries below; a field that they do not name is refused. `Origin` says beside a value whether a source
gives it or somebody assumed it. All days are local days (Asia/Ho_Chi_Minh), written 2025-07-01. The first
fault raises FileProblem.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, NotRequired, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from infra.reference_input import FileProblem, document

Entry = TypeVar("Entry")
MAX_FILES = 1_000  # in one folder
STRICT = ConfigDict(extra="forbid", strict=True)

Origin = Literal["sourced", "assumed"]
Channel = Literal["counter", "online", "post"]
LimitUnit = Literal["working_day", "calendar_day", "hour", "working_hour", "month"]
LevelBefore = Literal["commune", "district", "province"]
LevelAfter = Literal["commune", "province", "abolished"]
PlaceBasis = Literal["residence", "parcel", "seat", "registration"]


def _printable(value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise ValueError("it is blank or contains a control character")
    return value


def _day(value: str) -> str:
    if len(value) != 10:
        raise ValueError("write a date like 2025-07-01")
    date.fromisoformat(value)
    return value


Short = Annotated[str, Field(max_length=100), AfterValidator(_printable)]
Text = Annotated[str, Field(max_length=1_000), AfterValidator(_printable)]
Day = Annotated[str, AfterValidator(_day)]
ProcedureCode = Annotated[str, Field(pattern=r"^[0-9]\.[0-9]{6}(\.[A-Z][0-9]{2})?$", max_length=12)]
ResultCode = Annotated[str, Field(pattern=r"^KQ\.[A-Z][0-9]{2}\.[0-9]{6}$", max_length=13)]


@with_config(STRICT)
class ChannelLimit(TypedDict):
    """The limit and fee by one way of applying; no limit means a result on the same day."""

    channel: Channel
    limit_amount: Annotated[int, Field(ge=1, le=10_000)] | None
    limit_unit: LimitUnit | None
    limit_origin: Origin
    fee_vnd: Annotated[int, Field(ge=0, le=1_000_000_000_000)] | None
    doubt: Text | None


@with_config(STRICT)
class Component(TypedDict):
    """A paper that the dossier consists of; `id` is unique within the procedure."""

    id: Short
    name: Text
    copies: Annotated[int, Field(ge=1, le=100)]
    origin: Origin


@with_config(STRICT)
class Period(TypedDict):
    amount: Annotated[int, Field(ge=1, le=10_000)]
    unit: LimitUnit


@with_config(STRICT)
class SupplementEntry(TypedDict):
    """How a supplement moves the clock; null where the procedure does not say."""

    pattern: Literal["recount", "suspend", "residual", "restart_at_intake", "new_submission"] | None
    residual: Period | None
    until: Period | None
    then: Literal["refuse", "stop", "close"] | None
    at_most: Annotated[int, Field(ge=1, le=100)] | None
    origin: Origin


@with_config(STRICT)
class ClockEntry(TypedDict):
    """From what the limit runs, null where the procedure does not say, and which waits do not count."""

    start: Literal["acceptance", "arrival", "payment"] | None
    excluded: Annotated[list[Literal["payment", "consultation", "inspection"]], Field(max_length=3)]
    schedule: Short | None
    origin: Origin


@with_config(STRICT)
class FeeEntry(TypedDict):
    """A fee for what fits: null stands for any channel, case and province, and for the whole instead of a
    page or a copy."""

    amount_vnd: Annotated[int, Field(ge=0, le=10**12)]
    channel: Channel | None
    case: Text | None
    province: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None
    valid_from: Day | None
    valid_until: Day | None
    unit: Literal["page", "copy"] | None
    most_vnd: Annotated[int, Field(ge=0, le=10**12)] | None
    source: Text


@with_config(STRICT)
class PaymentEntry(TypedDict):
    """What is to be paid, by when, and what follows when it is not; null where the procedure does not say."""

    fees: Annotated[list[FeeEntry], Field(max_length=200)]
    until: Period | None
    then: Literal["stop", "close"] | None
    refunded: bool | None
    origin: Origin


@with_config(STRICT)
class ProcedureEntry(TypedDict):
    """One procedure of the catalogue, before and after the reform of 1 July 2025."""

    code: ProcedureCode
    name: Text
    field: Text
    decision_no: Short
    level_before: LevelBefore
    level_before_origin: Origin
    level_after: LevelAfter
    level_after_origin: Origin
    place_basis: PlaceBasis
    place_basis_origin: Origin
    channels: Annotated[list[ChannelLimit], Field(min_length=1, max_length=3)]
    components: Annotated[list[Component], Field(min_length=1, max_length=200)]
    result_code: ResultCode | None
    clock: NotRequired[ClockEntry]
    supplement: NotRequired[SupplementEntry]
    payment: NotRequired[PaymentEntry]
    source: Text


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
_PROCEDURE: TypeAdapter[ProcedureEntry] = TypeAdapter(ProcedureEntry)
_YEAR: TypeAdapter[CalendarYear] = TypeAdapter(CalendarYear)


def read_procedures(path: Path) -> Iterator[ProcedureEntry]:
    """Yield the procedures of a file, or of every .json file of a folder in the order of names.

    A code that comes a second time is refused.
    """
    seen: dict[str, Path] = {}
    for file in _files(path):
        entries, text = entries_of(file, "hoso.procedures.v1", "procedures")
        for raw in entries:
            entry = checked(_PROCEDURE, file, text, raw, "code")
            code = entry["code"]
            if code in seen:
                reason = f"procedure {code}: the code stands already in {seen[code].name}."
                raise FileProblem(file, line_of(text, code, last=True), reason)
            if problem := _procedure_fault(entry):
                raise FileProblem(file, line_of(text, code), f"procedure {code}: {problem}")
            seen[code] = file
            yield entry


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.json"))
    if not found:
        raise FileProblem(path, None, "the folder has no .json file.")
    if len(found) > MAX_FILES:
        raise FileProblem(path, None, f"the folder has more than {MAX_FILES:,} .json files.")
    return found


def _procedure_fault(entry: ProcedureEntry) -> str | None:
    """Say what the types cannot: one entry per channel, an amount with its unit, one id per component."""
    channels = [limit["channel"] for limit in entry["channels"]]
    if len(set(channels)) < len(channels):
        return "a channel is named twice."
    for limit in entry["channels"]:
        if (limit["limit_amount"] is None) != (limit["limit_unit"] is None):
            return f"{limit['channel']} has a limit_amount without limit_unit or the reverse."
    ids = [component["id"] for component in entry["components"]]
    if len(set(ids)) < len(ids):
        return "two components have the same id."
    return None


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


def entries_of(path: Path, form: str, name: str) -> tuple[list[Any], str]:
    """Return the document's list of entries and its text, once the document says what it is."""
    content, text = document(path)
    if not isinstance(content, dict) or content.get("format") != form:
        raise FileProblem(path, 1, f'the document must be an object with "format": "{form}".')
    entries = content.get(name)
    if not isinstance(entries, list):
        raise FileProblem(path, None, f'the list "{name}" is missing.')
    return entries, text


def checked(kind: TypeAdapter[Entry], path: Path, text: str, raw: Any, key: str) -> Entry:
    """Return the entry as its type, or name the first field that is wrong and the entry's line."""
    try:
        return kind.validate_python(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        name = raw.get(key) if isinstance(raw, dict) else None
        known = isinstance(name, str | int) and len(str(name)) <= 20
        field = ".".join(str(part) for part in first["loc"])[:100]
        reason = (
            f"{key} {name}: {field}: {first['msg']}." if known else f"{field or 'entry'}: {first['msg']}."
        )
        raise FileProblem(path, line_of(text, str(name)) if known else None, reason) from error


def line_of(text: str, key: str, *, last: bool = False) -> int | None:
    """Return the line where a key value first (or last) stands in the document."""
    find = text.rfind if last else text.find
    at = find(f'"{key}"')
    at = at if at >= 0 else find(f": {key}")
    return text.count("\n", 0, at) + 1 if at >= 0 else None
