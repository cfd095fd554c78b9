"""Having the log's open partition for oneself for some milliseconds, while everybody works with it.

Readers and appends wait for us 100 ms at once and no longer, and while somebody reads on and on in one
transaction we do not even try. The log's advisory lock is not taken: whoever appends has the open partition
locked before it decides anything, and a second lock, taken in another order than theirs, would be one to get
stuck on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import psycopg

from infra.schema import SchemaError

Tell = Callable[[str], None]
Connection = psycopg.AsyncConnection[tuple[Any, ...]]

BETWEEN_LOOKS: Final = 0.2
BETWEEN_TRIES: Final = 2.0

# Whoever is here twice, with the same transaction, has it open for longer than a read or an append takes.
_HOLDING = """
SELECT l.virtualtransaction, l.pid, a.application_name
  FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
 WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
   AND l.relation IN ('event'::regclass, 'event_open'::regclass) AND l.granted AND l.pid <> pg_backend_pid()
   AND l.mode IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
"""


class PartitionBusy(SchemaError):
    """The open partition could not be locked; the text says who reads it."""


async def alone(
    connection: Connection, work: Callable[[], Awaitable[None]], patience: float, tell: Tell
) -> None:
    """Do `work` in a transaction that has `event` and `event_open` for itself.

    `work` is done again from its beginning where its transaction had to make room. `patience`: seconds until
    PartitionBusy is raised.
    """
    give_up = asyncio.get_running_loop().time() + patience
    while True:
        readers = await _long_readers(connection)
        if not readers:
            try:
                async with connection.transaction():
                    await _lock(connection)
                    await work()
                    return
            except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
                readers = await _long_readers(connection)
        if asyncio.get_running_loop().time() > give_up:
            raise PartitionBusy(
                f"The log is being read without a pause ({', '.join(readers) or 'by many'}), so its open"
                " partition could not be closed: wait for their end, then run the command again. Nothing is"
                " lost."
            )
        tell(f"waiting for {', '.join(readers) or 'readers'}")
        await asyncio.sleep(BETWEEN_TRIES)


async def _lock(connection: Connection) -> None:
    # Patiently, since nobody waits for this one: an autovacuum makes room for it after a second.
    await connection.execute("SET LOCAL lock_timeout = '20s'")
    await connection.execute("LOCK TABLE event_open IN SHARE UPDATE EXCLUSIVE MODE")
    await connection.execute("SET LOCAL lock_timeout = '100ms'")
    await connection.execute("LOCK TABLE ONLY event, event_open IN ACCESS EXCLUSIVE MODE")
    await connection.execute("SET LOCAL lock_timeout = '20s'")


async def _long_readers(connection: Connection) -> Sequence[str]:
    """Who has been at the log in one transaction for a while."""
    before = {row[0] for row in await (await connection.execute(_HOLDING)).fetchall()}
    if not before:
        return []
    await asyncio.sleep(BETWEEN_LOOKS)
    still = [row for row in await (await connection.execute(_HOLDING)).fetchall() if row[0] in before]
    return sorted({f"{name or 'a program'}, process {pid}" for _, pid, name in still})
