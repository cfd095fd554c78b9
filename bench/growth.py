"""What a large log costs:

A7, the append rate at millions of events; A8, the bytes of an event with its indexes.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from bench.load import EVENTS_PER_STREAM
from bench.stage import Say, Stage

CHUNK_STREAMS = 10_000

# Like appended ones: random idempotency keys, time-ordered stream ids, real leaves. By the owner, in order,
# under its indexes, so that these are filled as appends would have filled them.
_FILL = """
INSERT INTO event (position, recorded_at, version, category, item_events, stream_id, topic, payload, leaf,
                   command_id, request_digest)
SELECT p, at, v, 100, 1, stream, 'dossier.accepted.v1', payload,
       leaf_of(stream, v, p, micros_of(at), sha256(payload), 'dossier.accepted.v1'),
       sha256(int8send(p) || 'command'::bytea), substring(sha256(int8send(p)) FOR 16)
  FROM (SELECT head + (n - 1) * %(each)s + v AS p, last_time AS at, v, stream,
               repeat_bytes || sha256(int8send(n * 1000 + v)) AS payload
          FROM (SELECT position AS head, recorded_at AS last_time,
                       decode(repeat('5a', 268), 'hex') AS repeat_bytes
                  FROM event ORDER BY position DESC LIMIT 1) start
         CROSS JOIN (SELECT n, uuidv7() AS stream FROM generate_series(1, %(streams)s) n OFFSET 0) s
         CROSS JOIN generate_series(1, %(each)s) v) made
 ORDER BY p
"""
_OURS = "SELECT stream_id, version::bigint, topic, payload FROM event ORDER BY position LIMIT 500000"
_THEIRS = "COPY vanilla_events (originator_id, originator_version, topic, state) FROM STDIN (FORMAT binary)"


def fill(stage: Stage, database: str, count: int, say: Say) -> None:
    """Fill a ledger up to `count` events."""
    with psycopg.connect(stage.owner(database), autocommit=True) as connection:
        filled = _count(connection)
        while filled < count:
            streams = min(CHUNK_STREAMS, -(-(count - filled) // EVENTS_PER_STREAM))
            connection.execute(_FILL, {"streams": streams, "each": EVENTS_PER_STREAM})
            filled = _count(connection)
            say(f"A7: filling the large ledger, {filled:,} of {count:,} events")
        connection.execute("ANALYZE event")
    with psycopg.connect(stage.cluster.dsn("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("CHECKPOINT")


def bytes_per_event(stage: Stage, database: str) -> dict[str, Any]:
    """Of table and indexes: the ledger's events as appended, and the same in the library's table."""
    copied = 0
    with (
        psycopg.connect(stage.owner(database)) as reading,
        psycopg.connect(stage.owner("peers")) as writing,
        reading.cursor("ours", binary=True) as rows,
    ):
        ours = size_of(reading, "event")
        writing.execute("TRUNCATE vanilla_events")
        rows.execute(_OURS)
        with writing.cursor().copy(_THEIRS) as copy:
            copy.set_types(["uuid", "int8", "text", "bytea"])
            for row in rows:
                copy.write_row(row)
                copied += 1
        theirs = size_of(writing, "vanilla_events")
    return {"events": copied, "ledger": ours, "vanilla": theirs}


def _count(connection: psycopg.Connection[Any]) -> int:
    row = connection.execute("SELECT coalesce(max(position), 0) FROM event").fetchone()
    assert row is not None
    return int(row[0])


def size_of(connection: psycopg.Connection[Any], table: str) -> dict[str, float]:
    """Bytes of a row, of a table with all its partitions."""
    row = connection.execute(
        "SELECT sum(pg_table_size(p.part)), sum(pg_indexes_size(p.part))"
        "  FROM (SELECT %(table)s::regclass UNION SELECT relid FROM pg_partition_tree(%(table)s)) p (part)",
        {"table": table},
    ).fetchone()
    count = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row is not None
    assert count is not None
    data, indexes = (float(size) / count[0] for size in row)
    return {"table": data, "indexes": indexes, "total": data + indexes}
