"""Exporting a country needs no more memory than a part of it: the command itself, on a ledger of the handover
benchmark."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from bench.scene import STARTS, load_country, load_dossiers
from interfaces import databases, wiring
from interfaces.cli.schema import Clock, make
from tests.cli.office import HOSO

DOSSIERS = 30_000
MOST = 512
"""MiB, for a ledger of any size."""
WATCHED = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""
"""A small process between: what a process has when it is forked counts as its own."""
FILES = ("log.sqlite", "log.json", "log.xml", "log.xes.gz", "log.jsonl.gz", "log.parquet")
COMMANDS = {"gz": "events", "parquet": "parquet"}


@dataclass(frozen=True)
class Country:
    """`head`: its last position."""

    folder: Path
    environment: dict[str, str]
    head: int


@pytest.fixture(scope="module")
def country() -> Iterator[Country]:
    folder = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    folder.chmod(0o711)
    try:
        yield asyncio.run(_made(folder))
    finally:
        shutil.rmtree(folder)


async def _made(folder: Path) -> Country:
    settings = wiring.Settings(data_dir=folder / "data", secrets_dir=folder / "secrets")
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(databases.open_fresh(settings))
        await make(settings, database, Clock.demo, STARTS)
        opened = await stack.enter_async_context(wiring.open_ledger(settings))
        scene = await load_country(opened, lambda says: None)
        await load_dossiers(scene, DOSSIERS, Random(1), lambda facts, total: None)
        auditor = scene.officer(scene.country.places["01"].identifier, "auditor")
        token = opened.services.tokens.issue("officer", auditor.id)
        _, head = await opened.services.ledger.recorder.clock()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HOSO_", "PG"))}
    own = {"HOSO_DATA_DIR": str(folder / "data"), "HOSO_SECRETS_DIR": str(folder / "secrets")}
    return Country(folder, inherited | own | {"HOSO_TOKEN": token}, head)


def peak(country: Country, name: str, last: int) -> int:
    """The most MiB that the command, or a process that it waited for, had resident."""
    kind = "xes" if ".xes" in name else COMMANDS.get(name.rpartition(".")[2], "ocel")
    command = [str(HOSO), "export", kind, name, "--force", "--to-position", str(last)]
    watched = [sys.executable, "-c", WATCHED, *command]
    run = subprocess.run(
        watched, cwd=country.folder, env=country.environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return int(run.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_a_country_takes_no_more_memory_than_a_fifth_of_its_log(country: Country, name: str) -> None:
    assert country.head > 150_000
    small = peak(country, name, 73_000 + (country.head - 73_000) // 5)
    large = peak(country, name, country.head)
    print(name, small, large)
    assert large < MOST
    assert large < small * 1.25, (small, large)
