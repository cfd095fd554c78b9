"""Facts about the log as outsiders verify it: the name and keys it is signed by, and what was lost of it.

They stand in a stream of their own, its id derived from the ledger's (`log_stream`). A log's *origin* is the
first line of its checkpoints. Keys are in the clear form of C2SP signed-note (vkey).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.derived_ids import derived_from
from domain.facts import Category, Fact


def log_stream(ledger: UUID) -> UUID:
    """The stream of these facts."""
    return derived_from(ledger, b"log")


@dataclass(frozen=True, kw_only=True)
class LogOpened(Fact):
    """Checkpoints are signed under this origin from now on. `number`: 1, and one more after each loss;
    `key`: the first key of it."""

    TOPIC: ClassVar[str] = "log.opened.v1"
    CATEGORY: ClassVar[int] = Category.LOG

    number: int
    origin: str
    key: str


@dataclass(frozen=True, kw_only=True)
class LogKeyAdded(Fact):
    """A further key signs the checkpoints of the open log, beside those that do already."""

    TOPIC: ClassVar[str] = "log.key_added.v1"
    CATEGORY: ClassVar[int] = Category.LOG

    origin: str
    key: str


@dataclass(frozen=True, kw_only=True)
class LogKeyWithdrawn(Fact):
    """This key signs nothing recorded after this fact. `ground`: `rotated`, `lost` or `exposed`."""

    TOPIC: ClassVar[str] = "log.key_withdrawn.v1"
    CATEGORY: ClassVar[int] = Category.LOG

    origin: str
    key_id: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class LogHistoryLost(Fact):
    """What was signed is not what is here. `head`: the signed head outside the database, as it was found
    (null: there was none though one had been signed); `kept_size`, `kept_root` (hex): what is here;
    `ground`: `restored_backup`, `forked` or `head_lost`. A log with the next number follows."""

    TOPIC: ClassVar[str] = "log.history_lost.v1"
    CATEGORY: ClassVar[int] = Category.LOG

    origin: str
    head: str | None
    kept_size: int
    kept_root: str
    ground: str
