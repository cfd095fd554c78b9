"""A client that keeps submitting, advancing and reading through the public API before the hour, in it, after.

Everything it does is lawful, but for some requests that are meant to be refused: a stale revision, an officer
posted elsewhere, a unit that is no more, a key used for another request. Some commands are sent twice under
the same key. Forms opened before the hour are sent after it, before or after their dossier's transfer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from random import Random
from typing import Any

import httpx

from application.policy import Identity
from interfaces.demo.act import HOUR
from interfaces.demo.api import Api, Json
from interfaces.demo.deeds import Deed, Deeds, Known
from interfaces.demo.life import PORTAL
from interfaces.demo.tally import Tally
from interfaces.demo.world import FIRST_DAY, LAST_DAY, Commune, World

WORKERS = 6
PAUSE = 0.02
REPEATED, REFUSED, SUBMITTED, READ = 0.08, 0.08, 0.12, 0.05
HELPED = 0.2
REASONS = ("no_account", "no_device", None)
"""Why papers are filed. The last is what an audit finds."""
LOOK_UPS = 20
UNDER_WAY = 320
FORMS_A_DISTRICT = 6
BEFORE, AT, AFTER = "before", "at", "after"
DEAD_PLACE = "07201"
"""An old ward whose code no commune has from 1 July."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form opened before the hour: a dossier, and what will be sent with the revision that was read."""

    known: Known
    deed: Deed


