"""`hoso bench handover`: the whole country through its hour, under live traffic, with real processes.

T1, T2 and A6 of the speed targets, each beside what it is measured against in the same run on the same
machine; and what must hold whatever the machine: no command refused or lost, one holder for every dossier, no
process beyond its memory. `run` returns the document of `hoso bench handover --json`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from bench import held
from bench.processes import Beside, Peaks, environment, figures_of, hoso, serving
from bench.scene import STARTS, Scene, load_country, load_dossiers, prepare
from bench.summary import lock_of, missed, summed_up
from bench.traffic import Plan, Traffic, traffic
from interfaces import databases, wiring
from interfaces.cli.schema import Clock, make
from projections.shown import tracking

HOUR = datetime.fromisoformat("2025-07-01T00:00:00+07:00")
EVENING = datetime.fromisoformat("2025-06-30T22:00:00+07:00")
BEFORE, AFTER = 12.0, 12.0
"""Real seconds lived through before the hour and after it."""
WARM_UP = 5.0
SETTLES = 2.0
"""Seconds, at least, in which the read models come up once the transfer is held; counted for neither."""
SHOWN_SECONDS = 7_200.0

Json = dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """`dossiers`: open ones. Seconds of the closed loop, of idleness, after everything, and in turn for which
    the transfer works and for which it is held."""

    dossiers: int
    workers: int
    maximum: float
    idle: float
    after: float
    works: float
    held: float
    audit: bool

    @classmethod
    def of(cls, dossiers: int, workers: int, audit: bool) -> Size:
        large = dossiers >= 500_000
        small = dossiers < 50_000
        idle = 60.0 if large else 8.0 if small else 20.0
        works, held = (60.0, 8.0) if large else (5.0, 2.0) if small else (15.0, 5.0)
        audited = audit or dossiers <= 100_000
        return cls(dossiers, workers, 5.0 if small else 10.0, idle, idle / 2, works, held, audited)


@dataclass
class Run:
    """One run. `took`: seconds by phase."""

    size: Size
    say: Say
    folder: Path
    took: dict[str, float] = field(default_factory=dict)
    peaks: Peaks = field(default_factory=Peaks)
    found: Json = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str, sentence: str) -> Iterator[None]:
        began = time.monotonic()
        self.say(sentence)
        yield
        self.took[name] = round(time.monotonic() - began, 1)

    async def all(self) -> Json:
        settings = wiring.Settings(data_dir=self.folder / "data", secrets_dir=self.folder / "secrets")
        async with AsyncExitStack() as stack:
            with self.phase("ledger", "Making the ledger"):
                database = await stack.enter_async_context(databases.open_fresh(settings))
                await make(settings, database, Clock.demo, STARTS)
                opened = await stack.enter_async_context(wiring.open_ledger(settings))
            with self.phase("country", "Loading the country"):
                scene = await load_country(opened, self.say)
            with self.phase("dossiers", f"Recording the June of {self.size.dossiers:,} dossiers"):
                await load_dossiers(scene, self.size.dossiers, Random(1), self._recorded)
            await stack.enter_async_context(self.peaks.watched())
            own = environment(settings.data_dir, settings.secrets_dir)
            log = self.folder / "hoso.log"
            url = await stack.enter_async_context(serving(own, self.size.workers, log))
            with self.phase("views", "Building the read models"):
                await self._shown(opened)
            await self._prepared(scene)
            await self._lived(scene, url, own, log)
            if self.size.audit:
                with self.phase("audit", "Auditing the whole ledger"):
                    auditor = scene.officer(scene.country.places["01"].identifier, "auditor")
                    token = opened.services.tokens.issue("officer", auditor.id)
                    audit = await hoso(own | {"HOSO_TOKEN": token}, "audit", log=log)
                self.found["audit"] = {"ok": audit["ok"], "positions": audit["positions"]}
                self.found["audit"]["findings"] = audit["findings"][:20]
            self.found["machine"] = await asyncio.to_thread(self._machine, database.owner)
        return summed_up(self.found, self.took, self.peaks.mebibytes, scene, self.size.audit)

    def _recorded(self, facts: int, _: int) -> None:
        self.say(f"Recording the June of {self.size.dossiers:,} dossiers: {facts:,} facts so far")

    async def _prepared(self, scene: Scene) -> None:
        self.found["size"] = {"dossiers": scene.loaded.dossiers, "facts": scene.loaded.facts}
        self.found["size"]["officers"] = len(scene.country.staff)
        with self.phase("preparing", "Preparing the act"):
            self.found["simulated"] = await prepare(scene, self.say)
        with self.phase("carrying", "Waiting until the read models show the next holders"):
            await self._shown(scene.opened)
        with self.phase("tidying", "Vacuum, statistics and a checkpoint, as after any large load"):
            await asyncio.to_thread(_tidy, scene.opened.database.owner)
        self.found["shares"] = await held.shares(scene, HOUR)

    async def _lived(self, scene: Scene, url: str, own: dict[str, str], log: Path) -> None:
        quiet, busy = held.left_alone(scene.loaded.known)
        await Plan(scene, Random(2)).write(self.folder, url, busy)
        await scene.move(EVENING)
        before = await held.looked_at(scene, quiet)
        async with traffic(self.folder) as client:
            await self._under_traffic(scene, client, own, log)
            figures = await client.stop()
        self.found["phases"], self.found["unexpected"] = figures["phases"], figures["unexpected"]
        with self.phase("checking", "Checking who holds what"):
            await self._shown(scene.opened)
            self.found["moved"] = await held.moved(scene)
            after = await held.looked_at(scene, quiet)
        self.found["untouched"] = {
            "looked_at": len(before),
            "changed": sum(before[code]["unchanged"] != after[code]["unchanged"] for code in before),
            "held_elsewhere_now": sum(before[code]["holder"] != after[code]["holder"] for code in before),
        }

    async def _under_traffic(self, scene: Scene, client: Traffic, own: dict[str, str], log: Path) -> None:
        with self.phase("maximum", "Measuring the most that the server answers"):
            await client.closed(
                "warm", WARM_UP
            )  # each web process reads the organisation at its first request
            most = await client.closed("max", self.size.maximum)
            behind = time.monotonic()
            await self._shown(scene.opened)
            behind = time.monotonic() - behind
        sustained = most["answers"] / (self.size.maximum + behind)
        rate = round(sustained / 2, 1)
        self.found["traffic"] = {
            "answered_per_second": most["per_second"],
            "read_models_behind_seconds": round(behind, 1),
            "most_per_second": round(sustained, 1),
            "per_second": rate,
        }
        client.tell("run", rate)
        await asyncio.sleep(2)
        with self.phase("idle", f"An ordinary evening at {rate:.0f} requests a second"):
            client.tell("phase", "idle")
            await asyncio.sleep(self.size.idle)
        with self.phase("hour", "Passing the hour"):
            client.tell("phase", "around")
            await scene.move(HOUR - timedelta(seconds=BEFORE))
            now, _ = await scene.opened.recorder.clock()
            left = (HOUR - now).total_seconds()
            client.tell("hour", time.monotonic() + left)
            await asyncio.sleep(left + AFTER)
            client.tell("over")
        operator = scene.opened.services.tokens.issue("officer", scene.operators[0].id)
        own = own | {"HOSO_TOKEN": operator}
        held_back: dict[str, Beside | None] = {
            "transfer": partial(self._held_back, scene.opened, client),
            "reconcile": None,
        }
        for verb, sentence in (("transfer", "Transferring"), ("reconcile", "Reconciling")):
            with self.phase(verb, f"{sentence} under traffic"):
                client.tell("phase", verb)
                self.found[verb] = await hoso(
                    own, "handover", verb, str(scene.act), log=log, beside=held_back[verb]
                )
        with self.phase("after", "The night goes on"):
            client.tell("phase", "after")
            await asyncio.sleep(self.size.after)

    async def _held_back(self, opened: wiring.Opened, client: Traffic, pid: int) -> None:
        """The transfer works and is held in turn, so that both are seen on the same log and in the same
        minutes: a machine that others use too is not equally fast in each of them."""
        try:
            while True:
                await asyncio.sleep(self.size.works)
                os.kill(pid, signal.SIGSTOP)
                since = time.monotonic()
                client.tell("phase", "settling")
                await asyncio.sleep(SETTLES)
                await self._shown(opened)
                client.tell("phase", "held")
                await asyncio.sleep(self.size.held)
                client.tell("phase", "transfer")
                os.kill(pid, signal.SIGCONT)
                stood = self.took.get("transfer_held", 0.0) + time.monotonic() - since
                self.took["transfer_held"] = round(stood, 1)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    async def _shown(self, opened: wiring.Opened) -> None:
        """Until every read model shows all that is recorded by now."""
        _, head = await opened.recorder.clock()
        patience = time.monotonic() + SHOWN_SECONDS
        while True:
            async with opened.services.views.pool.connection() as connection:
                rows = [row for row in await tracking(connection) if row.state != "kept"]
            if any(row.state == "stopped" for row in rows) or time.monotonic() > patience:
                raise RuntimeError(f"the read models did not come to position {head}: {rows}")
            least = min(row.position for row in rows)
            if least >= head:
                return
            self.say(f"The read models show {least:,} of {head:,} facts")
            await asyncio.sleep(0.5)

    def _machine(self, dsn: str) -> Json:
        from bench.stage import described

        with psycopg.connect(dsn) as connection:
            return described(connection)


def _tidy(dsn: str) -> None:
    with psycopg.connect(make_conninfo(dsn, user="postgres"), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that the database's account may pass, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


async def run(dossiers: int, say: Say, *, workers: int = 2, audit: bool = False) -> Json:
    """The benchmark's document. Its children are ended, and its folder is gone, also when it is cancelled."""
    with _folder() as folder:
        document = await Run(Size.of(dossiers, workers, audit), say, folder).all()
    say("A6: appending in bulk beside binary COPY")
    document["A6"] = await figures_of("bench.bulk") | {"lock_under_traffic": lock_of(document["transfer"])}
    return document | {"missed": missed(document)}
