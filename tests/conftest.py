"""A PostgreSQL that the tests start themselves, once per run, and a database of its own for each test.

Nothing here looks at HOSO_DATABASE_URL or at a server that happens to run: private folder, socket, no port.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from infra.embedded import APP, OWNER, Cluster
from tests.support import DEMO_START, SHARED, Database

_numbers = count(1)
SHARING = ("tests/demo/", "tests/killing/", "tests/audit/")
"""Folders whose tests share a ledger that takes long to make: all in one process."""


MEMORY = Path("/dev/shm")
ENOUGH = 8 * 2**30
"""Free bytes there, from which on the tests' folders are made in it."""


def pytest_configure(config: pytest.Config) -> None:
    """A shell starts what it runs in the background with Ctrl-C ignored, and processes inherit that: those
    that the tests start hear it all the same.

    The folders that tests make are files in memory where there is room: a database of its own for each test
    is some four hundred files, which a disk takes half a second for. Nothing here pulls the plug, and what is
    killed leaves its files behind there as on a disk. TMPDIR names another place."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH:
        tempfile.tempdir = str(MEMORY)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where the suite runs in several processes, the tests of a file stay together, since they share what the
    file's fixtures make."""
    scheduling = import_module("xdist.scheduler")

    class ByFile(scheduling.LoadScopeScheduling):  # type: ignore[name-defined, misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return next((folder for folder in SHARING if file.startswith(folder)), file)

    return ByFile(config, log)


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """Async tests run on the loop that production runs on."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def private_folder() -> Iterator[Path]:
    """A folder with a short path, as sockets need, that the server's account may pass; removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def cluster(private_folder: Path) -> Iterator[Cluster]:
    """The run's PostgreSQL, small but as safe as in production (fsync stays on)."""
    with Cluster(
        private_folder / "cluster", settings={"shared_buffers": "128MB", "max_wal_size": "1GB"}
    ) as running:
        yield running


@pytest.fixture(scope="session")
def template_ledger(cluster: Cluster) -> str:
    """A database with hoso's schema and an empty ledger on the demo clock."""
    schema = import_module("infra.schema")  # here, so that tests without a ledger run without it
    cluster.create_database("template_ledger")
    schema.init(cluster.dsn("template_ledger", OWNER), clock="demo", starts_at=DEMO_START)
    return "template_ledger"


@pytest.fixture(scope="session")
def template_views(cluster: Cluster, template_ledger: str) -> str:
    """The same with the read models, empty: making these for each test anew takes as long as the test."""
    made = import_module("tests.views_made")
    name = "template_views"
    cluster.create_database(name, template=template_ledger)
    made.make_views(Database(name, cluster.dsn(name, OWNER), cluster.dsn(name, APP)))
    return name


@pytest.fixture(scope="session")
def template(template_ledger: str) -> str:
    """What is copied for each test."""
    return template_ledger


@pytest.fixture
def empty_database(cluster: Cluster) -> Iterator[Database]:
    """A database without any table."""
    yield from _database(cluster, None)


@pytest.fixture
def database(cluster: Cluster, template: str) -> Iterator[Database]:
    """A database with an empty ledger, its demo clock at the beginning of June 2025."""
    yield from _database(cluster, template)


def _database(cluster: Cluster, template: str | None) -> Iterator[Database]:
    name = f"test_{next(_numbers)}"
    cluster.create_database(name, template=template)
    yield Database(name, owner_dsn=cluster.dsn(name, OWNER), app_dsn=cluster.dsn(name, APP))
    cluster.drop_database(name)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The input data beside the checkout; mark such tests `shared`."""
    if not (SHARED / "data").is_dir():
        pytest.skip("reads ../shared/data, which does not lie beside this checkout")
    return SHARED
