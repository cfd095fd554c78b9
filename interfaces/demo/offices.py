"""Who works where: agencies, officers and their postings, made up by a seeded generator and marked `assumed`,
since no source gives them.
"""

from __future__ import annotations

from itertools import cycle
from typing import Any

from interfaces.demo.people import People
from interfaces.demo.world import (
    CENTRE_AFTER,
    CENTRE_BEFORE,
    FIRST_DAY,
    LAST_DAY,
    PROVINCE,
    OfficerPlan,
    World,
)

HOURS = "07:30-11:30, 13:30-17:00, thứ Hai đến thứ Sáu"
ASSUMED = dict.fromkeys(("identifier", "name", "address", "hotline", "hours", "legal_form"), "assumed")

Roles = tuple[str, ...]
DISTRICT_DESK: tuple[Roles, ...] = (
    ("desk",),
    ("desk",),
    ("desk",),
    ("desk", "handler"),
    ("handler",),
    ("handler",),
    ("decider",),
)
DISTRICT_DIVISION: tuple[Roles, ...] = (("handler",), ("handler",), ("decider",))
COMMUNE_DESK: tuple[Roles, ...] = (("desk", "handler"), ("decider",))
CENTRE: tuple[Roles, ...] = (("desk",), ("desk",), ("handler",), ("handler",), ("decider",), ("decider",))
CENTRE_STAFF = ("operator", "operator", "registrar", "importer", "auditor")


def staff(world: World, people: People) -> World:
    """The world with its agencies and officers."""
    world.heirs = _heir_desks(world)
    _agencies(world, people)
    _officers(world, people)
    return world


def _heir_desks(world: World) -> dict[str, str]:
    heirs = {CENTRE_BEFORE: CENTRE_AFTER}
    for district in world.districts.values():
        heirs[district.desk] = heirs[district.division] = world.after[district.heirs[0]].desk
    return heirs | {c.desk: world.after[c.heir].desk for c in world.before.values()}


def _agencies(world: World, people: People) -> None:
    was, now = world.province

    def entry(
        identifier: str, name: str, kind: str, unit: str, within: str, parent: str | None
    ) -> dict[str, Any]:
        return {
            "identifier": identifier,
            "name": name,
            "kind": kind,
            "unit": unit,
            "parent": parent,
            "address": people.address(within),
            "hotline": people.phone(),
            "hours": HOURS,
            "legal_form": "đơn vị thuộc Ủy ban nhân dân",
            "origin": dict(ASSUMED),
        }

    centre = "Trung tâm Phục vụ hành chính công"
    desk = "Bộ phận Tiếp nhận và Trả kết quả"
    old, new = f"@{LAST_DAY}", f"@{FIRST_DAY}"
    add, begin = world.agencies.append, world.agencies_after.append
    add(entry(CENTRE_BEFORE, f"{centre} {was}", "centre", PROVINCE + old, was, None))
    for d in world.districts.values():
        add(entry(d.desk, f"{desk} {d.name}", "desk", d.code + old, f"{d.name}, {was}", None))
        name = f"Phòng Nông nghiệp và Môi trường {d.name}"
        add(entry(d.division, name, "division", d.code + old, f"{d.name}, {was}", d.desk))
    for c in world.before.values():
        within = f"{c.name}, {world.districts[c.district].name}, {was}"
        add(entry(c.desk, f"{desk} {c.name}", "desk", c.code + old, within, None))
    begin(entry(CENTRE_AFTER, f"{centre} {now}", "centre", PROVINCE + new, now, None))
    for c in world.after.values():
        begin(entry(c.desk, f"{centre} {c.name}", "desk", c.code + new, f"{c.name}, {now}", None))


def _officers(world: World, people: People) -> None:
    def appoint(roles: tuple[str, ...], at: str, after: str) -> None:
        number = f"BG-{len(world.officers) + 1:04d}"
        world.officers.append(OfficerPlan(number, people.name(), roles, at, after))

    for role in CENTRE_STAFF:
        appoint((role,), CENTRE_BEFORE, CENTRE_AFTER)
    for roles in CENTRE:
        appoint(roles, CENTRE_BEFORE, CENTRE_AFTER)
    for district in world.districts.values():
        heirs = cycle(district.heirs)
        for at, table in ((district.desk, DISTRICT_DESK), (district.division, DISTRICT_DIVISION)):
            for roles in table:
                appoint(roles, at, world.after[next(heirs)].desk)
    for commune in world.before.values():
        for roles in COMMUNE_DESK:
            appoint(roles, commune.desk, world.after[commune.heir].desk)
