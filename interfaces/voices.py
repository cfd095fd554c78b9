"""Feedback and complaints as routes and commands use them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from application.voices import Voices
from interfaces.services import Services, Views
from interfaces.views import SHOWN_SECONDS
from projections import voice_queries


def voices_of(services: Services) -> Voices:
    return Voices(services.ledger, services.reader, ShownVoices(services.views))


class ShownVoices:
    """The port `application.voices.VoiceIndex` over the view `voice`."""

    def __init__(self, views: Views) -> None:
        self._views = views

    async def shown(self, position: int) -> None:
        """Wait until the view includes this position. Raises NotShownYet."""
        await self._views.shown.wait_for("voice", position, SHOWN_SECONDS)

    async def page(
        self,
        agencies: Sequence[UUID] | None,
        at: datetime,
        *,
        open_only: bool,
        late_only: bool,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[dict[str, Any]]:
        async with self._views.pool.connection() as connection:
            return await voice_queries.page(
                connection,
                agencies,
                at,
                open_only=open_only,
                late_only=late_only,
                after=after,
                limit=limit,
            )
