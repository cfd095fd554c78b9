"""The whole country around the hour of 1 July 2025: units and succession from the project's own tables, one
agency for each province, district and commune, its officers, procedures, and the act that ends them.

Units, links, numbers and dates are real. Agencies, officers and who goes where are made up and marked
`assumed`, since no source gives them, and so are the procedures beside the project's own that fill a
district's catalogue up to 346: 278 of them go to the commune, 18 to the province, 50 are abolished.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle, islice
from typing import Any, cast
from uuid import UUID

from application.act_documents import BEGINS, ENDS, act_of_2025
from application.organisation import Organisation
from interfaces import wiring
from interfaces.cli import reference
from interfaces.wiring import SuccessionRow, UnitRow

OUTCOMES = {"commune": 278, "province": 18, "abolished": 50}
ASSUMED = dict.fromkeys(("identifier", "name", "address", "hotline", "hours", "legal_form"), "assumed")
SOURCE = "made for the benchmark"
DESK, CENTRE = "Bộ phận Một cửa", "Trung tâm Phục vụ hành chính công"
TEAM = (("desk", "handler"), ("decider",))
SYSTEM_STAFF = ("operator", "operator", "registrar", "auditor")

Json = dict[str, Any]


@dataclass(slots=True)
class Place:
    """An agency and its unit. `level`: province, district, commune. `after`: the identifier of its default
    heir, itself where it `stays`. `split`: a commune that went to several."""

    identifier: str
    code: str
    level: str
    province: str
    district: str | None
    name: str
    after: str = ""
    stays: bool = False
    split: bool = False
    ward: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    """An officer to appoint. `to`: where the act moves the posting, None: with the agency to its heir."""

    number: str
    at: str
    roles: tuple[str, ...]
    to: str | None = None


@dataclass(slots=True)
class Country:
    """`places`: agencies before the hour by the code of their unit, in order of levels; `desks`: identifiers
    of the agencies after it, by the code of their unit; `levels`: of procedures, before and after it."""

    places: dict[str, Place] = field(default_factory=dict)
    desks: dict[str, str] = field(default_factory=dict)
    staff: list[Staff] = field(default_factory=list)
    procedures: list[Json] = field(default_factory=list)
    levels: dict[str, tuple[str, str]] = field(default_factory=dict)
    act: Json = field(default_factory=dict)

    def at(self, level: str) -> list[Place]:
        return [place for place in self.places.values() if place.level == level]

    def agencies(self) -> Iterator[Json]:
        """Entries of the agencies before the hour."""
        for place in self.places.values():
            kind, name = ("centre", CENTRE) if place.level == "province" else ("desk", DESK)
            yield _agency(place.identifier, f"{name} {place.name}", kind, f"{place.code}@{ENDS}")

    def officers(self) -> Iterator[Json]:
        for one in self.staff:
            postings = [{"agency": one.at, "roles": list(one.roles)}]
            yield {"number": one.number, "name": f"Cán bộ {one.number}", "postings": postings}


def build(
    units: Iterable[UnitRow], succession: Iterable[SuccessionRow], procedures: Iterable[wiring.ProcedureEntry]
) -> Country:
    """The country, its act without what only the ledger gives (officers' ids: `complete`)."""
    rows, links = list(units), list(succession)
    country = Country(act=act_of_2025(rows, links))
    _before(country, rows, links)
    _after(country, links)
    _staff(country, links)
    _procedures(country, list(procedures))
    return country


def _after(country: Country, links: list[SuccessionRow]) -> None:
    """Desks of the units that begin: one for each, the province's own is its centre. Where a unit stays the
    same its agency goes on."""
    for number, part in enumerate(country.act["parts"], start=1):
        same = {_code(x["to"]): _code(x["from"]) for x in part["links"] if x["kind"] == "same"}
        for count, unit in enumerate(part["begins"]):
            reference_ = f"{unit['code']}@{BEGINS}"
            if unit["code"] in same:
                identifier = country.places[same[unit["code"]]].identifier
                country.places[same[unit["code"]]].stays = True
            else:
                kind, name = ("centre", CENTRE) if unit["level"] == "province" else ("desk", DESK)
                identifier = f"{count:03d}.00.03.N{number:02d}"
                entry = _agency(identifier, f"{name} {unit['name']}", kind, reference_)
                part["agencies"]["begins"].append(entry)
            country.desks[unit["code"]] = identifier
            receiver = {"unit": reference_, "level": unit["level"], "agency": identifier}
            part["agencies"]["receivers"].append(receiver)
    heirs = _default_heirs(links)
    for part in country.act["parts"]:
        for code in map(_code, part["ends"]):
            country.places[code].after = country.desks[heirs.get(code) or _code(part["province"])]


def _code(reference_: str) -> str:
    return str(reference_.partition("@")[0])


def _agency(identifier: str, name: str, kind: str, unit: str) -> Json:
    return {"identifier": identifier, "name": name, "kind": kind, "unit": unit, "origin": dict(ASSUMED)}


def _before(country: Country, rows: list[UnitRow], links: list[SuccessionRow]) -> None:
    """Agencies of the units that end; who follows each is not known yet."""
    number: defaultdict[str, Iterator[int]] = defaultdict(lambda: iter(range(20, 100)))
    ones, districts = dict[str, str](), dict[str, str]()
    splits = Counter(link.old_commune_code for link in links)
    for row in sorted((r for r in rows if r.era == "old"), key=lambda r: (len(r.code), r.code)):
        if row.level == "province":
            ones[row.code] = f"H{len(ones) + 1:02d}"
            identifier = f"000.00.02.{ones[row.code]}"
        elif row.level == "district":
            districts[row.code] = f"{next(number[row.province_code])}.{ones[row.province_code]}"
            identifier = f"000.00.{districts[row.code]}"
        else:
            parent = row.parent_code or ""
            identifier = f"000.{next(number[parent])}.{districts[parent]}"
        country.places[row.code] = Place(
            identifier,
            row.code,
            row.level,
            row.province_code,
            row.parent_code if row.level == "commune" else None,
            row.name,
            split=splits[row.code] > 1,
            ward=row.type == "Phường",
        )


def _default_heirs(links: list[SuccessionRow]) -> dict[str, str]:
    """Of communes, and of each district the new commune that most of its communes went to."""
    most: defaultdict[str, Counter[str]] = defaultdict(Counter)
    heirs: dict[str, str] = {}
    for link in links:
        if link.default_successor:
            most[link.old_district_code][link.new_commune_code] += 1
            if link.old_commune_code:
                heirs[link.old_commune_code] = link.new_commune_code
    return heirs | {district: counts.most_common(1)[0][0] for district, counts in most.items()}


def _staff(country: Country, links: list[SuccessionRow]) -> None:
    """At each agency somebody who receives and somebody who decides and closes the books. A district has two
    more, whom the act moves to further communes that follow."""
    following: defaultdict[str, list[str]] = defaultdict(list)
    for link in links:
        if (desk := country.desks[link.new_commune_code]) not in following[link.old_district_code]:
            following[link.old_district_code].append(desk)

    def appoint(at: str, roles: tuple[str, ...], to: str | None = None) -> None:
        country.staff.append(Staff(f"CB-{len(country.staff) + 1:06d}", at, roles, to))

    for role in SYSTEM_STAFF:
        appoint(country.places["01"].identifier, (role,))
    for place in country.places.values():
        for roles in TEAM:
            appoint(place.identifier, roles)
        if place.level == "district":
            others = [desk for desk in following[place.code] if desk != place.after]
            for desk in islice(cycle(others), 2 if others else 0):
                appoint(place.identifier, ("handler",), desk)


def _procedures(country: Country, known: list[wiring.ProcedureEntry]) -> None:
    """The project's own, and for districts as many more, copied from those, as the outcomes' ratio needs."""
    of_district = [entry for entry in known if entry["level_before"] == "district"]
    made = list(known)
    for level, wanted in OUTCOMES.items():
        alike = [entry for entry in of_district if entry["level_after"] == level]
        for number, entry in enumerate(islice(cycle(alike), wanted - len(alike)), start=1):
            code = f"9.{sorted(OUTCOMES).index(level)}{number:05d}"
            copied = {"code": code, "level_after_origin": "assumed", "source": SOURCE}
            made.append(cast(wiring.ProcedureEntry, {**entry, **copied}))
    country.procedures = [
        {"code": entry["code"], "versions": list(reference.procedure_versions(entry))} for entry in made
    ]
    country.levels = {entry["code"]: (entry["level_before"], entry["level_after"]) for entry in made}
    rules = [
        {
            "procedure": entry["code"],
            "level": entry["level_after"],
            "origin": "sourced" if entry["level_after_origin"] == "sourced" else "assumed",
        }
        for entry in made
    ]
    for part in country.act["parts"]:
        part["rules"] = rules


Officers = Mapping[tuple[str, tuple[str, ...]], list[UUID]]
"""Ids of officers by the identifier of their agency and their roles."""


def officers_by_agency(organisation: Organisation, now: datetime) -> Officers:
    """The officers as loaded."""
    found: defaultdict[tuple[str, tuple[str, ...]], list[UUID]] = defaultdict(list)
    for officer in organisation.officers:
        for posting, agency in organisation.posted(officer, now):
            found[organisation.agencies[agency].identifier, tuple(posting.roles)].append(officer)
    return found


def complete(country: Country, officers: Officers) -> Json:
    """The act's document with who closes whose books and which postings go elsewhere than their agency."""
    parts = {_code(end): part for part in country.act["parts"] for end in part["ends"]}
    moves: defaultdict[str, list[str]] = defaultdict(list)
    for one in country.staff:
        if one.to:
            moves[one.at].append(one.to)
    for place in country.places.values():
        part = parts[place.code]
        if place.stays:
            continue
        decider = str(officers[place.identifier, ("decider",)][0])
        closing = {"agency": place.identifier, "heir": place.after, "closed_by": decider}
        part["agencies"]["ends"].append(closing)
        handlers = officers.get((place.identifier, ("handler",)), [])
        for officer, to in zip(handlers, moves[place.identifier], strict=True):
            move = {"officer": str(officer), "from": place.identifier, "to": to}
            part.setdefault("postings", []).append(move)
    return country.act
