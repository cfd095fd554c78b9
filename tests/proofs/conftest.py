"""One attested log for a file's tests, and one for each test that does something to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from infra.embedded import APP, OWNER, Cluster
from tests.office.world import Office, open_office
from tests.proofs.log_world import World, open_world
from tests.support import Database


@pytest.fixture(scope="module")
async def world(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """At the end the audit runs."""
    name = f"proofs_{tmp_path_factory.mktemp('db').name}".replace("-", "_")
    cluster.create_database(name, template=template)
    database = Database(name, owner_dsn=cluster.dsn(name, OWNER), app_dsn=cluster.dsn(name, APP))
    async with open_world(database, tmp_path_factory.mktemp("tiles")) as opened:
        yield opened
        found = await opened.office.audited()
        assert found.ok, found.findings
    cluster.drop_database(name)


@pytest.fixture
async def own_world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(database, tmp_path / "tiles") as opened:
        yield opened


@pytest.fixture
async def own_office(database: Database) -> AsyncIterator[Office]:
    """Without a log."""
    async with open_office(database) as office:
        yield office
