"""How the benchmark weighs a ledger: with every partition that it has."""

from __future__ import annotations

import psycopg
import pytest

from bench.growth import size_of
from infra.recorder import PostgresRecorder
from tests.ledger.closing import closed
from tests.ledger.making import new_id, one
from tests.support import Database

pytestmark = pytest.mark.anyio


async def test_a_log_that_was_partitioned_is_weighed_whole(database: Database) -> None:
    recorder = await PostgresRecorder.open(database.app_dsn)
    await recorder.append(one(new_id(), 1))
    await closed(database)
    head = (await recorder.append(one(new_id(), 1))).last
    await recorder.close()
    with psycopg.connect(database.owner_dsn) as connection:
        found = size_of(connection, "event")
        of_all = connection.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits"
            " WHERE inhparent = 'event'::regclass"
        ).fetchone()
    assert of_all is not None
    assert found["total"] * head == pytest.approx(float(of_all[0]))
    assert found["total"] == found["table"] + found["indexes"]
    assert found["indexes"] > 0
