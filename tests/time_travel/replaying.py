"""Replays of an office's read models, and what of them lies in the database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg

from application.replaying import Folded, by_stream
from projections.replay_to import Scratch, replayed
from projections.view import Log
from tests.codec.opened_ledger import OpenedLedger
from tests.office.world import Office, all_views

SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname ~ '^replay_' ORDER BY nspname"
TRACKED = "SELECT schema_name FROM views.tracking WHERE schema_name ~ '^replay_' ORDER BY schema_name"


def log_of(opened: OpenedLedger) -> Log:
    return Log(opened.recorder.follow, opened.recorder.events_after, opened.codec.decode)


@asynccontextmanager
async def opened_replay(office: Office, to: int | None, **how: Any) -> AsyncIterator[Scratch]:
    log, dsn = log_of(office.opened), office.database.app_dsn
    async with replayed(dsn, log, all_views(), to, lambda *_: None, **how) as scratch:
        yield scratch


async def replay(office: Office, to: int | None, **how: Any) -> tuple[Scratch, Folded]:
    async with opened_replay(office, to, **how) as scratch:
        folded = await by_stream(
            office.opened.ledger, office.reader, scratch, scratch.position, lambda reached: None
        )
    return scratch, folded


def contents(scratch: Scratch) -> dict[tuple[str, str], tuple[int, str]]:
    return {(one.view, one.table): (one.rows, one.digest) for one in scratch.tables}


def left(office: Office) -> list[str]:
    """Whatever of a replay is in the database."""
    with psycopg.connect(office.database.app_dsn, autocommit=True) as app:
        return [name for query in (SCHEMAS, TRACKED) for (name,) in app.execute(query).fetchall()]
