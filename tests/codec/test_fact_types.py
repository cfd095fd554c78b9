"""The types of facts: old ones are read as the newest; what is not fit for the ledger is found when built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from domain.facts import Category, Fact, Personal
from infra.codec import JsonCodec
from infra.fact_types import FactTypeError, FactTypes, Upcast
from tests.codec.facts_for_tests import (
    ENVELOPE,
    STREAM,
    SUBJECT,
    KeysInMemory,
    ThingNoted,
    stored,
)

KEYS = KeysInMemory()


def test_an_old_topic_is_read_as_the_newest_and_its_text_still_opens() -> None:
    @dataclass(frozen=True, kw_only=True)
    class OldThing(Fact):
        TOPIC: ClassVar[str] = "thing.noted.v1"
        CATEGORY: ClassVar[int] = Category.DOSSIER
        label: str
        person: Personal

    def change(data: dict[str, Any]) -> dict[str, Any]:
        blank = {"number": 0, "flag": False, "from": None, "at": "2020-01-01T00:00:00.000000Z", "day": None}
        return {
            "text": data["label"],
            "name": data["person"],
            "phone": None,
            "words": [],
            "tree": [],
            **blank,
        }

    old = JsonCodec(FactTypes([OldThing], {}), KEYS).encode(
        OldThing(
            originator_id=STREAM,
            originator_version=1,
            envelope=ENVELOPE,
            label="cũ",
            person=Personal(SUBJECT, "Hoa"),
        )
    )
    types = FactTypes([ThingNoted], {"thing.noted.v1": Upcast("thing.noted.v2", change)})
    fact = JsonCodec(types, KEYS).decode(stored(old)).fact
    assert isinstance(fact, ThingNoted)
    assert (fact.text, fact.day) == ("cũ", None)
    assert KEYS.open(fact.name) == "Hoa"
    assert types.category_of("thing.noted.v1") == Category.DOSSIER


def keep(data: dict[str, Any]) -> dict[str, Any]:
    return data


@pytest.mark.parametrize(
    ("upcasts", "reason"),
    [
        ({"thing.noted.v2": Upcast("thing.noted.v2", keep)}, "a class and an upcast"),
        ({"thing.noted.v1": Upcast("thing.noted.v1", keep)}, "circle"),
        ({"thing.noted.v0": Upcast("thing.gone.v1", keep)}, "no class"),
    ],
)
def test_a_chain_of_upcasts_that_leads_nowhere_is_found_when_built(
    upcasts: dict[str, Upcast], reason: str
) -> None:
    with pytest.raises(FactTypeError, match=reason):
        FactTypes([ThingNoted], upcasts)


def test_a_class_that_is_not_fit_for_the_ledger_is_found_when_built() -> None:
    class Untitled(Fact):
        CATEGORY = Category.DOSSIER

    class Strayed(Fact):
        TOPIC = "stray.seen.v1"
        CATEGORY = 55

    @dataclass(frozen=True, kw_only=True)
    class Measured(Fact):
        TOPIC: ClassVar[str] = "length.measured.v1"
        CATEGORY: ClassVar[int] = Category.DOSSIER
        length: complex

    for classes, reason in (
        ([Untitled], "TOPIC"),
        ([Strayed], "CATEGORY"),
        ([ThingNoted, ThingNoted], "same topic"),
    ):
        with pytest.raises(FactTypeError, match=reason):
            FactTypes(classes)
    with pytest.raises(FactTypeError, match="no stored form"):
        JsonCodec(FactTypes([Measured]), KEYS)
