"""Everything that routes and commands work with, as one value. `interfaces/wiring.py` builds it.

    async with wiring.services(settings) as services:  # pools open, read models followed
        app = create_app(services)                     # interfaces/http/app.py
        ...                                            # uvicorn, on the same event loop

All members live on the event loop that made them, and whoever builds them closes them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from application.attested import Attested, AttestedWatch
from application.citizens import Citizens
from application.dossiers import Dossiers
from application.erasing_ports import Erasing
from application.feed import Feed
from application.files import Files
from application.ledger import Ledger
from application.moment import OrganisationReader
from application.proving import Proving
from application.registry import Registry
from application.tlog_serving import ServedLog
from interfaces.tokens import Tokens
from projections.shown import Shown

ReadingPool = AsyncConnectionPool[AsyncConnection[Any]]


class Limits(Protocol):
    """The settings that HTTP looks at (`infra.settings.Settings` has them)."""

    @property
    def body_limit(self) -> int: ...

    @property
    def file_max_bytes(self) -> int: ...

    @property
    def page_limit(self) -> int: ...

    @property
    def wait_seconds(self) -> float: ...

    @property
    def attest_wait_seconds(self) -> float: ...

    @property
    def transfer_busy(self) -> float: ...

    @property
    def reconcile_busy(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Views:
    """The read models. `pool`: connections of the application's role for reading, with statement and idle
    timeouts set; `shown`: started, says how far each view is and waits for a position; `dsn`: for a snapshot,
    which reads through a connection of its own."""

    pool: ReadingPool
    shown: Shown
    dsn: str = field(repr=False)


async def _nothing_wrong() -> str | None:
    return None


class NothingAttested:
    """Where nobody attests: a rehearsal's copy."""

    async def wait_for(self, position: int, seconds: float) -> bool:
        return False

    async def now(self) -> Attested:
        return Attested(stands="Nothing is attested here.")


@dataclass(frozen=True, slots=True)
class Services:
    """One ledger as the interfaces use it. `demo`: its clock is a demo clock, so it is served on the loopback
    only and says so."""

    ledger_id: UUID
    demo: bool
    settings: Limits
    ledger: Ledger
    reader: OrganisationReader
    tokens: Tokens
    dossiers: Dossiers
    citizens: Citizens
    files: Files
    erasing: Erasing
    registry: Registry
    handovers: Any
    """application.handovers.Handovers"""
    feed: Feed
    proving: Proving
    views: Views
    attesting: AttestedWatch = field(default_factory=NothingAttested)
    files_report: Callable[[], Awaitable[str | None]] = _nothing_wrong
    """What keeps the file store from being used; waits for it a moment at most."""
    tlog: ServedLog | None = None
    """Tiles, checkpoint and keys of the log, for everybody."""
    clock_report: Callable[[], str | None] = lambda: None
    """What a person has to know about the database's clock: held, ahead, or why nothing is recorded."""
