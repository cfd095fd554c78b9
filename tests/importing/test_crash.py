"""An import that is killed in the middle is finished by running it again: nothing is lost, nothing comes
twice.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from application.import_mapping import ImportMapping
from application.importing import ImportReport
from tests.codec.opened_ledger import open_ledger
from tests.importing.office import Office, prepare_office, recorded_positions, run_import, write_log
from tests.importing.reading_back import activities, imported
from tests.support import Database

MAPPING = ImportMapping(source="register")
OFFICE = 4  # events of a ledger with an agency and an officer
ROOT = Path(__file__).parents[2]

RUN = """
import asyncio, resource, sys
from pathlib import Path
from application.import_mapping import ImportMapping
from application.policy import Identity
from tests.codec.opened_ledger import open_ledger
from tests.importing.office import Office, run_import
async def main(dsn, path, agency, posting, officer):
    async with open_ledger(dsn) as opened:
        office = Office(agency, posting, Identity("officer", officer))
        await run_import(opened, office, Path(path), ImportMapping(source="register"))
asyncio.run(main(*sys.argv[1:]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.faults
@pytest.mark.parametrize(
    ("cases", "steps"), [(4_000, 2), (4, 2_400)], ids=["many short cases", "few long cases"]
)
def test_a_run_that_was_killed_is_finished_by_the_next(
    database: Database, tmp_path: Path, cases: int, steps: int
) -> None:
    path = write_log(tmp_path / "a.xes", ((f"c{n}", (f"a{k}" for k in range(steps))) for n in range(cases)))
    office = asyncio.run(prepare_office(database))
    arguments = [database.app_dsn, str(path), str(office.agency), str(office.posting), office.identity.id]
    child = subprocess.Popen([sys.executable, "-c", RUN, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while recorded_positions(database) < 2_500 and time.monotonic() < deadline and child.poll() is None:
            time.sleep(0.005)
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    assert child.returncode == -signal.SIGKILL
    after_crash = recorded_positions(database)
    assert 2_500 <= after_crash < cases * steps
    asyncio.run(finish(database, office, path, cases, steps))
    assert recorded_positions(database) == OFFICE + cases * (steps + 1)


async def finish(database: Database, office: Office, path: Path, cases: int, steps: int) -> None:
    async with open_ledger(database.app_dsn) as opened:
        second = await run_import(opened, office, path, MAPPING)
        assert 0 < second.steps < cases * steps
        assert second.dossiers + second.already == cases
        assert await run_import(opened, office, path, MAPPING) == ImportReport(already=cases)
        known = await imported(opened)
    expected = [f"a{k}" for k in range(steps)]
    assert all(activities(facts) == expected for facts in known.values())
    assert len(known) == cases


@pytest.mark.slow
def test_the_memory_of_an_import_does_not_grow_with_the_file(database: Database, tmp_path: Path) -> None:
    office = asyncio.run(prepare_office(database))

    def peak(name: str, cases: int) -> int:
        path = write_log(tmp_path / name, ((f"{name}-{n}", ["a", "b", "c"]) for n in range(cases)))
        arguments = [
            database.app_dsn, str(path), str(office.agency), str(office.posting), office.identity.id
        ]  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", RUN, *arguments],
            cwd=ROOT, capture_output=True, text=True, check=True, timeout=300,
        )  # fmt: skip
        return int(done.stdout)

    small, large = peak("small", 1_000), peak("large", 30_000)
    assert recorded_positions(database) == OFFICE + 31_000 * 4
    # What grows: 12 bytes a case to notice doubles, and the keys in memory, of which there is a bound.
    assert large - small < 40_000, f"{small} KiB for 1,000 cases, {large} KiB for 30,000"
