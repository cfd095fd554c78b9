"""Read the small tables behind the acts' documents: resolutions, changes under the same code, disputed links.

Columns of resolutions: province_code, number, issued_on. Of changes: number, issued_on, code, province_code,
name_before, name, type. Of disputed links: old_commune_code, old_district_code, new_commune_code, relation.
A date is written 2025-07-01. Each reader takes our own table unless told another, streams in
file order and raises FileProblem at the first fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

from infra.reference import CHANGES, DISPUTED, RESOLUTIONS
from infra.reference_files import MAX_NAME, MAX_TYPE, Record, Relation
from infra.reference_input import table_rows

RESOLUTION_COLUMNS = ("province_code", "number", "issued_on")
CHANGE_COLUMNS = ("number", "issued_on", "code", "province_code", "name_before", "name", "type")
DISPUTED_COLUMNS = ("old_commune_code", "old_district_code", "new_commune_code", "relation")
MAX_NUMBER = 64


@dataclass(frozen=True, slots=True)
class ResolutionRow:
    """The resolution by which the communes of a province were arranged."""

    province_code: str
    number: str
    issued_on: date
    line: int


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A commune that another one follows under the same code; from when is not in the table."""

    number: str
    issued_on: date
    code: str
    province_code: str
    name_before: str
    name: str
    type: str
    line: int


@dataclass(frozen=True, slots=True)
class DisputedRow:
    """A link between communes on which the sources differ: it decides nothing."""

    old_commune_code: str
    old_district_code: str
    new_commune_code: str
    relation: Relation
    line: int


def read_resolutions(path: Path = RESOLUTIONS) -> Iterator[ResolutionRow]:
    """Yield the resolutions; a second row of one province is refused."""
    seen: dict[str, int] = {}
    for line, values in table_rows(path, RESOLUTION_COLUMNS):
        record = Record(path, line, values)
        row = ResolutionRow(
            province_code=record.code("province_code", "province"),
            number=record.text("number", MAX_NUMBER),
            issued_on=_day(record, "issued_on"),
            line=line,
        )
        _once(seen, record, row.province_code)
        yield row


def read_changes(path: Path = CHANGES) -> Iterator[ChangeRow]:
    """Yield the changes; a commune that one resolution changes twice is refused."""
    seen: dict[str, int] = {}
    for line, values in table_rows(path, CHANGE_COLUMNS):
        record = Record(path, line, values)
        row = ChangeRow(
            number=record.text("number", MAX_NUMBER),
            issued_on=_day(record, "issued_on"),
            code=record.code("code", "commune"),
            province_code=record.code("province_code", "province"),
            name_before=record.text("name_before", MAX_NAME),
            name=record.text("name", MAX_NAME),
            type=record.text("type", MAX_TYPE),
            line=line,
        )
        _once(seen, record, f"{row.number} {row.code}")
        yield row


def read_disputed(path: Path = DISPUTED) -> Iterator[DisputedRow]:
    """Yield the disputed links; a link that stands there twice is refused."""
    seen: dict[str, int] = {}
    for line, values in table_rows(path, DISPUTED_COLUMNS):
        record = Record(path, line, values)
        row = DisputedRow(
            old_commune_code=record.code("old_commune_code", "commune"),
            old_district_code=record.code("old_district_code", "district"),
            new_commune_code=record.code("new_commune_code", "commune"),
            relation=cast(Relation, record.choice("relation", ("whole", "part"))),
            line=line,
        )
        _once(seen, record, f"{row.old_commune_code} to {row.new_commune_code}")
        yield row


def _day(record: Record, column: str) -> date:
    day = record.day(column)
    if day is None:
        raise record.problem(f"{column} is missing.")
    return day


def _once(seen: dict[str, int], record: Record, key: str) -> None:
    first = seen.setdefault(key, record.line)
    if first != record.line:
        raise record.problem(f"{key} stands already in line {first}.")
