"""What the view `handover` keeps of answers, refusals and papers follows from the facts alone: the same in
pages of any size as in a rebuild, and the same as a naive count."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from psycopg import AsyncConnection

from domain.handed_over_facts import DossierAcknowledged, DossierPlaced, DossierTransferRefused
from domain.papers_facts import Original, PapersChecked, PapersListed
from projections import coordination_queries
from projections.handover import HandoverProgress
from projections.rebuild import rebuild
from projections.runner import Runner
from tests.projections import dossiers as lives
from tests.projections import world as w
from tests.support import Database

pytestmark = pytest.mark.anyio

DOSSIERS = 12
NEVER = datetime.max.replace(tzinfo=w.HOUR.tzinfo)
Waiting = dict[UUID, tuple[UUID, datetime]]
"""Naively: of each dossier that waits for an answer, whose, since when."""


class Told:
    """A log of transfers and answers in a random order, and what is to be kept of it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.log = w.MemoryLog()
        self.at = w.HOUR
        self.versions: Counter[UUID] = Counter()
        self.waiting: Waiting = {}
        self.stated: dict[UUID, int] = {}
        self.answered: dict[UUID, datetime] = {}
        self.refused: set[UUID] = set()
        self.boxes: dict[UUID, tuple[str, int]] = {}
        for _ in range(120):
            self.at += timedelta(minutes=self.chance.randrange(50))
            dossier = w.uid(100, self.chance.randrange(DOSSIERS))
            self.chance.choice((self.transfer, self.transfer, self.answer, self.place, self.papers))(dossier)

    def transfer(self, dossier: UUID) -> None:
        version = self.stated.get(dossier, 0) + 1
        if version > 2:
            return
        effective = w.HOUR if version == 1 else self.at
        to, number = self.chance.choice(w.NEW_DESK), dossier.int % 1000 * 10 + version
        fact = lives.handed_over(dossier, number, w.DISTRICT_DESK[0], to)
        self.log.add(replace(fact, part_version=version, effective_at=effective), self.at)
        self.stated[dossier] = version
        if self.answered.get(dossier, effective - timedelta(1)) < effective:
            self.waiting[dossier] = (to, self.at)

    def answer(self, dossier: UUID) -> None:
        fields: dict[str, Any] = self.beside(dossier) | {"agency": self.chance.choice(w.NEW_DESK)}
        if self.chance.random() < 0.5:
            self.log.add(DossierAcknowledged(**fields, papers="none"), self.at)
            self.refused.discard(dossier)
        else:
            text = w.sealed(dossier)
            self.log.add(DossierTransferRefused(**fields, reason=text, suggests=None), self.at)
            self.refused.add(dossier)
        self.answered[dossier] = self.at
        self.waiting.pop(dossier, None)

    def place(self, dossier: UUID) -> None:
        to = self.chance.choice(w.NEW_DESK)
        fields = self.beside(dossier) | {"from_agency": w.NEW_DESK[0], "to_agency": to}
        self.log.add(DossierPlaced(**fields, ground=w.sealed(dossier)), self.at)
        self.refused.discard(dossier)
        self.answered[dossier] = self.at
        self.waiting[dossier] = (to, self.at)

    def papers(self, dossier: UUID) -> None:
        fields = self.beside(dossier, kind=106) | {"agency": w.DISTRICT_DESK[0]}
        box, missing = f"H-{self.chance.randrange(3)}", self.chance.randrange(3)
        if dossier in self.boxes and self.chance.random() < 0.5:
            lacking = (Original("c1", missing),) if missing else ()
            self.log.add(PapersChecked(**fields, box=box, found=(), missing=lacking), self.at)
            self.boxes[dossier] = (self.boxes[dossier][0], missing)
        else:
            self.log.add(PapersListed(**fields, box=box, originals=(Original("c1", 2),)), self.at)
            self.boxes[dossier] = (box, 0)

    def beside(self, dossier: UUID, kind: int = 103) -> dict[str, Any]:
        stream = w.uid(kind, dossier.int % 1000)
        self.versions[stream] += 1
        return {
            "originator_id": stream,
            "originator_version": self.versions[stream],
            "envelope": w.envelope(self.at, w.NEW_DESK[0]),
            "dossier": dossier,
            "part": w.PART,
        }


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("page", [1, 7, 1000])
async def test_it_is_the_same_in_any_pages_and_as_counted_naively(
    views: Database, reading: AsyncConnection[Any], seed: int, page: int
) -> None:
    told = Told(seed)
    await Runner(views.app_dsn, told.log.port(), [HandoverProgress()], page=page).catch_up(told.log.head)
    silent = await coordination_queries.silent(reading, [w.PART], NEVER, after=None, limit=100)
    assert {row["agency"]: row["waiting"] for row in silent} == Counter(to for to, _ in told.waiting.values())
    cursor = await reading.execute("SELECT dossier FROM handover.refusal")
    assert {dossier for (dossier,) in await cursor.fetchall()} == told.refused
    boxes = await coordination_queries.boxes(reading, w.PART, agency=None, after=None, limit=100)
    listed, missing = Counter[str](), Counter[str]()
    for box, lacking in told.boxes.values():
        listed[box] += 1
        missing[box] += lacking
    assert {row["box"]: row["dossiers"] for row in boxes} == dict(listed)
    assert {row["box"]: row["missing"] for row in boxes} == dict(missing)
    result = await rebuild(views.app_dsn, told.log.port(), HandoverProgress())
    assert (result.compared_at, result.differences) == (told.log.head, [])
