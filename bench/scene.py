"""The ledger of `hoso bench handover`: made in a folder of its own, loaded with the country through the same
functions as an office's, with the act drafted, simulated, approved by two officers and scheduled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from application import catalogue_loads, handovers, registry, simulating
from application.bulk import Bulk
from application.citizens import Identification
from application.clock import move_clock
from application.policy import Identity
from bench.country import Country, Officers, build, complete, officers_by_agency
from bench.dossiers import Loaded, Loader
from bench.lives import Plan
from bench.prototypes import Prototypes
from bench.teams import desks_of
from interfaces import wiring
from interfaces.cli import reference

SYSTEM = Identity("system", "bench")
OWNERS = 5_000
STARTS = datetime.fromisoformat("2025-06-01T00:00:00+07:00")
LOADED = datetime.fromisoformat("2025-06-28T08:00:00+07:00")
SAMPLE = 60_000

Json = dict[str, Any]
Say = Callable[[str], None]


@dataclass(slots=True)
class Scene:
    """What the phases work with. `owners`: applicants' ids; `parts`: of the act, once it is drafted."""

    opened: wiring.Opened
    country: Country
    officers: Officers
    owners: list[UUID]
    loaded: Loaded
    act: UUID | None = None
    parts: tuple[UUID, ...] = ()

    def officer(self, identifier: str, *roles: str) -> Identity:
        return Identity("officer", str(self.officers[identifier, roles][0]))

    @property
    def operators(self) -> list[Identity]:
        found = self.officers[self.country.places["01"].identifier, ("operator",)]
        return [Identity("officer", str(officer)) for officer in found]

    async def move(self, to: datetime) -> None:
        """Move the ledger's clock forward."""
        opened, services = self.opened, self.opened.services
        await move_clock(services.ledger, opened.recorder, services.reader, services.ledger_id, SYSTEM, to)


async def load_country(opened: wiring.Opened, say: Say) -> Scene:
    """Units, agencies, officers, procedures, calendars and applicants, as before the hour."""
    services, office = opened.services, opened.services.registry
    units, succession = wiring.read_units(wiring.UNITS), wiring.read_succession(wiring.SUCCESSION)
    country = build(units, succession, wiring.read_procedures(wiring.PROCEDURES))
    say("Loading calendars and procedures")
    await catalogue_loads.load_calendar(office, SYSTEM, reference.calendar_entries())
    await catalogue_loads.load_procedures(office, SYSTEM, country.procedures)
    say(f"Loading {len(country.places):,} units")
    await registry.load_units(office, SYSTEM, reference.unit_entries(wiring.UNITS, era="old", provinces=()))
    say(f"Loading {len(country.places):,} agencies")
    await registry.load_agencies(office, SYSTEM, country.agencies())
    say(f"Loading {len(country.staff):,} officers")
    await registry.load_officers(office, SYSTEM, country.officers())
    say(f"Loading {OWNERS:,} applicants")
    owners = await _applicants(opened)
    moment = await services.reader.moment(fresh=True)
    return Scene(opened, country, officers_by_agency(moment.organisation, moment.now), owners, Loaded())


async def _applicants(opened: wiring.Opened) -> list[UUID]:
    services = opened.services
    bulk = Bulk(services.ledger, services.reader, opened.counters, opened.persons)
    owners: list[UUID] = []
    while len(owners) < OWNERS:
        await bulk.begin()
        for number in range(len(owners), min(OWNERS, len(owners) + 1000)):
            who = Identification("person", f"Người dân {number}", "personal_number", f"999{number:09d}")
            owners.append(bulk.identify(SYSTEM, who))
        await bulk.flush()
    return owners


async def load_dossiers(scene: Scene, count: int, chance: Random, say: Callable[[int, int], None]) -> None:
    """Plan `count` open dossiers and record their June. Nobody else has the ledger open."""
    opened, services = scene.opened, scene.opened.services
    plan = Plan(scene.country, count, chance)
    await services.ledger.keyring.ensure(scene.owners)
    moment = await services.reader.moment(fresh=True)
    loader = Loader(
        Prototypes(services.ledger.codec),
        services.ledger.keyring.claim_value,
        moment.organisation,
        desks_of(moment.organisation, scene.officers, moment.now),
        scene.owners,
        chance,
        moment.read_up_to,
        min(1.0, SAMPLE / plan.count),
    )
    scene.loaded = await asyncio.to_thread(loader.load, opened.database.owner, plan, say)
    await scene.move(LOADED)


async def prepare(scene: Scene, say: Say) -> Json:
    """Draft the act and bring each of its parts to its schedule; what the simulations counted in all."""
    office = scene.opened.services.handovers
    document = complete(scene.country, scene.officers)
    first, second = scene.operators
    say(f"Drafting the act of {len(document['parts'])} parts")
    drafted = await handovers.draft(office, first, document)
    scene.act = drafted.handover
    scene.parts = tuple(UUID(part) for part in drafted.counts["parts"])
    counted = dict.fromkeys(
        ("total", "provisional", "overdue", "due_after_the_hour", "no_rule", "several_rules"), 0
    )
    for number, part in enumerate(scene.parts, start=1):
        say(f"Simulating, approving and scheduling part {number} of {len(scene.parts)}")
        simulated = await simulating.simulate(office, first, part)
        for name in counted:
            counted[name] += simulated.counts[name]
        moment = await scene.opened.services.reader.moment(fresh=True)
        digest = moment.organisation.parts[part].digest()
        await handovers.approve(office, first, part, digest)
        await handovers.approve(office, second, part, digest)
        await handovers.schedule(office, first, part)
    return counted
