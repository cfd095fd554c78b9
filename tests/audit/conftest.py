"""An attested ledger for each test, copied from one that is made once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from infra.embedded import APP, OWNER, Cluster
from tests.audit.attested import Attested, copied, make_attested, open_attested
from tests.support import Database

MADE = "attested_made"
_numbers = count(1)


@pytest.fixture(scope="session")
def made(cluster: Cluster, template_views: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the ledger in the database `attested_made`."""
    folder = tmp_path_factory.mktemp("attested")
    cluster.create_database(MADE, template=template_views)
    asyncio.run(make_attested(database_of(cluster, MADE), folder))
    return folder


def database_of(cluster: Cluster, name: str) -> Database:
    return Database(name, owner_dsn=cluster.dsn(name, OWNER), app_dsn=cluster.dsn(name, APP))


@pytest.fixture
def copy(cluster: Cluster, made: Path, tmp_path: Path) -> Iterator[tuple[Database, Path]]:
    """A database and a folder of the test's own."""
    name = f"attested_{next(_numbers)}"
    cluster.create_database(name, template=MADE)
    yield database_of(cluster, name), copied(made, tmp_path / "ledger")
    cluster.drop_database(name)


@pytest.fixture
async def growing(copy: tuple[Database, Path]) -> AsyncIterator[Attested]:
    """For tests that record or attest more."""
    async with open_attested(*copy) as opened:
        yield opened


@pytest.fixture(scope="module")
async def shared(
    cluster: Cluster, made: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Attested]:
    name = f"attested_{next(_numbers)}"
    cluster.create_database(name, template=MADE)
    folder = copied(made, tmp_path_factory.mktemp("shared") / "ledger")
    async with open_attested(database_of(cluster, name), folder) as opened:
        opened.keep()
        yield opened
    cluster.drop_database(name)


@pytest.fixture
def attested(shared: Attested, made: Path) -> Iterator[Attested]:
    """For tests that damage log, checkpoints or files: put back at the end."""
    yield shared
    shared.restore(made)
