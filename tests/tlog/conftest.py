"""What the tests of the log share: a bucket on a server, copies of databases, a ledger with its log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from infra.embedded import APP, OWNER, Cluster
from tests.files.bucket_server import Bucket, bucket_server
from tests.support import Database
from tests.tlog.attesting import World, open_world

_copies = count(1)


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    with bucket_server() as running:
        yield running


@pytest.fixture
def copy(cluster: Cluster) -> Iterator[Callable[[Database], Database]]:
    """A copy of a database nobody is connected to: an old dump that was restored, or a fork."""
    made: list[str] = []

    def copied(database: Database) -> Database:
        name = f"copied_{next(_copies)}"
        cluster.create_database(name, template=database.name)
        made.append(name)
        return Database(name, cluster.dsn(name, OWNER), cluster.dsn(name, APP))

    yield copied
    for name in made:
        cluster.drop_database(name)


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(database, tmp_path) as opened:
        yield opened
