"""The ledger's own facts. Its stream has the ledger's id; position 1 of every log is `ledger.created.v1`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact


@dataclass(frozen=True, kw_only=True)
class LedgerCreated(Fact):
    """The log begins. `clock` is `system` or `demo`; `starts_at` is where a demo clock begins."""

    TOPIC: ClassVar[str] = "ledger.created.v1"
    CATEGORY: ClassVar[int] = Category.LEDGER

    ledger_id: UUID
    clock: str
    starts_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LedgerClockMoved(Fact):
    """A demo clock was moved forward; recorded at the new time."""

    TOPIC: ClassVar[str] = "ledger.clock_moved.v1"
    CATEGORY: ClassVar[int] = Category.LEDGER

    from_: datetime
    to: datetime
