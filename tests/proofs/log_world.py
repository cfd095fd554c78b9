"""The small province with its log, attested by the real attester whenever a test says so: tiles, head and
keys in folders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from application.attesting import Attester
from application.changing import Asked
from application.head_check import check_head
from application.log_identity import open_log
from application.proof_file import file_bytes
from application.proof_trust import Trust
from application.proving import Material, Proving, proof
from application.tlog import OnRecord, Tlog
from application.tlog_ports import Consistency, Cosignature, Cosigned, LastCosignature
from application.verifying import Verified
from domain.notes import VerifierKey, read_checkpoint, read_note
from infra.checkpoints import PostgresCheckpoints
from infra.head_store import HeadFile
from infra.leaves import PostgresLeaves
from infra.log_keys import LogKeyFiles
from infra.note_ciphers import verify
from infra.tile_store import TileFolder
from interfaces.proof_words import reading
from tests.office.province import SYSTEM
from tests.office.world import Office, open_office
from tests.proofs.making import Signer, check
from tests.support import Database

SECONDS = 2.0


@dataclass
class Cosigners:
    """Witnesses that sign whatever they are asked, at once. `quorum`: whether that is enough."""

    signers: Sequence[Signer] = ()
    quorum: bool = True

    def knows(self, origin: str, cosigned: Sequence[LastCosignature]) -> None:
        return

    async def cosign(self, note: str, size: int, consistency: Consistency) -> Cosigned:
        checkpoint, at = read_checkpoint(read_note(note.encode()).text), datetime.now(UTC)
        lines = [Cosignature(s.key, s.sign(checkpoint, at), at) for s in self.signers]
        return Cosigned(tuple(lines), self.quorum)


@dataclass
class World:
    """`folder`: of the stores; `key`: the log's."""

    office: Office
    folder: Path
    key: VerifierKey = field(init=False)

    @property
    def tiles(self) -> TileFolder:
        return TileFolder(self.folder / "tlog")

    @property
    def signer(self) -> LogKeyFiles:
        return LogKeyFiles(self.folder / "secrets")

    @property
    def tlog(self) -> Tlog:
        recorder, ledger_id = self.office.opened.recorder, self.office.opened.recorder.ledger.ledger_id
        return Tlog(
            record=OnRecord(recorder, self.office.opened.codec, ledger_id),
            head=HeadFile(self.folder / "head", ledger_id),
            tiles=lambda number: self.tiles,
            signer=self.signer,
            verify=verify,
            checkpoints=PostgresCheckpoints(recorder),
            leaves=PostgresLeaves(recorder),
        )

    @property
    def trust(self) -> Trust:
        return Trust((self.key,))

    @property
    def proving(self) -> Proving:
        return Proving(self.office.dossiers, self.tlog, SECONDS)

    async def open_log(self) -> None:
        ledger_id = self.office.opened.recorder.ledger.ledger_id
        named = await open_log(
            self.office.registry, Asked(SYSTEM), ledger_id, self.signer, first="hoso/tests"
        )
        self.key = named.key

    async def attest(self, *witnesses: Signer, quorum: bool = True) -> int:
        """Everything recorded by now; the size of the tree."""
        recorded = (await self.office.opened.recorder.clock())[1]
        standing = await check_head(self.tlog)
        attester = await Attester.open(self.tlog, Cosigners(witnesses, quorum), standing)
        while attester.size < recorded:
            await attester.round()
        return attester.size

    async def verified(self, material: Material) -> Verified:
        """What the checker says of the file that is made of this."""
        return check(file_bytes(await proof(self.proving, material, reading)), self.trust)


@asynccontextmanager
async def open_world(database: Database, folder: Path) -> AsyncIterator[World]:
    async with open_office(database) as office:
        world = World(office, folder)
        await world.open_log()
        yield world
