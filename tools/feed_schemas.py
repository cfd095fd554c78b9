"""What the feed shows of each topic, as a JSON Schema of its own, made from the schema of what is recorded.

The feed's `data` are the recorded fields without what is personal: a personal field is null, a personal
member of a list is left out, and an event of a dossier has three fields more (`application/feed.py`). Its
instants are RFC 3339 in UTC with or without a fraction. Topics that are read as a newer one have no schema
here: the feed shows their facts as the newer one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

OUTSIDE = "payload.json#/$defs/"
INSIDE = "#/$defs/"
NULL: Json = {"type": "null"}
INSTANT: Json = {"description": "RFC 3339, in UTC", "type": "string", "format": "date-time"}
OF_DOSSIER: Json = {
    "dossier_code": {"$ref": f"{OUTSIDE}text"},
    "revision": {
        "anyOf": [{"$ref": f"{OUTSIDE}int"}, NULL],
        "description": "of the dossier, where the fact stands in its own stream",
    },
    "holder": {
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    "agency": {"$ref": f"{OUTSIDE}id"},
                    "identifier": {"$ref": f"{OUTSIDE}text"},
                    "unit": {"$ref": f"{OUTSIDE}text", "description": "CODE@DATE"},
                },
                "required": ["agency", "identifier", "unit"],
                "additionalProperties": False,
            },
            NULL,
        ],
        "description": "the agency that held the dossier once the fact was recorded",
    },
}


def feed_file(schemas: Mapping[str, Json], definitions: Json) -> str:
    """Every topic's schema of the feed, a line each."""
    lines = [
        f' "{topic}": {json.dumps(feed_schema(topic, schema, definitions), ensure_ascii=False)}'
        for topic, schema in schemas.items()
        if "read_as" not in schema["x-hoso"]
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def feed_schema(topic: str, schema: Json, definitions: Json) -> Json:
    recorded: Json = schema["properties"]["data"]["properties"]
    shown = {name: NULL if _personal(field) else _shown(field) for name, field in recorded.items()}
    if schema["x-hoso"].get("of_dossier"):
        shown |= {name: _shown(field) for name, field in OF_DOSSIER.items()}
    known = {name: _shown(found) for name, found in definitions.items()} | {"instant": INSTANT}
    return {
        "$schema": schema["$schema"],
        "$id": f"urn:hoso:feed:{topic}",
        "title": schema["title"],
        "type": "object",
        "properties": shown,
        "required": list(shown),
        "additionalProperties": False,
        "$defs": {name: known[name] for name in sorted(_used(shown))},
    }


def _shown(schema: Any) -> Any:
    """A recorded field as the feed shows it."""
    if isinstance(schema, list):
        return [_shown(member) for member in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema:
        kept = {name: m for name, m in schema["properties"].items() if not _personal(m)}
        needed = [name for name in kept if not _may_be_personal(kept[name])]
        return schema | {"properties": {name: _shown(m) for name, m in kept.items()}, "required": needed}
    if "$ref" in schema:
        return schema | {"$ref": schema["$ref"].replace(OUTSIDE, INSIDE)}
    if "anyOf" in schema:
        return schema | {"anyOf": [_shown(option) for option in schema["anyOf"] if not _personal(option)]}
    return {key: _shown(value) if key == "items" else value for key, value in schema.items()}


def _personal(schema: Json) -> bool:
    """Is it personal whenever it is there?"""
    options = [option for option in schema.get("anyOf", [schema]) if option != NULL]
    return bool(options) and all(str(option.get("$ref")).endswith("/personal") for option in options)


def _may_be_personal(schema: Json) -> bool:
    return any(_personal(option) for option in schema.get("anyOf", [schema]))


def _used(schema: Any) -> set[str]:
    """The definitions that a schema refers to. None refers to another but `personal`, which is not shown."""
    if isinstance(schema, dict):
        own = {schema["$ref"].removeprefix(INSIDE)} if "$ref" in schema else set()
        return own.union(*(_used(member) for member in schema.values()))
    return set().union(*(_used(member) for member in schema)) if isinstance(schema, list) else set()
