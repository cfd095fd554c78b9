"""A comparison that is killed on its way is finished by the next one, and no finding is recorded twice."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from application.export_comparing import ComparisonReport
from tests.codec.opened_ledger import open_ledger
from tests.importing.office import prepare_office, recorded_positions, run_import
from tests.importing.test_comparing import MAPPING, findings, run, write
from tests.support import Database

RUN = """
import asyncio, sys
from pathlib import Path
from application.policy import Identity
from tests.codec.opened_ledger import open_ledger
from tests.importing.office import Office
from tests.importing.test_comparing import run
async def main(dsn, path, agency, posting, officer):
    async with open_ledger(dsn) as opened:
        await run(opened, Office(agency, posting, Identity("officer", officer)), Path(path))
asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.faults
def test_a_comparison_that_was_killed_is_finished_by_the_next(database: Database, tmp_path: Path) -> None:
    cases = 400
    earlier = write(tmp_path / "a.xes", {f"c{n}": [("receive", "01")] for n in range(cases)})
    later = write(tmp_path / "b.xes", {f"c{n}": [("receive", "02")] for n in range(cases)})
    office = asyncio.run(prepare_office(database))

    async def compared() -> tuple[ComparisonReport, int]:
        async with open_ledger(database.app_dsn) as opened:
            return await run(opened, office, later), len(await findings(opened))

    async def imported() -> None:
        async with open_ledger(database.app_dsn) as opened:
            await run_import(opened, office, earlier, MAPPING)

    asyncio.run(imported())
    before = recorded_positions(database)
    arguments = [database.app_dsn, str(later), str(office.agency), str(office.posting), office.identity.id]
    root = Path(__file__).parents[2]
    child = subprocess.Popen([sys.executable, "-c", RUN, *arguments], cwd=root, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while recorded_positions(database) < before + 20 and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.wait(timeout=30)
    on_the_way = recorded_positions(database) - before
    assert 20 <= on_the_way < cases, "killed too early or too late to tell"
    report, kept = asyncio.run(compared())
    assert (report.known, report.recorded, kept) == (on_the_way, cases - on_the_way, cases)
