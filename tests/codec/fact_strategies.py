"""Facts of any type of the ledger, made from the fields of its class and the values that its schema lists."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

from hypothesis import strategies as st

from domain.facts import ENVELOPE_FIELDS, Actor, Envelope, Fact, Personal
from infra.codec import ACTOR_KINDS
from infra.field_codec import MAX_INT, stored_name
from tests.codec.event_schemas import DEFINITIONS, SCHEMAS, documented_types
from tools.make_events import Field

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
INSTANTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
PERSONAL = st.builds(Personal, st.uuids(), TEXTS)
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXTS,
    "int": st.integers(-MAX_INT, MAX_INT),
    "bool": st.booleans(),
    "id": st.uuids(),
    "instant": INSTANTS,
    "date": st.dates(),
    "personal": PERSONAL,
    "object": st.dictionaries(TEXTS, TEXTS | st.integers(0, 9) | st.none(), max_size=2),
    "text or personal": TEXTS | PERSONAL,
}


def facts(cls: type[Fact]) -> st.SearchStrategy[Fact]:
    hints, documented = get_type_hints(cls), {f.name: f for f in documented_types()[cls.TOPIC]}
    own = {
        f.name: value(documented[stored_name(f.name)], hints[f.name])
        for f in fields(cls)
        if f.name not in ENVELOPE_FIELDS
    }
    holders = st.uuids() if "holder" in SCHEMAS[cls.TOPIC]["properties"] else st.none() | st.uuids()
    envelopes = st.builds(
        Envelope,
        actor=st.builds(Actor, st.sampled_from(sorted(ACTOR_KINDS)), TEXTS),
        occurred_at=INSTANTS,
        posting_id=st.none() | st.uuids(),
        acting_agency=st.none() | st.uuids(),
        holder=holders,
        rules=st.lists(TEXTS, max_size=2).map(tuple),
    )
    return st.builds(
        cls, originator_id=st.uuids(), originator_version=st.integers(1, 99), envelope=envelopes, **own
    )


def value(field: Field, hint: Any) -> st.SearchStrategy[Any]:
    """What the class may hold where the schema has this field."""
    if field.is_list:
        members = st.lists(_one(field, dict if hint is dict else _member(hint)), max_size=2)
        found: st.SearchStrategy[Any] = members if hint is dict else members.map(tuple)
    else:
        found = _one(field, hint)
    return st.none() | found if field.nullable else found


def _member(hint: Any) -> Any:
    """X of tuple[X, ...], or of that or None."""
    arguments = get_args(hint)
    return arguments[0] if Ellipsis in arguments else _member(arguments[0])


def _one(field: Field, hint: Any) -> st.SearchStrategy[Any]:
    if field.members and isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        members = {stored_name(name): name for name in hints}
        return st.builds(hint, **{members[m.name]: value(m, hints[members[m.name]]) for m in field.members})
    if field.members:  # plain JSON: days are texts there
        return st.fixed_dictionaries({member.name: value(member, dict) for member in field.members})
    if field.values:
        return st.sampled_from(field.values)
    if field.pattern is not None:
        return st.from_regex(field.pattern, fullmatch=True)
    if field.named == "status":
        lowest, highest = (DEFINITIONS["status"][key] for key in ("minimum", "maximum"))
        return st.integers(lowest, highest)
    if field.kind == "date" and hint in (str, dict):
        return st.dates().map(lambda day: day.isoformat())
    return PLAIN[field.kind]
