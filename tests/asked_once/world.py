"""The office in which the machine of papers walks, on a loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import date
from typing import Any, TypeVar

from tests.office import asked_papers as asking
from tests.office.province import OLD_DESKS
from tests.office.world import Office, open_office
from tests.support import Database

T = TypeVar("T")
DAY_ONE = date(2025, 6, 1)
RESULT = "KQ.G15.000031"
OWNERS = 3
OUTCOMES = ("found", "not_found", "unavailable", "inconsistent")
PROCEDURES: dict[str, dict[str, str | None]] = {
    "1.000011": {"ks": "birth_extract", "kh": RESULT, "don": None},
    "1.000012": {"khai-sinh": "birth_extract", "ho-khau": "household_book"},
    "1.000013": {"gks-1": "birth_extract", "so": "household_book", "ket-hon": RESULT, "gks-con": None},
}
OTHERS = {"gks-con": "birth_extract"}
"""Papers about somebody else than the owner: of no kind for the model, since nothing of the owner's stands
for them."""
DESKS = tuple(OLD_DESKS.values())


async def furnish(office: Office) -> None:
    """The procedures, and the handover of every desk on 1 July."""
    for code, papers in PROCEDURES.items():
        said = tuple(
            {"component": paper}
            | ({"kind": kind} if kind else {})
            | ({"kind": OTHERS[paper], "whose": "other"} if paper in OTHERS else {})
            for paper, kind in papers.items()
        )
        await asking.published(office, code, said)
    await office.scheduled()


class World:
    """The open office on a loop of its own."""

    def __init__(self, database: Database) -> None:
        self._loop = asyncio.Runner()
        self._stack = AsyncExitStack()
        self.office = self.run(self._open(database))
        self.owners = [self.run(self.office.applicant(f"Người {n}")) for n in range(OWNERS)]

    async def _open(self, database: Database) -> Office:
        office = await self._stack.enter_async_context(open_office(database))
        await furnish(office)
        return office

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self._loop.run(doing)

    def close(self) -> None:
        self.run(self._stack.aclose())
        self._loop.close()
