"""One process of callers: `python -m bench.callers KIND DSN CALLERS SECONDS`.

Says `ready`, waits for a line, works, prints its result as JSON. Each kind is measured in processes of its
own, so that none of them suffers from another's threads or garbage.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, LiteralString

import psycopg
import uvloop
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from application.ports import Item, NewEvent
from bench.load import TOPIC, Tally, events
from domain.facts import Category
from infra.library_recorder import LibraryRecorder
from infra.recorder import PostgresRecorder

RAW_INSERT: LiteralString = """
INSERT INTO raw_event (stream_id, version, topic, payload)
VALUES (%b::uuid, %b::integer, %t::text, %b::bytea)
"""
VANILLA_POOL = 5, 10  # the library's own defaults: pool size and overflow


def wait_for_the_others() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def in_threads(callers: int, tally: Tally, make: Callable[[int], Callable[[Any], None]]) -> None:
    """Closed loops, one per thread."""
    appends = [make(number) for number in range(callers)]

    def loop(append: Callable[[Any], None]) -> None:
        for event in events():
            if not tally.goes_on():
                return
            began = time.perf_counter()
            append(event)
            tally.done(began)

    threads = [threading.Thread(target=loop, args=(append,)) for append in appends]
    wait_for_the_others()
    tally.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def psycopg_threads(dsn: str, callers: int, tally: Tally) -> None:
    connections = [psycopg.connect(dsn, autocommit=True) for _ in range(callers)]

    def make(number: int) -> Callable[[Any], None]:
        connection = connections[number]

        def append(event: Any) -> None:
            stream, version, payload = event
            connection.execute(RAW_INSERT, (stream, version, TOPIC, payload), prepare=True)

        return append

    in_threads(callers, tally, make)
    for connection in connections:
        connection.close()


def psycopg_async(dsn: str, callers: int, tally: Tally) -> None:
    async def caller(connection: psycopg.AsyncConnection[Any]) -> None:
        for stream, version, payload in events():
            if not tally.goes_on():
                return
            began = time.perf_counter()
            await connection.execute(RAW_INSERT, (stream, version, TOPIC, payload), prepare=True)
            tally.done(began)

    async def main() -> None:
        connections = [await psycopg.AsyncConnection.connect(dsn, autocommit=True) for _ in range(callers)]
        wait_for_the_others()
        tally.start()
        await asyncio.gather(*[caller(connection) for connection in connections])
        for connection in connections:
            await connection.close()

    uvloop.run(main())


def vanilla(dsn: str, callers: int, tally: Tally) -> None:
    """eventsourcing's own recorder, out of the box (db functions off:

    with them it loses events for readers).
    """
    parts = conninfo_to_dict(dsn)
    size, overflow = VANILLA_POOL
    datastore = PostgresDatastore(
        str(parts["dbname"]), str(parts["host"]), str(parts["port"]), str(parts["user"]), "",
        pool_size=size, max_overflow=overflow, connect_timeout=30,
    )  # fmt: skip
    recorder = PostgresApplicationRecorder(datastore, events_table_name="vanilla_events")
    recorder.create_table()

    def append(event: Any) -> None:
        stream, version, payload = event
        recorder.insert_events([StoredEvent(stream, version, TOPIC, payload)])

    in_threads(callers, tally, lambda _: append)
    datastore.close()


def ledger_async(dsn: str, callers: int, tally: Tally) -> None:
    """The ledger as routes use it: version check, idempotency key, leaf."""

    async def caller(recorder: PostgresRecorder, number: int) -> None:
        keys = os.urandom(24)
        for count, (stream, version, payload) in enumerate(events()):
            if not tally.goes_on():
                return
            key = count.to_bytes(8, "little") + keys
            command = key[:1] + os.urandom(7) + keys
            began = time.perf_counter()
            await recorder.append(
                Item((NewEvent(stream, version, Category.DOSSIER, TOPIC, payload),), command, key)
            )
            tally.done(began)

    async def main() -> None:
        recorder = await PostgresRecorder.open(dsn)
        wait_for_the_others()
        tally.start()
        await asyncio.gather(*[caller(recorder, number) for number in range(callers)])
        await recorder.close()

    uvloop.run(main())


def ledger_sync(dsn: str, callers: int, tally: Tally) -> None:
    """The ledger through the library's synchronous interface, from threads."""
    recorder = LibraryRecorder.open(dsn)

    def append(event: Any) -> None:
        stream, version, payload = event
        recorder.insert_events([StoredEvent(stream, version, TOPIC, payload)])

    in_threads(callers, tally, lambda _: append)
    recorder.close()


KINDS: dict[str, Callable[[str, int, Tally], None]] = {
    "psycopg_threads": psycopg_threads,
    "psycopg_async": psycopg_async,
    "vanilla": vanilla,
    "ledger_async": ledger_async,
    "ledger_sync": ledger_sync,
}


def main() -> None:
    kind, dsn, callers, seconds = sys.argv[1:]
    tally = Tally(float(seconds))
    KINDS[kind](dsn, int(callers), tally)
    print(json.dumps(tally.result()), flush=True)


if __name__ == "__main__":
    main()
