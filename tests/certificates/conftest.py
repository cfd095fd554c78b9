"""A furnished office for each test, and the same with a part that is through its hour, transferred and
reconciled; at the end the audit runs, and what was recorded is as docs/schemas say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.certificates.signing_world import Closing, open_closing
from tests.codec.event_schemas import faults_of_ledger
from tests.office.world import Office, open_office, replayed
from tests.support import Database


@pytest.fixture
async def office(database: Database, request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        yield opened
        found = await opened.audited(replay=replayed(request.node.name))
        assert found.ok, found.findings
    assert faults_of_ledger(database.app_dsn) == []


@pytest.fixture
async def closing(office: Office) -> Closing:
    return await open_closing(office)
