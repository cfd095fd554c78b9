"""Builds what attesting, proving and serving the log's tree work with: stores, keys, checkpoints and leaves.
One of the builders (tests/test_architecture.py).

    async with open_tlog_tables(database.app) as tables:      # tables.checkpoints, tables.leaves
    tiles = tile_store(settings, ledger_id, number)           # of the log with this number
    head = head_store(settings, ledger_id)
    keys = log_keys(settings)
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from application.changing import Asked
from application.ledger import Ledger
from application.log_identity import Log, Named, first_origin, open_log, other_origin
from application.moment import OrganisationReader
from application.policy import Identity
from application.registry import Registry
from application.tlog_ports import Checkpoints, Leaves
from application.tlog_serving import ServedLog
from infra.checkpoints import PostgresCheckpoints
from infra.codec import JsonCodec
from infra.fact_types import domain_fact_types
from infra.keyring import PostgresKeyring
from infra.leaves import PostgresLeaves
from infra.reading import Reader
from infra.recorder import PostgresRecorder
from infra.secrets import read_master_key
from infra.settings import Settings
from infra.tlog_places import head_beside_database, head_store, log_keys, tile_archive, tile_store
from interfaces.views import open_pool

__all__ = [
    "TlogTables",
    "forget_logs",
    "head_beside_database",
    "head_store",
    "log_keys",
    "log_notes",
    "open_first_log",
    "open_tlog_tables",
    "served_log",
    "tile_archive",
    "tile_store",
]

MAKER = Identity("system", "hoso")
"""As whom a ledger is made: who may make its tables and its secret files needs no token."""


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


def served_log(settings: Settings, ledger: Ledger, ledger_id: UUID, *, demo: bool) -> ServedLog:
    """What HTTP serves below /tlog, for use on one event loop."""
    return ServedLog(
        ledger,
        ledger_id,
        lambda number: tile_store(settings, ledger_id, number),
        lambda known: log_notes(settings, known, ledger_id, demo=demo),
    )


def log_notes(settings: Settings, known: tuple[Log, ...], ledger_id: UUID, *, demo: bool) -> list[str]:
    """What the operator should know and nothing waits for: where the head lies, which name counts."""
    first = first_origin(ledger_id, configured=settings.origin, demo=demo)
    asked = other_origin(known, first) if settings.origin else None
    return [note for note in (head_beside_database(settings), asked) if note]


async def open_first_log(settings: Settings, dsn: str) -> Named | None:
    """Open the log of a ledger that has its first position and nothing else (`dsn`: the application's role).
    None: there is more in it, so that opening it is a decision of its own, `hoso tlog init`. Raises
    TlogUnavailable where no key can be made."""
    recorder = await PostgresRecorder.open(dsn, clock_confirmed=settings.clock_confirmed)
    try:
        async with open_pool(dsn, "hoso schema") as pool:
            keyring = PostgresKeyring(pool, read_master_key(settings.secrets_dir))
            codec = JsonCodec(domain_fact_types(), keyring)
            reader = OrganisationReader(recorder, codec)
            if (await reader.moment(fresh=True)).read_up_to > 1:
                return None
            known = recorder.ledger
            first = first_origin(known.ledger_id, configured=settings.origin, demo=known.clock == "demo")
            office = Registry(Ledger(recorder, codec, keyring), reader)
            return await open_log(office, Asked(MAKER), known.ledger_id, log_keys(settings), first=first)
    finally:
        await recorder.close()


def forget_logs(settings: Settings) -> None:
    """Remove tiles, heads and keys from the data directory's own folders, once the ledger that they were of
    is gone with its database: for a demo ledger, made anew each time. What lies elsewhere stays."""
    for folder in (settings.data_dir / "tlog", settings.data_dir / "head"):
        shutil.rmtree(folder, ignore_errors=True)
    for key in settings.secrets_dir.glob("log.*.key"):
        key.unlink(missing_ok=True)
