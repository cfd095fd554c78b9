"""The legal act of 1 July 2025 for former Bắc Giang, as the file that an operator drafts a handover from.

Format: application/draft_file.py. Number, dates and succession are the real act's; receivers, default heirs,
who closes the books and who moves where are assumed. No commune was split: a district's links are `part`, its
communes' `whole`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from interfaces.demo.world import CENTRE_AFTER, CENTRE_BEFORE, FIRST_DAY, LAST_DAY, PROVINCE, SOURCE, World

HOUR = "2025-07-01T00:00:00+07:00"
PART = "Bắc Ninh (phần Bắc Giang cũ)"
OLD, NEW = f"@{LAST_DAY}", f"@{FIRST_DAY}"


def act_document(world: World, levels: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The act's file. `levels`: the catalogue, with `code`, `level_after` and `level_after_origin`."""
    return {
        "number": "1658/NQ-UBTVQH15",
        "title": "Sắp xếp các đơn vị hành chính cấp xã của tỉnh Bắc Ninh năm 2025",
        "issued_on": "2025-06-16",
        "effective_at": HOUR,
        "reference": "Nghị quyết 202/2025/QH15; Nghị quyết 1658/NQ-UBTVQH15",
        "parts": [
            {
                "name": PART,
                "province": PROVINCE + NEW,
                "ends": _ends(world),
                "begins": _begins(world),
                "links": _links(world),
                "agencies": {
                    "begins": world.agencies_after,
                    "ends": _closings(world),
                    "receivers": _receivers(world),
                },
                "rules": [
                    {
                        "procedure": entry["code"],
                        "level": entry["level_after"],
                        "origin": entry["level_after_origin"],
                    }
                    for entry in levels
                ],
                "postings": _postings(world),
            }
        ],
    }


def _ends(world: World) -> list[str]:
    return [PROVINCE + OLD, *(code + OLD for code in (*world.districts, *world.before))]


def _begins(world: World) -> list[dict[str, Any]]:
    def unit(code: str, name: str, level: str, kind: str, parent: str | None) -> dict[str, Any]:
        return {
            "code": code,
            "name": name,
            "level": level,
            "kind": kind,
            "parent": parent,
            "source": SOURCE,
            "origin": {"name": "sourced", "valid_from": "sourced"},
        }

    return [
        unit(PROVINCE, world.province[1], "province", "Tỉnh", None),
        *(unit(c.code, c.name, "commune", c.kind, PROVINCE + NEW) for c in world.after.values()),
    ]


def _links(world: World) -> list[dict[str, Any]]:
    def link(old: str, new: str, kind: str, default: bool = True) -> dict[str, Any]:
        return {"from": old + OLD, "to": new + NEW, "kind": kind, "default": default}

    return [
        link(PROVINCE, PROVINCE, "whole"),
        *(
            link(district.code, heir, "part", default=heir == district.heirs[0])
            for district in world.districts.values()
            for heir in district.heirs
        ),
        *(link(commune.code, commune.heir, "whole") for commune in world.before.values()),
    ]


def _closings(world: World) -> list[dict[str, str]]:
    """Each agency that ends, its default heir, and who closes its books: an officer who decides there."""
    return [
        {
            "agency": agency["identifier"],
            "heir": world.heir_desk(agency["identifier"]),
            "closed_by": str(world.staff("decider", agency["identifier"])[0].id),
        }
        for agency in world.agencies
    ]


def _receivers(world: World) -> list[dict[str, str]]:
    return [
        {"unit": PROVINCE + NEW, "level": "province", "agency": CENTRE_AFTER},
        *({"unit": c.code + NEW, "level": "commune", "agency": c.desk} for c in world.after.values()),
    ]


def _postings(world: World) -> list[dict[str, str]]:
    """District officers spread over the communes that follow; all others go with their agency to its heir."""
    return [
        {"officer": str(officer.id), "from": officer.at, "to": officer.after}
        for officer in world.officers
        if officer.at != CENTRE_BEFORE and officer.after != world.heir_desk(officer.at)
    ]
