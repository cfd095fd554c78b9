"""The API over a furnished office on a real database; requests go through the application in process. What
they recorded is as docs/schemas say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.codec.event_schemas import faults_of_ledger
from tests.http.client import Api, open_api
from tests.support import Database


@pytest.fixture
async def api(database: Database) -> AsyncIterator[Api]:
    async with open_api(database) as opened:
        yield opened
    assert faults_of_ledger(database.app_dsn) == []
