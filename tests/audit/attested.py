"""An office whose log is attested: checkpoints at many sizes, two keys one after another, two witnesses, two
whole tiles and a partial one. Made once for a run; a test works on a copy of database and folder."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from psycopg import sql

from application.attesting import Attester
from application.audit import Audit, audit
from application.audit_evidence import Evidence, Seen
from application.audit_ports import Progress
from application.audit_sources import Keeping, Span
from application.head_check import Standing, check_head
from application.policy import Identity
from application.ports import Item
from application.tlog import OnRecord, Tlog
from application.tlog_ports import (
    ED25519_COSIGNATURE,
    Consistency,
    Cosignature,
    Cosigned,
    LastCosignature,
)
from domain.facts import Actor, Envelope, Fact
from domain.log_facts import LogKeyAdded, LogKeyWithdrawn, LogOpened, log_stream
from domain.notes import VerifierKey, cosignature, cosigned_message, read_checkpoint, read_note
from infra.checkpoints import PostgresCheckpoints
from infra.head_store import HeadFile
from infra.leaves import PostgresLeaves
from infra.log_keys import LogKeyFiles
from infra.note_ciphers import verify
from infra.scan import PAGE, open_scan
from infra.tile_store import TileFolder
from tests.office.world import DISTRICT, Office, open_office, replaying
from tests.support import Database
from tests.views_made import prepare_views

WITHOUT_GUARDS: tuple[LiteralString, ...] = (
    "ALTER TABLE event DISABLE TRIGGER USER",
    "ALTER TABLE event_open DISABLE TRIGGER USER",
    "ALTER TABLE checkpoint DISABLE TRIGGER USER",
    "ALTER TABLE cosignature DISABLE TRIGGER USER",
    "ALTER TABLE cosignature DROP CONSTRAINT IF EXISTS cosignature_checkpoint",
    "ALTER TABLE event DROP CONSTRAINT IF EXISTS event_position_from_one",
    "ALTER TABLE event DROP CONSTRAINT IF EXISTS event_version_not_negative",
    "ALTER TABLE checkpoint DROP CONSTRAINT IF EXISTS checkpoint_size_not_negative",
)


TABLES = ("event", "checkpoint", "cosignature")
KEEP = sql.SQL("CREATE TABLE kept.{} AS TABLE {}")
PUT_BACK = sql.SQL("INSERT INTO {} TABLE kept.{}")


class Witnesses:
    """Two witnesses that sign whatever they are given, by keys that are the same in every run."""

    def __init__(self) -> None:
        self._private = [Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2)]
        self.keys = [
            VerifierKey(f"witness-{n}.example", ED25519_COSIGNATURE, private.public_key().public_bytes_raw())
            for n, private in enumerate(self._private, 1)
        ]

    def knows(self, origin: str, cosigned: Sequence[LastCosignature]) -> None:
        return

    async def cosign(self, note: str, size: int, consistency: Consistency) -> Cosigned:
        checkpoint = read_checkpoint(read_note(note.encode()).text)
        at = 1_750_000_000 + size
        lines = [
            Cosignature(
                key,
                cosignature(key, at, private.sign(cosigned_message(key, checkpoint, at))),
                datetime.fromtimestamp(at, UTC),
            )
            for key, private in zip(self.keys, self._private, strict=True)
        ]
        return Cosigned(tuple(lines), quorum=True)


@dataclass(frozen=True, slots=True)
class Shows:
    """A witness that shows this note, or raises."""

    content: bytes | Exception | None
    name: str = "witness-1.example"

    async def latest(self, origin: str) -> bytes | None:
        if isinstance(self.content, Exception):
            raise self.content
        return self.content


@dataclass
class Attested:
    """`folder` holds tiles, head and keys."""

    office: Office
    folder: Path
    cosigner: Witnesses = field(default_factory=Witnesses)

    def __post_init__(self) -> None:
        self.recorder = self.office.opened.recorder
        self.codec = self.office.opened.codec
        self.ledger_id = self.recorder.ledger.ledger_id
        self.keys = LogKeyFiles(self.folder / "secrets")
        self.head = HeadFile(self.folder / "head", self.ledger_id)
        self.origin = f"demo.hoso/{self.ledger_id}"

    @property
    def head_file(self) -> Path:
        return Path(self.head.where)

    def tile(self, path: str) -> Path:
        return self.folder / "tlog" / "1" / path

    def tiles(self, number: int) -> TileFolder:
        return TileFolder(self.folder / "tlog" / str(number))

    @property
    def tlog(self) -> Tlog:
        return Tlog(
            record=OnRecord(self.recorder, self.codec, self.ledger_id),
            head=self.head,
            tiles=self.tiles,
            signer=self.keys,
            verify=verify,
            checkpoints=PostgresCheckpoints(self.recorder),
            leaves=PostgresLeaves(self.recorder),
        )

    async def say(self, cls: type[Fact], **fields: Any) -> int:
        """Record a fact of the log; its position."""
        stream = log_stream(self.ledger_id)
        version = len(await self.recorder.events_of(stream)) + 1
        now, _ = await self.recorder.clock()
        envelope = Envelope(actor=Actor("system", "test"), occurred_at=now)
        fact = cls(originator_id=stream, originator_version=version, envelope=envelope, **fields)
        return (await self.recorder.append(Item((self.codec.encode(fact),)))).last

    async def file(self, count: int) -> None:
        """So many dossiers more."""
        for done in range(0, count, 20):
            some = range(min(20, count - done))
            await asyncio.gather(*(self.office.filed(DISTRICT, "07201@2025-06-01") for _ in some))

    async def attest(self, standing: Standing | None = None) -> int:
        """Everything recorded so far, by a new attester; the size."""
        standing = standing or await check_head(self.tlog)
        attester = await Attester.open(self.tlog, self.cosigner, standing)
        _, head = await self.recorder.clock()
        while attester.size < head:
            await attester.round()
        return attester.size

    async def shown(self) -> None:
        await self.office.shown.shown((await self.recorder.clock())[1])

    def evidence(self, *, policy: bool = True, witnesses: Sequence[Seen] = ()) -> Evidence:
        tlog = self.tlog
        keys = self.cosigner.keys if policy else []
        return Evidence(
            self.ledger_id, tlog.tiles, tlog.head, tlog.leaves, verify, keys, witnesses, tlog.checkpoints
        )

    async def audited(
        self,
        span: Span | None = None,
        *,
        policy: bool = True,
        witnesses: Sequence[Seen] = (),
        replay: bool = False,
        keeping: Keeping | None = None,
        page: int = PAGE,
        tree_only: bool = False,
        meanwhile: Callable[[], Awaitable[object]] | None = None,
        progress: Progress = lambda what, done, total: None,
    ) -> Audit:
        """`meanwhile`: what happens once the audit has its snapshot."""
        office = self.office
        now, _ = await self.recorder.clock()
        async with open_scan(office.database.app_dsn, page=page) as scan:
            if meanwhile is not None:
                await meanwhile()
            return await audit(
                scan,
                self.recorder,
                self.codec,
                office.shown,
                claim_value=office.opened.keyring.claim_value,
                now=now,
                store=office.files.store,
                tree_only=tree_only,
                evidence=self.evidence(policy=policy, witnesses=witnesses),
                replay=replaying(office) if replay else None,
                span=span or Span(),
                keeping=keeping,
                progress=progress,
            )

    def unguard(self) -> None:
        with psycopg.connect(self.office.database.owner_dsn, autocommit=True) as owner:
            for guard in WITHOUT_GUARDS:
                owner.execute(guard)

    def keep(self) -> None:
        """Remember what is recorded, for `restore`."""
        with psycopg.connect(self.office.database.owner_dsn, autocommit=True) as owner:
            owner.execute("CREATE SCHEMA kept")
            for table in TABLES:
                owner.execute(KEEP.format(sql.Identifier(table), sql.Identifier(table)))

    def restore(self, made: Path) -> None:
        """Put back what was damaged: the tables as they were kept, the folder as it was made."""
        with psycopg.connect(self.office.database.owner_dsn) as owner:
            for table in TABLES:
                owner.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(table)))
                owner.execute(PUT_BACK.format(sql.Identifier(table), sql.Identifier(table)))
        shutil.rmtree(self.folder)
        copied(made, self.folder)

    def tamper(self, statement: LiteralString, *parameters: Any) -> None:
        """As the owner of the tables could; the guards are out of the way."""
        with psycopg.connect(self.office.database.owner_dsn, autocommit=True) as owner:
            done = owner.execute(statement, parameters)
            assert done.rowcount > 0, "nothing was damaged"

    def rows(self, query: LiteralString, *parameters: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.office.database.owner_dsn, autocommit=True) as owner:
            return owner.execute(query, parameters).fetchall()

    def sizes(self) -> list[int]:
        return [size for (size,) in self.rows("SELECT size FROM checkpoint ORDER BY size")]

    def flip(self, path: Path, byte: int, bit: int = 0) -> None:
        content = bytearray(path.read_bytes())
        content[byte] ^= 1 << bit
        path.chmod(0o644)
        path.write_bytes(content)


async def known_again(office: Office) -> None:
    """The office is furnished already; who files at its desk."""
    found = await office.opened.ledger.find("officer", DISTRICT)
    office.officers[DISTRICT] = Identity("officer", str(found))


@asynccontextmanager
async def open_attested(database: Database, folder: Path, *, again: bool = True) -> AsyncIterator[Attested]:
    if again:
        await prepare_views(database)
    async with open_office(database, known_again if again else None, again=again) as office:
        opened = Attested(office, folder)
        if again:
            opened.unguard()
        yield opened


async def make_attested(database: Database, folder: Path) -> None:
    """Some 600 events: the log opened among them, a key added and the first one withdrawn."""
    async with open_attested(database, folder, again=False) as made:
        first = made.keys.make(made.origin)
        await made.say(LogOpened, number=1, origin=made.origin, key=str(first))
        await made.attest()
        await made.file(20)
        await made.attest()
        second = made.keys.make(made.origin)
        await made.say(LogKeyAdded, origin=made.origin, key=str(second))
        for count in (40, 60):
            await made.file(count)
            await made.attest()
        await made.say(LogKeyWithdrawn, origin=made.origin, key_id=first.key_id.hex(), ground="rotated")
        for count in (3, 40, 20):
            await made.file(count)
            await made.attest()
        await made.file(2)  # waits to be attested
        await made.shown()


def copied(folder: Path, to: Path) -> Path:
    shutil.copytree(folder, to)
    return to
