"""A furnished office for each test; at the end of every test that does not plant a fault the audit runs, and
what was recorded is as docs/schemas say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.codec.event_schemas import faults_of_ledger
from tests.office.world import Office, open_office, replayed
from tests.support import Database


@pytest.fixture(scope="session")
def template(template_views: str) -> str:
    return template_views


@pytest.fixture
async def damaged_office(database: Database) -> AsyncIterator[Office]:
    """For tests that plant what an audit must find."""
    async with open_office(database) as opened:
        yield opened


@pytest.fixture
async def office(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        yield opened
        found = await opened.audited(replay=replayed(request.node.name))
        assert found.ok, found.findings
    assert faults_of_ledger(database.app_dsn) == []
