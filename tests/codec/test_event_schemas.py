"""docs/schemas against the classes, the golden bytes and any fact that the codec writes, judged by a
validator that knows nothing of ours.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import meta

from domain import (
    agency,
    certificate,
    citizen,
    clear_text,
    deadlines,
    document_store,
    files,
    handed_over,
    handover_act,
    handover_checks,
    mandates,
    obstacle_facts,
    officer,
    procedure,
    procedure_facts,
    procedure_version,
)
from domain.dossier_facts import DOSSIER_FACTS, SETS_HOLDER
from domain.handed_over_facts import DossierPlaced
from infra.codec import ACTOR_KINDS, JsonCodec
from infra.fact_types import domain_fact_types
from tests.codec import golden
from tests.codec.event_schemas import (
    DEFINITIONS,
    PAYLOAD_SCHEMA,
    SCHEMAS,
    documented_types,
    faults,
    with_listed_values,
)
from tests.codec.fact_strategies import facts
from tests.codec.facts_for_tests import KeysInMemory
from tools.feed_schemas import Json
from tools.make_events import Field

TYPES = domain_fact_types()
CODEC = JsonCodec(TYPES, KeysInMemory())
TOPICS = sorted(SCHEMAS)
FIELDS = documented_types()
WRONG = {  # of each kind: what is not of it
    "text": (1, None, ["a"]),
    "int": ("1", 1.5, True, None, 2**63),
    "bool": (0, "true", None),
    "id": ("9", "01970000-0000-7000-8000-00000000000A", 9, None),
    "instant": ("2025-07-01T00:00:00.000001", "2025-07-01T07:00:00.000001+07:00", "2025-07-01", 1, None),
    "date": ("01/07/2025", "2025-02-30", "2025-07-01T00:00:00.000001Z", None),
    "personal": ("Nguyễn Thị Hoa", {"subject": "a", "text": "Nguyễn Thị Hoa"}, None),
    "object": ("{}", ["a"], None),
    "text or personal": (1, {"text": "Nguyễn Thị Hoa"}, None),
}


def test_every_class_has_its_schema_and_every_schema_its_class_or_upcast() -> None:
    assert set(TOPICS) == TYPES.classes.keys() | TYPES.upcasts.keys()
    read_as = {topic: schema["x-hoso"].get("read_as") for topic, schema in SCHEMAS.items()}
    assert {topic: to for topic, to in read_as.items() if to} == {
        topic: upcast.to for topic, upcast in TYPES.upcasts.items()
    }
    assert {topic for topic, schema in SCHEMAS.items() if schema.get("deprecated")} == set(TYPES.upcasts)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_schema_is_one_and_describes_all_that_may_stand_in_the_data(topic: str) -> None:
    schema = SCHEMAS[topic]
    meta.validate(schema)
    assert schema["title"].endswith(".")
    assert "\n" not in schema["title"]
    known = {"section", "order", "read_as", "holder", "of_dossier", "note", "act", "status", "stream"}
    assert schema["x-hoso"].keys() <= known
    for found in objects(schema["properties"]["data"]):
        assert found["required"] == list(found["properties"])
        assert found["additionalProperties"] is False


def objects(schema: Any) -> Iterator[Json]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for member in schema.values():
            yield from objects(member)
    elif isinstance(schema, list):
        for member in schema:
            yield from objects(member)


def test_the_payloads_schema_is_one_and_has_its_keys_in_their_order() -> None:
    meta.validate(PAYLOAD_SCHEMA)
    state = json.loads(golden.path_of("dossier.submitted.v1").read_bytes())
    assert list(PAYLOAD_SCHEMA["properties"]) == PAYLOAD_SCHEMA["required"] == list(state)


def test_the_facts_that_set_a_holder_are_those_marked_and_cannot_be_without_one() -> None:
    marked = {topic for topic, schema in SCHEMAS.items() if schema["x-hoso"].get("holder")}
    assert {TYPES.newest(topic) for topic in marked} == {*SETS_HOLDER, DossierPlaced}
    needed = {topic for topic, schema in SCHEMAS.items() if "holder" in schema["properties"]}
    assert {TYPES.newest(topic) for topic in needed} == {*DOSSIER_FACTS, DossierPlaced}


def valid(topic: str) -> Json:
    """The golden payload, with a listed value wherever its sample text is none."""
    state = json.loads(golden.path_of(topic).read_bytes())
    return with_listed_values(topic, state, lambda text: golden.SAMPLE in text)[0]


@pytest.mark.parametrize("topic", TOPICS)
def test_golden_bytes_are_valid_but_for_samples_where_only_certain_values_are_recorded(topic: str) -> None:
    state = json.loads(golden.path_of(topic).read_bytes())
    changed, replaced = with_listed_values(topic, state, lambda text: golden.SAMPLE in text)
    assert faults(topic, changed) == []
    assert (replaced == 0) == (changed == state)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_payload_with_a_key_too_few_or_too_many_is_refused(topic: str) -> None:
    state = valid(topic)
    for place in places(state):
        for key in list(place):
            value = place.pop(key)
            assert faults(topic, state), f"{key} may be missing"
            place[key] = value
        place["more"] = 1
        assert faults(topic, state), f"something more may stand beside {', '.join(place)}"
        del place["more"]
    assert faults(topic, state) == []


def places(state: Any) -> Iterator[Json]:
    """Every object of a golden payload, but for the plain JSON of an `object`, which is a sample."""
    if isinstance(state, dict) and "nested" not in state:
        yield state
        for member in list(state.values()):
            yield from places(member)
    elif isinstance(state, list):
        for member in state:
            yield from places(member)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_value_of_another_kind_is_refused(topic: str) -> None:
    state = valid(topic)
    for place, key, field in fields_in(state["data"], FIELDS[topic]):
        value = place[key]
        for wrong in (*WRONG[field.kind], *(["something else"] if field.values or field.pattern else [])):
            place[key] = wrong
            allowed = wrong is None and field.nullable and not field.is_list
            assert bool(faults(topic, state)) != allowed, f"{field.name}: {wrong!r}"
        place[key] = value
    for key in ("occurred_at", "posting_id", "salt", "rules"):
        assert faults(topic, state | {key: "2025-07-01T00:00:00"}), key
    assert faults(topic, state | {"actor": {"kind": "boss", "id": "1"}})


def fields_in(data: Any, fields: tuple[Field, ...]) -> Iterator[tuple[Any, Any, Field]]:
    """Where each field stands: its container, its key there, the field."""
    for field in fields:
        within: list[tuple[Any, Any]] = [(data, field.name)]
        if field.is_list:
            within = [(data[field.name], number) for number in range(len(data[field.name]))]
        for place, key in within:
            if field.members:
                yield from fields_in(place[key], field.members)
            else:
                yield place, key, field


@pytest.mark.parametrize("topic", TOPICS)
def test_a_list_is_a_list_and_null_only_where_it_may_be(topic: str) -> None:
    state = valid(topic)
    for field in FIELDS[topic]:
        changed = copy.deepcopy(state)
        changed["data"][field.name] = None
        assert (faults(topic, changed) == []) == field.nullable, field.name
        if field.is_list:
            changed["data"][field.name] = state["data"][field.name][0]
            assert faults(topic, changed), field.name
            changed["data"][field.name] = []
            assert faults(topic, changed) == [], field.name


@pytest.mark.parametrize("topic", sorted(TYPES.classes))
@settings(
    max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None
)
@given(data=st.data())
def test_what_the_codec_writes_is_valid(topic: str, data: st.DataObject) -> None:
    fact = data.draw(facts(TYPES.class_of(topic)))
    assert faults(topic, json.loads(CODEC.encode(fact).payload)) == []


def values(topic: str, *way: str) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    members = FIELDS[topic]
    for name in way:
        field = next(field for field in members if field.name == name)
        found, members = field.values, field.members
    return found


def test_what_a_schema_lists_is_what_the_domain_takes() -> None:
    for name, listed in {
        "channel": clear_text.CHANNELS,
        "form": clear_text.FORMS,
        "keyed_by": clear_text.KEYED_BY,
        "paper_reason": clear_text.PAPER_REASONS,
        "identity_level": clear_text.IDENTITY_LEVELS,
        "trigger": clear_text.TRIGGERS,
        "intake_ground": clear_text.INTAKE_GROUNDS,
        "stop_ground": clear_text.STOP_GROUNDS,
        "close_ground": clear_text.CLOSE_GROUNDS,
        "purpose": clear_text.PURPOSES,
        "draft_way": clear_text.DRAFT_WAYS,
        "return_way": clear_text.RETURN_WAYS,
        "quarantine_reason": clear_text.QUARANTINE_REASONS,
        "export_difference": clear_text.EXPORT_DIFFERENCES,
        "media_type": files.MEDIA_TYPES,
        "role": officer.ROLES,
    }.items():
        assert tuple(DEFINITIONS[name]["enum"]) == listed, name
    for name, form in {
        "component": clear_text.COMPONENT,
        "number": clear_text.NUMBER,
        "result_code": clear_text.RESULT,
        "word": clear_text.WORD,
        "document_kind": clear_text.KIND_OF_DOCUMENT,
        "file": files.FILE_NAME,
    }.items():
        assert DEFINITIONS[name]["pattern"] == form, name
    for way, listed in {
        ("dossier.submitted.v3", "code_origin"): clear_text.CODE_ORIGINS,
        ("dossier.opened.v1", "code_origin"): clear_text.CODE_ORIGINS,
        ("dossier.finished.v1", "outcome"): clear_text.OUTCOMES,
        ("dossier.lookup_recorded.v2", "outcome"): clear_text.LOOKUP_OUTCOMES,
        ("dossier.component_digitised.v1", "form"): clear_text.PAPER_FORMS,
        ("dossier.component_reused.v1", "kept_as"): document_store.KEPT_AS,
        ("dossier.component_checked.v1", "outcome"): clear_text.CHECKS,
        ("dossier.supplement_requested.v3", "allowed", "ground"): clear_text.ALLOWANCES,
        ("agency.founded.v1", "kind"): agency.KINDS,
        ("citizen.identified.v1", "kind"): citizen.KINDS,
        ("citizen.identified.v1", "number_kind"): citizen.NUMBER_KINDS,
        ("citizen.mandate_given.v1", "kind"): mandates.KINDS,
        ("citizen.merged.v1", "ground"): citizen.MERGE_GROUNDS,
        ("procedure.version_published.v3", "level"): procedure.LEVELS,
        ("procedure.version_published.v3", "place_basis"): procedure.PLACE_BASES,
        ("procedure.version_published.v3", "levels"): procedure_version.LISTED_LEVELS,
        ("procedure.version_published.v3", "channels", "doubts"): procedure_facts.REASONS,
        ("procedure.doubt_decided.v1", "limit_unit"): deadlines.UNITS,
        ("handover.act_drafted.v2", "kind"): handover_act.ACT_KINDS,
        ("handover.links_listed.v2", "links", "kind"): handover_checks.LINK_KINDS,
        ("handover.rules_listed.v1", "rules", "level"): handover_checks.PROCEDURE_LEVELS,
        ("handover.dossier_acknowledged.v1", "papers"): handed_over.PAPERS,
        ("handover.certificate_signed.v1", "side"): certificate.SIDES,
        ("obstacle.reported.v1", "kind"): obstacle_facts.KINDS,
        ("voice.received.v1", "kind"): clear_text.VOICE_KINDS,
        ("voice.received.v1", "way"): clear_text.VOICE_WAYS,
        ("voice.answered.v1", "outcome"): clear_text.VOICE_OUTCOMES,
        ("voice.limit_set.v1", "kind"): clear_text.VOICE_KINDS,
        ("voice.limit_set.v1", "unit"): deadlines.UNITS,
        ("store.document_kept.v1", "kept_as"): document_store.KEPT_AS,
        ("store.document_withdrawn.v1", "ground"): document_store.WITHDRAWAL_GROUNDS,
        ("store.document_read.v1", "purpose"): document_store.PURPOSES,
    }.items():
        assert values(*way) == listed, way
    assert set(PAYLOAD_SCHEMA["properties"]["actor"]["properties"]["kind"]["enum"]) == ACTOR_KINDS
