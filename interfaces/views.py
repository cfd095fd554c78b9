"""Connections for requests, and the read models as routes, commands and handovers ask them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from application.audit_dossiers import ShownDates
from application.handovers import OpenDossier
from interfaces.services import ReadingPool, Views
from projections import status_queries
from projections.shown import Shown

LARGEST_POOL = 8
LONGEST_QUEUE = 1_000  # requests that may wait for a connection
SHOWN_SECONDS = 60.0
"""How long a handover's step waits for the read model; it may have to apply what was just loaded."""

_SETTINGS = """
SELECT set_config('timezone', 'UTC', false), set_config('application_name', %s, false),
       set_config('statement_timeout', '30s', false), set_config('lock_timeout', '20s', false),
       set_config('idle_in_transaction_session_timeout', '10s', false)
"""


@asynccontextmanager
async def open_pool(dsn: str, name: str) -> AsyncIterator[ReadingPool]:
    """Connections of the application's role, each statement committed for itself and bounded in time."""

    async def configure(connection: AsyncConnection[Any]) -> None:
        await connection.execute(_SETTINGS, (name,))

    pool: ReadingPool = AsyncConnectionPool(
        dsn,
        min_size=1,
        max_size=LARGEST_POOL,
        open=False,
        timeout=10.0,
        max_waiting=LONGEST_QUEUE,
        configure=configure,
        kwargs={"autocommit": True, "connect_timeout": 5},
        name=name,
    )
    await pool.open()
    try:
        yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def open_views(dsn: str) -> AsyncIterator[Views]:
    """The read models of this database, followed while this is open."""
    async with open_pool(dsn, "hoso views") as pool, Shown(dsn) as shown:
        yield Views(pool, shown, dsn)


class ShownDossiers:
    """The port `application.handovers.DossierIndex` over the view `status`."""

    def __init__(self, views: Views) -> None:
        self._views = views

    async def shown(self, position: int) -> None:
        """Wait until the view includes this position. Raises NotShownYet."""
        await self._views.shown.wait_for("status", position, SHOWN_SECONDS)

    async def placed_shown(self, position: int) -> None:
        """Wait until the placements are included too. Raises NotShownYet."""
        for view in ("status", "handover"):
            await self._views.shown.wait_for(view, position, SHOWN_SECONDS)

    async def holders(
        self, dossiers: Sequence[UUID], at: datetime
    ) -> dict[UUID, list[tuple[UUID | None, int]]]:
        """The port `application.audit_ports.ShownHolders`: who is shown as the holder at `at`."""
        found: dict[UUID, list[tuple[UUID | None, int]]] = {}
        async with self._views.pool.connection() as connection:
            for row in await status_queries.holders_at(connection, dossiers, at):
                found.setdefault(row["dossier"], []).append((row["agency"], row["position"]))
        return found

    async def dates(self, dossiers: Sequence[UUID]) -> dict[UUID, ShownDates]:
        """The port `application.audit_dossiers.ShownDossiers`."""
        async with self._views.pool.connection() as connection:
            rows = await status_queries.dates(connection, dossiers)
        return {row.pop("dossier"): ShownDates(*row.values()) for row in rows}

    async def open_at(
        self, agencies: tuple[UUID, ...], at: datetime, after: UUID | None, limit: int
    ) -> list[OpenDossier]:
        """Dossiers not concluded that these agencies hold at `at`, by id."""
        async with self._views.pool.connection() as connection:
            rows = await status_queries.open_at(connection, agencies, at, after, limit)
        return [OpenDossier(**row) for row in rows]

    async def moving_by(self, part: UUID, part_version: int, after: UUID | None, limit: int) -> list[UUID]:
        """Dossiers whose holder this version of a part ends at its hour, by id."""
        async with self._views.pool.connection() as connection:
            return await status_queries.moving_by(connection, part, part_version, after, limit)

    async def clocks_of(
        self, procedures: tuple[str, ...], linked: bool, after: UUID | None, limit: int
    ) -> list[UUID]:
        """The port `application.outages.ClockIndex`."""
        async with self._views.pool.connection() as connection:
            return await status_queries.clocks_of(connection, procedures, linked, after, limit)

    async def held_by(
        self, part: UUID, agency: UUID, at: datetime, after: UUID | None, limit: int
    ) -> list[UUID]:
        """Dossiers that an agency holds at `at` because this part moved or placed them there, by id."""
        async with self._views.pool.connection() as connection:
            return await status_queries.held_by(connection, part, agency, at, after, limit)
