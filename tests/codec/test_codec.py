"""Facts to bytes and back: nothing is lost, nothing personal is readable, nothing can be moved."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, timedelta, timezone
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import Actor, Envelope, Fact, Personal
from infra.codec import DecodingFailed, EncodingRefused, JsonCodec
from infra.fact_types import FactTypes, UnknownTopic
from tests.codec.facts_for_tests import (
    AT,
    ENVELOPE,
    OTHER,
    STREAM,
    SUBJECT,
    KeysInMemory,
    ThingNoted,
    counting_random,
    opened,
    stored,
    thing,
)

KEYS = KeysInMemory()
CODEC = JsonCodec(FactTypes([ThingNoted]), KEYS)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
personal = st.builds(Personal, st.uuids(), texts)
instants = st.datetimes(
    AT.replace(tzinfo=None, year=1900), AT.replace(tzinfo=None, year=2200), timezones=st.just(UTC)
)
leaves = st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | texts | personal
trees = st.dictionaries(
    texts,
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)
envelopes = st.builds(
    Envelope,
    st.builds(Actor, st.sampled_from(["officer", "portal", "system"]), texts),
    instants,
    st.none() | st.uuids(),
    st.none() | st.uuids(),
    st.none() | st.uuids(),
    st.lists(texts, max_size=3).map(tuple),
)
things = st.builds(
    ThingNoted,
    originator_id=st.uuids(),
    originator_version=st.integers(1, 2**31 - 1),
    envelope=envelopes,
    text=texts,
    number=st.integers(-(2**63) + 1, 2**63 - 1),
    flag=st.booleans(),
    from_=st.none() | st.uuids(),
    at=instants,
    day=st.none() | st.dates(),
    name=personal,
    phone=st.none() | personal,
    words=st.lists(texts, max_size=3).map(tuple),
    tree=st.lists(trees, max_size=3).map(tuple),
)


def read_back(fact: Fact, codec: JsonCodec = CODEC) -> Fact:
    return codec.decode(stored(codec.encode(fact))).fact


@given(fact=things)
def test_what_is_recorded_is_read_back(fact: ThingNoted) -> None:
    again = read_back(fact)
    assert {f.name: opened(getattr(again, f.name), KEYS) for f in fields(again)} == {
        f.name: getattr(fact, f.name) for f in fields(fact)
    }


@given(fact=things)
def test_a_fact_that_was_read_is_written_again_byte_for_byte(fact: ThingNoted) -> None:
    event = CODEC.encode(fact)
    assert CODEC.encode(CODEC.decode(stored(event)).fact).payload == event.payload


def test_the_payload_is_the_one_of_the_document() -> None:
    payload = JsonCodec(FactTypes([ThingNoted]), KEYS, counting_random).encode(thing(tree=())).payload
    sealed = orjson.loads(payload)["data"]["name"]
    assert set(sealed) == {"subject", "nonce", "ciphertext"}
    assert payload.decode() == (
        '{"salt":"AAECAwQFBgcICQoLDA0ODw","actor":{"kind":"officer","id":"o-1"},'
        f'"posting_id":"{OTHER}","acting_agency":null,"holder":null,'
        '"occurred_at":"2025-06-01T01:02:03.000004Z","rules":["intake.complete"],'
        f'"data":{{"text":"Hồ sơ","number":7,"flag":true,"from":"{OTHER}","at":"2025-06-01T01:02:03.000004Z",'
        f'"day":"2025-07-01","name":{{"subject":"{SUBJECT}","nonce":"AAECAwQFBgcICQoL",'
        f'"ciphertext":"{sealed["ciphertext"]}"}},"phone":null,"words":["a","b"],"tree":[]}}}}'
    )


def test_each_try_draws_a_new_salt_and_nonce() -> None:
    one, two = (orjson.loads(CODEC.encode(thing()).payload) for _ in range(2))
    assert one["salt"] != two["salt"]
    assert one["data"]["name"]["nonce"] != two["data"]["name"]["nonce"]
    assert one["data"]["name"]["ciphertext"] != two["data"]["name"]["ciphertext"]


def test_an_instant_of_another_zone_is_stored_in_utc() -> None:
    local = AT.astimezone(timezone(timedelta(hours=7)))
    assert b'"at":"2025-06-01T01:02:03.000004Z"' in CODEC.encode(thing(at=local)).payload


def test_personal_text_is_not_in_the_bytes() -> None:
    payload = CODEC.encode(thing()).payload.decode()
    assert "Hoa" not in payload
    assert "Bình" not in payload


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": 1},
        {"text": "\ud800"},
        {"text": None},
        {"number": True},
        {"number": 2**63},
        {"flag": 1},
        {"from_": str(OTHER)},
        {"at": AT.replace(tzinfo=None)},
        {"day": AT},
        {"name": "Nguyễn Thị Hoa"},
        {"name": Personal(SUBJECT, "\ud800")},
        {"words": "ab"},
        {"words": (1,)},
        {"tree": ({"a": float("nan")},)},
        {"tree": ({"a": OTHER},)},
        {"tree": ({1: "a"},)},
        {"tree": ({"subject": "a", "nonce": "b", "ciphertext": "c"},)},
        {"envelope": replace(ENVELOPE, actor=Actor("boss", "x"))},
        {"envelope": replace(ENVELOPE, occurred_at=AT.replace(tzinfo=None))},
        {"text": "x" * 1_048_576},
    ],
    ids=lambda wrong: str(wrong)[:60],
)
def test_what_would_not_come_back_equal_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(EncodingRefused, match=r"^thing.noted.v2: "):
        CODEC.encode(thing(**wrong))


def test_a_tree_nested_too_deeply_is_refused() -> None:
    deep: Any = "end"
    for _ in range(100):
        deep = [deep]
    with pytest.raises(EncodingRefused, match="nested deeper"):
        CODEC.encode(thing(tree=({"a": deep},)))


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"{}", b'{"salt":"","data":{}}'])
def test_stored_bytes_that_are_not_a_payload_name_their_event(payload: bytes) -> None:
    with pytest.raises(DecodingFailed, match=f"thing.noted.v2, stream {STREAM}, version 1"):
        CODEC.decode(stored(CODEC.encode(thing()), payload=payload))


def test_a_payload_with_a_field_that_nobody_knows_is_not_read() -> None:
    payload = CODEC.encode(thing()).payload.replace(b'"text":', b'"more":1,"text":')
    with pytest.raises(DecodingFailed, match="fields"):
        CODEC.decode(stored(CODEC.encode(thing()), payload=payload))


def test_an_unknown_topic_says_so() -> None:
    with pytest.raises(UnknownTopic, match=r"thing.noted.v9"):
        CODEC.decode(stored(CODEC.encode(thing()), topic="thing.noted.v9"))


def test_a_fact_of_a_type_that_is_not_registered_is_not_encoded() -> None:
    with pytest.raises(EncodingRefused, match="not one of the ledger's fact types"):
        JsonCodec(FactTypes([]), KEYS).encode(thing())


def test_ids_and_days_come_back_as_what_they_were() -> None:
    fact = read_back(thing())
    assert isinstance(fact, ThingNoted)
    assert fact.from_ == OTHER
    assert isinstance(fact.from_, UUID)
    assert fact.day == date(2025, 7, 1)
    assert fact.at == AT
