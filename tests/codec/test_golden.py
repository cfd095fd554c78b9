"""Every event type of docs/schemas, its class and its golden bytes: the three agree, field by field and
byte by byte.
"""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from domain.facts import ENVELOPE_FIELDS, Fact, Personal, Sealed
from infra.codec import JsonCodec
from infra.fact_types import domain_fact_types
from infra.field_codec import stored_name
from tests.codec import golden
from tests.codec.event_schemas import documented_types
from tests.codec.facts_for_tests import STREAM, KeysInMemory, counting_random, opened
from tools.make_events import Field

TYPES = domain_fact_types()
DOCUMENTED = documented_types()
TOPICS = sorted(DOCUMENTED.keys() - TYPES.upcasts.keys())  # as they are recorded today
OLD = sorted(TYPES.upcasts)  # recorded by earlier releases, read as the newest
KEYS = KeysInMemory()
CODEC = JsonCodec(TYPES, KEYS, counting_random)
PLAIN = {"text": str, "int": int, "bool": bool, "id": UUID, "instant": datetime, "date": date}


def test_schemas_classes_and_golden_files_name_the_same_topics() -> None:
    assert len(TOPICS) > 60
    assert set(TYPES.classes) == set(TOPICS)
    assert set(OLD) <= set(DOCUMENTED)
    assert {path.name.removesuffix(".json") for path in golden.FOLDER.iterdir()} == set(DOCUMENTED)


@pytest.mark.parametrize("topic", TOPICS)
def test_fields_and_their_order_are_those_of_the_schema(topic: str) -> None:
    cls = TYPES.class_of(topic)
    hints = get_type_hints(cls)
    own = [f.name for f in fields(cls) if f.name not in ENVELOPE_FIELDS]
    assert [stored_name(name) for name in own] == [f.name for f in DOCUMENTED[topic]]
    for name, documented in zip(own, DOCUMENTED[topic], strict=True):
        assert fits(hints[name], documented), f"{name}: {hints[name]}, but the schema says {documented}"


@pytest.mark.parametrize("topic", TOPICS)
def test_golden_bytes_are_read_and_written_again_equal(topic: str) -> None:
    payload = golden.path_of(topic).read_bytes()
    fact = CODEC.decode_fact(STREAM, golden.VERSION, topic, payload)
    assert CODEC.encode(fact).payload == payload


@pytest.mark.parametrize("topic", TOPICS)
def test_golden_bytes_are_what_the_same_fact_with_its_text_in_clear_gives(topic: str) -> None:
    payload = golden.path_of(topic).read_bytes()
    fact = CODEC.decode_fact(STREAM, golden.VERSION, topic, payload)
    clear = replace(fact, **{f.name: opened(getattr(fact, f.name), KEYS) for f in fields(fact)})
    assert CODEC.encode(clear).payload == payload
    assert ("Nguyễn Thị" in repr(clear)) == (b'"ciphertext"' in payload)


@pytest.mark.parametrize("topic", TOPICS)
def test_golden_bytes_are_what_the_schema_says(topic: str) -> None:
    assert golden.path_of(topic).read_bytes() == golden.payload(topic, DOCUMENTED[topic])


@pytest.mark.parametrize("topic", OLD)
def test_old_golden_bytes_are_what_the_schema_says_and_read_as_the_newest_class(topic: str) -> None:
    payload = golden.path_of(topic).read_bytes()
    assert payload == golden.payload(topic, DOCUMENTED[topic])
    fact = CODEC.decode_fact(STREAM, golden.VERSION, topic, payload)
    assert type(fact) is TYPES.newest(topic)
    newest = {field.name for field in DOCUMENTED[fact.TOPIC]}
    assert {field.name for field in DOCUMENTED[topic]} <= newest
    for field in DOCUMENTED[topic]:
        if field.kind in ("text", "int", "instant") and not field.is_list:
            assert getattr(fact, field.name) not in (None, ""), field.name


def test_what_an_older_release_did_not_know_is_read_as_unknown() -> None:
    read = {topic: _read(topic) for topic in OLD}
    filed = read["dossier.submitted.v1"]
    assert (filed.helping_agency, filed.keyed_by, filed.paper_reason) == (None, None, None)
    assert (KEYS.open(filed.matter) or "").startswith("Nguyễn Thị")
    act, links = read["handover.act_drafted.v1"], read["handover.links_listed.v1"].links
    assert (act.kind, act.corrects) == ("other", None)
    assert [(link.decided_by, link.basis, link.disputed) for link in links] == [(None, "", False)] * 2
    assert read["handover.agencies_listed.v1"].begins is None
    assert read["handover.dossier_refused.v1"].suggests is None
    assert (KEYS.open(read["handover.dossier_refused.v1"].reason) or "").startswith("Nguyễn Thị")


def _read(topic: str) -> Any:
    return CODEC.decode_fact(STREAM, golden.VERSION, topic, golden.path_of(topic).read_bytes())


def fits(hint: Any, documented: Field) -> bool:
    """Is this type hint the type that the schema says?"""
    if get_origin(hint) in (Union, types.UnionType):
        members = set(get_args(hint))
        if (type(None) in members) != documented.nullable:
            return False
        members.discard(type(None))
        if members == {Personal, Sealed}:
            return documented.kind == "personal"
        hint = members.pop()
    elif documented.nullable:
        return False
    if documented.is_list:
        member = get_args(hint)[0] if get_origin(hint) is tuple else None
        # Members of a list may be plain JSON: a date is text there.
        return fits_member(member, documented) or (documented.kind == "date" and member is str)
    return fits_member(hint, documented)


def fits_member(hint: Any, documented: Field) -> bool:
    if documented.kind == "object":
        if isinstance(hint, type) and is_dataclass(hint):
            hints = {stored_name(name): of for name, of in get_type_hints(hint).items()}
            return list(hints) == [member.name for member in documented.members] and all(
                fits(hints[member.name], member) for member in documented.members
            )
        return get_origin(hint) is dict
    return hint is PLAIN.get(documented.kind)


def test_the_comparison_notices_what_differs() -> None:
    """The checker itself: a wrong type, a missing null and a wrong list are seen."""
    assert fits(str, Field("a", "text"))
    assert not fits(int, Field("a", "text"))
    assert not fits(str, Field("a", "text", nullable=True))
    assert not fits(str | None, Field("a", "text"))
    assert not fits(tuple[str, ...], Field("a", "text"))
    assert not fits(str, Field("a", "text", is_list=True))
    assert not fits(str, Field("a", "personal"))
    assert issubclass(TYPES.class_of("dossier.submitted.v3"), Fact)
