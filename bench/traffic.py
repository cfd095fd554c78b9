"""The traffic as the benchmark directs it: what its client works with is written out, the client is a process
of its own (bench/client.py) and hears what phase it is by lines.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import orjson

from application.act_documents import BEGINS, ENDS
from application.policy import Identity
from bench.country import Country, Place
from bench.dossiers import Open
from bench.scene import Scene

FORMS, DESKS, OWNERS = 600, 1_500, 500
ACTED_ON = frozenset((1, 2, 4, 5, 6, 9))
PORTAL = Identity("portal", "bench")
STOP_SECONDS = 90.0

Json = dict[str, Any]


def receiver(country: Country, opened: Open) -> str:
    """The desk (identifier) that receives the dossier at the hour, by procedure and place."""
    commune = opened.life.commune
    if country.levels[opened.life.kind.procedure][1] == "commune":
        return commune.after
    return country.places[commune.province].after


class Plan:
    """Writes what the client works with."""

    def __init__(self, scene: Scene, chance: Random) -> None:
        self._scene = scene
        self._chance = chance
        self._tokens: dict[Identity, str] = {}
        self._ids: dict[str, str] = {}
        self._units = {desk: code for code, desk in scene.country.desks.items()}
        self._teams: dict[str, Place] = {}
        for place in scene.country.places.values():
            if place.level != "district":
                self._teams.setdefault(place.after, place)

    async def write(self, folder: Path, url: str, known: Sequence[Open]) -> None:
        moment = await self._scene.opened.services.reader.moment(fresh=True)
        self._ids = {a.identifier: str(a.id) for a in moment.organisation.agencies.values()}
        country = self._scene.country
        address = urlsplit(url)
        places = [p for p in country.at("commune") if not (p.split or p.stays)]
        self._chance.shuffle(places)
        auditor = self._scene.officer(country.places["01"].identifier, "auditor")
        owners = [Identity("applicant", str(owner)) for owner in self._scene.owners[:OWNERS]]
        plan = {
            "host": address.hostname,
            "port": address.port,
            "portal": self._token(PORTAL),
            "auditor": self._token(auditor),
            "owners": [(owner.id, self._token(owner)) for owner in owners],
            "forms": list(self._forms(places[:FORMS])),
            "desks": [
                (self._ids[p.identifier], self._ids[p.after], self._token(self._desk(p)))
                for p in (*places[:DESKS], *country.at("province"), *country.at("district"))
            ],
        }
        (folder / "plan.json").write_bytes(orjson.dumps(plan))
        with (folder / "known.ndjson").open("wb") as file:
            for opened in known:
                file.write(orjson.dumps(self._known(opened)) + b"\n")
        for name in ("plan.json", "known.ndjson"):
            (folder / name).chmod(0o600)

    def _token(self, who: Identity) -> str:
        if who not in self._tokens:
            self._tokens[who] = self._scene.opened.services.tokens.issue(who.kind, who.id)
        return self._tokens[who]

    def _desk(self, place: Place) -> Identity:
        return self._scene.officer(place.identifier, "desk", "handler")

    def _team(self, place: Place) -> Json:
        desk, decider = self._desk(place), self._scene.officer(place.identifier, "decider")
        return {"desk": self._token(desk), "decider": self._token(decider), "worker": desk.id}

    def _forms(self, places: Sequence[Place]) -> Iterator[Json]:
        """What is filed: at communes of both levels' procedures, at a district what its own heir receives."""
        country = self._scene.country
        by_level: dict[str, list[str]] = {"commune": [], "district": []}
        for entry in country.procedures:
            before, after = country.levels[entry["code"]]
            offered = {line["channel"] for line in entry["versions"][0]["channels"]}
            if after == "commune" and before in by_level and {"counter", "online"} <= offered:
                by_level[before].append(entry["code"])
        for place in places:
            district = country.places[place.district or ""]
            at_district = district.after == place.after and self._chance.random() < 0.5
            at, level = (district, "district") if at_district else (place, "commune")
            yield {
                "procedure": self._chance.choice(by_level[level]),
                "place": f"{place.code}@{ENDS}",
                "new_place": f"{self._units[place.after]}@{BEGINS}",
                "agency": self._ids[at.identifier],
                "new_agency": self._ids[at.after],
                **self._team(at),
            }

    def _known(self, opened: Open) -> Json:
        life = opened.life
        to = receiver(self._scene.country, opened)
        at_home = life.holder.after == to
        place = life.holder if at_home else self._teams.get(to)
        team: Json = {"desk": "", "decider": "", "worker": ""}
        if place is not None and life.target in ACTED_ON:
            team = self._team(place)
        owner = Identity("applicant", opened.owner.decode())
        return {
            "code": opened.code,
            "status": life.target,
            "revision": opened.version,
            "owner": self._token(owner) if life.target == 5 else "",
            "later": not at_home,
            **team,
        }


class Traffic:
    """The running client."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def closed(self, word: str, seconds: float) -> Json:
        """Answers a second in a closed loop: `warm` or `max`."""
        self.tell(word, seconds)
        return await self._answer(seconds + 60)

    def tell(self, word: str, value: object = "") -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word} {value}\n".encode())

    async def stop(self) -> Json:
        """Its figures, once what was begun has ended."""
        self.tell("stop")
        return await self._answer(STOP_SECONDS)

    async def _answer(self, seconds: float) -> Json:
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), seconds)
        if not line:
            raise RuntimeError("the traffic's client has ended; see what it said above")
        answer: Json = orjson.loads(line)
        return answer


@asynccontextmanager
async def traffic(folder: Path) -> AsyncIterator[Traffic]:
    """A client of what is written in `folder`, ready; ended by its id when this is left."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.client", str(folder)),
        stdin=asyncio.subprocess.PIPE,  # it ends when this process does
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
        cwd=Path(__file__).parents[1],
        limit=2**24,
    )
    running = Traffic(process)
    try:
        await running._answer(120)
        yield running
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()
