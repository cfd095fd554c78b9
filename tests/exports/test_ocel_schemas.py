"""OCEL's JSON and XML have the form that the standard's schemas ask for, and SQLite the tables and columns
that its relational form has, with no reference that leads nowhere."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft7Validator

from tests.exports.conftest import Ledger
from tests.exports.mined import judged_xml, valid_tables
from tests.exports.test_ocel import exported

TEXT = {"type": "string"}
TIME = {"type": "string", "format": "date-time"}


def listed(required: tuple[str, ...], **members: Any) -> dict[str, Any]:
    """A list of objects with these members."""
    return {"type": "array", "items": {"type": "object", "properties": members, "required": list(required)}}


TYPES = listed(("name", "attributes"), name=TEXT, attributes=listed(("name", "type"), name=TEXT, type=TEXT))
RELATED = listed(("objectId", "qualifier"), objectId=TEXT, qualifier=TEXT)
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["eventTypes", "objectTypes", "events", "objects"],
    "additionalProperties": False,
    "properties": {
        "eventTypes": TYPES,
        "objectTypes": TYPES,
        "events": listed(
            ("id", "type", "time"),
            id=TEXT,
            type=TEXT,
            time=TIME,
            attributes=listed(("name", "value"), name=TEXT, value=TEXT),
            relationships=RELATED,
        ),
        "objects": listed(
            ("id", "type"),
            id=TEXT,
            type=TEXT,
            attributes=listed(("name", "value", "time"), name=TEXT, value=TEXT, time=TIME),
            relationships=RELATED,
        ),
    },
}
"""What the published schema of OCEL 2.0's JSON asks for (ocel-standard.org, 2.0), and nothing besides."""


async def test_json_is_as_the_published_schema_has_it(ledger: Ledger, tmp_path: Path) -> None:
    await exported(ledger, tmp_path / "log.json")
    document = json.loads((tmp_path / "log.json").read_bytes())
    judge = Draft7Validator(SCHEMA, validate_formats=True)
    assert [f"{fault.instance_path}: {fault.message}" for fault in judge.iter_errors(document)][:5] == []
    types = {one["name"] for one in document["objectTypes"]}
    assert {one["type"] for one in document["objects"]} <= types
    kinds = {a["type"] for one in document["eventTypes"] + document["objectTypes"] for a in one["attributes"]}
    assert kinds <= {"string", "time", "integer", "float", "boolean"}
    there = {one["id"] for one in document["objects"]}
    named = {r["objectId"] for one in document["events"] + document["objects"] for r in one["relationships"]}
    assert named <= there
    assert len(there | {one["id"] for one in document["events"]}) == len(there) + len(document["events"])


async def test_xml_is_as_the_schema_has_it(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "log.xml"
    await exported(ledger, path)
    assert judged_xml(path) == []
    path.write_text(path.read_text(encoding="utf-8").replace("object-id=", "object-id='x' was=", 1))
    assert judged_xml(path) != [], "the schema judges"


async def test_the_tables_are_those_of_the_relational_form(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "log.sqlite"
    await exported(ledger, path)
    assert valid_tables(path) == []
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
