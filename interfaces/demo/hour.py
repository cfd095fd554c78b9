"""The hour of 1 July on a running ledger: traffic before, in and after it, forms opened before, the transfer.

The clock is moved to a few seconds before midnight; then the hour comes by itself, commands being under way.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from application.policy import Identity
from interfaces.demo import handover
from interfaces.demo.act import HOUR
from interfaces.demo.api import Api
from interfaces.demo.deeds import Deeds, Known
from interfaces.demo.killing import Killing
from interfaces.demo.life import Life, Lived
from interfaces.demo.plan import OPEN
from interfaces.demo.setting import Setting
from interfaces.demo.traffic import AFTER, Traffic
from interfaces.demo.world import CENTRE_BEFORE
from interfaces.services import Services

T = datetime.fromisoformat(HOUR)
TEN_TO = datetime.fromisoformat("2025-06-30T23:50:00+07:00")
SECONDS_LEFT = 3
LONGEST_WAIT = 60.0
CONSUMER = Identity("portal", "demo-consumer")


def traffic_for(
    api: Api, setting: Setting, june: Life, untouched: Collection[Lived], chance: Random
) -> Traffic:
    """A client that knows the open dossiers of June, but for some that it leaves as they are."""
    levels = {code: entry["level_after"] for code, entry in setting.catalogue.items()}
    listed = {code for code, entry in setting.catalogue.items() if "payment" in entry}
    deeds = Deeds(setting.world, levels, listed, str(june.agencies[CENTRE_BEFORE]), chance)
    known = [
        Known(
            d.carried.code,
            d.filing.district,
            str(d.owner),
            deeds.receiver(d.filing.procedure, d.filing.place),
        )
        for d in june.dossiers
        if d.carried.status in OPEN and not any(d is one for one in untouched)
    ]
    chance.shuffle(known)
    online = [
        (code, entry["level_before"], tuple(paper["id"] for paper in entry["components"][:1]))
        for code, entry in setting.catalogue.items()
        if entry["level_before"] != "province"
        and entry["level_after"] != "abolished"
        and any(line["channel"] == "online" for line in entry["channels"])
    ]
    agencies = {identifier: str(id_) for identifier, id_ in june.agencies.items()}
    return Traffic(api, setting.world, deeds, known, agencies, online, chance)


@dataclass(slots=True)
class Hour:
    """`progress`: what to call with (done, total) of the transfer."""

    api: Api
    services: Services
    setting: Setting
    traffic: Traffic
    consumer: Killing
    progress: Callable[[int, int], None]

    async def pass_(self, part: handover.Part, operator: Identity) -> tuple[int, int]:
        """From ten minutes to midnight until the transfer is finished; how many forms that were opened before
        were sent before the transfer, and after it."""
        try:
            return await self._passed(part, operator)
        except BaseExceptionGroup as group:  # the first that went wrong says it best
            raise _first(group) from group

    async def _passed(self, part: handover.Part, operator: Identity) -> tuple[int, int]:
        async with self._around():
            await self.setting.move(TEN_TO)
            await self.traffic.open_forms()
            await asyncio.sleep(1.0)
            await self.traffic.look_ahead()
            await self.setting.move(T - timedelta(seconds=SECONDS_LEFT))
            await self._until_the_hour()
            self.traffic.phase = AFTER
            early = await self.traffic.send_forms(0.5)
            # Nobody waits for the transfer: the operator begins when the night's work is well under way.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.traffic.under_way.wait(), LONGEST_WAIT)
            await handover.transfer(self.api, operator, part, self.progress)
            late = await self.traffic.send_forms(1.0)
            await asyncio.sleep(0.5)
        return early, late

    @asynccontextmanager
    async def _around(self) -> AsyncIterator[None]:
        """Traffic, and a consumer that is killed at random; both have finished when this is left."""
        stop_traffic, stop_consumer = asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            going = tasks.create_task(self.traffic.run(stop_traffic))
            tasks.create_task(self.consumer.run(stop_consumer))
            try:
                yield
            finally:
                stop_traffic.set()
                await asyncio.wait({going})
                stop_consumer.set()

    async def _until_the_hour(self) -> None:
        while True:
            now, _ = await self.services.ledger.recorder.clock()
            if now >= T:
                return
            await asyncio.sleep(min(0.2, (T - now).total_seconds() + 0.01))


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
