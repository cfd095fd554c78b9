"""Entries of JSON documents as typed dictionaries: a field that a type does not name is refused, and the
first fault raises FileProblem with its line. All days are local days (Asia/Ho_Chi_Minh), written 2025-07-01.
`Origin` says beside a value whether a source gives it or somebody assumed it.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from infra.reference_input import FileProblem, document

Entry = TypeVar("Entry")
STRICT = ConfigDict(extra="forbid", strict=True)
Origin = Literal["sourced", "assumed"]


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
