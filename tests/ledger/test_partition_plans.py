"""How a log in three partitions is read: by indexes, each once, none whose positions are not asked for."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from infra import leaves, reading, resolve, scan
from infra.recorder import PostgresRecorder
from tests.ledger.closing import closed
from tests.ledger.making import key, new_id, one
from tests.support import Database

EACH = 300
ALL = ("event_from_1", f"event_from_{EACH + 2}", "event_open")
STREAM = [new_id()]

# name -> (query, its values, which partitions are read)
READS: dict[str, tuple[str, Any, tuple[str, ...]]] = {
    "a stream": (reading.OF_STREAM, (new_id(), 0, None), ALL),
    "streams": (reading.OF_STREAMS, (STREAM,), ALL),
    "firsts": (reading.FIRST_OF, (STREAM,), ALL),
    "a command": (resolve._BY_COMMAND, (key(),), ALL),
    "a page of the oldest": (reading.AFTER, (10, 100), ALL),
    "a page of the newest": (reading.AFTER, (700, 100), ALL[2:]),
    "leaves": (leaves.LEAVES, (400, 100), ALL[1:]),
    "deciding": (
        reading.AFTER_DECIDING,
        {"position": 700, "categories": [3], "limit": 100},
        ALL[2:],
    ),
    "one event": (scan._AT, (400,), ALL[1:2]),
    "a part": (scan._BY_POSITION, (400, 500), ALL[1:2]),
}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_closed_partitions_are_read_by_their_indexes_and_only_where_asked_for(
    recorder: PostgresRecorder, database: Database
) -> None:
    for part in range(3):
        await recorder.append_many(
            [one(new_id(), 1, command_id=key(), request_digest=key()) for _ in range(EACH)]
        )
        if part < 2:
            await closed(database)
    with psycopg.connect(database.owner_dsn, autocommit=True) as owner:
        owner.execute("ANALYZE event_open")
    with psycopg.connect(database.app_dsn, autocommit=True, cursor_factory=psycopg.ClientCursor) as app:
        app.execute("SET enable_seqscan = off")
        app.execute("SET enable_bitmapscan = off")
        for name, (query, values, parts) in READS.items():
            plan = [line for (line,) in app.execute("EXPLAIN (COSTS off) " + query, values)]
            read = [line for line in plan if "Scan" in line]
            assert all("Index" in line for line in read), (name, plan)
            assert [line.split(" on ")[1].split()[0] for line in read] == list(parts), (name, plan)
