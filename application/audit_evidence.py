"""What an audit holds the log against besides the log itself: the tiles that were published, the head outside
the database, the keys of witnesses and what they saw last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from application.tlog_ports import Checkpoints, HeadStore, Leaves, TileStore
from domain.notes import VerifierKey, Verify


class Seen(Protocol):
    """A witness that can be asked what it cosigned last."""

    @property
    def name(self) -> str: ...

    async def latest(self, origin: str) -> bytes | None:
        """The note, or None where it never cosigned one of this log. Raises TlogUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """`ledger`: its id; `tiles`: of the log with a number; `leaves` and `checkpoints`: of the log as it is
    now, which may have gone on since the audit's snapshot; `policy`: the keys of witnesses, none where no
    policy is set."""

    ledger: UUID
    tiles: Callable[[int], TileStore]
    head: HeadStore
    leaves: Leaves
    verify: Verify
    policy: Sequence[VerifierKey] = ()
    witnesses: Sequence[Seen] = ()
    checkpoints: Checkpoints | None = None
