"""Where the ledger's database is: one's own, named by HOSO_DATABASE_URL, or the embedded PostgreSQL of
the data directory. The first process starts it, others of the same directory join, and the last one to leave
stops it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from infra.embedded import APP, OWNER, Cluster
from infra.embedded_keeper import keep
from infra.settings import Settings
from interfaces.not_opened import DatabaseInUse, NoLedger

DATABASE = "hoso"


@dataclass(frozen=True, slots=True)
class Database:
    """Where the ledger's database is, as its owner (for `hoso schema` alone) and as the application."""

    owner: str
    app: str


@asynccontextmanager
async def open_database(settings: Settings, *, create: bool = False) -> AsyncIterator[Database]:
    """The database's addresses; an embedded PostgreSQL runs while this is open.

    `create`: make the embedded one where there is none. Raises NoLedger, ClusterError.
    """
    if not settings.embedded:
        yield Database(settings.database_owner_url, settings.database_url)
        return
    cluster = await asyncio.to_thread(_cluster, settings, create)
    starting = asyncio.create_task(asyncio.to_thread(cluster.acquire))
    try:
        await asyncio.shield(starting)
        if DATABASE not in await asyncio.to_thread(cluster.databases):
            if not create:
                raise NoLedger(settings.data_dir)
            await asyncio.to_thread(cluster.create_database, DATABASE)
        yield Database(cluster.dsn(DATABASE, OWNER), cluster.dsn(DATABASE, APP))
    finally:
        await asyncio.wait((starting,))  # stopped while it starts, it would be left running
        await asyncio.shield(asyncio.to_thread(cluster.release))


@asynccontextmanager
async def open_fresh(settings: Settings) -> AsyncIterator[Database]:
    """An empty embedded database in place of the one that is there, whose content is gone.

    Raises DatabaseInUse while another process works with it, ClusterError.
    """
    cluster = await asyncio.to_thread(_cluster, settings, True)
    if await asyncio.to_thread(cluster.in_use):
        raise DatabaseInUse(settings.data_dir)
    try:
        await asyncio.to_thread(cluster.acquire)
        await asyncio.to_thread(cluster.drop_database, DATABASE)
        await asyncio.to_thread(cluster.create_database, DATABASE)
        yield Database(cluster.dsn(DATABASE, OWNER), cluster.dsn(DATABASE, APP))
    finally:
        await asyncio.shield(asyncio.to_thread(cluster.release))


async def keep_database(settings: Settings) -> None:
    """Start the embedded PostgreSQL again whenever it ends, until cancelled; another's is not ours to
    start."""
    if settings.embedded:
        await keep(await asyncio.to_thread(_cluster, settings, False))


def _cluster(settings: Settings, create: bool) -> Cluster:
    """The cluster of the data directory; nothing is made or started. Raises NoLedger unless `create`."""
    cluster = Cluster(settings.data_dir / "cluster")
    try:
        there = (cluster.data_dir / "PG_VERSION").exists()
    except PermissionError:
        there = True  # starting it says what is wrong
    if not there and not create:
        raise NoLedger(settings.data_dir)
    return cluster
