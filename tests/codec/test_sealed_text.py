"""Sealed text opens where it was recorded, and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import Sealed
from infra.codec import EncodingRefused, JsonCodec
from infra.fact_types import FactTypes
from infra.sealing import SealBroken, event_key
from tests.codec.facts_for_tests import (
    OTHER,
    SUBJECT,
    KeysInMemory,
    ThingNoted,
    stored,
    thing,
)

KEYS = KeysInMemory()
CODEC = JsonCodec(FactTypes([ThingNoted]), KEYS)


def sealed_name(**place: Any) -> Sealed:
    fact = CODEC.decode(stored(CODEC.encode(thing()), **place)).fact
    assert isinstance(fact, ThingNoted)
    assert isinstance(fact.name, Sealed)
    return fact.name


@pytest.mark.parametrize(
    "place", [{"stream_id": OTHER}, {"version": 2}], ids=["another stream", "another version"]
)
def test_sealed_text_opens_only_where_it_was_recorded(place: dict[str, Any]) -> None:
    assert KEYS.open(sealed_name()) == "Nguyễn Thị Hoa"
    with pytest.raises(SealBroken, match=r"thing\.noted\.v2"):
        KEYS.open(sealed_name(**place))


def test_sealed_text_does_not_open_in_another_field_or_with_another_salt() -> None:
    sealed = sealed_name()
    for changed in (
        replace(sealed, associated=sealed.associated.replace(b"name", b"phone")),
        replace(sealed, salt=bytes(16)),
        replace(sealed, nonce=bytes(12)),
        replace(sealed, subject=OTHER),
        replace(sealed, ciphertext=b""),
    ):
        with pytest.raises(SealBroken):
            KEYS.open(changed)


def test_text_of_a_destroyed_key_is_none() -> None:
    keys = KeysInMemory({SUBJECT})
    assert keys.open(sealed_name()) is None


def test_text_sealed_for_another_place_is_not_recorded_again_silently() -> None:
    with pytest.raises(EncodingRefused, match="sealed for"):
        CODEC.encode(thing(name=sealed_name(), originator_version=2))
    with pytest.raises(EncodingRefused, match="sealed for"):
        CODEC.encode(thing(phone=sealed_name()))


def test_sealed_and_new_text_do_not_mix_in_one_fact() -> None:
    with pytest.raises(EncodingRefused, match="sealed before and new"):
        CODEC.encode(thing(name=sealed_name()))


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=1, max_size=64))
def test_the_key_of_an_event_is_the_librarys_hkdf(key: bytes, salt: bytes) -> None:
    assert event_key(key, salt) == HKDF(SHA256(), 32, salt, b"hoso/field/1").derive(key)
