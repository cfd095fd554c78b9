"""An OCEL 2.0 file in SQLite: the relational tables of section 6 of the specification, and what it is an
export of in `hoso_export`, which readers of OCEL leave alone.

Promises: memory is some ten MiB, whatever the size; the objects are those that an event of the file is about.
An attribute's first value stands at 1970-01-01, as the specification has it, every later one at its time.
They are put in the order in which they count by the ledger, so a change that happened before the one that it
follows has that one's time, and the last one is what the ledger says.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from application.export_ports import Counts, Extent, Kind, Link, OcelFact, Relation, Told, Value

EPOCH = "1970-01-01T00:00:00.000000Z"
COLUMNS: Mapping[Kind, str] = {
    "string": "TEXT",
    "time": "TIMESTAMP",
    "integer": "INTEGER",
    "float": "REAL",
    "boolean": "BOOLEAN",
}
Declared = Mapping[str, Sequence[tuple[str, Kind]]]
_TABLES = Path(__file__).with_suffix(".sql")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PRAGMAS = (
    "PRAGMA journal_mode = OFF",  # a draft that is cut short is thrown away
    "PRAGMA synchronous = OFF",
    "PRAGMA spool.journal_mode = OFF",
    "PRAGMA spool.synchronous = OFF",
    "PRAGMA cache_size = -49152",
    "PRAGMA spool.cache_size = -49152",
    "PRAGMA temp_store = FILE",
)
_EVENT = "INSERT INTO event (ocel_id, ocel_type) VALUES (?, ?)"
_OBJECT = "INSERT OR IGNORE INTO object (ocel_id, ocel_type) VALUES (?, ?)"
_RELATION = "INSERT INTO event_object (ocel_event_id, ocel_object_id, ocel_qualifier) VALUES (?, ?, ?)"
_EVENT_TYPE = "INSERT INTO event_map_type (ocel_type, ocel_type_map) VALUES (?, ?)"
_OBJECT_TYPE = "INSERT INTO object_map_type (ocel_type, ocel_type_map) VALUES (?, ?)"
_LINK = "INSERT OR IGNORE INTO spool.link (source, target, qualifier) VALUES (?, ?, ?)"
_LINKS = """
INSERT INTO object_object (ocel_source_id, ocel_target_id, ocel_qualifier)
SELECT l.source, l.target, l.qualifier FROM spool.link l
  JOIN object s ON s.ocel_id = l.source
  JOIN object t ON t.ocel_id = l.target
"""
_TOLD = """
INSERT INTO spool.told (object, name, counts_from, position, number, at, value) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_TOLD_OF = """
SELECT name, position, at, value FROM spool.told WHERE object = ? ORDER BY name, counts_from, position, number
"""
_OBJECTS = "SELECT ocel_id, ocel_type FROM object ORDER BY rowid"
_RELATIONS = "SELECT (SELECT count(*) FROM event_object), (SELECT count(*) FROM object_object)"
_SAID = "INSERT INTO hoso_export (name, value) VALUES (?, ?)"


class Type(NamedTuple):
    """A type of event or object: its table's rows are inserted by `insert`, with these columns."""

    insert: str
    names: tuple[str, ...]


