"""What is asked of the log at awkward moments of a closing: between its steps, and while an append waits."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from infra import partitions
from infra.recorder import PostgresRecorder
from tests.ledger.closing import closed
from tests.ledger.making import key, new_id, one
from tests.support import Database

pytestmark = pytest.mark.anyio

_WAITS = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 709321001 AND NOT granted"


async def test_a_command_is_known_between_the_closing_and_the_noting_of_its_prints(
    recorder: PostgresRecorder, database: Database
) -> None:
    keyed = one(new_id(), 1, command_id=key(), request_digest=key())
    await recorder.append(keyed)
    async with await psycopg.AsyncConnection.connect(database.owner_dsn, autocommit=True) as connection:
        await partitions.mark(connection, 5, lambda _: None)
        await partitions.swap(connection, 5, lambda _: None)
    fresh = await PostgresRecorder.open(database.app_dsn)  # what a process said itself it remembers
    again = await fresh.append(keyed)
    await fresh.close()
    assert (again.first, again.repeated) == (2, True)


async def test_what_is_closed_while_an_append_waits_for_the_lock_is_looked_at_under_it(
    recorder: PostgresRecorder, database: Database
) -> None:
    """The one that waits looked already; nothing that it asked for was closed then."""
    stream = new_id()
    keyed = one(stream, 2, command_id=key(), request_digest=key())
    await recorder.append(one(stream, 1))
    await closed(database)
    first = await recorder.append(keyed)
    fresh = await PostgresRecorder.open(database.app_dsn)
    await fresh.append(one(new_id(), 1))  # its session knows by now that something is closed
    async with await psycopg.AsyncConnection.connect(database.owner_dsn) as other:
        await other.execute("SELECT pg_advisory_xact_lock(709321001)")
        waiting = asyncio.create_task(fresh.append(keyed))
        async with asyncio.timeout(10):
            while not await (await other.execute(_WAITS)).fetchone():  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await closed(database)
    again = await waiting
    await fresh.close()
    assert (again.first, again.repeated) == (first.first, True)
