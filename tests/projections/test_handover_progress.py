"""The view `handover`, and snapshots: what an operator sees of a part, and what a program takes of a view."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest
from psycopg import AsyncConnection

from domain import handover_facts as h
from domain.handed_over_facts import DossierAcknowledged, DossierTransferRefused
from projections.directory import Directory
from projections.handover import HandoverProgress
from projections.handover_queries import parts, progress, transfers
from projections.rebuild import rebuild
from projections.runner import Runner
from projections.snapshot import UnknownView, snapshot
from projections.status import Status
from projections.view import View
from tests.projections import dossiers as lives
from tests.projections import world as w
from tests.support import Database

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def shown(views: Database, log: w.MemoryLog) -> None:
    made: list[View] = [Status(), Directory(), HandoverProgress()]
    await Runner(views.app_dsn, log.port(), made).catch_up(log.head)


def placement(
    cls: Any, dossier: lives.DossierFacts, number: int, version: int, agency: Any, **values: Any
) -> Any:
    return cls(
        originator_id=w.uid(103, number),
        originator_version=version,
        envelope=w.envelope(w.HOUR, agency),
        dossier=dossier.id,
        part=w.PART,
        agency=agency,
        **values,
    )


async def test_progress_counts_what_is_to_move_what_moved_and_what_was_answered(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    made = [lives.DossierFacts(w.uid(100, n)) for n in range(4)]
    for n, dossier in enumerate(made):
        log.add(dossier.submitted(w.NOW, w.DISTRICT_DESK[0], w.OLD[n + 2]), w.NOW)
    for fact in [*w.part_facts(), w.scheduled()]:
        log.add(fact, w.NOW)
    await shown(views, log)
    found = await progress(reading, w.PART, w.NOW)
    assert found is not None
    assert (found["state"], found["counts"]["to_move"], found["counts"]["handed_over"]) == ("scheduled", 4, 0)
    for n in range(3):
        log.add(
            lives.handed_over(made[n].id, n, w.DISTRICT_DESK[0], w.NEW_DESK[1 + (n == 2)], status=1), w.HOUR
        )
    log.add(placement(DossierAcknowledged, made[0], 0, 1, w.NEW_DESK[1], papers="confirmed"), w.HOUR + DAY)
    refusal = placement(DossierTransferRefused, made[2], 2, 1, w.NEW_DESK[2], reason=w.sealed(made[2].id))
    log.add(refusal, w.HOUR + DAY)
    await shown(views, log)
    found = await progress(reading, w.PART, w.HOUR)
    assert found is not None
    assert found["state"] == "transferring"
    counts = {k: v for k, v in found["counts"].items() if v}
    assert counts == {"to_move": 4, "handed_over": 3, "provisional": 1, "acknowledged": 1, "refused": 1}
    assert [row["dossier"] for row in await transfers(reading, w.PART, undecided=True)] == [made[2].id]
    log.add(lives.placed(made[2].id, 2, 2, w.HOUR + 2 * DAY, w.NEW_DESK[2], w.NEW_DESK[0]), w.HOUR + 2 * DAY)
    await shown(views, log)
    found = await progress(reading, w.PART, w.HOUR)
    assert found is not None
    assert (found["counts"]["refused"], found["counts"]["placed"]) == (0, 1)
    assert await transfers(reading, w.PART, undecided=True) == []


async def test_the_state_of_a_part_follows_its_facts_and_its_hour(
    views: Database, log: w.MemoryLog, reading: AsyncConnection[Any]
) -> None:
    def fact(cls: Any, number: int, **values: Any) -> Any:
        return cls(
            originator_id=w.PART,
            originator_version=number,
            envelope=w.envelope(w.NOW),
            part_version=1,
            **values,
        )

    steps = [
        (w.part_facts(), "drafted"),
        ([fact(h.PartSimulated, 6, digest="d", at_position=1, counts={"open": 2})], "simulated"),
        ([fact(h.PartApproved, 7, digest="d")], "simulated"),
        ([fact(h.PartApproved, 8, digest="d")], "approved"),
        ([w.scheduled(number=9)], "scheduled"),
    ]
    for facts, state in steps:
        for each in facts:
            log.add(each, w.NOW)
        await shown(views, log)
        [row] = await parts(reading, w.NOW)
        assert row["state"] == state
    [row] = await parts(reading, w.HOUR)
    assert (row["state"], row["simulated"]) == ("effective", {"open": 2})
    log.add(fact(h.TransferFinished, 10, handed_over=0, digest="d"), w.HOUR)
    await shown(views, log)
    assert [row["state"] for row in await parts(reading, w.HOUR)] == ["transferred"]


async def test_a_snapshot_is_the_view_at_its_stated_position_whatever_goes_on(
    views: Database, log: w.MemoryLog
) -> None:
    for n in range(1200):
        dossier = lives.DossierFacts(w.uid(100, n + 1))
        log.add(dossier.submitted(w.NOW, w.DISTRICT_DESK[0], w.OLD[1]), w.NOW)
    await shown(views, log)
    head = log.head
    async with snapshot(views.app_dsn, "status", w.NOW) as taken:
        first = await anext(taken.lines)
        log.add(lives.DossierFacts(w.uid(100, 5000)).submitted(w.NOW, w.OLD_DESK[0]), w.NOW)
        await shown(views, log)
        await rebuild(views.app_dsn, log.port(), Status())
        rest = [chunk async for chunk in taken.lines]
    rows = [orjson.loads(line) for chunk in [first, *rest] for line in chunk.splitlines()]
    assert (taken.position, len(rows)) == (head, 1200)
    assert (rows[0]["holder"], rows[0]["place"]) == ("210@2025-06-30", "07201@2025-06-30")
    assert rows[0]["holder_identifier"] == "D0"


@pytest.mark.parametrize(("view", "amount"), [("queue", 1), ("directory", 14), ("handover", 0)])
async def test_every_view_has_a_snapshot(views: Database, log: w.MemoryLog, view: str, amount: int) -> None:
    log.add(lives.DossierFacts(w.uid(100, 1)).submitted(w.NOW, w.DISTRICT_DESK[0]), w.NOW)
    for fact in [*w.part_facts(), w.scheduled()]:
        log.add(fact, w.NOW)
    await shown(views, log)
    async with snapshot(views.app_dsn, view, w.NOW) as taken:
        lines = [line async for chunk in taken.lines for line in chunk.splitlines()]
    assert len(lines) == amount


async def test_an_unknown_view_is_named_with_those_that_exist(views: Database) -> None:
    with pytest.raises(UnknownView, match="there are status, queue, directory, handover"):
        async with snapshot(views.app_dsn, "other", w.NOW):
            pass
