"""Builds what attesting, proving and serving the log's tree work with: stores, keys, checkpoints and leaves.
One of the builders (tests/test_architecture.py).

    async with open_tlog_tables(database.app) as tables:      # tables.checkpoints, tables.leaves
    tiles = tile_store(settings, ledger_id, number)           # of the log with this number
    head = head_store(settings, ledger_id)
    keys = log_keys(settings)
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from application.tlog_ports import Checkpoints, Leaves
from infra.checkpoints import PostgresCheckpoints
from infra.leaves import PostgresLeaves
from infra.reading import Reader
from infra.tlog_places import head_beside_database, head_store, log_keys, tile_store

__all__ = ["TlogTables", "head_beside_database", "head_store", "log_keys", "open_tlog_tables", "tile_store"]


@dataclass(frozen=True, slots=True)
class TlogTables:
    """The database's part. `leaves`: of the whole log; `checkpoints`: of every origin."""

    checkpoints: Checkpoints
    leaves: Leaves


@asynccontextmanager
async def open_tlog_tables(dsn: str) -> AsyncIterator[TlogTables]:
    """Two connections of the application's role at most. Raises Unavailable when they are used."""
    reader = Reader(dsn, smallest=1, largest=2)
    await reader.open()
    try:
        yield TlogTables(PostgresCheckpoints(reader), PostgresLeaves(reader))
    finally:
        await reader.close()
