"""One ledger's log as attesting, checking and recovering work with it: what is on record, and the stores."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from application.tlog_ports import Checkpoints, HeadStore, Leaves, LogSigner, TileStore, Verify
from domain.log_facts import LogHistoryLost
from domain.log_identity import Log
from domain.notes import VerifierKey


class Stands(Exception):
    """Nothing is attested until a person has looked. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Tlog:
    """`logs`: the ledger's logs as on record now, the open one last; `loss`: the last loss on record;
    `recorded`: the last position; `tiles`: by the number of the log, since each has tiles of its own."""

    logs: Callable[[], Awaitable[tuple[Log, ...]]]
    loss: Callable[[], Awaitable[LogHistoryLost | None]]
    recorded: Callable[[], Awaitable[int]]
    head: HeadStore
    tiles: Callable[[int], TileStore]
    signer: LogSigner
    verify: Verify
    checkpoints: Checkpoints
    leaves: Leaves


class NotOpened(Stands):
    def __init__(self) -> None:
        super().__init__(
            "This ledger's log was never opened, so nothing is attested. Open it with `hoso tlog init`."
        )


class NoKeyHere(Stands):
    def __init__(self, named: Sequence[VerifierKey]) -> None:
        ids = ", ".join(key.key_id.hex() for key in named) or "none"
        super().__init__(
            f"Nothing can be signed here: of the log's keys on record ({ids}) none lies among the secrets."
            " Put its file there, or name a new key with `hoso tlog rotate-key`."
        )


class LogEnded(Stands):
    """A further log was opened meanwhile."""

    def __init__(self) -> None:
        super().__init__("Another log was opened after a loss; this one is attested no further.")
