"""Dossiers from lines: of a table or of JSON, each line a step of a dossier or a whole one.

Steps may stand anywhere in the file and keep its order within their dossier; they are put together in a
temporary database that has no name on the disk and goes with the process. What a line says is kept as
written: attributes nested in another have the key `<parent>/<key>`, those of a list `<parent>/<number>`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from pathlib import Path
from typing import Any

from domain.imported_case import ImportedAttribute, ImportedCase, ImportedStep
from domain.imported_fields import USUAL, RecordFields, RecordForm
from infra.record_lines import Record
from infra.xes import BrokenFile, XesLimits

AT_ONCE = 1_000
TYPES = {bool: "boolean", int: "int", float: "float"}
CASE_COLUMN = "case:"
"""With what the names of columns begin that say something of the case."""


def cases_of(
    path: Path, records: Iterator[tuple[int, Record]], form: RecordForm, zone: tzinfo | None
) -> Iterator[ImportedCase]:
    """The dossiers of these lines, in the order of their first one. Raises BrokenFile."""
    first = next(records, None)
    if first is None:
        return
    fields = form.fields or _usual(path, first)
    reading = _Reading(path, fields, form.time_forms, zone)
    lines = _again(first, records)
    if fields.line_is_step:
        yield from reading.of_steps(lines)
    else:
        for line, record in lines:
            for inner in reading.within(line, record):
                yield reading.whole(line, inner)


def _usual(path: Path, first: tuple[int, Record]) -> RecordFields:
    for fields in USUAL:
        if {fields.case, fields.activity, fields.time} <= first[1].keys():
            return fields
    named = " or ".join(f"{f.case}, {f.activity}, {f.time}" for f in USUAL)
    raise BrokenFile(path, first[0], f"no fields {named}: say in the mapping's `fields` which are meant")


def _again(first: tuple[int, Record], rest: Iterator[tuple[int, Record]]) -> Iterator[tuple[int, Record]]:
    yield first
    yield from rest


class _Reading:
    """One file, as its mapping says it is to be read."""

    def __init__(
        self, path: Path, fields: RecordFields, time_forms: Iterable[str], zone: tzinfo | None
    ) -> None:
        self._path, self._fields, self._forms, self._zone = path, fields, tuple(time_forms), zone
        self._limits = XesLimits()

    def within(self, line: int, record: Record) -> list[Record]:
        """The dossiers of an envelope, or the line itself."""
        if not self._fields.within or self._fields.within not in record:
            return [record]
        inner = record[self._fields.within]
        if not isinstance(inner, list) or not all(isinstance(each, dict) for each in inner):
            raise BrokenFile(self._path, line, f"{self._fields.within} must be a list of objects")
        return inner

    def whole(self, line: int, record: Record) -> ImportedCase:
        """A dossier whose dated fields are its steps, in the order of their times."""
        attributes = self._attributes(line, record)
        dated = [found for field in self._fields.steps for found in self._dated(line, record, *field)]
        dated.sort(key=lambda found: found[0])
        steps = tuple(
            ImportedStep(number, activity, written, at, self._attributes(line, inner))
            for number, (at, written, activity, inner) in enumerate(dated)
        )
        for key, name in self._fields.dates:
            if written := _text(record.get(name)):
                attributes += (ImportedAttribute(key, "date", self._instant(line, written).isoformat()),)
        return ImportedCase(self._case(line, record), attributes, steps, line)

    def of_steps(self, lines: Iterator[tuple[int, Record]]) -> Iterator[ImportedCase]:
        """Steps put together by their dossier."""
        with closing(sqlite3.connect("", check_same_thread=False)) as database:
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("CREATE TABLE step (case_id text, line integer, content text)")
            insert = "INSERT INTO step VALUES (?, ?, ?)"
            some: list[tuple[str, int, str]] = []
            for line, record in lines:
                some.append((self._case(line, record), line, json.dumps(record, ensure_ascii=False)))
                if len(some) == AT_ONCE:
                    database.executemany(insert, some)
                    some.clear()
            database.executemany(insert, some)
            rows = database.execute(
                "SELECT s.case_id, s.line, s.content FROM step s"
                " JOIN (SELECT case_id, min(line) AS first FROM step GROUP BY case_id) f USING (case_id)"
                " ORDER BY f.first, s.line"
            )
            for case_id, of_case in groupby(rows, key=lambda row: row[0]):
                yield self._of_steps(case_id, ((line, json.loads(text)) for _, line, text in of_case))

    def _of_steps(self, case_id: str, lines: Iterator[tuple[int, Record]]) -> ImportedCase:
        steps: list[ImportedStep] = []
        attributes: tuple[ImportedAttribute, ...] = ()
        began = 0
        for line, record in lines:
            if not steps:
                began = line
                of_case = {key: value for key, value in record.items() if self._of_case(key)}
                attributes = self._attributes(line, of_case)
            if len(steps) >= self._limits.steps:
                raise BrokenFile(self._path, line, f"{case_id[:80]!r} has more than {len(steps)} steps")
            written = _text(record.get(self._fields.time)) or None
            # The case has what its first line says of it; what a later one says otherwise is not lost.
            own = {k: v for k, v in record.items() if not self._of_case(k) or v != of_case.get(k)}
            steps.append(
                ImportedStep(
                    len(steps),
                    _text(record.get(self._fields.activity)),
                    written,
                    self._instant(line, written) if written else None,
                    self._attributes(line, own),
                )
            )
        return ImportedCase(case_id, attributes, tuple(steps), began)

    def _of_case(self, key: str) -> bool:
        return key == self._fields.case or key.startswith(CASE_COLUMN)

    def _case(self, line: int, record: Record) -> str:
        case_id = _text(record.get(self._fields.case))
        if not case_id:
            raise BrokenFile(self._path, line, f"{self._fields.case} is missing, so the dossier has no name")
        return case_id

    def _dated(
        self, line: int, record: Record, activity: str, field: str
    ) -> Iterator[tuple[datetime, str, str, Record]]:
        """Each time that a field, or a field of each member of a list, gives."""
        listed, among, name = field.partition("[].")
        members = record.get(listed) if among else [record]
        for member in members if isinstance(members, list) else ():
            written = _text(member.get(name if among else field)) if isinstance(member, dict) else ""
            if written:
                yield self._instant(line, written), written, activity, member if among else {}

    def _attributes(self, line: int, record: Record) -> tuple[ImportedAttribute, ...]:
        found = tuple(_flat(record))
        limits = self._limits
        if len(found) > limits.attributes:
            raise BrokenFile(self._path, line, f"more than {limits.attributes} values in one dossier or step")
        for key, _, value in found:
            if len(key) > limits.key_length or len(value) > limits.text_length:
                raise BrokenFile(self._path, line, f"the value or name of {key[:80]!r} is too long")
        if sum(len(key) + len(value) for key, _, value in found) > limits.texts_length:
            raise BrokenFile(self._path, line, f"the values exceed {limits.texts_length} characters")
        return found

    def _instant(self, line: int, written: str) -> datetime:
        at = self._time(written)
        if at is None:
            reason = f"{written[:60]!r} is not a time: name its form in the mapping's `time_forms`"
            raise BrokenFile(self._path, line, reason)
        if at.tzinfo is None:
            if self._zone is None:
                reason = f"the time {written!r} has no zone: name one in the mapping file"
                raise BrokenFile(self._path, line, reason)
            at = at.replace(tzinfo=self._zone)
        try:
            return at.astimezone(UTC)
        except OverflowError:
            raise BrokenFile(self._path, line, f"{written[:60]!r} is not a time") from None

    def _time(self, written: str) -> datetime | None:
        for form in self._forms:
            try:
                return datetime.strptime(written, form)  # noqa: DTZ007 - the mapping's zone follows
            except ValueError:
                continue
        try:
            return datetime.fromisoformat(written)
        except ValueError:
            return None


def _flat(value: Any, key: str = "") -> Iterator[ImportedAttribute]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield from _flat(member, f"{key}/{name}" if key else str(name))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _flat(member, f"{key}/{number}")
    elif value is not None:
        yield ImportedAttribute(key, TYPES.get(type(value), "string"), _text(value))


def _text(value: Any) -> str:
    """A value as it was written, without blanks around it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip() if isinstance(value, str) else json.dumps(value)
