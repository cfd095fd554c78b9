"""Read procedures from JSON: {"format": "hoso.procedures.v1", "source": text, "procedures": [...]}, the
project's own documents or a user's of the same format. The first fault raises FileProblem.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from infra.document_entries import STRICT, Day, Origin, Short, Text, checked, entries_of, line_of
from infra.reference_input import FileProblem

MAX_FILES = 1_000  # in one folder

Channel = Literal["counter", "online", "post"]
LimitUnit = Literal["working_day", "calendar_day", "hour", "working_hour", "month"]
LevelBefore = Literal["commune", "district", "province"]
LevelAfter = Literal["commune", "province", "abolished"]
PlaceBasis = Literal["residence", "parcel", "seat", "registration"]


CODE_FORM = r"^[0-9]\.[0-9]{6}(\.[A-Z][0-9]{2})?$"
ProcedureCode = Annotated[str, Field(pattern=CODE_FORM, max_length=12)]
ResultCode = Annotated[str, Field(pattern=r"^KQ\.[A-Z][0-9]{2}\.[0-9]{6}$", max_length=13)]


@with_config(STRICT)
class ChannelLimit(TypedDict):
    """The limit and fee by one way of applying; without a limit no clock starts."""

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
    outages: NotRequired[Annotated[list[Short], Field(max_length=20)]]
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
class SourceEntry(TypedDict):
    """A published, connected database that has a paper's data, from a day on."""

    source: Annotated[str, Field(pattern=r"^[a-z0-9_.-]{1,64}$")]
    since: Day


@with_config(STRICT)
class Validity(TypedDict):
    """How long a kept paper counts."""

    amount: Annotated[int, Field(ge=1, le=10_000)]
    unit: Literal["calendar_day", "month"]


@with_config(STRICT)
class PaperEntry(TypedDict):
    """What is said of one of the components: `kind`, of which kind of document it is, null where nobody said;
    `cases`, none: in each; `until`, the first day on which it is not asked for any more; `whose`: the
    owner's (unless said) or somebody else's; `valid`: how long it counts once it is kept, none: no end is
    known."""

    component: Short
    kind: Annotated[str, Field(pattern=r"^(KQ\.[A-Z][0-9]{2}\.[0-9]{6}|[a-z][a-z0-9_]{0,63})$")] | None
    cases: Annotated[list[Text], Field(max_length=50)]
    required: bool
    sources: Annotated[list[SourceEntry], Field(max_length=20)]
    until: Day | None
    whose: NotRequired[Literal["owner", "other"]]
    valid: NotRequired[Validity | None]
    origin: Origin


@with_config(STRICT)
class RefusalEntry(TypedDict):
    """A refusal as result, with its code."""

    code: ResultCode
    name: Text


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
    papers: NotRequired[Annotated[list[PaperEntry], Field(max_length=400)]]
    refusals: NotRequired[Annotated[list[RefusalEntry], Field(max_length=50)]]
    source: Text


_PROCEDURE: TypeAdapter[ProcedureEntry] = TypeAdapter(ProcedureEntry)


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
    for paper in entry.get("papers", ()):
        if paper["component"] not in ids:
            return f"papers: {paper['component']} is none of its components."
    return None
