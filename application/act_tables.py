"""The rows that the acts' documents are made from, and the country by code with what ends and begins where.

The rows are described by what they must have: the readers of tables (infra) have it, and so has a test's own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol


class UnitRow(Protocol):
    """A row of the table of units: before (`era` old) or after the hour."""

    @property
    def era(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def parent_code(self) -> str | None: ...
    @property
    def province_code(self) -> str: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


class LinkRow(Protocol):
    """An old commune, or an old district without communes, and a new commune that follows."""

    @property
    def old_commune_code(self) -> str | None: ...
    @property
    def old_district_code(self) -> str: ...
    @property
    def new_commune_code(self) -> str: ...
    @property
    def relation(self) -> str: ...
    @property
    def default_successor(self) -> bool: ...


class DisputedRow(Protocol):
    """A link on which the sources differ."""

    @property
    def old_commune_code(self) -> str: ...
    @property
    def new_commune_code(self) -> str: ...
    @property
    def relation(self) -> str: ...


class ResolutionRow(Protocol):
    """By which resolution the communes of a province were arranged."""

    @property
    def province_code(self) -> str: ...
    @property
    def number(self) -> str: ...


class ChangeRow(Protocol):
    """A commune that another follows under the same code."""

    @property
    def number(self) -> str: ...
    @property
    def issued_on(self) -> date: ...
    @property
    def code(self) -> str: ...
    @property
    def province_code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...


class TablesDisagree(ValueError):
    """Two tables do not fit together; the sentence names the unit."""


@dataclass(slots=True)
class Country:
    """The tables by code: what each new province begins, and what ends in it."""

    old: dict[str, UnitRow] = field(default_factory=dict)
    new: dict[str, UnitRow] = field(default_factory=dict)
    begins: defaultdict[str, list[UnitRow]] = field(default_factory=lambda: defaultdict(list))
    ends: defaultdict[str, list[UnitRow]] = field(default_factory=lambda: defaultdict(list))
    links: defaultdict[str, list[LinkRow]] = field(default_factory=lambda: defaultdict(list))
    sources: Counter[str] = field(default_factory=Counter)
    province_of: dict[str, str] = field(default_factory=dict)


def country_of(units: Iterable[UnitRow], links: Iterable[LinkRow]) -> Country:
    country = Country()
    for row in units:
        if row.era == "new":
            country.new[row.code] = row
            country.begins[row.province_code].append(row)
        else:
            country.old[row.code] = row
    for link in links:
        source = link.old_commune_code or link.old_district_code
        country.links[source].append(link)
        country.sources[link.new_commune_code] += 1
        target = country.new.get(link.new_commune_code)
        if target is None or source not in country.old or link.old_district_code not in country.old:
            raise TablesDisagree(
                f"the link {source} to {link.new_commune_code} names a unit that is not there"
            )
        old_province = country.old[source].province_code
        for code in {source, link.old_district_code, old_province}:
            if country.province_of.setdefault(code, target.province_code) != target.province_code:
                raise TablesDisagree(f"{code} came to lie in two provinces; name the part that ends it")
    for code, row in country.old.items():
        if code not in country.province_of:
            raise TablesDisagree(f"{code} {row.name} has no successor")
        country.ends[country.province_of[code]].append(row)
    return country
