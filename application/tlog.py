"""One ledger's log as attesting, checking and recovering work with it: what is on record, and the stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from application.ports import Codec, LedgerError, Recorder
from application.tlog_ports import Checkpoints, HeadStore, Leaves, LogSigner, TileStore, Verify
from domain.facts import Fact, Recorded
from domain.log_facts import LogHistoryLost, log_stream
from domain.log_identity import Log, logs_of
from domain.notes import VerifierKey


class Stands(LedgerError):
    """Nothing is attested until a person has looked. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the ledger has on record about its log. `codec` need open nothing personal."""

    recorder: Recorder
    codec: Codec
    ledger_id: UUID

    async def logs(self) -> tuple[Log, ...]:
        """The ledger's logs as of now, the open one last."""
        return logs_of(await self._facts())

    async def loss(self) -> LogHistoryLost | None:
        """The last loss."""
        facts = [recorded.fact for recorded in await self._facts()]
        return next((fact for fact in reversed(facts) if isinstance(fact, LogHistoryLost)), None)

    async def recorded(self) -> int:
        """The last position."""
        return (await self.recorder.clock())[1]

    async def _facts(self) -> list[Recorded[Fact]]:
        stored = await self.recorder.events_of(log_stream(self.ledger_id))
        return [self.codec.decode(one) for one in stored]


@dataclass(frozen=True, slots=True)
class Tlog:
    """`tiles`: by the number of the log, since each has tiles of its own."""

    record: OnRecord
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
