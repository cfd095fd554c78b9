"""docs/schemas as the tests use them: each topic with its fields, and a validator that is not ours."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import psycopg
from jsonschema_rs import Draft202012Validator, Registry, ValidationError

from tools.feed_schemas import Json
from tools.make_events import PAYLOAD, Field, fields_of, read_schemas

SCHEMAS = read_schemas()
PAYLOAD_SCHEMA = SCHEMAS.pop(PAYLOAD)
DEFINITIONS: Json = PAYLOAD_SCHEMA["$defs"]
BASE = "https://schemas.invalid/"  # nobody's: what a schema refers to is in the registry or nowhere
MOST_FAULTS = 10


def documented_types() -> dict[str, tuple[Field, ...]]:
    """Topic -> fields in order."""
    return {topic: fields_of(schema, DEFINITIONS) for topic, schema in SCHEMAS.items()}


@cache
def validator(topic: str) -> Draft202012Validator:
    """Judges whole payloads of a topic, formats too. It reads nothing from anywhere."""
    registry = Registry([(f"{BASE}{PAYLOAD}.json", PAYLOAD_SCHEMA)], retriever=_nothing_else)
    return Draft202012Validator(
        SCHEMAS[topic],
        registry=registry,
        base_uri=f"{BASE}{topic}.json",
        validate_formats=True,
        ignore_unknown_formats=False,
        offline=True,
    )


def _nothing_else(uri: str) -> Any:
    raise AssertionError(f"a schema refers to {uri}, which is not payload.json")


def faults(topic: str, payload: Any) -> list[ValidationError]:
    return list(validator(topic).iter_errors(payload))


def faults_of_ledger(dsn: str) -> list[str]:
    """What is recorded and not as its schema says: the first few, by position and place."""
    found: list[str] = []
    with psycopg.connect(dsn) as connection:
        for position, topic, payload in connection.execute(
            "SELECT position, topic, payload FROM event ORDER BY position"
        ):
            for fault in faults(topic, json.loads(payload)):
                place = "/".join(map(str, fault.instance_path))
                found.append(f"position {position}, {topic}, {place}: {fault.message}")
            if len(found) >= MOST_FAULTS:
                break
    return found


def with_listed_values(topic: str, payload: Json, sample: Callable[[str], bool]) -> tuple[Json, int]:
    """The payload with a value that its schema lists in place of each sample text that it does not, and how
    many there were. A golden payload holds sample texts where a field takes only certain values."""
    changed: Json = json.loads(json.dumps(payload))
    wrong = faults(topic, payload)
    for fault in wrong:
        assert isinstance(fault.instance, str), fault
        assert sample(fault.instance), fault
        *way, last = fault.instance_path
        place: Any = changed
        for step in way:
            place = place[step]
        place[last] = _listed(topic, [step for step in fault.instance_path[1:] if isinstance(step, str)])
    return changed, len(wrong)


def _listed(topic: str, way: list[str]) -> str:
    """The first value or the example of the field that `way` leads to."""
    found, members = None, documented_types()[topic]
    for name in way:
        found = next(field for field in members if field.name == name)
        members = found.members
    assert found is not None
    value = found.values[0] if found.values else found.example
    assert value, f"{topic}: {found.name} takes only certain values, and has none nor an example"
    return value
