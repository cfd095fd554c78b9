"""Ledgers for the event store's own tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from infra.embedded import Cluster
from infra.migrations import apply, migrations
from infra.recorder import PostgresRecorder
from tests.ledger.closing import ClosingRecorder
from tests.support import Database


@pytest.fixture
def bare_database(empty_database: Database) -> Database:
    """The schema on a system clock with nothing recorded, as the library's cases expect:

    their first id is 1.
    """
    with psycopg.connect(empty_database.owner_dsn) as connection:
        apply(connection, migrations())
        connection.execute("INSERT INTO ledger (ledger_id, clock) VALUES (uuidv7(), 'system')")
        connection.execute("GRANT USAGE ON SCHEMA public TO hoso_app")
    return empty_database


@pytest.fixture
def closing(request: pytest.FixtureRequest) -> bool:
    """Whether partitions are closed between the test's appends: a test's parameter."""
    return bool(getattr(request, "param", False))


@pytest.fixture
async def recorder(database: Database, closing: bool) -> AsyncIterator[PostgresRecorder]:
    """The recorder of a demo ledger that holds its first event and nothing else."""
    if closing:
        closes = await ClosingRecorder.open(database.app_dsn)
        closes.begin(database.owner_dsn)
        yield closes
        await closes.close()
    else:
        opened = await PostgresRecorder.open(database.app_dsn)
        yield opened
        await opened.close()


@pytest.fixture
def superuser_dsn(cluster: Cluster, database: Database) -> str:
    return cluster.dsn(database.name, "postgres")
