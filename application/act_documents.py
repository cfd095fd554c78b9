"""The real acts of 2025 and 2026 as documents to draft from, made from the project's tables.

A document has the format of `application/draft_file.py` and is of law only: units, who succeeds whom, and by
which act. Which desk receives, who goes where, who closes the books is the office's own to add.

2025: one act, one part per province as provinces are after the hour. No old unit came to lie in two new
provinces, so each ends in exactly one part; a table that says otherwise is refused. A unit that is the only
predecessor of one new unit of its level, and went there whole, stays the `same`; one of several is `whole`.
A district has no default successor: no source names one. 2026: one act per resolution. Their source does not
say from when they count, so these acts have no instant of effect and cannot be scheduled before it is known.

Pure: rows in, primitives out. What a source does not say is left out or null.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from application.act_tables import (
    ChangeRow,
    Country,
    DisputedRow,
    LinkRow,
    ResolutionRow,
    TablesDisagree,
    UnitRow,
    country_of,
)

Document = dict[str, Any]

HOUR_2025 = "2025-07-01T00:00:00+07:00"
BEGINS, ENDS = date(2025, 7, 1), date(2025, 6, 30)
NUMBER_2025 = "202/2025/QH15"
ISSUED_2025 = "2025-06-12"
UNKNOWN_DAY = "ngày có hiệu lực chưa rõ"
LONGEST_BASIS = 500


def act_of_2025(
    units: Iterable[UnitRow],
    links: Iterable[LinkRow],
    resolutions: Iterable[ResolutionRow] = (),
    disputed: Iterable[DisputedRow] = (),
    provinces: Collection[str] = (),
) -> Document:
    """The act of 1 July 2025 with the parts of these provinces (codes after the hour), or of all 34.

    Raises TablesDisagree where a unit has no successor, lies in two new provinces, or is not in the table of
    units.
    """
    country = country_of(units, links)
    numbers = {row.province_code: row.number for row in resolutions}
    doubtful: defaultdict[str, list[DisputedRow]] = defaultdict(list)
    for row in disputed:
        if row.old_commune_code not in country.old or row.new_commune_code not in country.new:
            raise TablesDisagree(
                f"the disputed link {row.old_commune_code} to {row.new_commune_code} names a unit that is not"
                " there"
            )
        doubtful[country.province_of[row.old_commune_code]].append(row)
    wanted = sorted(code for code in country.begins if not provinces or code in provinces)
    parts = [_part(country, code, numbers.get(code), doubtful[code]) for code in wanted]
    named = [numbers[code] for code in wanted if code in numbers]
    return {
        "number": NUMBER_2025,
        "kind": "resolution",
        "title": "Sắp xếp đơn vị hành chính cấp tỉnh và cấp xã năm 2025",
        "issued_on": ISSUED_2025,
        "effective_at": HOUR_2025,
        "reference": _reference_2025(named),
        "parts": parts,
    }


def acts_of_2026(
    units: Iterable[UnitRow], changes: Iterable[ChangeRow], provinces: Collection[str] = ()
) -> list[Document]:
    """One act per resolution, in the order of their days: communes that became wards under the same code, of
    these provinces or of all. `effective_at` is null: not known."""
    new = {row.code: row for row in units if row.era == "new"}
    acts: defaultdict[tuple[date, str], list[ChangeRow]] = defaultdict(list)
    for row in changes:
        if row.code not in new or new[row.code].province_code != row.province_code:
            raise TablesDisagree(
                f"the commune {row.code} of {row.province_code} is not in the table of units"
            )
        if not provinces or row.province_code in provinces:
            acts[row.issued_on, row.number].append(row)
    return [
        _change(new, number, day, rows) for (day, number), rows in sorted(acts.items(), key=lambda a: a[0])
    ]


# -- 2025


def _part(country: Country, province: str, number: str | None, disputed: Sequence[DisputedRow]) -> Document:
    ends = sorted(country.ends[province], key=_order)
    begins = sorted(country.begins[province], key=_order)
    links = [
        *_province_links(ends, province),
        *_district_links(country, ends),
        *_commune_links(country, ends),
        *({**_link(r.old_commune_code, r.new_commune_code, r.relation), "disputed": True} for r in disputed),
    ]
    return {
        "name": country.new[province].name,
        "province": f"{province}@{BEGINS}",
        "ends": [_before(row.code) for row in ends],
        "begins": [_begin(row, number if row.level == "commune" else NUMBER_2025) for row in begins],
        "links": links,
        "agencies": {"begins": [], "ends": [], "receivers": []},
        "rules": [],
    }


def _order(row: UnitRow) -> tuple[int, str]:
    """Provinces, then districts, then communes; a code has two, three or five digits."""
    return len(row.code), row.code


def _before(code: str) -> str:
    return f"{code}@{ENDS}"


def _begin(row: UnitRow, number: str | None) -> Document:
    return {
        "code": row.code,
        "name": row.name,
        "level": row.level,
        "kind": row.type,
        "parent": f"{row.parent_code}@{BEGINS}" if row.parent_code else None,
        "source": f"Nghị quyết {number}" if number else "",
        "origin": {"name": "sourced", "parent": "sourced", "valid_from": "sourced"},
    }


def _link(old: str, new: str, kind: str, *, default: bool = False) -> Document:
    return {"from": _before(old), "to": f"{new}@{BEGINS}", "kind": kind, "default": default}


def _province_links(ends: Sequence[UnitRow], province: str) -> Iterator[Document]:
    """A province alone stays the same; several become one whole."""
    merged = [row for row in ends if row.level == "province"]
    for row in merged:
        yield _link(row.code, province, "same" if len(merged) == 1 else "whole", default=True)


def _district_links(country: Country, ends: Sequence[UnitRow]) -> Iterator[Document]:
    """Each new commune that took something of a district, by the places that it took."""
    taken: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in ends:
        if row.level == "commune":
            for link in country.links[row.code]:
                part = "" if link.relation == "whole" else " (một phần)"
                taken[link.old_district_code][link.new_commune_code].append(f"{row.name}{part}")
    for row in ends:
        if row.level != "district":
            continue
        for link in country.links[row.code]:  # an island district had no communes
            yield _link(row.code, link.new_commune_code, "whole", default=True)
        heirs = taken[row.code]
        for code in sorted(heirs):
            if len(heirs) == 1:
                yield _link(row.code, code, "whole", default=True)
            else:
                yield _link(row.code, code, "part") | _decided("places", ", ".join(heirs[code]))


def _commune_links(country: Country, ends: Sequence[UnitRow]) -> Iterator[Document]:
    """Which part of a split commune went where is not in the table: a person decides."""
    for row in ends:
        if row.level != "commune":
            continue
        for link in sorted(country.links[row.code], key=lambda link: link.new_commune_code):
            alone = link.relation == "whole" and country.sources[link.new_commune_code] == 1
            made = _link(
                row.code,
                link.new_commune_code,
                "same" if alone else link.relation,
                default=link.default_successor,
            )
            yield made | (_decided("person", "") if link.relation == "part" else {})


def _decided(by: str, basis: str) -> Document:
    if len(basis) > LONGEST_BASIS:
        basis = basis[: LONGEST_BASIS - 1] + "…"
    return {"decided_by": by, "basis": basis}


def _reference_2025(numbers: Sequence[str]) -> str:
    if not numbers:
        return f"Nghị quyết {NUMBER_2025}"
    ordered = sorted(numbers)
    if len(ordered) <= 3:
        return f"Nghị quyết {NUMBER_2025}; Nghị quyết {', '.join(ordered)}"
    return f"Nghị quyết {NUMBER_2025}; {len(ordered)} nghị quyết từ {ordered[0]} đến {ordered[-1]}"


# -- 2026


def _change(new: dict[str, UnitRow], number: str, day: date, rows: Sequence[ChangeRow]) -> Document:
    by_province: defaultdict[str, list[ChangeRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.code):
        by_province[row.province_code].append(row)
    where = ", ".join(new[province].name for province in sorted(by_province))
    return {
        "number": number,
        "kind": "resolution",
        "title": f"Thành lập {len(rows)} đơn vị cấp xã mới trên cơ sở nguyên trạng: {where}",
        "issued_on": day.isoformat(),
        "effective_at": None,
        "reference": f"Nghị quyết {number}; {UNKNOWN_DAY}",
        "parts": [
            _change_part(new, number, province, by_province[province]) for province in sorted(by_province)
        ],
    }


def _change_part(new: dict[str, UnitRow], number: str, province: str, rows: Sequence[ChangeRow]) -> Document:
    return {
        "name": new[province].name,
        "province": f"{province}@{new[province].valid_from or BEGINS}",
        "ends": [f"{row.code}@{new[row.code].valid_from or BEGINS}" for row in rows],
        "begins": [
            {
                "code": row.code,
                "name": row.name,
                "level": "commune",
                "kind": row.type,
                "parent": f"{province}@{new[province].valid_from or BEGINS}",
                "source": f"Nghị quyết {number}",
                "origin": {"name": "sourced", "parent": "sourced", "valid_from": "unknown"},
            }
            for row in rows
        ],
        "links": [
            {
                "from": f"{row.code}@{new[row.code].valid_from or BEGINS}",
                "to": f"{row.code}@",
                "kind": "same",
                "default": True,
            }
            for row in rows
        ],
        "agencies": {"begins": [], "ends": [], "receivers": []},
        "rules": [],
    }
