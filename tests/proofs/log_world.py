"""The small province with its log attested when a test says so: tiles in a folder, checkpoints in the
database, signed by a key of the test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from application.proof_file import file_bytes
from application.proof_trust import Trust
from application.proving import Material, OpenLog, Proving, proof
from application.tlog_ports import Published
from application.verifying import Verified
from domain.notes import Checkpoint, Note
from domain.tiles import Edge
from infra.tile_store import TileFolder
from interfaces.proof_words import reading
from interfaces.tlog_wiring import TlogTables, open_tlog_tables
from tests.office.world import Office, open_office
from tests.proofs.making import Signer, check
from tests.support import Database

SECONDS = 2.0


@dataclass
class World:
    """`attest` covers everything recorded by then."""

    office: Office
    tables: TlogTables
    tiles: TileFolder
    signer: Signer
    edge: Edge = field(default_factory=Edge)

    @property
    def trust(self) -> Trust:
        return Trust((self.signer.key,))

    @property
    def proving(self) -> Proving:
        async def log() -> OpenLog:
            return OpenLog(self.signer.name, self.tiles)

        return Proving(self.office.dossiers, self.tables.checkpoints, self.tables.leaves, log, SECONDS)

    async def attest(self, *witnesses: Signer, quorum: bool = True) -> int:
        """One checkpoint over all leaves; its size."""
        found = []
        while leaves := await self.tables.leaves.leaves_after(self.edge.size, 1_000):
            for leaf in leaves:
                found += [(tile.path, content) for tile, content in self.edge.add(leaf)]
        await self.tiles.put([*found, *((tile.path, content) for tile, content in self.edge.partials())])
        checkpoint = Checkpoint(self.signer.name, self.edge.size, self.edge.root())
        note = Note(checkpoint.text(), tuple(s.sign(checkpoint) for s in (self.signer, *witnesses)))
        published = Published(
            checkpoint.origin, checkpoint.size, checkpoint.root, str(note), datetime.now(UTC), quorum
        )
        await self.tables.checkpoints.add(published, [])
        return checkpoint.size

    async def verified(self, material: Material) -> Verified:
        """What the checker says of the file that is made of this."""
        return check(file_bytes(await proof(self.proving, material, reading)), self.trust)


@asynccontextmanager
async def open_world(database: Database, folder: Path) -> AsyncIterator[World]:
    async with open_office(database) as office, open_tlog_tables(database.app_dsn) as tables:
        yield World(office, tables, TileFolder(folder), Signer("hoso/tests"))
