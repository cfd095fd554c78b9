"""The demo from beginning to end: June is lived, the handover prepared, the hour passed, and all counted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from random import Random
from uuid import UUID

import orjson

from application.policy import Identity
from interfaces import wiring
from interfaces.cli.audit import audited
from interfaces.cli.output import Working
from interfaces.cli.run import Call
from interfaces.demo import citizen, figures, handover
from interfaces.demo.act import act_document
from interfaces.demo.api import Api, Json
from interfaces.demo.consumer import Received
from interfaces.demo.hour import CONSUMER, Hour, T, traffic_for
from interfaces.demo.killing import Killing
from interfaces.demo.life import Life, Lived
from interfaces.demo.plan import OPEN, SAME_CODE
from interfaces.demo.setting import Setting, life, load, write_act
from interfaces.demo.tally import Tally
from interfaces.demo.world import CENTRE_AFTER, CENTRE_BEFORE

PREPARED = datetime.fromisoformat("2025-06-27T17:00:00+07:00")
MORNING = datetime.fromisoformat("2025-07-01T08:00:00+07:00")


@dataclass(slots=True)
class Phases:
    """Seconds by phase, and what the progress line says."""

    working: Working
    took: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str, title: str) -> Iterator[None]:
        began = time.monotonic()
        self.working.at(0, None, title)
        yield
        self.took[name] = time.monotonic() - began


@dataclass(slots=True)
class Happened:
    """What was seen on the way. `forms`: sent before the transfer, and after it."""

    setting: Setting
    june: Life
    simulated: Json
    example: Lived
    before: citizen.Look
    after: citizen.Look
    tally: Tally
    received: Received
    forms: tuple[int, int]
    statuses: dict[str, dict[str, int]]


@dataclass(slots=True)
class Outcome:
    """`document`: for --json. `names`: of agencies, by id. `tokens`: for trying the API."""

    document: Json
    table: list[figures.DistrictFigures]
    code: str
    before: citizen.Look
    after: citizen.Look
    names: dict[str, str]
    tokens: dict[str, str]


class Day:
    """One run on an open, empty demo ledger that is served at `url`."""

    def __init__(self, opened: wiring.Opened, url: str, working: Working, dossiers: int, seed: int) -> None:
        self._opened = opened
        self._services = opened.services
        self._url = url
        self._working = working
        self._count = dossiers
        self._seed = seed
        self._phases = Phases(working)

    async def run(self, began: float) -> Outcome:
        """Live it. `began`: where the seconds are counted from. Raises api.Unexpected where the API answers
        what it should not."""
        async with Api(self._url, self._services.tokens.issue) as api:
            return await self._counted(api, await self._lived(api), began)

    async def _lived(self, api: Api) -> Happened:
        with self._phases.phase("loading", "Loading units, agencies and officers"):
            setting = await load(self._opened, self._seed)
        june = life(self._opened, setting, self._count)
        with self._phases.phase("living", "Living through June 2025"):
            await june.until(PREPARED, self._living)
        operators = self._staff(setting, "operator", CENTRE_BEFORE)
        with self._phases.phase("preparing", "Drafting, simulating, approving and scheduling the handover"):
            document = act_document(setting.world, setting.catalogue.values())
            text = orjson.dumps(document, option=orjson.OPT_INDENT_2)
            await asyncio.to_thread(write_act, self._opened.settings.data_dir, text)
            part, simulated = await handover.prepare(api, operators, document)
        with self._phases.phase("last_days", "Living through the last days"):
            await june.until(T, self._living)
        statuses = figures.statuses_by_district(june, setting.world)
        example = self._example(june)
        before = await citizen.look(api, example.carried.code, str(example.owner))
        _, head = await self._services.ledger.recorder.clock()
        folder, killing = self._opened.settings.data_dir, Random(self._seed + 2)
        consumer = Killing(self._url, api.token(CONSUMER), folder, head, killing)
        untouched = [example, *self._same_code(setting, june)]
        traffic = traffic_for(api, setting, june, untouched, Random(self._seed + 1))
        with self._phases.phase("hour", "Passing the hour of 1 July under traffic"):
            hour = Hour(api, self._services, setting, traffic, consumer, self._transferring)
            forms = await hour.pass_(part, operators[0])
        received = await asyncio.to_thread(consumer.received)
        after = await citizen.look(api, example.carried.code, str(example.owner))
        with self._phases.phase("receiving", "Acknowledging and reconciling"):
            await setting.move(MORNING)
            desks = {
                agency: self._staff(setting, "desk", june.identifier(UUID(agency)))[0]
                for agency in received.handed_over
            }
            await handover.acknowledge(api, part, received.handed_over, desks)
            await handover.reconcile(api, operators[0], part)
        return Happened(
            setting, june, simulated, example, before, after, traffic.tally, received, forms, statuses
        )

    def _living(self, facts: int) -> None:
        self._working.at(facts, None, f"Living through June 2025: {facts:,} facts recorded")

    def _transferring(self, done: int, total: int) -> None:
        self._working.at(done, total, "Transferring, while the traffic goes on")

    def _staff(self, setting: Setting, role: str, at: str) -> list[Identity]:
        return [Identity("officer", str(o.id)) for o in setting.world.staff(role, at)]

    def _example(self, june: Life) -> Lived:
        """A dossier in processing at a district that still has time, to be looked at before and after."""
        in_processing = [
            d
            for d in june.dossiers
            if d.carried.status == 4 and june.identifier(d.carried.holder).startswith("000.00.")
        ]
        in_time = [d for d in in_processing if d.carried.dossier.due and d.carried.dossier.due > T]
        return (in_time or in_processing or june.dossiers)[0]

    def _same_code(self, setting: Setting, june: Life) -> list[Lived]:
        """One open dossier, or none, of the ward whose code is another ward's from the hour on. Traffic could
        end the few that lie there; one has to pass the hour for the code's sake."""
        desk = setting.world.before[SAME_CODE].desk
        lying = (
            d
            for d in june.dossiers
            if d.carried.status in OPEN
            and june.identifier(d.carried.holder) == desk
            and setting.catalogue[d.filing.procedure]["level_after"] == "commune"
        )
        return list(islice(lying, 1))

    async def _counted(self, api: Api, seen: Happened, began: float) -> Outcome:
        world, june = seen.setting.world, seen.june
        auditor = self._staff(seen.setting, "auditor", CENTRE_AFTER)[0]
        _, head = await self._services.ledger.recorder.clock()
        with self._phases.phase("counting", "Counting"):
            shown = await figures.read_shown(api, auditor, head)
            dates = await figures.dates_changed(self._services, shown)
            commands = figures.commands_in_the_hour(seen.received, shown, world)
        with self._phases.phase("audit", "Auditing the whole ledger"):
            audit = await audited(Call(self._opened, self._working))
        document = figures.document(
            shown=shown,
            issued={str(d.carried.dossier.id): d.carried.code for d in june.dossiers},
            changed_dates=dates,
            commands=commands,
            traffic=seen.tally.figures(),
            audit={"ok": audit.ok, "positions": audit.positions, "findings": len(audit.findings)},
            seconds=time.monotonic() - began,
            phases=self._phases.took,
            received=seen.received,
            forms=seen.forms,
            statuses=seen.statuses,
        )
        document["simulated"] = {k: v for k, v in seen.simulated.items() if isinstance(v, int)}
        document["unexpected"] = [*seen.tally.told, *(str(f["says"]) for f in audit.findings[:20])]
        agencies = (*world.agencies, *world.agencies_after)
        identifiers = {str(id_): identifier for identifier, id_ in june.agencies.items()}
        return Outcome(
            document,
            figures.by_district(shown, world, identifiers, commands),
            seen.example.carried.code,
            seen.before,
            seen.after,
            {str(june.agencies[a["identifier"]]): a["name"] for a in agencies},
            {"auditor": api.token(auditor), "consumer": api.token(CONSUMER)},
        )
