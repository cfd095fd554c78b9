"""Former Bắc Giang as it was in June 2025 and as it is from 1 July: units from the project's own reference
data, agencies and officers from interfaces/demo/offices.py.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from interfaces.wiring import SuccessionRow, UnitRow

PROVINCE = "24"
LAST_DAY = date(2025, 6, 30)
FIRST_DAY = date(2025, 7, 1)
SOURCE = "the project's own table of units"
CENTRE_BEFORE, CENTRE_AFTER = "000.00.02.H02", "000.00.02.H05"


@dataclass(frozen=True, slots=True)
class Commune:
    """`desk`: its agency's identifier. `district`: of a commune of today, the one most of it was in. `heir`:
    the code of the commune that it becomes part of (itself for one of today)."""

    code: str
    name: str
    kind: str
    district: str
    desk: str
    heir: str


@dataclass(frozen=True, slots=True)
class District:
    """`heirs`: codes of the communes that follow, the one with most of its communes first."""

    code: str
    name: str
    kind: str
    desk: str
    division: str
    heirs: tuple[str, ...]


@dataclass(slots=True)
class OfficerPlan:
    """`at` and `after`: identifiers of the agencies before and after the hour. `id`: once appointed."""

    number: str
    name: str
    roles: tuple[str, ...]
    at: str
    after: str
    id: UUID | None = None


@dataclass(slots=True)
class World:
    """`before` and `after`: communes by code; `agencies`: entries for loading, in order of parents."""

    province: tuple[str, str]
    districts: dict[str, District]
    before: dict[str, Commune]
    after: dict[str, Commune]
    agencies: list[dict[str, Any]] = field(default_factory=list)
    agencies_after: list[dict[str, Any]] = field(default_factory=list)
    officers: list[OfficerPlan] = field(default_factory=list)
    heirs: dict[str, str] = field(default_factory=dict)
    _staff: dict[tuple[str, str], list[OfficerPlan]] = field(default_factory=dict)

    def heir_desk(self, identifier: str) -> str:
        """The default heir of an agency that ends."""
        return self.heirs[identifier]

    def staff(self, role: str, at: str) -> list[OfficerPlan]:
        """Officers with this role at an agency: one that ends, before the hour, or one that begins."""
        if not self._staff:
            for officer in self.officers:
                for held in officer.roles:
                    self._staff.setdefault((held, officer.at), []).append(officer)
                    self._staff.setdefault((held, officer.after), []).append(officer)
        return self._staff.get((role, at), [])


def build(units: Iterable[UnitRow], succession: Iterable[SuccessionRow]) -> World:
    """The world, from the whole country's tables."""
    old: dict[str, list[UnitRow]] = defaultdict(list)
    new: dict[str, UnitRow] = {}
    province: dict[str, str] = {}
    for unit in units:
        if unit.province_code != PROVINCE:
            continue
        if unit.level == "province":
            province[unit.era] = unit.name
        elif unit.era == "old":
            old[unit.level].append(unit)
        else:
            new[unit.code] = unit
    heir = _heirs(succession, {u.code for u in old["commune"]})
    districts = _districts(old["district"], old["commune"], heir)
    return World(
        province=(province["old"], province["new"]),
        districts=districts,
        before=_communes_before(old["commune"], districts, heir),
        after=_communes_after(new, old["commune"], heir),
    )


def _heirs(succession: Iterable[SuccessionRow], communes: set[str]) -> dict[str, str]:
    """Old commune to the commune that it becomes part of: in former Bắc Giang always exactly one."""
    return {
        link.old_commune_code: link.new_commune_code
        for link in succession
        if link.old_commune_code in communes and link.default_successor and link.old_commune_code is not None
    }


def _districts(
    districts: Iterable[UnitRow], communes: Iterable[UnitRow], heir: dict[str, str]
) -> dict[str, District]:
    following: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for commune in communes:
        following[commune.parent_code or ""][heir[commune.code]] += 1
    made = {}
    for number, unit in enumerate(sorted(districts, key=lambda u: u.code), start=21):
        heirs = tuple(sorted(following[unit.code], key=lambda c: (-following[unit.code][c], c)))
        desk = f"000.00.{number}.H02"
        made[unit.code] = District(unit.code, unit.name, unit.type, desk, f"000.90.{number}.H02", heirs)
    return made


def _communes_before(
    communes: Iterable[UnitRow], districts: dict[str, District], heir: dict[str, str]
) -> dict[str, Commune]:
    made: dict[str, Commune] = {}
    numbers: Counter[str] = Counter()
    for unit in sorted(communes, key=lambda u: u.code):
        district = unit.parent_code or ""
        numbers[district] += 1
        level_two = districts[district].desk.split(".")[2]
        desk = f"000.{20 + numbers[district]}.{level_two}.H02"
        made[unit.code] = Commune(unit.code, unit.name, unit.type, district, desk, heir[unit.code])
    return made


def _communes_after(
    units: dict[str, UnitRow], before: Iterable[UnitRow], heir: dict[str, str]
) -> dict[str, Commune]:
    from_district: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for commune in before:
        from_district[heir[commune.code]][commune.parent_code or ""] += 1
    return {
        code: Commune(
            code,
            units[code].name,
            units[code].type,
            from_district[code].most_common(1)[0][0],
            f"000.00.{number}.H05",
            code,
        )
        for number, code in enumerate(sorted(from_district), start=31)
    }
