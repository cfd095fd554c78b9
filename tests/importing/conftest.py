"""What any import has recorded, the real logs too, is as docs/schemas say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.codec.event_schemas import faults_of_ledger
from tests.support import Database


@pytest.fixture(autouse=True)
def judged(request: pytest.FixtureRequest) -> Iterator[None]:
    database: Database | None = None
    if "database" in request.fixturenames:
        database = request.getfixturevalue("database")
    yield
    if database is not None:
        assert faults_of_ledger(database.app_dsn) == []
