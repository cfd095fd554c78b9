"""The registers beside a handover as routes and commands use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from application.registers import QueueRow, Registers, Segment, Silent
from interfaces.services import Services, Views
from interfaces.views import SHOWN_SECONDS
from projections import coordination_queries
from projections.shown import NotShownYet

NAMED_AT_ONCE = 25  # agencies whose dossiers one statement counts
HISTORY_SECONDS = 1.0
"""How long a history waits for the obstacles to be shown as far as the log was read; then it says how far."""


def registers_of(services: Services) -> Registers:
    return Registers(services.handovers, ShownRegisters(services.views))


def _still(
    page: Sequence[dict[str, Any]],
    still: Mapping[tuple[UUID, UUID], tuple[int, datetime | None]],
    before: datetime,
) -> Iterator[Silent]:
    """Those that something still waits with, the oldest of it at or before `before`."""
    for row in page:
        waiting, oldest = still[row["part"], row["agency"]]
        oldest = oldest or row["oldest"]
        if waiting and oldest <= before:
            yield Silent(**row | {"waiting": waiting, "oldest": oldest, "listed": row["oldest"]})


class ShownRegisters:
    """The ports `application.registers.RegisterIndex` and `application.history.ObstacleIndex` over the views
    `status` and `handover`."""

    def __init__(self, views: Views) -> None:
        self._views = views

    async def shown(self, position: int) -> None:
        """Wait until both views include this position. Raises NotShownYet."""
        for view in ("status", "handover"):
            await self._views.shown.wait_for(view, position, SHOWN_SECONDS)

    async def waiting(
        self, segment: Segment, at: datetime, limit: int, place: UUID | None = None
    ) -> list[QueueRow]:
        async with self._views.pool.connection() as connection:
            rows = await coordination_queries.waiting(
                connection,
                segment.part,
                at,
                only=segment.only,
                without=segment.without,
                place=place,
                after=segment.after,
                limit=limit,
            )
        return [QueueRow(**row) for row in rows]

    async def silent(
        self,
        parts: Sequence[UUID],
        before: datetime,
        at: datetime,
        after: tuple[datetime, UUID, UUID] | None,
        limit: int,
    ) -> list[Silent]:
        found: list[Silent] = []
        async with self._views.pool.connection() as connection:
            while len(found) < limit:
                page = await coordination_queries.silent(
                    connection, parts, before, after=after, limit=min(limit - len(found), NAMED_AT_ONCE)
                )
                if not page:
                    break
                named = [(row["part"], row["agency"]) for row in page]
                still = await coordination_queries.still_waiting(connection, named, at)
                found += _still(page, still, before)
                after = (page[-1]["oldest"], *named[-1])
        return found

    async def obstacles(
        self,
        parts: Sequence[UUID],
        *,
        resolved_too: bool,
        agency: UUID | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[dict[str, Any]]:
        async with self._views.pool.connection() as connection:
            return await coordination_queries.obstacles(
                connection, parts, resolved_too=resolved_too, agency=agency, after=after, limit=limit
            )

    async def naming(self, dossier: UUID, position: int, limit: int) -> tuple[list[UUID], int]:
        """The port `application.history.ObstacleIndex`."""
        with suppress(NotShownYet):
            await self._views.shown.wait_for("handover", position, HISTORY_SECONDS)
        async with self._views.pool.connection() as connection:
            return await coordination_queries.obstacles_naming(connection, dossier, limit)

    async def papers(
        self,
        part: UUID,
        *,
        agency: UUID | None,
        box: str | None,
        missing: bool,
        after: tuple[UUID, str, UUID] | None,
        limit: int,
    ) -> list[dict[str, Any]]:
        async with self._views.pool.connection() as connection:
            return await coordination_queries.papers(
                connection, part, agency=agency, box=box, missing=missing, after=after, limit=limit
            )

    async def boxes(
        self, part: UUID, *, agency: UUID | None, after: tuple[UUID, str] | None, limit: int
    ) -> list[dict[str, Any]]:
        async with self._views.pool.connection() as connection:
            return await coordination_queries.boxes(connection, part, agency=agency, after=after, limit=limit)
