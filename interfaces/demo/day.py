"""The demo from beginning to end: June is lived, the handover prepared, the hour passed, and all counted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import orjson

from application.policy import Identity
from interfaces import wiring
from interfaces.cli.audit import audited
from interfaces.cli.output import Working
from interfaces.cli.run import Call
from interfaces.demo import citizen, figures, handover
from interfaces.demo.act import HOUR, act_document
from interfaces.demo.api import Api, Json
from interfaces.demo.consumer import Received, follow_and_be_killed
from interfaces.demo.deeds import Deeds, Known
from interfaces.demo.life import Life, Lived
from interfaces.demo.setting import Setting, life, load, write_act
from interfaces.demo.traffic import AFTER, AT, Traffic
from interfaces.demo.world import CENTRE_AFTER, CENTRE_BEFORE

T = datetime.fromisoformat(HOUR)
PREPARED = datetime.fromisoformat("2025-06-27T17:00:00+07:00")
TEN_TO = datetime.fromisoformat("2025-06-30T23:50:00+07:00")
MORNING = datetime.fromisoformat("2025-07-01T08:00:00+07:00")
SECONDS_LEFT = 3
LONGEST_WAIT = 60.0
OPEN = (1, 2, 4, 5, 6, 9)


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
class Outcome:
    """`document`: for --json; the rest is what people are shown."""

    document: Json
    table: list[figures.DistrictFigures]
    simulated: Json
    code: str
    before: citizen.Look
    after: citizen.Look
    names: dict[str, str]
    told: list[str]
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

    async def run(self) -> Outcome:
        """Live it. Raises api.Unexpected where the API answers what it should not."""
        began = time.monotonic()
        async with Api(self._url, self._services.tokens.issue) as api:
            with self._phases.phase("loading", "Loading units, agencies and officers"):
                setting = await load(self._opened, self._seed)
            june = life(self._opened, setting, self._count)
            with self._phases.phase("living", "Living through June 2025"):
                await june.until(PREPARED, self._living)
            with self._phases.phase(
                "preparing", "Drafting, simulating, approving and scheduling the handover"
            ):
                operators = self._staff(setting, "operator", CENTRE_BEFORE)
                part, simulated = await self._prepare(api, setting, operators)
            with self._phases.phase("last_days", "Living through the last days"):
                await june.until(T, self._living)
            example = self._example(june)
            looked = await citizen.look(api, example.carried.code, str(example.owner))
            received = Received(cursor=(await self._services.ledger.recorder.clock())[1])
            traffic = self._traffic(api, setting, june, example)
            with self._phases.phase("hour", "Passing the hour of 1 July"):
                forms = await self._hour(api, setting, part, operators[0], traffic, received)
            with self._phases.phase("receiving", "Acknowledging and reconciling"):
                after = await citizen.look(api, example.carried.code, str(example.owner))
                await self._receive(api, setting, part, operators[0], june, received)
            return await self._counted(
                api, setting, june, simulated, traffic, received, forms, example, looked, after, began
            )

    def _living(self, facts: int) -> None:
        self._working.at(facts, None, f"Living through June 2025: {facts:,} facts recorded")

    def _staff(self, setting: Setting, role: str, at: str) -> list[Identity]:
        return [Identity("officer", str(o.id)) for o in setting.world.staff(role, at)]

    async def _prepare(
        self, api: Api, setting: Setting, operators: list[Identity]
    ) -> tuple[handover.Part, Json]:
        document = act_document(setting.world, setting.catalogue.values())
        text = orjson.dumps(document, option=orjson.OPT_INDENT_2)
        await asyncio.to_thread(write_act, self._opened.settings.data_dir, text)
        return await handover.prepare(api, operators, document)

    def _example(self, june: Life) -> Lived:
        """A dossier in processing at a district, to be looked at before and after."""
        return next(
            d
            for d in june.dossiers
            if d.carried.status == 4 and june.identifier(d.carried.holder).startswith("000.00.21.")
        )

    def _traffic(self, api: Api, setting: Setting, june: Life, example: Lived) -> Traffic:
        chance = Random(self._seed + 1)
        levels = {code: entry["level_after"] for code, entry in setting.catalogue.items()}
        deeds = Deeds(setting.world, levels, str(june.agencies[CENTRE_BEFORE]), chance)
        known = [
            Known(
                d.carried.code,
                d.filing.district,
                str(d.owner),
                deeds.receiver(d.filing.procedure, d.filing.place),
            )
            for d in june.dossiers
            if d.carried.status in OPEN and d is not example
        ]
        chance.shuffle(known)
        online = [
            (code, entry["level_before"])
            for code, entry in setting.catalogue.items()
            if entry["level_before"] != "province"
            and entry["level_after"] != "abolished"
            and any(line["channel"] == "online" for line in entry["channels"])
        ]
        agencies = {identifier: str(id_) for identifier, id_ in june.agencies.items()}
        return Traffic(api, setting.world, deeds, known, agencies, online, chance)

    async def _hour(
        self,
        api: Api,
        setting: Setting,
        part: handover.Part,
        operator: Identity,
        traffic: Traffic,
        received: Received,
    ) -> tuple[int, int]:
        """From ten minutes to midnight until the transfer is finished, under traffic; how many forms that
        were opened before were sent before and after the transfer."""
        async with self._around(api, traffic, received):
            await setting.move(TEN_TO)
            await traffic.open_forms()
            await asyncio.sleep(1.0)
            traffic.phase = AT
            await asyncio.sleep(0.5)  # what was begun without looking ahead is answered by now
            await setting.move(T - timedelta(seconds=SECONDS_LEFT))
            await self._until_the_hour()
            traffic.phase = AFTER
            early = await traffic.send_forms(0.5)
            # Nobody waits for the transfer: the operator begins when the night's work is well under way.
            await asyncio.wait_for(traffic.under_way.wait(), LONGEST_WAIT)

            def progress(done: int, total: int) -> None:
                self._working.at(done, total, "Transferring, while the traffic goes on")

            await handover.transfer(api, operator, part, progress)
            late = await traffic.send_forms(1.0)
            await asyncio.sleep(0.5)
        return early, late

    @asynccontextmanager
    async def _around(self, api: Api, traffic: Traffic, received: Received) -> AsyncIterator[None]:
        """Traffic, and a consumer that is killed at random; both have finished when this is left."""
        stop_traffic, stop_consumer = asyncio.Event(), asyncio.Event()
        consumer = Identity("portal", "demo-consumer")
        async with asyncio.TaskGroup() as tasks:
            going = tasks.create_task(traffic.run(stop_traffic))
            tasks.create_task(
                follow_and_be_killed(api, consumer, received, stop_consumer, Random(self._seed + 2))
            )
            try:
                yield
            finally:
                stop_traffic.set()
                await asyncio.wait({going})
                stop_consumer.set()

    async def _until_the_hour(self) -> None:
        while True:
            now, _ = await self._services.ledger.recorder.clock()
            if now >= T:
                return
            await asyncio.sleep(min(0.2, (T - now).total_seconds() + 0.01))

    async def _receive(
        self,
        api: Api,
        setting: Setting,
        part: handover.Part,
        operator: Identity,
        june: Life,
        received: Received,
    ) -> None:
        """In the morning every receiving desk acknowledges what came, as the feed told it; then the operator
        reconciles."""
        await setting.move(MORNING)
        desks = {
            agency: self._staff(setting, "desk", june.identifier(UUID(agency)))[0]
            for agency in received.handed_over
        }
        await handover.acknowledge(api, part, received.handed_over, desks)
        await handover.reconcile(api, operator, part)

    async def _counted(
        self,
        api: Api,
        setting: Setting,
        june: Life,
        simulated: Json,
        traffic: Traffic,
        received: Received,
        forms: tuple[int, int],
        example: Lived,
        before: citizen.Look,
        after: citizen.Look,
        began: float,
    ) -> Outcome:
        auditor = self._staff(setting, "auditor", CENTRE_AFTER)[0]
        _, head = await self._services.ledger.recorder.clock()
        with self._phases.phase("counting", "Counting"):
            shown = await figures.read_shown(api, auditor, head)
            dates = await figures.dates_changed(self._services, shown)
        commands = figures.commands_in_the_hour(received, shown, setting.world)
        with self._phases.phase("audit", "Auditing the whole ledger"):
            audit = await audited(Call(self._opened, self._working))
        identifiers = {str(id_): identifier for identifier, id_ in june.agencies.items()}
        document = figures.document(
            shown=shown,
            issued={str(d.carried.dossier.id): d.carried.code for d in june.dossiers},
            changed_dates=dates,
            commands=commands,
            traffic=traffic.tally.figures(),
            audit={"ok": audit.ok, "positions": audit.positions, "findings": len(audit.findings)},
            seconds=time.monotonic() - began,
            phases=self._phases.took,
            received=received,
            forms=forms,
        )
        names: dict[str, str] = {
            str(june.agencies[a["identifier"]]): a["name"]
            for a in (*setting.world.agencies, *setting.world.agencies_after)
        }
        told = [*traffic.tally.told, *(str(finding["says"]) for finding in audit.findings[:20])]
        tokens = {"auditor": api.token(auditor), "consumer": api.token(Identity("portal", "demo-consumer"))}
        document["unexpected"] = told
        table = figures.by_district(shown, setting.world, identifiers, commands)
        return Outcome(document, table, simulated, example.carried.code, before, after, names, told, tokens)


def promises_kept(document: dict[str, Any]) -> bool:
    """Whether every figure that must be zero is, and every other as it should be."""
    traffic = document["traffic"]
    zero = ("holders_other_than_one", "codes_changed", "due_dates_changed")
    return (
        not any(document[name] for name in zero)
        and not traffic["failed"]
        and traffic["refused"] == traffic["refused_as_meant"]
        and document["audit"]["ok"]
        and min(document["commands_in_the_hour_by_district"].values()) > 0
    )
