"""The runner on the real log: killed again and again it ends with the same tables, and a rebuild agrees."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from psycopg import AsyncConnection

from application.ports import Item, Receipt
from infra.recorder import PostgresRecorder
from projections.directory import Directory
from projections.handover import HandoverProgress
from projections.rebuild import rebuild
from projections.shown import Shown, tracking
from projections.status import Status
from projections.view import View
from tests.projections import dossiers as lives
from tests.projections import world as w
from tests.projections.conftest import make_views
from tests.projections.runner_process import codec, log_of
from tests.support import Database

pytestmark = [pytest.mark.anyio, pytest.mark.faults]
ROOT = Path(__file__).parents[2]


async def test_a_runner_killed_again_and_again_ends_with_the_tables_of_a_rebuild(database: Database) -> None:
    await make_views(database)
    recorder = await PostgresRecorder.open(database.app_dsn)
    try:
        writing = asyncio.create_task(_write(recorder))
        for _ in range(6):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.projections.runner_process", database.app_dsn, cwd=ROOT
            )
            await asyncio.sleep(1.2)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        await writing
        _, head = await recorder.clock()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.projections.runner_process", database.app_dsn, cwd=ROOT
        )
        try:
            async with Shown(database.app_dsn) as shown:
                for view in ("status", "directory", "handover"):
                    await shown.wait_for(view, head, seconds=30)
        finally:
            process.kill()
            await process.wait()
        views: list[View] = [Status(), Directory(), HandoverProgress()]
        for each in views:
            result = await rebuild(database.app_dsn, log_of(recorder), each)
            assert (result.compared_at, result.differences) == (head, [])
        async with await AsyncConnection.connect(database.app_dsn) as connection:
            assert {row.parked for row in await tracking(connection)} == {0}
    finally:
        await recorder.close()


async def _write(recorder: PostgresRecorder) -> None:
    """Four hundred dossiers' facts, some at a time, over the life of the runners."""
    encode = codec().encode
    made = w.MemoryLog()
    w.organisation(made)
    for fact in [*w.part_facts(), w.scheduled()]:
        made.add(fact, w.NOW)
    facts = [row.fact for row in made.rows if row.fact]
    for n in range(400):
        dossier = lives.DossierFacts(w.uid(100, n + 1))
        desk = w.DISTRICT_DESK[n % 3]
        facts.append(dossier.submitted(w.NOW, desk, w.OLD[n % 6]))
        facts.append(dossier.accepted(w.NOW, desk))
        if n % 3 == 0:
            facts.append(dossier.forwarded(w.NOW, desk, w.OLD_DESK[n % 6]))
        if n % 5 == 0:
            facts.append(dossier.withdrawn(w.NOW, desk) if n % 2 else dossier.assigned(w.NOW, desk))
    for start in range(0, len(facts), 25):
        for fact in facts[start : start + 25]:
            outcome = await recorder.append(Item((encode(fact),)))
            assert isinstance(outcome, Receipt)
        await asyncio.sleep(0.1)
