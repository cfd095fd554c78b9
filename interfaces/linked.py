"""Linked groups as routes and commands use them."""

from __future__ import annotations

from uuid import UUID

from interfaces.services import Views
from interfaces.views import SHOWN_SECONDS
from projections import linked


class ShownGroups:
    """The port `application.linked_reading.GroupIndex` over the view `linked`."""

    def __init__(self, views: Views) -> None:
        self._views = views

    async def shown(self, position: int) -> None:
        """Wait until the view includes this position. Raises NotShownYet."""
        await self._views.shown.wait_for("linked", position, SHOWN_SECONDS)

    async def page(self, after: int, limit: int, *, going_on: bool) -> list[tuple[int, UUID]]:
        async with self._views.pool.connection() as connection:
            return await linked.page(connection, after, limit, going_on=going_on)
