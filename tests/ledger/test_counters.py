"""Numbers for dossier codes: each given once, and no counter can be set back by the application."""

from __future__ import annotations

import asyncio
from datetime import date

import psycopg
import pytest

from infra.counters import PostgresCounters
from interfaces.views import open_pool
from tests.ledger.making import new_id
from tests.support import Database

pytestmark = pytest.mark.anyio
DAY = date(2025, 6, 2)


async def test_numbers_taken_at_once_are_all_different(database: Database) -> None:
    agency = new_id()
    async with open_pool(database.app_dsn, "tests") as pool:
        counters = PostgresCounters(pool)
        taken = await asyncio.gather(*(counters.take(agency, DAY, 3) for _ in range(10)))
        assert sorted(taken) == list(range(1, 31, 3))
        assert await counters.next(agency, DAY) == 31
        assert await counters.next(agency, date(2025, 6, 3)) == 1
        assert await counters.next(new_id(), DAY) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dossier_counter SET next = 1",
        "DELETE FROM dossier_counter",
        "TRUNCATE dossier_counter",
        "INSERT INTO dossier_counter (agency, day, next) VALUES (uuidv7(), '2025-06-02', 1)",
    ],
)
def test_the_application_cannot_write_a_counter(database: Database, statement: str) -> None:
    with (
        psycopg.connect(database.app_dsn) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


@pytest.mark.parametrize("how_many", [0, -5, None, 1_000_001])
def test_numbers_are_not_given_back(database: Database, how_many: int | None) -> None:
    with (
        psycopg.connect(database.app_dsn) as connection,
        pytest.raises(psycopg.errors.InvalidParameterValue),
    ):
        connection.execute("SELECT take_numbers(uuidv7(), '2025-06-02', %s)", (how_many,))
