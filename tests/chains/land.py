"""A made-up country that changes again and again: which communes and desks there are once all acts planned
so far have taken effect, and the acts' files.

Plain data beside the ledger: it decides only what may be tried next, never what is right.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.office.province import LEVELS, agency_entry

PROVINCE, PROVINCE_DESK = "24", "000.00.00.H02"
FIRST = date(2025, 6, 1)
CODES = ("07201", "07207", "07210", "07213")
STAFF = 4
CLOSER = "closer"  # stands for the officer's id until the file is drafted

Json = dict[str, Any]


@dataclass
class Place:
    """A living commune: its reference (CODE@DATE), its desk, and who is posted there (officers' numbers)."""

    reference: str
    desk: str
    officers: list[str]

    @property
    def code(self) -> str:
        return self.reference.partition("@")[0]

    @property
    def begun(self) -> date:
        return date.fromisoformat(self.reference.partition("@")[2])


@dataclass
class Land:
    """`places` by desk's identifier."""

    places: dict[str, Place] = field(default_factory=dict)
    made: int = 0

    @classmethod
    def first(cls) -> Land:
        land = cls()
        for code in CODES:
            desk = f"000.01.{code[-2:]}.H02"
            officers = [f"{code}-{n}" for n in range(STAFF)]
            land.places[desk] = Place(f"{code}@{FIRST.isoformat()}", desk, officers)
        return land

    def copy(self) -> Land:
        return deepcopy(self)

    def new_desk(self) -> str:
        self.made += 1
        return f"000.{self.made // 90 + 10}.{self.made % 90 + 10}.H05"

    def new_code(self) -> str:
        self.made += 1
        return f"2{self.made:04}"


@dataclass
class Planned:
    """An act that was scheduled: its file, the day it takes effect, and the land before it."""

    kind: str
    document: Json
    day: date
    before: Land
    part: Any = None


def merge(land: Land, desks: list[str], day: date, number: str, *, reuse: bool) -> Json:
    """Two communes become one, under the code of the first or a new one. Changes `land`."""
    old = [land.places.pop(desk) for desk in desks]
    desk = land.new_desk()
    code = old[0].code if reuse else land.new_code()
    new = Place(f"{code}@{day}", desk, [officer for place in old for officer in place.officers])
    land.places[desk] = new
    links = [_link(place, new, "whole") for place in old]
    return _document(number, day, old, [new], links, {place.desk: desk for place in old})


def split(land: Land, desk: str, day: date, number: str, *, default: bool, officers: dict[str, str]) -> Json:
    """A commune becomes two, each with half of the officers. Changes `land`."""
    old = land.places.pop(desk)
    half = len(old.officers) // 2
    one = Place(f"{old.code}@{day}", land.new_desk(), old.officers[:half])
    two = Place(f"{land.new_code()}@{day}", land.new_desk(), old.officers[half:])
    land.places |= {one.desk: one, two.desk: two}
    links = [_link(old, one, "part", default=default), _link(old, two, "part", default=False)]
    document = _document(number, day, [old], [one, two], links, {old.desk: one.desk})
    document["parts"][0]["postings"] = [
        {"officer": officers[number], "from": old.desk, "to": two.desk} for number in two.officers
    ]
    return document


def rename(land: Land, desk: str, day: date, number: str) -> Json:
    """A commune becomes a ward: another unit, the same desk; nothing moves. Changes `land`."""
    old = land.places[desk]
    new = land.places[desk] = Place(f"{old.code}@{day}", desk, old.officers)
    document = _document(number, day, [old], [new], [_link(old, new, "same")], {})
    document["parts"][0]["agencies"] = {"begins": [], "ends": [], "receivers": []}
    return document


def corrected(document: Json, how: str) -> Json:
    """The file of an amendment."""
    changed = deepcopy(document)
    part = changed["parts"][0]
    split_links = [link for link in part["links"] if link["kind"] == "part"]
    if how == "default" and split_links:
        for link in split_links:
            link["default"] = not link["default"] and link is not split_links[0]
    elif how == "level":
        for rule in part["rules"]:
            rule["level"] = {"province": "commune", "commune": "province"}.get(rule["level"], rule["level"])
    elif len(part["agencies"]["receivers"]) > 2:
        one, two = part["agencies"]["receivers"][1:3]
        one["agency"], two["agency"] = two["agency"], one["agency"]
    return changed


def _link(old: Place, new: Place, kind: str, *, default: bool = True) -> Json:
    return {"from": old.reference, "to": new.reference, "kind": kind, "default": default}


def _document(
    number: str, day: date, old: list[Place], new: list[Place], links: list[Json], heirs: dict[str, str]
) -> Json:
    province = f"{PROVINCE}@{FIRST.isoformat()}"
    part = {
        "name": f"part of {number}",
        "province": province,
        "ends": [place.reference for place in old],
        "begins": [
            {
                "code": p.code,
                "name": f"Xã {p.reference}",
                "level": "commune",
                "kind": "Xã",
                "parent": province,
            }
            for p in new
        ],
        "links": links,
        "agencies": {
            "begins": [agency_entry(place.desk, "desk", place.reference) for place in new],
            "ends": [{"agency": a, "heir": h, "closed_by": CLOSER} for a, h in heirs.items()],
            "receivers": [
                {"unit": province, "level": "province", "agency": PROVINCE_DESK},
                *({"unit": p.reference, "level": "commune", "agency": p.desk} for p in new),
            ],
        },
        "rules": [{"procedure": p, "level": level, "origin": "assumed"} for p, level in LEVELS.items()],
        "postings": [],
    }
    return {
        "number": number,
        "title": f"Nghị quyết {number}",
        "issued_on": "2025-06-01",
        "effective_at": f"{day.isoformat()}T00:00:00+07:00",
        "reference": "tests",
        "parts": [part],
    }
