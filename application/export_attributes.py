"""The fields of a fact as attributes with types, for formats that know single values only.

What anybody may read and nothing else: personal text is left out, in lists too. A list, or an object, is its
JSON text. `log_*` is what the ledger knows of the fact beside its own fields: `log_recorded_at`
is when it was recorded, an event's own time when it was done.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime
from typing import Any, get_args, get_type_hints
from uuid import UUID

from application.export_ports import Attribute, Kind, Value
from application.fact_fields import without_personal
from domain.facts import ENVELOPE_FIELDS, Fact, PersonalText, Recorded

_KINDS: tuple[tuple[type, Kind], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "float"),
    (datetime, "time"),
)
_PERSONAL = frozenset(get_args(PersonalText))
LOG: tuple[tuple[str, Kind], ...] = (
    ("log_position", "integer"),
    ("log_version", "integer"),
    ("log_recorded_at", "time"),
    ("log_leaf", "string"),
    ("log_actor", "string"),
    ("log_actor_id", "string"),
    ("log_posting", "string"),
    ("log_acting_agency", "string"),
    ("log_holder", "string"),
    ("log_rules", "string"),
)


_OWN: dict[type[Fact], tuple[tuple[str, str, Kind], ...]] = {}
"""Of every type that was looked at."""


def own(fact: type[Fact]) -> tuple[tuple[str, str, Kind], ...]:
    """Of a fact's own fields that anybody may read: Python name, stored name and type, in their order."""
    found = _OWN.get(fact)
    if found is None:
        hints = get_type_hints(fact)
        named = ((f.name, _kind(hints[f.name])) for f in fields(fact) if f.name not in ENVELOPE_FIELDS)
        found = tuple((name, name.rstrip("_"), kind) for name, kind in named if kind is not None)
        _OWN[fact] = found
    return found


def declared(fact: type[Fact]) -> tuple[tuple[str, Kind], ...]:
    """Every attribute that facts of this type may have, in order."""
    return (*LOG, *((stored, kind) for _, stored, kind in own(fact)))


def attributes(recorded: Recorded[Fact]) -> list[Attribute]:
    """Those that have a value."""
    return [*_of_log(recorded), *of_fact(recorded.fact)]


def of_fact(fact: Fact) -> Iterable[Attribute]:
    """The fact's own fields that have a value."""
    for name, stored, kind in own(type(fact)):
        value = getattr(fact, name)
        if value is not None:
            yield Attribute(stored, kind, _single(value))


def _of_log(recorded: Recorded[Fact]) -> Iterable[Attribute]:
    envelope = recorded.fact.envelope
    yield Attribute("log_position", "integer", recorded.position)
    yield Attribute("log_version", "integer", recorded.fact.originator_version)
    yield Attribute("log_recorded_at", "time", recorded.recorded_at)
    yield Attribute("log_leaf", "string", recorded.leaf.hex())
    yield Attribute("log_actor", "string", envelope.actor.kind)
    yield Attribute("log_actor_id", "string", envelope.actor.id)
    through = (envelope.posting_id, envelope.acting_agency, envelope.holder)
    for name, id in zip(("log_posting", "log_acting_agency", "log_holder"), through, strict=True):
        if id is not None:
            yield Attribute(name, "string", str(id))
    if envelope.rules:
        yield Attribute("log_rules", "string", " ".join(envelope.rules))


def _single(value: Any) -> Value:
    if isinstance(value, (str, bool, int, float, datetime)):
        return value
    if isinstance(value, (UUID, date)):
        return str(value)
    return json.dumps(without_personal(value), ensure_ascii=False, separators=(",", ":"), default=str)


def _kind(hint: Any) -> Kind | None:
    """Of a field with this annotation; None for personal text."""
    members = set(get_args(hint)) - {type(None)} or {hint}
    if members & _PERSONAL:
        return None
    for known, kind in _KINDS:
        if members == {known}:
            return kind
    return "string"
