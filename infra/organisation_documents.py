"""Read agencies and officers from JSON documents of a user.

Agencies: {"format": "hoso.agencies.v1", "agencies": [...]}; officers: {"format": "hoso.officers.v1",
"officers": [...]}. The entries are the typed dictionaries below; a field that they do not name is refused,
one that they call not required may be left out. The first fault raises FileProblem with the entry's line.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, NotRequired

from pydantic import AwareDatetime, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from infra.document_entries import STRICT, Day, Origin, Short, Text, checked, entries_of, line_of
from infra.reference_input import FileProblem

AgencyKind = Literal["desk", "centre", "branch", "division", "police", "land_office"]
Role = Literal["desk", "handler", "decider", "operator", "registrar", "importer", "auditor"]
UnitReference = Annotated[str, Field(pattern=r"^[0-9]{2,5}(@[0-9]{4}-[0-9]{2}-[0-9]{2})?$")]


@with_config(STRICT)
class AgencyEntry(TypedDict):
    """An agency; `unit` is CODE or CODE@DATE, `parent` another agency's identifier, known or before it."""

    identifier: Short
    name: Text
    kind: AgencyKind
    unit: UnitReference
    parent: NotRequired[Short | None]
    address: NotRequired[Text]
    hotline: NotRequired[Short]
    hours: NotRequired[Text]
    legal_form: NotRequired[Text]
    valid_from: NotRequired[Day | None]
    origin: NotRequired[dict[Short, Origin]]


Posting = TypedDict(
    "Posting",
    {
        "agency": Short,
        "roles": Annotated[list[Role], Field(min_length=1, max_length=7)],
        "from": NotRequired[Short | None],
        "until": NotRequired[Short | None],
    },
)
"""Where an officer works, as what, from when (instant with zone; absent: now) and until when."""
with_config(STRICT)(Posting)


@with_config(STRICT)
class OfficerEntry(TypedDict):
    """An officer under the organisation's own staff number."""

    number: Short
    name: Short
    postings: Annotated[list[Posting], Field(min_length=1, max_length=20)]


_AGENCY: TypeAdapter[AgencyEntry] = TypeAdapter(AgencyEntry)
_OFFICER: TypeAdapter[OfficerEntry] = TypeAdapter(OfficerEntry)
_INSTANT: TypeAdapter[AwareDatetime] = TypeAdapter(AwareDatetime)


def read_agencies(path: Path) -> Iterator[AgencyEntry]:
    """Yield the agencies in file order; an identifier that comes twice is refused."""
    entries, text = entries_of(path, "hoso.agencies.v1", "agencies")
    seen: set[str] = set()
    for raw in entries:
        entry = checked(_AGENCY, path, text, raw, "identifier")
        if entry["identifier"] in seen:
            reason = f"agency {entry['identifier']}: the identifier stands there already."
            raise FileProblem(path, line_of(text, entry["identifier"], last=True), reason)
        seen.add(entry["identifier"])
        yield entry


def read_officers(path: Path) -> Iterator[OfficerEntry]:
    """Yield the officers in file order; a number that comes twice is refused."""
    entries, text = entries_of(path, "hoso.officers.v1", "officers")
    seen: set[str] = set()
    for raw in entries:
        entry = checked(_OFFICER, path, text, raw, "number")
        number = entry["number"]
        if number in seen:
            reason = f"officer {number}: the number stands there already."
            raise FileProblem(path, line_of(text, number, last=True), reason)
        seen.add(number)
        for posting in entry["postings"]:
            for name in ("from", "until"):
                _must_be_instant(path, line_of(text, number), f"officer {number}: {name}", posting.get(name))
        yield entry


def _must_be_instant(path: Path, line: int | None, what: str, value: object) -> None:
    try:
        if value is not None:
            _INSTANT.validate_python(value)
    except ValueError:
        reason = f"{what} is {value!r}; write an instant with its zone, like 2025-06-01T07:00:00+07:00."
        raise FileProblem(path, line, reason) from None
