"""Read units and their succession row by row: the project's own tables or a user's file of the same format.

Columns of units: era (old or new), level (province, district, commune), code, name, type, parent_code,
province_code, valid_from, valid_to. A code has two, three or five digits by its level. The validity is half-
open; a date is written 2025-07-01, and an empty one is unknown (valid_from) or open (valid_to). Only a
province has no parent. Columns of a succession: old_commune_code, old_district_code, new_commune_code,
relation (whole or part), default_successor (0 or 1). An empty old_commune_code stands for a district that had
no communes.

Both readers stream and raise FileProblem at the first fault. What one row cannot show (a parent that is not
there, two defaults) is for the loader to judge.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, cast

from infra.reference_input import FileProblem, table_rows

Era = Literal["old", "new"]
Level = Literal["province", "district", "commune"]
Relation = Literal["whole", "part"]

UNIT_COLUMNS = (
    "era",
    "level",
    "code",
    "name",
    "type",
    "parent_code",
    "province_code",
    "valid_from",
    "valid_to",
)
SUCCESSION_COLUMNS = (
    "old_commune_code",
    "old_district_code",
    "new_commune_code",
    "relation",
    "default_successor",
)
DIGITS = {"province": 2, "district": 3, "commune": 5}
MAX_NAME = 200
MAX_TYPE = 40


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as a file gives it; `line` is where."""

    era: Era
    level: Level
    code: str
    name: str
    type: str
    parent_code: str | None
    province_code: str
    valid_from: date | None
    valid_to: date | None
    line: int


@dataclass(frozen=True, slots=True)
class SuccessionRow:
    """One link from an old commune, or from an old district without communes, to a new commune."""

    old_commune_code: str | None
    old_district_code: str
    new_commune_code: str
    relation: Relation
    default_successor: bool
    line: int


@dataclass(frozen=True, slots=True)
class Record:
    """The values of one line with the checks that name it."""

    path: Path
    line: int
    values: dict[str, str]

    def problem(self, reason: str) -> FileProblem:
        return FileProblem(self.path, self.line, reason)

    def text(self, column: str, longest: int) -> str:
        value = self.values[column].strip()
        if not value:
            raise self.problem(f"{column} is missing.")
        if len(value) > longest:
            raise self.problem(f"{column} has {len(value)} characters, {longest} are allowed.")
        if not value.isprintable():
            raise self.problem(f"{column} contains a control character.")
        return value

    def choice(self, column: str, allowed: tuple[str, ...]) -> str:
        value = self.values[column]
        if value not in allowed:
            raise self.problem(f"{column} is {value[:40]!r}; it must be {' or '.join(allowed)}.")
        return value

    def code(self, column: str, level: str) -> str:
        value = self.values[column]
        if not re.fullmatch(rf"[0-9]{{{DIGITS[level]}}}", value):
            reason = f"{column} is {value[:40]!r}; the code of a {level} has {DIGITS[level]} digits."
            raise self.problem(reason)
        return value

    def day(self, column: str) -> date | None:
        value = self.values[column]
        if not value:
            return None
        try:
            if len(value) != 10:
                raise ValueError
            return date.fromisoformat(value)
        except ValueError as error:
            raise self.problem(f"{column} is {value[:40]!r}; write a date like 2025-07-01.") from error


def read_units(path: Path) -> Iterator[UnitRow]:
    """Yield the units of a table in file order; a second row of one unit is refused."""
    seen: dict[tuple[str, str, date | None], int] = {}
    for line, values in table_rows(path, UNIT_COLUMNS):
        row = _unit(Record(path, line, values))
        first = seen.setdefault((row.level, row.code, row.valid_from), line)
        if first != line:
            raise FileProblem(path, line, f"the {row.level} {row.code} stands already in line {first}.")
        yield row


def _unit(record: Record) -> UnitRow:
    level = cast(Level, record.choice("level", ("province", "district", "commune")))
    valid_from, valid_to = record.day("valid_from"), record.day("valid_to")
    if valid_from is not None and valid_to is not None and valid_from >= valid_to:
        raise record.problem(f"valid_to {valid_to} is not after valid_from {valid_from}.")
    code = record.code("code", level)
    province = record.code("province_code", "province")
    if level == "province" and code != province:
        raise record.problem(f"province_code is {province}; for the province {code} it must be the same.")
    return UnitRow(
        era=cast(Era, record.choice("era", ("old", "new"))),
        level=level,
        code=code,
        name=record.text("name", MAX_NAME),
        type=record.text("type", MAX_TYPE),
        parent_code=_parent(record, level, province),
        province_code=province,
        valid_from=valid_from,
        valid_to=valid_to,
        line=record.line,
    )


def _parent(record: Record, level: Level, province: str) -> str | None:
    """A commune stands under a district (before the reform) or a province; a district under a province."""
    value = record.values["parent_code"]
    if level == "province":
        if value:
            raise record.problem(f"parent_code is {value[:40]!r}; a province has none.")
        return None
    under_district = level == "commune" and len(value) == DIGITS["district"]
    parent = record.code("parent_code", "district" if under_district else "province")
    if not under_district and parent != province:
        raise record.problem(f"parent_code is {parent}, province_code is {province}; they must be the same.")
    return parent


def read_succession(path: Path) -> Iterator[SuccessionRow]:
    """Yield the links of a table in file order; a link that stands there twice is refused."""
    seen: dict[tuple[str, str], int] = {}
    for line, values in table_rows(path, SUCCESSION_COLUMNS):
        row = _link(Record(path, line, values))
        source = row.old_commune_code or row.old_district_code
        first = seen.setdefault((source, row.new_commune_code), line)
        if first != line:
            raise FileProblem(
                path, line, f"the link {source} to {row.new_commune_code} stands already in line {first}."
            )
        yield row


def _link(record: Record) -> SuccessionRow:
    no_commune = record.values["old_commune_code"] == ""
    relation = cast(Relation, record.choice("relation", ("whole", "part")))
    default = record.choice("default_successor", ("0", "1")) == "1"
    if relation == "whole" and not default:
        raise record.problem(
            "relation is whole, so this successor is the only one and default_successor must be 1."
        )
    return SuccessionRow(
        old_commune_code=None if no_commune else record.code("old_commune_code", "commune"),
        old_district_code=record.code("old_district_code", "district"),
        new_commune_code=record.code("new_commune_code", "commune"),
        relation=relation,
        default_successor=default,
        line=record.line,
    )