class OcelDatabase:
    """The tables, while they are filled. `declared`: the attributes of each type of object."""

    def __init__(self, draft: Path, spool: Path, extent: Extent, declared: Declared) -> None:
        self._extent = extent
        self._event_types: dict[str, Type] = {}
        self._events = 0
        self.connection = sqlite3.connect(draft, isolation_level=None)
        self.connection.execute("ATTACH ? AS spool", (str(spool),))
        for pragma in _PRAGMAS:
            self.connection.execute(pragma)
        self.connection.executescript(_TABLES.read_text(encoding="utf-8"))
        self._object_types = {kind: self._object_type(kind, names) for kind, names in declared.items()}

    def close(self) -> None:
        self.connection.close()

    def add(self, facts: Iterable[OcelFact]) -> None:
        """Facts in the order of positions."""
        self.connection.execute("BEGIN")
        for fact in facts:
            if fact.position >= self._extent.first:
                self._event(fact)
            self.connection.executemany(
                _LINK, ((one.source, one.target, one.qualifier) for one in fact.links)
            )
            self._tell(fact.position, fact.told)
        self.connection.execute("COMMIT")

    def end(self, links: Sequence[Link], told: Sequence[Told]) -> Counts:
        """Everything was added: what was said of objects is put in order, and what the file is, in."""
        self.connection.execute("BEGIN")
        self.connection.executemany(_LINK, ((one.source, one.target, one.qualifier) for one in links))
        self._tell(self._extent.last, told)
        self.connection.execute(_LINKS)
        objects: Counter[str] = Counter()
        changes = 0
        for own, kind in self.connection.execute(_OBJECTS):
            objects[kind] += 1
            changes += self._object(own, kind)
        counts = Counts(self._events, dict(sorted(objects.items())), changes=changes)
        counts.event_relations, counts.object_relations = self.connection.execute(_RELATIONS).fetchone()
        said = {name: _text(value) for name, value in self._extent.stated().items()}
        self.connection.executemany(_SAID, said.items())
        self.connection.execute("COMMIT")
        self.connection.execute("DETACH spool")
        return counts

    def _event(self, fact: OcelFact) -> None:
        found = self._event_types.get(fact.type)
        if found is None:
            found = self._event_types[fact.type] = self._event_type(fact)
        own = str(fact.position)
        values = {attribute.name: stored(attribute.value) for attribute in fact.attributes}
        self.connection.execute(_EVENT, (own, fact.type))
        row = (own, stored(fact.time), *(values.get(name) for name in found.names))
        self.connection.execute(found.insert, row)
        relations = {one.object: one for one in (*self._marks(fact.position), *fact.relations)}.values()
        self.connection.executemany(_OBJECT, ((one.object, one.type) for one in relations))
        rows = ((own, one.object, one.qualifier) for one in relations)
        self.connection.executemany(_RELATION, rows)
        self._events += 1

    def _marks(self, position: int) -> Iterator[Relation]:
        """The ledger is an object of every export: of its first and its last event at least."""
        if position in (self._extent.first, self._extent.last):
            says = "export begins" if position == self._extent.first else "export ends"
            yield Relation(str(self._extent.ledger), "ledger", says)

    def _tell(self, position: int, told: Iterable[Told]) -> None:
        rows = (
            (
                o.object,
                o.attribute.name,
                stored(o.order),
                position,
                n,
                stored(o.at),
                stored(o.attribute.value),
            )
            for n, o in enumerate(told)
        )
        self.connection.executemany(_TOLD, rows)

    def _object(self, own: str, kind: str) -> int:
        """Its first values and its changes; how many these are."""
        insert, names = self._object_types[kind]
        if kind == "ledger":
            stated = self._extent.stated()
            known = {name: stored(value) for name, value in stated.items() if value is not None}
            self.connection.execute(insert, (own, EPOCH, None, *(known.get(name) for name in names)))
            return 0
        first, changes = in_order(self.connection.execute(_TOLD_OF, (own,)).fetchall(), self._extent.first)
        self.connection.execute(insert, (own, EPOCH, None, *(first.get(name) for name in names)))
        for name, at, value in changes:
            columns = (value if column == name else None for column in names)
            self.connection.execute(insert, (own, at, name, *columns))
        return len(changes)

    def _event_type(self, fact: OcelFact) -> Type:
        table = map_name(fact.type)
        self.connection.execute(_EVENT_TYPE, (fact.type, table))
        return self._made(
            f"event_{table}",
            ("ocel_id TEXT PRIMARY KEY REFERENCES event (ocel_id)", "ocel_time TIMESTAMP"),
            fact.declared,
        )

    def _object_type(self, kind: str, declared: Sequence[tuple[str, Kind]]) -> Type:
        self.connection.execute(_OBJECT_TYPE, (kind, kind))
        own = ("ocel_id TEXT REFERENCES object (ocel_id)", "ocel_time TIMESTAMP", "ocel_changed_field TEXT")
        made = self._made(f"object_{kind}", own, declared)
        self.connection.execute(f'CREATE INDEX "object_{kind}_of" ON "object_{kind}" (ocel_id)')
        return made

    def _made(self, table: str, own: Sequence[str], declared: Sequence[tuple[str, Kind]]) -> Type:
        """A table of one type. Names are of our own code and are held against a form all the same."""
        names = tuple(name for name, _ in declared)
        for name in (table, *names):
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name for a table or a column")
        columns = (*own, *(f'"{name}" {COLUMNS[kind]}' for name, kind in declared))
        self.connection.execute(f'CREATE TABLE "{table}" ({", ".join(columns)})')
        marks = ", ".join("?" * len(columns))
        return Type(f'INSERT INTO "{table}" VALUES ({marks})', names)  # noqa: S608 - checked above


def in_order(
    told: Iterable[tuple[str, int, str, Any]], first: int
) -> tuple[dict[str, Any], list[tuple[str, str, Any]]]:
    """Of an object's (name, position, time, value) in their order: the first values, as known before the
    position `first` or given with the object itself, and (name, time, value) of each change since."""
    rows = list(told)
    begun = min((position for _, position, _, _ in rows), default=0)
    initial: dict[str, Any] = {}
    known: dict[str, tuple[Any, str]] = {}  # of each attribute: its value, and since when
    changes: list[tuple[str, str, Any]] = []
    for name, position, at, value in rows:
        before = known.get(name)
        if position < first or (position == begun and before is None):
            if before is not None:  # stated since, of an hour before that
                changes = [change for change in changes if change[0] != name]
            initial[name] = value
            known[name] = (value, EPOCH)
        elif before is None or before[0] != value:
            at = max(at, before[1]) if before else at
            changes.append((name, at, value))
            known[name] = (value, at)
    return initial, changes


def stored(value: Value | None) -> Any:
    """As the database has it: times are ISO 8601 in UTC, to the microsecond."""
    return instant(value) if isinstance(value, datetime) else value


def instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def map_name(event_type: str) -> str:
    """What the table of an event's type is named after: `hoso.dossier.taken.v1` has `dossier_taken_v1`."""
    return event_type.removeprefix("hoso.").replace(".", "_")


def _text(value: Value | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(stored(value))
