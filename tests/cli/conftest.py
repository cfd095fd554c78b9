"""One office for a module: a ledger on the demo clock, its PostgreSQL held running for speed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.embedded import Cluster
from tests.cli.office import AGENCIES, OFFICERS, Office


@pytest.fixture(scope="module")
def new_office() -> Iterator[Office]:
    """A folder with nothing in it."""
    folder = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    folder.chmod(0o711)
    yield Office(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def office(new_office: Office) -> Iterator[Office]:
    """A ledger with former Bắc Giang's units, one agency and two officers; HOSO_TOKEN is set."""
    made = new_office.hoso("schema", "init", "--clock", "demo", "--starts", "2025-06-01", "--json")
    assert made.code == 0, made.out
    with Cluster(new_office.folder / "data" / "cluster"):
        new_office.settings["HOSO_TOKEN"] = new_office.token("--kind", "system", "--name", "setup")
        new_office.write("agencies.json", AGENCIES)
        new_office.write("officers.json", OFFICERS)
        for arguments in (
            ("units", "load", "--province", "24"),
            ("agencies", "load", "agencies.json"),
            ("officers", "load", "officers.json"),
        ):
            loaded = new_office.hoso(*arguments)
            assert loaded.code == 0, loaded.err
        yield new_office
