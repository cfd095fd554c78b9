"""Where to look for what concerns a person: the port `application.erasing_ports.ConcernIndex` over the read
models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from interfaces.services import Views
from interfaces.views import SHOWN_SECONDS
from projections import concern_queries

ASKED = ("status", "voice", "linked")


class ShownConcern:
    def __init__(self, views: Views) -> None:
        self._views = views

    async def shown(self, position: int) -> None:
        """Wait until the views that are asked include this position. Raises NotShownYet."""
        for view in ASKED:
            await self._views.shown.wait_for(view, position, SHOWN_SECONDS)

    async def owned(self, citizens: Sequence[UUID], limit: int) -> list[UUID]:
        async with self._views.pool.connection() as connection:
            return await concern_queries.owned(connection, citizens, limit)

    async def filed(self, citizens: Sequence[UUID], limit: int) -> list[UUID]:
        async with self._views.pool.connection() as connection:
            return await concern_queries.filed(connection, citizens, limit)

    async def open_voices(self, citizens: Sequence[UUID], limit: int) -> list[UUID]:
        async with self._views.pool.connection() as connection:
            return await concern_queries.open_voices(connection, citizens, limit)

    async def open_groups(self, citizens: Sequence[UUID], limit: int) -> list[UUID]:
        async with self._views.pool.connection() as connection:
            return await concern_queries.open_groups(connection, citizens, limit)

    async def owners_concluded(self, after: UUID, before: datetime, limit: int) -> list[UUID]:
        async with self._views.pool.connection() as connection:
            return await concern_queries.owners_concluded(connection, after, before, limit)

    async def of_nobody_concluded(self, after: UUID, before: datetime, limit: int) -> list[UUID]:
        async with self._views.pool.connection() as connection:
            return await concern_queries.of_nobody_concluded(connection, after, before, limit)
