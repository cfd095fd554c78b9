"""The traffic's client, a process of its own: `python -m bench.client FOLDER`, driven by lines on standard
input.

    warm SECONDS     the same as `max`, under another name
    max SECONDS      closed loop with CALLERS callers; answers {"per_second", "answers"}
    run RATE         open loop from now on: requests at random instants, RATE a second in the mean
    phase NAME       what is scheduled from now on belongs to this phase
    hour AT          the hour comes at AT (CLOCK_MONOTONIC, seconds); what is scheduled around it is its phase
    over             the hour is over: everything may be acted on
    stop             let what was begun end, and answer with the figures

Latency counts from the instant for which a request was scheduled, not from when it could be sent: a server
that stalls is charged for everybody who would have come meanwhile. Every answer is judged.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from array import array
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import orjson
import uvloop

from bench.deeds import Deed, Deeds
from bench.http_caller import Caller, Lost

CALLERS, MOST_CALLERS = 32, 200
BEFORE_HOUR, AFTER_HOUR = 2.0, 10.0
QUIET = frozenset(("idle", "held", "after"))
"""Phases in which the traffic goes on and nothing else works; their requests count as `quiet` too."""
REPEATS = 5
MOST_TOLD = 30

Json = dict[str, Any]


@dataclass(slots=True)
class Phase:
    """Latencies in seconds of commands and reads, and what became of them. `refused_as_meant`: of `ok`."""

    commands: array[float] = field(default_factory=lambda: array("d"))
    reads: array[float] = field(default_factory=lambda: array("d"))
    counts: Counter[str] = field(default_factory=Counter)

    def figures(self) -> Json:
        return {"commands": _spread(self.commands), "reads": _spread(self.reads), **self.counts}


def _spread(seconds: array[float]) -> Json:
    ordered = sorted(seconds)
    if not ordered:
        return {"count": 0}
    at = {
        f"p{p}_ms": round(1000 * ordered[min(len(ordered) - 1, len(ordered) * p // 100)], 2) for p in (50, 99)
    }
    return {"count": len(ordered), **at, "max_ms": round(1000 * ordered[-1], 2)}


class Client:
    def __init__(self, folder: Path) -> None:
        self._plan: Json = orjson.loads((folder / "plan.json").read_bytes())
        self._deeds = Deeds(self._plan, Random(1))
        with (folder / "known.ndjson").open("rb") as file:
            self._deeds.take_in(orjson.loads(line) for line in file)
        self._free: deque[Caller] = deque()
        self._made = 0
        self._waiting: deque[float] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._phases: defaultdict[str, Phase] = defaultdict(Phase)
        self._phase = "warm-up"
        self._told: list[str] = []
        self._rate = 0.0

    def _caller(self) -> Caller | None:
        if self._free:
            return self._free.popleft()
        if self._made >= MOST_CALLERS:
            return None
        self._made += 1
        return Caller(self._plan["host"], self._plan["port"], self._made - 1)

    # The two loops

    async def closed(self, seconds: float, name: str) -> Json:
        """As many as there are callers, each asking again as soon as it is answered."""
        until = time.monotonic() + seconds
        answers = 0

        async def loop() -> None:
            nonlocal answers
            caller = self._caller()
            assert caller is not None
            while (now := time.monotonic()) < until:
                await self._do(caller, now, (name,))
                answers += 1
            self._free.append(caller)

        await asyncio.gather(*(loop() for _ in range(CALLERS)))
        return {"per_second": round(answers / seconds, 1), "answers": answers}

    async def open(self) -> None:
        """For ever: a request at each scheduled instant, by whoever is free, else by who becomes so first."""
        chance = Random(2)
        at = time.monotonic()
        while True:
            at += chance.expovariate(self._rate)
            if (ahead := at - time.monotonic()) > 0.001:
                await asyncio.sleep(ahead)
            self._waiting.append(at)
            self._give()

    def _give(self) -> None:
        while self._waiting and (caller := self._caller()) is not None:
            task = asyncio.create_task(self._serve(caller, self._waiting.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, caller: Caller, at: float) -> None:
        await self._do(caller, at, self._names(at))
        self._free.append(caller)
        self._give()

    def _names(self, at: float) -> tuple[str, ...]:
        hour = self._deeds.hour_at
        if hour is None or not -BEFORE_HOUR <= at - hour <= AFTER_HOUR:
            return (self._phase, "quiet") if self._phase in QUIET else (self._phase,)
        return ("hour", "first_second") if 0 <= at - hour < 1 else ("hour",)

    # One request

    async def _do(self, caller: Caller, at: float, names: tuple[str, ...]) -> None:
        deed = self._deeds.next(caller, at)
        counts: Counter[str] = Counter()
        try:
            status, body = await self._asked(caller, deed, counts)
        except Lost as lost:
            counts["failed"] += 1
            self._tell(names[0], deed, str(lost))
        else:
            if status == deed.status:
                counts["ok"] += 1
                counts["refused_as_meant"] += status >= 400
                self._deeds.answered(deed, body)
            else:
                counts["failed"] += 1
                counts["refused"] += 400 <= status < 500
                self._tell(names[0], deed, f"{status} {body[:400].decode(errors='replace')}")
        took = time.monotonic() - at
        for name in names:
            phase = self._phases[name]
            (phase.commands if deed.command else phase.reads).append(took)
            phase.counts.update(counts)

    async def _asked(self, caller: Caller, deed: Deed, counts: Counter[str]) -> tuple[int, bytes]:
        """The answer; after a broken connection the same request once more, under the same key."""
        for patience in range(REPEATS):
            try:
                return await caller.ask(deed.sent)
            except Lost as lost:
                if lost.late or patience == REPEATS - 1:
                    raise
                counts["repeats"] += 1
                await asyncio.sleep(0.05 * (1 + patience))
        raise AssertionError("unreachable")

    def _tell(self, phase: str, deed: Deed, what: str) -> None:
        if len(self._told) < MOST_TOLD:
            self._told.append(f"{phase}: {deed.what}: {what}")

    # What it is told

    async def follow(self, lines: asyncio.StreamReader) -> None:
        opening: asyncio.Task[None] | None = None
        while line := await lines.readline():
            word, _, value = line.decode().strip().partition(" ")
            match word:
                case "warm" | "max":
                    _say(await self.closed(float(value), "maximum" if word == "max" else "warm-up"))
                case "run":
                    self._rate = float(value)
                    opening = asyncio.create_task(self.open())
                case "phase":
                    self._phase = value
                case "hour":
                    self._deeds.hour_at = float(value)
                case "over":
                    self._deeds.hour_is_over()
                case "stop":
                    break
        if opening is not None:
            opening.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=60)
        _say({"phases": {n: p.figures() for n, p in self._phases.items()}, "unexpected": self._told})


def _say(document: Json) -> None:
    sys.stdout.buffer.write(orjson.dumps(document) + b"\n")
    sys.stdout.buffer.flush()


async def _main(folder: Path) -> None:
    client = Client(folder)
    gc.freeze()
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    _say({"ready": True})
    await client.follow(reader)


def main() -> None:
    uvloop.run(_main(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
