"""A6 of the speed targets: a bulk append beside binary COPY of the same rows into the same table.

Both write the same events, prepared before the clock starts, into a table with the same columns, constraints
and indexes, in one run on one PostgreSQL (fsync and synchronous_commit on), round by round. COPY is measured
three ways, since it does less: it checks no version, computes no leaf and holds no lock.

- `copy`: psycopg's binary COPY from Python values, in chunks of as many rows as ours (the measure's other
  side: a program that did without the ledger would write this);
- `copy_whole`: the same as one COPY of all rows;
- `copy_encoded`: one COPY of bytes that were encoded beforehand: what the server can do at best.

`measure` is called by the benchmark of the handover too.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import struct
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import psycopg
import uvloop

from application.ports import Item, NewEvent, Receipt
from bench.load import PAYLOAD_BYTES, new_id
from bench.stage import Say, Stage, stage
from domain.facts import Category
from infra.recorder import PostgresRecorder
from interfaces.standing import loaded

MUST, AIM = 0.5, 0.8
TOPIC = "handover.dossier_handed_over.v1"
CHUNK = 1_000
_TABLE = "CREATE TABLE event_copied (LIKE event_open INCLUDING ALL)"
_COPY = """
COPY event_copied (position, recorded_at, version, category, item_events, stream_id, topic, payload, leaf,
                   command_id, request_digest) FROM STDIN (FORMAT binary)
"""
_TYPES = ("int8", "timestamptz", "int4", "int2", "int2", "uuid", "text", "bytea", "bytea", "bytea", "bytea")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
Row = tuple[Any, ...]


def measure(on: Stage, say: Say, *, rounds: int = 5, rows: int = 20_000) -> dict[str, Any]:
    """Measure on a stage of the benchmarks, in a database `bulk` of its own.

    Returns {"ratio": COPY's time / ours, median of the rounds, "must", "aim", "meets", "lock_ms": {"max",
    "p50", "p99"} of our chunks without traffic, "beside": ratios against the other ways of COPY, "raw":
    microseconds per row of each round, "rows", "rounds", "chunk"}.
    """
    on.new_ledger("bulk")
    with psycopg.connect(on.owner("bulk"), autocommit=True) as connection:
        connection.execute(_TABLE)
        return uvloop.run(_measure(connection, on.app("bulk"), say, rounds, rows))


async def _measure(
    connection: psycopg.Connection[Any], dsn: str, say: Say, rounds: int, rows: int
) -> dict[str, Any]:
    recorder = await PostgresRecorder.open(dsn)
    raw: dict[str, list[float]] = {"append": [], "copy": [], "copy_whole": [], "copy_encoded": []}
    position = 0
    try:
        for number in range(rounds + 1):  # the first one warms up and does not count
            say(f"A6: round {number} of {rounds}")
            loaded()  # as a process does that writes in bulk
            took = {"append": await _append(recorder, _events(rows))}
            for name, way in _WAYS.items():
                batch = list(_stored(_events(rows), position))
                position += rows
                took[name] = await asyncio.to_thread(way, connection, batch)
            if number:
                for name, seconds in took.items():
                    raw[name].append(round(1e6 * seconds / rows, 3))
        held = recorder.bulk_lock(in_traffic=False)
    finally:
        await recorder.close()
    ratios = {name: _ratio(raw[name], raw["append"]) for name in raw if name != "append"}
    ratio = ratios.pop("copy")
    return {
        "ratio": ratio,
        "must": MUST,
        "aim": AIM,
        "meets": "aim" if ratio >= AIM else "must" if ratio >= MUST else "missed",
        "what": "bulk append / binary COPY of the same rows and indexes, no traffic",
        "lock_ms": {"max": held.max_ms, "p50": held.p50_ms, "p99": held.p99_ms},
        "lock": asdict(held),
        "beside": ratios,
        "raw": raw,
        "rows": rows,
        "rounds": rounds,
        "chunk": CHUNK,
    }


def _events(rows: int) -> list[NewEvent]:
    """One event each of streams of their own, in the order of their ids, as a transfer writes them."""
    return [
        NewEvent(stream, 1, Category.HANDED_OVER, TOPIC, os.urandom(PAYLOAD_BYTES))
        for stream in sorted(new_id() for _ in range(rows))
    ]


async def _append(recorder: PostgresRecorder, events: Sequence[NewEvent]) -> float:
    items = [Item((event,)) for event in events]
    began = time.perf_counter()
    outcomes = await recorder.append_many(items)
    took = time.perf_counter() - began
    if not all(isinstance(outcome, Receipt) for outcome in outcomes):
        raise RuntimeError(f"a bulk append was refused: {outcomes[0]}")
    return took


def _stored(events: Sequence[NewEvent], after: int) -> Iterator[Row]:
    """The rows as they would lie in `event`."""
    now = datetime.now(UTC)
    for position, e in enumerate(events, after + 1):
        leaf = sha256(e.payload).digest()
        head = (position, now, e.version, e.category, 1)
        yield (*head, e.stream_id, e.topic, e.payload, leaf, None, None)


def _copy(connection: psycopg.Connection[Any], rows: Sequence[Row], chunk: int) -> float:
    began = time.perf_counter()
    for start in range(0, len(rows), chunk):
        with connection.cursor().copy(_COPY) as copy:
            copy.set_types(_TYPES)
            for row in rows[start : start + chunk]:
                copy.write_row(row)
    return time.perf_counter() - began


def _copy_encoded(connection: psycopg.Connection[Any], rows: Sequence[Row]) -> float:
    encoded = b"".join((_HEADER, *map(_encoded, rows), b"\xff\xff"))
    began = time.perf_counter()
    with connection.cursor().copy(_COPY) as copy:
        copy.write(encoded)
    return time.perf_counter() - began


def _encoded(row: Row) -> bytes:
    position, at, version, category, size, stream, topic, payload, leaf, *_ = row
    micros = round((at - _EPOCH).total_seconds() * 1e6)
    numbers = (11, 8, position, 8, micros, 4, version, 2, category, 2, size, 16, stream.bytes)
    texts = [struct.pack("!i", len(value)) + value for value in (topic.encode(), payload, leaf)]
    return struct.pack("!hiqiqiiihihi16s", *numbers) + b"".join(texts) + b"\xff" * 8


_WAYS: dict[str, Callable[[psycopg.Connection[Any], Sequence[Row]], float]] = {
    "copy": lambda connection, rows: _copy(connection, rows, CHUNK),
    "copy_whole": lambda connection, rows: _copy(connection, rows, len(rows)),
    "copy_encoded": _copy_encoded,
}


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> float:
    return round(statistics.median(a / b for a, b in zip(theirs, ours, strict=True)), 3)


def main() -> None:
    parser = argparse.ArgumentParser(description="A6: bulk append beside binary COPY; prints JSON.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=20_000)
    asked = parser.parse_args()
    with stage() as on:
        found = measure(on, lambda doing: print(doing, file=sys.stderr), rounds=asked.rounds, rows=asked.rows)
        print(json.dumps(found | {"machine": on.machine()}, indent=1))


if __name__ == "__main__":
    main()
