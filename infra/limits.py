"""The bounds of the event store: on everything that waits, and on everything that is waited for."""

from __future__ import annotations

from dataclasses import dataclass

from infra.pace import Pace
from infra.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may wait and what goes into one commit. Bytes count payloads and a header each."""

    queue_items: int = 10_000
    queue_bytes: int = 64 * 1_048_576
    batch_events: int = 1_000
    batch_bytes: int = 1_048_576
    bulk_events: int = 1_000
    """In one chunk of a bulk append, at most."""
    bulk_lock_seconds: float = 0.002
    """How long a chunk may hold the log's lock while others append,"""
    bulk_lock_seconds_alone: float = 0.010
    """and while nobody does."""
    bulk_share: float = 0.25
    """Of the time: how much of it bulk chunks may hold the lock while others append."""
    overlap_from: float = 0.75
    """Where callers' work takes so much of the time that the database takes, the two go side by side
    (infra/overlap.py)."""
    reconnect_seconds: float = 30.0
    """How long callers wait for the database to come back before they are told that it is unavailable."""
    statement_timeout: str = "30s"
    lock_timeout: str = "20s"

    def pace(self) -> Pace:
        """The pace of this process's bulk appends."""
        return Pace(
            most_events=self.bulk_events,
            budget=self.bulk_lock_seconds,
            budget_alone=self.bulk_lock_seconds_alone,
            share=self.bulk_share,
        )

    async def connect(self, dsn: str) -> Writer:
        """A writing connection with these timeouts. Raises psycopg.OperationalError."""
        return await Writer.connect(
            dsn, statement_timeout=self.statement_timeout, lock_timeout=self.lock_timeout
        )