class Traffic:
    """`phase`: where the ledger's time is. `agencies`: ids by identifier; `online`: (procedure, level before,
    the first of its papers) that may be filed online and are not abolished."""

    def __init__(
        self,
        api: Api,
        world: World,
        deeds: Deeds,
        dossiers: Sequence[Known],
        agencies: dict[str, str],
        online: Sequence[tuple[str, str, tuple[str, ...]]],
        chance: Random,
    ) -> None:
        self._api = api
        self._world = world
        self._deeds = deeds
        self._agencies = agencies
        self._online = online
        self._chance = chance
        self._open: dict[str, deque[Known]] = {code: deque() for code in world.districts}
        self._owners: dict[str, list[str]] = {code: [] for code in world.districts}
        for known in dossiers:
            self._open[known.district].append(known)
            self._owners[known.district].append(known.owner)
        self._turn = cycle(world.districts)
        self._key = 0
        self._looks_left = LOOK_UPS
        self._forms: list[Form] = []
        self._hour = datetime.fromisoformat(HOUR)
        self.tally = Tally()
        self.phase = BEFORE
        self._since_the_hour = 0
        self._careless = 0
        self._careful = asyncio.Event()
        self.under_way = asyncio.Event()
        """Set when this many commands were recorded since the hour, by their answers."""

    async def run(self, until: asyncio.Event) -> None:
        """Keep on until told to stop; what has begun is finished."""
        async with asyncio.TaskGroup() as workers:
            for _ in range(WORKERS):
                workers.create_task(self._work(until))

    async def _work(self, until: asyncio.Event) -> None:
        while not until.is_set():
            careless = self.phase != AT
            self._careless += careless
            try:
                await self._one()
            except httpx.HTTPError as error:
                self.tally.lost("a request", error)
            finally:
                self._careless -= careless
                if self.phase == AT and not self._careless:
                    self._careful.set()
            await asyncio.sleep(self._chance.uniform(0, 2 * PAUSE))

    async def look_ahead(self) -> None:
        """From now on only what is lawful before the hour and after it; what was begun otherwise ends."""
        self.phase = AT
        await self._careful.wait()

    async def _one(self) -> None:
        draw = self._chance.random()
        district = next(self._turn)
        if draw < READ:
            await self._read(district)
        elif draw < READ + SUBMITTED or not self._open[district]:
            await self._submit(district)
        else:
            await self._advance(district)

    # Forms

    async def open_forms(self) -> None:
        """Open some forms of each district; their dossiers are touched by nobody else until they are sent."""
        for open_ in self._open.values():
            wanted = min(FORMS_A_DISTRICT, len(open_) // 2)
            for known in [open_.popleft() for _ in range(len(open_))]:
                deed = None
                if wanted:
                    deed = self._deeds.next(known, await self._state(known), fits_both=True)
                if deed is None or deed.revision is None:
                    open_.append(known)
                else:
                    self._forms.append(Form(known, deed))
                    wanted -= 1

    async def send_forms(self, share: float) -> int:
        """Send this share of the forms that are left, each with the revision it was opened with; how many."""
        self._chance.shuffle(self._forms)
        count = round(len(self._forms) * share)
        sending, self._forms = self._forms[:count], self._forms[count:]
        for form in sending:
            await self._do(form.known, form.deed, "a form opened before the hour")
            self._open[form.known.district].append(form.known)
        return len(sending)

    # What a worker does

    async def _state(self, known: Known) -> Json:
        answer = await self._api.get(PORTAL, f"/v1/dossiers/{known.code}")
        self.tally.good("reading a dossier", answer)
        state: Json = answer.json()
        return state

    async def _advance(self, district: str) -> None:
        known = self._open[district].popleft()
        phase = self.phase  # what is read now may be sent after the hour
        state = await self._state(known)
        deed = self._deeds.next(known, state, fits_both=phase == AT) if "status" in state else None
        if deed is None:
            if state.get("status") in (1, 2, 4, 5, 6, 9):
                self._open[district].append(known)
            return
        if phase != AT and self._chance.random() < REFUSED:
            await self._meant_refusal(known, state, deed)
        await self._do(known, deed, deed.act)
        self._open[district].append(known)

    async def _do(self, known: Known, deed: Deed, what: str) -> None:
        path, key = f"/v1/dossiers/{known.code}/{deed.act}", self._new_key()
        answer = await self._api.post(deed.who, path, deed.body, key=key, revision=deed.revision)
        if not self.tally.good(what, answer):
            return
        self._count(answer)
        if self._chance.random() < REPEATED:
            again = await self._api.post(deed.who, path, deed.body, key=key, revision=deed.revision)
            self.tally.same(what, answer, again)
        elif self._chance.random() < REFUSED / 2:
            other = deed.body | {"occurred_at": answer.json()["recorded_at"]}
            reused = await self._api.post(deed.who, path, other, key=key, revision=deed.revision)
            self.tally.meant("a key used for another request", 422, reused)

    async def _meant_refusal(self, known: Known, state: Json, deed: Deed) -> None:
        if deed.revision is None:
            return
        path = f"/v1/dossiers/{known.code}/{deed.act}"
        if self._chance.random() < 0.5:
            stale = deed.revision - 1 or deed.revision + 1
            answer = await self._api.post(deed.who, path, deed.body, key=self._new_key(), revision=stale)
            self.tally.meant("a stale revision", 412, answer)
        else:
            stranger = self._deeds.stranger(deed.role, state)
            answer = await self._api.post(
                stranger, path, deed.body, key=self._new_key(), revision=deed.revision
            )
            self.tally.meant("an officer posted elsewhere", 403, answer)

    async def _submit(self, district: str) -> None:
        """An applicant files online, also at a desk that is no more: then its heir receives. Some are helped
        by their commune's officer."""
        commune = self._chance.choice([c for c in self._world.before.values() if c.district == district])
        procedure, level, papers = self._chance.choice(self._online)
        desk = commune.desk if level == "commune" else self._world.districts[district].desk
        place = f"{commune.heir}@{FIRST_DAY}" if self.phase == AFTER else f"{commune.code}@{LAST_DAY}"
        owner = self._chance.choice(self._owners[district])
        body: dict[str, Any] = {
            "procedure": procedure,
            "channel": "online",
            "owner": owner,
            "place": place,
            "receiving_agency": self._agencies[desk],
            "components": [],
        }
        who, path = Identity("applicant", owner), "/v1/dossiers"
        if self.phase == AFTER and self._chance.random() < REFUSED:
            dead = body | {"place": DEAD_PLACE}
            answer = await self._api.post(who, path, dead, key=self._new_key())
            self.tally.meant("a place that is no more", 404, answer)
        if self.phase == AFTER and self._chance.random() < HELPED:
            who, helped = self._helped(commune, papers)
            body |= helped
        answer = await self._api.post(who, path, body, key=self._new_key())
        if self.tally.good("a submission", answer):
            self._count(answer)
            code = answer.json()["code"]
            receiver = self._deeds.receiver(procedure, commune.code)
            self._open[district].append(Known(code, district, owner, receiver))

    def _helped(self, commune: Commune, papers: tuple[str, ...]) -> tuple[Identity, Json]:
        """An officer of the new commune types in what somebody brought on paper, with a form that still names
        the old desk as the place that helps. Whoever receives is another agency, or the same."""
        desk = self._world.after[commune.heir].desk
        brought: Json = {
            "helping_agency": self._agencies[commune.desk],
            "components": [{"id": paper, "form": "original"} for paper in papers],
            "paper_reason": self._chance.choice(REASONS),
        }
        return Identity("officer", str(self._world.staff("desk", desk)[0].id)), brought

    async def _read(self, district: str) -> None:
        if self._looks_left and self._open[district]:
            self._looks_left -= 1
            code = self._open[district][0].code
            self.tally.good("a look-up by code", await self._api.get(None, f"/v1/track/{code}"))
            return
        if self.phase == AT:
            return
        desk = self._world.districts[district].desk
        if self.phase == AFTER:
            desk = self._world.heirs[desk]
        officer = Identity("officer", str(self._world.staff("desk", desk)[0].id))
        answer = await self._api.get(officer, f"/v1/queues/{self._agencies[desk]}", limit=20)
        self.tally.good("a desk's queue", answer)

    def _new_key(self) -> str:
        self._key += 1
        return f"traffic-{self._key}"

    def _count(self, answer: httpx.Response) -> None:
        if datetime.fromisoformat(answer.json()["recorded_at"]) >= self._hour:
            self._since_the_hour += 1
            if self._since_the_hour >= UNDER_WAY:
                self.under_way.set()
