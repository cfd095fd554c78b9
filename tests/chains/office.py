"""The made-up country on a real ledger, opened and opened again: what the machine does to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from contextlib import AsyncExitStack, aclosing
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from psycopg import AsyncConnection

from application.catalogue_loads import load_calendar, load_procedures
from application.handovers import approve, draft, schedule
from application.policy import Identity
from application.registry import UnitEntry, load_agencies, load_officers, load_units
from application.simulating import simulate
from application.transfer import Progress, transfer
from tests.chains.land import CLOSER, FIRST, PROVINCE, PROVINCE_DESK, Land
from tests.chains.replay import Replay, read
from tests.office.province import LEVELS, SYSTEM, agency_entry, calendar_2025, procedure_entry
from tests.office.world import Office, open_office
from tests.support import Database
from tests.views_made import prepare_views

T = TypeVar("T")
OPERATORS = ("first operator", "second operator")

_ROWS = """
SELECT position, recorded_at, stream_id, version, topic, payload FROM event ORDER BY position"""


async def furnish(office: Office) -> None:
    """One province with four communes, a desk each; four officers at each desk, and the province's own."""

    def unit(code: str, level: str, parent: str | None) -> UnitEntry:
        return UnitEntry(code, f"Đơn vị {code}", level, level, parent, FIRST, FIRST, "tests", {})

    land = Land.first()
    units = [
        unit(PROVINCE, "province", None),
        *(unit(p.code, "commune", PROVINCE) for p in land.places.values()),
    ]
    await load_units(office.registry, SYSTEM, units)
    desks = [agency_entry(p.desk, "desk", p.reference) for p in land.places.values()]
    await load_agencies(
        office.registry, SYSTEM, [agency_entry(PROVINCE_DESK, "centre", f"{PROVINCE}@{FIRST}"), *desks]
    )
    roles = ["desk", "handler", "decider"]
    posts = {number: (p.desk, roles) for p in land.places.values() for number in p.officers}
    posts |= {"central": (PROVINCE_DESK, roles)} | {name: (PROVINCE_DESK, ["operator"]) for name in OPERATORS}
    entries = [
        {"number": number, "name": f"Cán bộ {number}", "postings": [{"agency": agency, "roles": held}]}
        for number, (agency, held) in posts.items()
    ]
    await load_officers(office.registry, SYSTEM, entries)
    await know_officers(office)
    await load_procedures(office.registry, SYSTEM, [procedure_entry(code) for code in LEVELS])
    await load_calendar(office.registry, SYSTEM, [calendar_2025()])


async def know_officers(office: Office) -> None:
    """Officers by number, from the ledger."""
    numbers = [number for p in Land.first().places.values() for number in p.officers]
    for number in (*numbers, "central", *OPERATORS):
        found = await office.opened.ledger.find("officer", number)
        office.officers[number] = Identity("officer", str(found))


class Country:
    """The open office on a loop of its own. `crash` drops the process's memory and opens the ledger anew."""

    def __init__(self, database: Database, *, furnished: bool) -> None:
        self._database = database
        self._loop = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.run(prepare_views(database))
        self.office = self.run(self._open(furnished))

    async def _open(self, furnished: bool) -> Office:
        furnishing = know_officers if furnished else furnish
        opening = open_office(self._database, furnishing, again=furnished)
        return await self._stack.enter_async_context(opening)

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self._loop.run(doing)

    def crash(self) -> None:
        self.run(self._stack.aclose())
        self._stack = AsyncExitStack()
        self.office = self.run(self._open(furnished=True))

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._loop.close()

    # acts

    def operator(self, number: int = 0) -> Identity:
        return self.office.officers[OPERATORS[number]]

    def prepared(self, document: dict[str, Any]) -> dict[str, Any]:
        """The file with the ids of officers."""
        text = json.dumps(document).replace(f'"{CLOSER}"', f'"{self.office.officers["central"].id}"')
        prepared: dict[str, Any] = json.loads(text)
        return prepared

    async def scheduled(self, document: dict[str, Any]) -> UUID:
        """Draft, simulate, approve twice, schedule; the part's id."""
        answer = await draft(self.office.handovers, self.operator(), self.prepared(document))
        assert answer.part is not None
        await self.through(answer.part)
        return answer.part

    async def through(self, part: UUID) -> None:
        """A drafted version: simulated, approved by two officers, scheduled."""
        handovers = self.office.handovers
        await simulate(handovers, self.operator(), part)
        digest = (await self.office.reader.moment(fresh=True)).organisation.parts[part].digest()
        for number in (0, 1):
            await approve(handovers, self.operator(number), part, digest)
        await schedule(handovers, self.operator(), part)

    async def transferred(self, part: UUID, stop_after: int | None = None) -> Progress | None:
        """Run the transfer; `stop_after`: stop it after so many of its steps, wherever that is."""
        steps: list[Progress] = []
        async with aclosing(transfer(self.office.handovers, self.operator(), part)) as running:
            async for progress in running:
                steps.append(progress)
                if len(steps) == stop_after:
                    break
        return steps[-1] if steps else None

    # reading

    async def now(self) -> datetime:
        return (await self.office.opened.recorder.clock())[0]

    async def rows(self) -> Replay:
        async with await AsyncConnection.connect(self._database.owner_dsn) as connection:
            cursor = await connection.execute(_ROWS)
            return read(await cursor.fetchall())
