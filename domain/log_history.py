"""The log's names and keys over positions: what signs a checkpoint of which size.

A checkpoint of size n covers position n. So a key named at position p signs checkpoints of size p and more,
and one withdrawn at p signs none of size p or more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from domain.facts import Fact
from domain.log_facts import LogKeyAdded, LogKeyWithdrawn, LogOpened
from domain.notes import VerifierKey, read_vkey


@dataclass(frozen=True, slots=True)
class NamedKey:
    """A key of a log: it signs sizes from `since` on, and below `until` (None: it still signs)."""

    key: VerifierKey
    since: int
    until: int | None = None

    def signs(self, size: int) -> bool:
        return self.since <= size and (self.until is None or size < self.until)


@dataclass(frozen=True, slots=True)
class OpenedLog:
    """One log of a ledger: its number, its origin, the position that opened it."""

    number: int
    origin: str
    opened_at: int


@dataclass(frozen=True, slots=True)
class LogHistory:
    """`logs`: in the order in which they were opened; the last one is open."""

    logs: tuple[OpenedLog, ...] = ()
    keys: tuple[NamedKey, ...] = ()

    @property
    def current(self) -> OpenedLog | None:
        """The open one, or None before the first."""
        return self.logs[-1] if self.logs else None

    def keys_at(self, size: int) -> tuple[VerifierKey, ...]:
        """Those that sign a checkpoint of this size."""
        return tuple(named.key for named in self.keys if named.signs(size))


def log_history(facts: Iterable[tuple[int, Fact]]) -> LogHistory:
    """From the facts of the log's stream with their positions."""
    logs: list[OpenedLog] = []
    keys: list[NamedKey] = []
    for position, fact in facts:
        if isinstance(fact, LogOpened):
            logs.append(OpenedLog(fact.number, fact.origin, position))
            keys = [replace(named, until=position) if named.until is None else named for named in keys]
            keys.append(NamedKey(read_vkey(fact.key), position))
        elif isinstance(fact, LogKeyAdded):
            keys.append(NamedKey(read_vkey(fact.key), position))
        elif isinstance(fact, LogKeyWithdrawn):
            keys = [
                replace(named, until=position)
                if named.until is None and named.key.key_id.hex() == fact.key_id
                else named
                for named in keys
            ]
    return LogHistory(tuple(logs), tuple(keys))
