"""A ledger in which much has happened, attested up to its last events, for everything that is exported."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from application.exporting import Exporting
from application.feed import Feed
from application.policy import Identity
from infra.embedded import APP, OWNER, Cluster
from tests.audit.attested import Attested, copied, open_attested
from tests.exports.life import AUDITOR, CLERK, IMPORTER, NEW_DESK, lived
from tests.support import Database

MADE = "exports_made"
_numbers = count(1)


@dataclass
class Ledger:
    """An attested ledger and what exports read."""

    attested: Attested
    exporting: Exporting
    auditor: Identity


@pytest.fixture(scope="session")
def made(cluster: Cluster, template_views: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the ledger in the database `exports_made`."""
    folder = tmp_path_factory.mktemp("exports")
    cluster.create_database(MADE, template=template_views)
    asyncio.run(lived(database_of(cluster, MADE), folder))
    return folder


def database_of(cluster: Cluster, name: str) -> Database:
    return Database(name, owner_dsn=cluster.dsn(name, OWNER), app_dsn=cluster.dsn(name, APP))


@pytest.fixture
def copy(
    cluster: Cluster, made: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, Path]]:
    """A database and a folder of the test's own."""
    name = f"exports_{next(_numbers)}"
    cluster.create_database(name, template=MADE)
    yield database_of(cluster, name), copied(made, tmp_path_factory.mktemp(name) / "ledger")
    cluster.drop_database(name)


@pytest.fixture
async def ledger(copy: tuple[Database, Path]) -> AsyncIterator[Ledger]:
    """Open; sound in the end."""
    async with open_attested(*copy) as attested:
        office = attested.office
        for number, known_as in ((AUDITOR, AUDITOR), (IMPORTER, IMPORTER), (CLERK, NEW_DESK)):
            found = await office.opened.ledger.find("officer", number)
            office.officers[known_as] = Identity("officer", str(found))
        feed = Feed(office.opened.ledger, office.reader, attested.ledger_id)
        exporting = Exporting(office.opened.ledger, office.reader, attested.tlog, feed, attested.ledger_id)
        yield Ledger(attested, exporting, office.officers[AUDITOR])
        audit = await attested.audited()
        assert audit.ok, audit.findings


@pytest.fixture
def empty_ledger(cluster: Cluster, template_ledger: str) -> Iterator[Database]:
    """Another ledger, in which nothing is."""
    name = f"exports_{next(_numbers)}"
    cluster.create_database(name, template=template_ledger)
    yield database_of(cluster, name)
    cluster.drop_database(name)
