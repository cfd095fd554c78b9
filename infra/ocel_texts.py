"""An OCEL 2.0 database told as JSON or as XML, row by row: memory is that of one event or object.

Values of JSON are texts, as the published schema of the format asks for; which type they have stands with the
type of the event or object. In XML a yes is 1 and a no 0, and related objects stand in `relationship`, as the
specification's text and every reader have it (its schema has another name there).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO, NamedTuple

import orjson

from infra.ocel_sqlite import COLUMNS
from infra.xml_text import in_attribute, in_element

_KINDS = {column: kind for kind, column in COLUMNS.items()}
_MAPPED = {
    "event": "SELECT ocel_type, ocel_type_map FROM event_map_type ORDER BY ocel_type",
    "object": "SELECT ocel_type, ocel_type_map FROM object_map_type ORDER BY ocel_type",
}
_EVENTS = "SELECT ocel_id, ocel_type FROM event ORDER BY rowid"
_OBJECTS = "SELECT ocel_id, ocel_type FROM object ORDER BY rowid"
_OF_EVENT = """
SELECT ocel_object_id, ocel_qualifier FROM event_object WHERE ocel_event_id = ?
 ORDER BY ocel_object_id, ocel_qualifier
"""
_OF_OBJECT = """
SELECT ocel_target_id, ocel_qualifier FROM object_object WHERE ocel_source_id = ?
 ORDER BY ocel_target_id, ocel_qualifier
"""


class Declared(NamedTuple):
    """A type: its attributes' names and types, and the query for the rows of one id."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    of_one: str


class Thing(NamedTuple):
    """An event, with `time`, or an object, whose attributes have times. Values are texts, or numbers."""

    id: str
    type: str
    time: str | None
    attributes: list[tuple[str, str, Any, str | None]]
    relations: list[tuple[str, str]]


class Reading:
    """An OCEL database as rows of things."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.event_types = list(self._types("event"))
        self.object_types = list(self._types("object"))

    def _types(self, what: str) -> Iterator[Declared]:
        own = {"ocel_id", "ocel_time", "ocel_changed_field"}
        for name, table in self._connection.execute(_MAPPED[what]):
            columns = self._connection.execute(
                "SELECT name, type FROM pragma_table_info(?)", (f"{what}_{table}",)
            )
            attributes = tuple((column, _KINDS[kind]) for column, kind in columns if column not in own)
            query = f'SELECT * FROM "{what}_{table}" WHERE ocel_id = ? ORDER BY rowid'  # noqa: S608 - our own names
            yield Declared(name, attributes, query)

    def events(self) -> Iterator[Thing]:
        types = {one.name: one for one in self.event_types}
        for own, kind in self._connection.execute(_EVENTS):
            declared = types[kind]
            _, time, *values = self._connection.execute(declared.of_one, (own,)).fetchone()
            named = zip(declared.attributes, values, strict=True)
            said: list[tuple[str, str, Any, str | None]] = [
                (name, k, value, None) for (name, k), value in named if value is not None
            ]
            yield Thing(own, kind, time, said, self._connection.execute(_OF_EVENT, (own,)).fetchall())

    def objects(self) -> Iterator[Thing]:
        types = {one.name: one for one in self.object_types}
        for own, kind in self._connection.execute(_OBJECTS):
            declared = types[kind]
            given: list[tuple[str, str, Any, str | None]] = []
            for _, time, changed, *values in self._connection.execute(declared.of_one, (own,)):
                named = zip(declared.attributes, values, strict=True)
                given += [
                    (name, k, value, time)
                    for (name, k), value in named
                    if value is not None and changed in (None, name)
                ]
            yield Thing(own, kind, None, given, self._connection.execute(_OF_OBJECT, (own,)).fetchall())


def write_json(connection: sqlite3.Connection, file: BinaryIO) -> None:
    """The four lists of the format, one member a line."""
    reading = Reading(connection)
    file.write(b'{"eventTypes":')
    _listed(file, (_json_type(one) for one in reading.event_types))
    file.write(b',\n"objectTypes":')
    _listed(file, (_json_type(one) for one in reading.object_types))
    file.write(b',\n"events":')
    _listed(file, map(_json_thing, reading.events()))
    file.write(b',\n"objects":')
    _listed(file, map(_json_thing, reading.objects()))
    file.write(b"}\n")


def _listed(file: BinaryIO, members: Iterable[dict[str, Any]]) -> None:
    separator = b"[\n"
    for member in members:
        file.write(separator + orjson.dumps(member))
        separator = b",\n"
    file.write(b"[]" if separator == b"[\n" else b"\n]")


def _json_type(declared: Declared) -> dict[str, Any]:
    attributes = [{"name": name, "type": kind} for name, kind in declared.attributes]
    return {"name": declared.name, "attributes": attributes}


def _json_thing(thing: Thing) -> dict[str, Any]:
    attributes = [
        {"name": name, **({"time": time} if time else {}), "value": _text(kind, value, "true", "false")}
        for name, kind, value, time in thing.attributes
    ]
    relations = [{"objectId": other, "qualifier": qualifier} for other, qualifier in thing.relations]
    return {
        "id": thing.id,
        "type": thing.type,
        **({"time": thing.time} if thing.time else {}),
        "attributes": attributes,
        "relationships": relations,
    }


def write_xml(connection: sqlite3.Connection, file: BinaryIO) -> None:
    """Types first, then objects, then events: readers need them in this order."""
    reading = Reading(connection)
    file.write(b'<?xml version="1.0" encoding="UTF-8"?>\n<log>\n')
    for what, types in (("object", reading.object_types), ("event", reading.event_types)):
        file.write(f"<{what}-types>\n".encode())
        file.writelines(_xml_type(what, one) for one in types)
        file.write(f"</{what}-types>\n".encode())
    file.write(b"<objects>\n")
    file.writelines(_xml_thing("object", one) for one in reading.objects())
    file.write(b"</objects>\n<events>\n")
    file.writelines(_xml_thing("event", one) for one in reading.events())
    file.write(b"</events>\n</log>\n")


def _xml_type(what: str, declared: Declared) -> bytes:
    inside = "".join(f'<attribute name="{name}" type="{kind}"/>' for name, kind in declared.attributes)
    name = in_attribute(declared.name)
    return f"<{what}-type name={name}><attributes>{inside}</attributes></{what}-type>\n".encode()


def _xml_thing(what: str, thing: Thing) -> bytes:
    time = f' time="{thing.time}"' if thing.time else ""
    attributes = "".join(
        f'<attribute name="{name}"{f" time={in_attribute(at)}" if at else ""}>'
        f"{in_element(_text(kind, value, '1', '0'))}</attribute>"
        for name, kind, value, at in thing.attributes
    )
    relations = "".join(
        f"<relationship object-id={in_attribute(other)} qualifier={in_attribute(qualifier)}/>"
        for other, qualifier in thing.relations
    )
    return (
        f"<{what} id={in_attribute(thing.id)} type={in_attribute(thing.type)}{time}>"
        f"<attributes>{attributes}</attributes><objects>{relations}</objects></{what}>\n"
    ).encode()


def _text(kind: str, value: Any, yes: str, no: str) -> str:
    if kind == "boolean":
        return yes if value else no
    return str(value)
