"""A replay needs no more memory for a large log than for a small one."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.office.world import DISTRICT, Office, open_office
from tests.support import Database

ROOT = Path(__file__).parents[2]
MANY = """
WITH one AS MATERIALIZED (
    SELECT version, category, topic, convert_from(payload, 'UTF8') AS payload, item_events
      FROM event WHERE stream_id = %(dossier)s),
made AS (
    SELECT head.position + (n - 1) * size.facts + one.version AS position, head.recorded_at, one.version,
           one.category, streams.id AS stream, one.topic, one.item_events,
           convert_to(replace(one.payload, %(code)s, %(code)s || '-' || (head.position + n)::text), 'UTF8')
               AS payload
      FROM (SELECT n, gen_random_uuid() AS id FROM generate_series(1, %(dossiers)s) n) streams
     CROSS JOIN one
     CROSS JOIN (SELECT count(*) AS facts FROM one) size
     CROSS JOIN (SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1) head)
INSERT INTO event (position, recorded_at, version, category, item_events, stream_id, topic, payload, leaf)
SELECT position, recorded_at, version, category, item_events, stream, topic, payload,
       leaf_of(stream, version, position, micros_of(recorded_at), sha256(payload), topic)
  FROM made ORDER BY position
"""
MOST = 512
"""MiB, for a ledger of any size."""


@pytest.fixture
async def office(database: Database) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        yield opened


async def many(office: Office, dossiers: int) -> int:
    """So many more of the first dossier, past the program: it takes seconds, not minutes. The last
    position."""
    answer = await office.filed(DISTRICT, "07207")
    dossier = await office.opened.ledger.find("dossier_code", answer.code)
    with psycopg.connect(office.database.owner_dsn, autocommit=True) as owner:
        owner.execute(MANY, {"dossier": dossier, "code": answer.code, "dossiers": dossiers})
        row = owner.execute("SELECT max(position) FROM event").fetchone()
    assert row is not None
    return int(row[0])


async def measured(office: Office, position: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.time_travel.replay_measured", office.database.app_dsn]
    run = partial(subprocess.run, cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False)
    done = await asyncio.to_thread(run, [*command, str(position)])
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found["differs"], found["parked"]) == ([], 0)
    return found


@pytest.mark.slow
async def test_a_hundred_thousand_facts_more_take_no_more_memory(office: Office) -> None:
    found = []
    for dossiers in (10_000, 50_000):
        position = await many(office, dossiers)
        found.append(await measured(office, position))
    small, large = found
    assert large["dossiers"] - small["dossiers"] > 50_000
    assert large["mebibytes"] < MOST, found
    assert large["mebibytes"] < small["mebibytes"] * 1.25, found
