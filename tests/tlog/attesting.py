"""A log that is attested, for tests: a real database, real folders for tiles, head and keys, and facts of the
log recorded as the program records them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from application.attested import Attested, Turn
from application.attesting import Attester, nothing
from application.changing import Asked
from application.head_check import check_head
from application.ledger import Ledger
from application.moment import OrganisationReader
from application.policy import Identity
from application.ports import Item, Keyring
from application.recovering import Recovered, recover
from application.registry import Registry
from application.tlog import OnRecord, Tlog
from application.tlog_ports import Cosigner, NoWitnesses
from domain.facts import Actor, Envelope, Fact
from domain.log_facts import LogKeyAdded, LogKeyWithdrawn, LogOpened, log_stream
from domain.notes import VerifierKey
from infra.checkpoints import PostgresCheckpoints
from infra.codec import JsonCodec
from infra.fact_types import domain_fact_types
from infra.head_store import HeadFile
from infra.leaves import PostgresLeaves
from infra.log_keys import LogKeyFiles
from infra.note_ciphers import verify
from infra.reading import Reader
from infra.recorder import PostgresRecorder
from infra.tile_store import TileFolder
from tests.ledger.making import event, new_id
from tests.support import Database

SETUP = Identity("system", "setup")
EACH = 500
"""Events of one item."""


class NoKeys:
    def key_of(self, subject: Any) -> bytes:
        raise LookupError(subject)


class FreeTurn:
    """Nobody else attests."""

    async def take(self, seconds: float) -> bool:
        return True

    async def held(self) -> bool:
        return True

    async def give_up(self) -> None:
        return

    async def tell(self, attested: Attested) -> None:
        return


@dataclass
class World:
    """One ledger with its stores. `folder`: for tiles (`tlog`), head and keys; another world may share it."""

    recorder: PostgresRecorder
    reader: Reader
    folder: Path
    cosigner: Cosigner = field(default_factory=NoWitnesses)

    def __post_init__(self) -> None:
        self.codec = JsonCodec(domain_fact_types(), NoKeys())
        self.keys = LogKeyFiles(self.folder / "secrets")
        self.ledger_id = self.recorder.ledger.ledger_id
        self.head = HeadFile(self.folder / "head", self.ledger_id)
        self.checkpoints = PostgresCheckpoints(self.reader)

    @property
    def stream(self) -> Any:
        return log_stream(self.ledger_id)

    @property
    def origin(self) -> str:
        return f"hoso/{self.ledger_id}"

    def tiles(self, number: int = 1) -> TileFolder:
        return TileFolder(self.folder / "tlog" / str(number))

    async def recorded(self) -> int:
        return (await self.recorder.clock())[1]

    @property
    def tlog(self) -> Tlog:
        return Tlog(
            record=OnRecord(self.recorder, self.codec, self.ledger_id),
            head=self.head,
            tiles=self.tiles,
            signer=self.keys,
            verify=verify,
            checkpoints=self.checkpoints,
            leaves=PostgresLeaves(self.reader),
        )

    # what is recorded

    async def append(self, count: int) -> int:
        """So many events of no meaning; the last position."""
        while count > 0:
            some = min(count, EACH)
            stream = new_id()
            events = tuple(event(stream, n, os.urandom(40)) for n in range(1, some + 1))
            await self.recorder.append(Item(events))
            count -= some
        return await self.recorded()

    async def say(self, cls: type[Fact], **fields: Any) -> int:
        """Record a fact of the log; its position."""
        version = len(await self.recorder.events_of(self.stream)) + 1
        envelope = Envelope(actor=Actor("system", "test"), occurred_at=datetime.now(UTC))
        fact = cls(originator_id=self.stream, originator_version=version, envelope=envelope, **fields)
        return (await self.recorder.append(Item((self.codec.encode(fact),)))).last

    async def open_log(self, number: int = 1, origin: str | None = None) -> VerifierKey:
        key = self.keys.make(origin or self.origin)
        await self.say(LogOpened, number=number, origin=origin or self.origin, key=str(key))
        return key

    async def add_key(self) -> VerifierKey:
        key = self.keys.make(self.origin)
        await self.say(LogKeyAdded, origin=self.origin, key=str(key))
        return key

    async def withdraw(self, key: VerifierKey) -> int:
        return await self.say(LogKeyWithdrawn, origin=self.origin, key_id=key.key_id.hex(), ground="rotated")

    async def recover(
        self,
        ground: str | None,
        *,
        who: Identity = SETUP,
        turn: Turn | None = None,
        quorum_required: bool = False,
        reached: Callable[[str], None] = nothing,
    ) -> Recovered:
        """As `hoso tlog recover` does it."""
        ledger = Ledger(self.recorder, self.codec, cast(Keyring, NoKeys()))
        office = Registry(ledger, OrganisationReader(self.recorder, self.codec))
        return await recover(
            office,
            Asked(who),
            self.ledger_id,
            self.tlog,
            turn or FreeTurn(),
            self.cosigner,
            ground=ground,
            first=self.origin,
            quorum_required=quorum_required,
            reached=reached,
        )

    # attesting

    async def attester(self, reached: Callable[[str], None] = nothing, **options: Any) -> Attester:
        """A new one, as a process that starts has it."""
        return await Attester.open(
            self.tlog, self.cosigner, await check_head(self.tlog), reached=reached, **options
        )

    async def attest(self) -> Attester:
        """Everything recorded so far, by a new attester."""
        attester = await self.attester()
        while attester.size < await self.recorded() or attester.unfinished:
            await attester.round()
        return attester


@asynccontextmanager
async def open_world(database: Database, folder: Path) -> AsyncIterator[World]:
    recorder = await PostgresRecorder.open(database.app_dsn)
    reader = Reader(database.app_dsn, smallest=1, largest=2)
    await reader.open()
    try:
        yield World(recorder, reader, folder)
    finally:
        await reader.close()
        await recorder.close()


async def published(world: World) -> list[int]:
    """The sizes of the first log's checkpoints on record."""
    return [one.size for one in await world.checkpoints.after(world.origin, 0, 1000)]
