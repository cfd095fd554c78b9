"""An audit needs no more memory for a large log than for a small one."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.audit.attested import Attested

ROOT = Path(__file__).parents[2]
MANY = """
INSERT INTO event (position, recorded_at, version, category, item_events, stream_id, topic, payload, leaf)
SELECT made.position, made.recorded_at, 1, made.category, 1, made.stream, made.topic, made.payload,
       leaf_of(made.stream, 1, made.position, micros_of(made.recorded_at), sha256(made.payload), made.topic)
  FROM (SELECT head.position + n AS position, head.recorded_at, gen_random_uuid() AS stream, one.category,
               one.topic, one.payload
          FROM generate_series(1, %s) n,
               (SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1) head,
               (SELECT category, topic, payload FROM event
                 WHERE category = 101 AND version = 1 LIMIT 1) one) made
"""
MOST = 512
"""MiB, for a ledger of any size."""


def recorded(attested: Attested, events: int) -> None:
    """So many more records of people, past the program: it takes seconds, not minutes."""
    with psycopg.connect(attested.office.database.owner_dsn, autocommit=True) as owner:
        owner.execute(MANY, (events,))


async def measured(attested: Attested) -> dict[str, Any]:
    database = attested.office.database
    command = [sys.executable, "-m", "tests.audit.measured", database.name, database.owner_dsn]
    command += [database.app_dsn, str(attested.folder)]
    run = partial(subprocess.run, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    done = await asyncio.to_thread(run, command)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["ok"], found["findings"]
    return found


@pytest.mark.slow
async def test_three_hundred_thousand_events_take_no_more_memory_than_a_hundred_thousand(
    growing: Attested,
) -> None:
    found = []
    for events in (100_000, 200_000):
        recorded(growing, events)
        await growing.attest()
        found.append(await measured(growing))
    small, large = found
    assert large["positions"] > 300_000
    assert large["mebibytes"] < MOST
    assert large["mebibytes"] < small["mebibytes"] * 1.25, found
    print(found)
