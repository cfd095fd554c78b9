"""Everything that routes and commands work with, as one value. `interfaces/wiring.py` builds it; nothing else does.

    async with wiring.services(settings) as services:      # pools open, read models followed
        app = create_app(services)                         # interfaces/http/app.py
        ...                                                # uvicorn, on the same event loop

All members live on the event loop that made them. Nothing here is closed by the application: who builds it closes it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from application.citizens import Citizens
from application.dossiers import Dossiers
from application.ledger import Ledger
from application.moment import OrganisationReader
from application.registry import Registry
from interfaces.tokens import Tokens

ReadingPool = AsyncConnectionPool[AsyncConnection[Any]]


class Limits(Protocol):
    """The settings that HTTP looks at (`infra.settings.Settings` has them)."""

    @property
    def body_limit(self) -> int: ...

    @property
    def page_limit(self) -> int: ...

    @property
    def wait_seconds(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Views:
    """The read models. `pool`: connections of the application's role for reading, with statement and idle timeouts set.

    `wait_for(position, seconds)`: True once every view shows that position, False when the time was up first.
    `shown()`: the position that every view includes. `healthy()`: None, or one sentence that says which view stands still and why.
    """

    pool: ReadingPool
    wait_for: Callable[[int, float], Awaitable[bool]]
    shown: Callable[[], Awaitable[int]]
    healthy: Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Services:
    """One ledger as the interfaces use it. `demo`: its clock is a demo clock, so it is served on the loopback only and says so."""

    ledger_id: UUID
    demo: bool
    settings: Limits
    ledger: Ledger
    reader: OrganisationReader
    tokens: Tokens
    dossiers: Dossiers
    citizens: Citizens
    registry: Registry
    handovers: Any
    """application.handovers.Handovers"""
    history: Any
    """application.history.History"""
    feed: Any
    """application.feed.Feed"""
    views: Views
