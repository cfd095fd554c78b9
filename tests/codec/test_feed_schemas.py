"""What the API serves of the schemas describes what the feed shows of any fact, and nothing personal."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator, meta

from application.fact_fields import clear_fields, without_personal
from application.feed import OF_DOSSIERS, PUBLIC_TYPES
from infra.codec import JsonCodec
from infra.fact_types import domain_fact_types
from tests.codec.event_schemas import SCHEMAS
from tests.codec.fact_strategies import facts
from tests.codec.facts_for_tests import STREAM, KeysInMemory
from tools import make_events
from tools.feed_schemas import Json

TYPES = domain_fact_types()
CODEC = JsonCodec(TYPES, KeysInMemory())
SERVED: dict[str, Json] = orjson.loads((make_events.DOCS.parent / make_events.FEED).read_bytes())
BESIDE = {  # what the feed adds to an event of a dossier
    "dossier_code": "000.00.21.H02-250602-0001",
    "revision": None,
    "holder": {"agency": STREAM, "identifier": "000.00.21.H02", "unit": "213@2025-06-01"},
}


def test_every_type_that_is_recorded_today_has_a_schema_of_the_feed() -> None:
    assert SERVED.keys() == TYPES.classes.keys()
    of_dossiers = {topic for topic, schema in SCHEMAS.items() if schema["x-hoso"].get("of_dossier")}
    assert {TYPES.newest(topic) for topic in of_dossiers} == {
        cls for cls in TYPES.classes.values() if cls.CATEGORY in OF_DOSSIERS
    }


@pytest.mark.parametrize("topic", sorted(SERVED))
@settings(
    max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much], deadline=None
)
@given(data=st.data())
def test_what_the_feed_shows_of_a_fact_is_valid(topic: str, data: st.DataObject) -> None:
    meta.validate(SERVED[topic])
    recorded = CODEC.encode(data.draw(facts(TYPES.class_of(topic))))
    fact = CODEC.decode_fact(recorded.stream_id, recorded.version, topic, recorded.payload)
    shown = {name: without_personal(value) for name, value in clear_fields(fact)}
    if fact.CATEGORY in OF_DOSSIERS:
        shown |= BESIDE
    judge = Draft202012Validator(SERVED[topic], validate_formats=True, offline=True)
    assert list(judge.iter_errors(orjson.loads(orjson.dumps(shown, option=orjson.OPT_UTC_Z)))) == []
    assert not judge.is_valid({**orjson.loads(orjson.dumps(shown, option=orjson.OPT_UTC_Z)), "more": 1})


@pytest.mark.parametrize("topic", sorted(SERVED))
def test_a_schema_of_the_feed_has_no_place_for_what_is_personal(topic: str) -> None:
    assert b"ciphertext" not in orjson.dumps(SERVED[topic])
    assert b"personal" not in orjson.dumps(SERVED[topic].get("$defs"))


def test_what_has_another_name_outside_is_a_type_as_it_is_recorded_today() -> None:
    assert PUBLIC_TYPES.keys() <= {cls.TOPIC for cls in TYPES.classes.values()}
