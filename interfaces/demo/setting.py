"""Setting the demo up: a fresh ledger of its own on the demo clock, loaded with the world of June 2025."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from application import catalogue_loads, registry
from application.bulk import Bulk
from application.clock import move_clock
from application.policy import Identity
from interfaces import wiring
from interfaces.cli import reference
from interfaces.demo.june import FIRST
from interfaces.demo.life import Life
from interfaces.demo.offices import staff
from interfaces.demo.people import People
from interfaces.demo.plan import filings
from interfaces.demo.world import PROVINCE, World, build

LOADER = Identity("system", "demo")
STARTS = datetime.fromisoformat(f"{FIRST}T00:00:00+07:00")

Catalogue = Mapping[str, Mapping[str, Any]]


def demo_settings(settings: wiring.Settings) -> wiring.Settings:
    """The same settings for a ledger of the demo's own, embedded, in `demo` of the data directory."""
    folder = settings.data_dir / "demo"
    return replace(
        settings,
        database_url="",
        database_owner_url="",
        data_dir=folder,
        secrets_dir=folder / "secrets",
        token="",
        tlog="",
        head="",
        origin="",
    )


@dataclass(slots=True)
class Setting:
    """What the demo plays with. `catalogue`: procedures by code."""

    world: World
    people: People
    catalogue: Catalogue
    chance: Random
    move: Callable[[datetime], Awaitable[object]]


async def load(opened: wiring.Opened, seed: int) -> Setting:
    """Load calendars, hours, procedures, units, agencies and officers as they were in June 2025."""
    services, chance = opened.services, Random(seed)
    people = People(chance, wiring.read_names(wiring.NAMES))
    units, succession = wiring.read_units(wiring.UNITS), wiring.read_succession(wiring.SUCCESSION)
    world = staff(build(units, succession), people)
    office = services.registry
    await catalogue_loads.load_calendar(office, LOADER, reference.calendar_entries())
    await catalogue_loads.load_hours(office, LOADER, wiring.read_hours(wiring.HOURS))
    await catalogue_loads.load_procedures(office, LOADER, reference.catalogue(wiring.PROCEDURES).entries)
    old = reference.unit_entries(wiring.UNITS, era="old", provinces=(PROVINCE,))
    await registry.load_units(office, LOADER, old)
    await registry.load_agencies(office, LOADER, world.agencies)
    await registry.load_officers(office, LOADER, _officers(world))
    for officer in world.officers:
        officer.id = await services.ledger.find("officer", officer.number)
    catalogue = {entry["code"]: entry for entry in wiring.read_procedures(wiring.PROCEDURES)}

    async def move(to: datetime) -> None:
        await move_clock(services.ledger, opened.recorder, services.reader, services.ledger_id, LOADER, to)

    return Setting(world, people, catalogue, chance, move)


def _officers(world: World) -> list[dict[str, Any]]:
    return [
        {"number": o.number, "name": o.name, "postings": [{"agency": o.at, "roles": list(o.roles)}]}
        for o in world.officers
    ]


def life(opened: wiring.Opened, setting: Setting, dossiers: int) -> Life:
    """June, planned and ready to be lived through."""
    services = opened.services
    bulk = Bulk(services.ledger, services.reader, opened.counters, opened.persons)
    planned = filings(dossiers, setting.world, list(setting.catalogue.values()), setting.chance)
    return Life(bulk, setting.world, setting.people, setting.catalogue, planned, setting.chance, setting.move)


def write_act(folder: Path, document: bytes) -> Path:
    """Keep the act's file where an operator can look at it."""
    path = folder / "act-2025-07-01.json"
    path.write_bytes(document)
    return path
