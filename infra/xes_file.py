"""Writes XES event logs (IEEE 1849), packed by gzip where the name says so. The port `XesFile`.

Events come in the order of the log and are written trace by trace: a database beside the target holds them
meanwhile, so memory is some ten MiB. An attribute `a/b` that follows `a` is written in it, as `infra.xes`
reads it: what was read from a log is read from this one again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from application.export_ports import Counts, Extent, TraceHead, XesAttribute, XesEvent
from infra.export_target import Target, target
from infra.ocel_sqlite import instant
from infra.xml_text import in_attribute

ENDINGS = (".xes", ".xes.gz")
NESTING = 7
"""Elements of attributes in which another may stand: readers, ours too, bound it."""
_TABLES = """
CREATE TABLE trace (position INTEGER PRIMARY KEY, dossier BLOB NOT NULL UNIQUE, attributes TEXT NOT NULL);
CREATE TABLE step (
    dossier BLOB NOT NULL,
    position INTEGER NOT NULL,
    attributes TEXT NOT NULL,
    PRIMARY KEY (dossier, position)
) WITHOUT ROWID;
"""
_PRAGMAS = ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -49152")
_BEGIN = "INSERT INTO trace (position, dossier, attributes) VALUES (?, ?, ?)"
_ADD = "INSERT INTO step (dossier, position, attributes) VALUES (?, ?, ?)"
_HAS = "SELECT EXISTS (SELECT 1 FROM trace WHERE dossier = ?)"
_TRACES = "SELECT position, dossier, attributes FROM trace ORDER BY position"
_STEPS = "SELECT attributes FROM step WHERE dossier = ? ORDER BY position"
_OPENING = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0" xes.features="nested-attributes" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<classifier name="Activity" keys="concept:name"/>
"""


class XesDraft:
    """A file that is being written."""

    def __init__(self, place: Target, connection: sqlite3.Connection, extent: Extent) -> None:
        self._place = place
        self._extent = extent
        self._connection = connection
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        connection.executescript(_TABLES)
        connection.execute("BEGIN")

    def begin(self, position: int, head: TraceHead) -> None:
        self._connection.execute(_BEGIN, (position, head.dossier.bytes, xml_of(head.attributes)))

    def has(self, dossier: UUID) -> bool:
        return bool(self._connection.execute(_HAS, (dossier.bytes,)).fetchone()[0])

    def add(self, event: XesEvent) -> None:
        row = (event.dossier.bytes, event.position, xml_of(event.attributes))
        self._connection.execute(_ADD, row)

    def end(self, said: Mapping[str, str | int]) -> Counts:
        self._connection.execute("COMMIT")
        counts = Counts(traces=0)
        with self._place.written() as file:
            file.write(_OPENING.encode() + xml_of(list(self._stated(said))).encode() + b"\n")
            for position, dossier, attributes in self._connection.execute(_TRACES):
                self._trace(file, counts, position, dossier, attributes)
            file.write(b"</log>\n")
        self._place.keep()
        return counts

    def _trace(self, file: BinaryIO, counts: Counts, position: int, dossier: bytes, attributes: str) -> None:
        steps = self._connection.execute(_STEPS, (dossier,))
        first = steps.fetchone()
        if first is None and position < self._extent.first:
            return
        assert counts.traces is not None
        counts.traces += 1
        file.write(f"<trace>{attributes}\n".encode())
        while first is not None:
            file.write(f"<event>{first[0]}</event>\n".encode())
            counts.events += 1
            first = steps.fetchone()
        file.write(b"</trace>\n")

    def _stated(self, said: Mapping[str, str | int]) -> Iterator[XesAttribute]:
        """What the log is, as its own attributes."""
        yield XesAttribute("concept:name", "string", self._extent.origin or str(self._extent.ledger))
        stated = {f"hoso:{name}": value for name, value in self._extent.stated().items()}
        for key, value in {**stated, **said}.items():
            if isinstance(value, bool):
                yield XesAttribute(key, "boolean", str(value).lower())
            elif isinstance(value, int):
                yield XesAttribute(key, "int", str(value))
            elif isinstance(value, datetime):
                yield XesAttribute(key, "date", instant(value))
            elif value is not None:
                yield XesAttribute(key, "string", str(value))


def xml_of(attributes: Sequence[XesAttribute]) -> str:
    """Attributes as elements; one that belongs into the one before stands in it."""
    parts: list[str] = []
    open_: list[tuple[str, str]] = []  # key and closing tags of those in which the next may stand
    for number, (key, kind, value) in enumerate(attributes):
        while open_ and not key.startswith(open_[-1][0] + "/"):
            parts.append(open_.pop()[1])
        own = key.removeprefix(open_[-1][0] + "/") if open_ else key
        without = kind in ("list", "container") and not value
        parts.append(f"<{kind} key={in_attribute(own)}{'' if without else f' value={in_attribute(value)}'}")
        following = attributes[number + 1].key if number + 1 < len(attributes) else ""
        levels = sum(2 if closing.startswith("</values>") else 1 for _, closing in open_)
        if following.startswith(key + "/") and levels + (2 if kind == "list" else 1) <= NESTING:
            inner, outer = ("<values>", "</values>") if kind == "list" else ("", "")
            parts.append(f">{inner}")
            open_.append((key, f"{outer}</{kind}>"))
        else:
            parts.append("/>")
    parts += (closing for _, closing in reversed(open_))
    return "".join(parts)


@contextmanager
def open_xes(path: Path, extent: Extent, *, force: bool) -> Iterator[XesDraft]:
    """A file to fill. Raises TargetExists, OSError."""
    with (
        target(path, force=force) as place,
        closing(sqlite3.connect(place.spool("traces"), isolation_level=None)) as connection,
    ):
        yield XesDraft(place, connection, extent)
