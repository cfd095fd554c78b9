"""Attesting: what was recorded is put into the tree, signed, witnessed and published, round by round.

A round takes the entries after the tree's size, at most 10,000, and in this order: computes each leaf and
compares it with the stored one; writes tiles and bundles; swaps the signed head; asks the witnesses; puts
the checkpoint on record; replaces `checkpoint` beside the tiles. Killed between any two of these, the next
one goes on from the head: an `Attester` is opened anew after every failure, never repaired.

Nothing is signed for a size at which the log has no key here, or before the position that opened the log.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Self

from application.attested import Attested
from application.growing import GrowingTree, Objects, needless, whole_tree
from application.head_check import Standing
from application.log_identity import open_log_of
from application.tlog import LogEnded, NoKeyHere, NotOpened, Tlog
from application.tlog_ports import Cosigned, Cosigner, HeadMoved, Published
from application.tree_reading import Progress, TreeReader, silent
from domain.log_identity import Log
from domain.notes import (
    Checkpoint,
    Note,
    NoteBroken,
    Signature,
    read_checkpoint,
    read_note,
)
from domain.tiles import WIDTH

MOST = 10_000
"""Entries that one checkpoint adds to the one before, at most."""

PAGE = 4 * WIDTH
"""Entries that are read at a time: whoever appends never waits for the processor as long as a round takes."""

AGAIN_SECONDS = 5.0
"""Until witnesses are asked again whose quorum is missing."""

NO_QUORUM = (
    "Nothing is published: the quorum of witnesses is missing, and HOSO_QUORUM is required. See which of them"
    " are away in `hoso tlog status`."
)

Reached = Callable[[str], None]
"""Told the name of each step once it is done: for tests, which end the process there."""


def utc_now() -> datetime:
    return datetime.now(UTC)


def nothing(step: str) -> None:
    """Nobody is told."""


class Attester:
    """Open one with `open` where log and head were found to belong together; call `round` while there is
    something to do. Drop it after any exception. `attested`: how far it is."""

    def __init__(
        self,
        tlog: Tlog,
        cosigner: Cosigner,
        standing: Standing,
        tree: GrowingTree,
        *,
        quorum_required: bool = False,
        now: Callable[[], datetime] = utc_now,
        reached: Reached = nothing,
    ) -> None:
        assert standing.log is not None
        self._log: Log = standing.log
        self._tlog = tlog
        self._cosigner = cosigner
        self._tiles = tlog.tiles(self._log.number)
        self._head = standing.found
        self._signed = standing.head.note if standing.head else None
        self._heard: frozenset[str] = frozenset()
        self._tree = tree
        self._cleaned = max(0, tree.size - WIDTH)
        self._quorum_required = quorum_required
        self._now = now
        self._reached = reached
        self._again_at: datetime | None = None
        self._again_in = timedelta(0)
        self.attested = Attested(head=tree.size)

    @classmethod
    async def open(
        cls,
        tlog: Tlog,
        cosigner: Cosigner,
        standing: Standing,
        *,
        quorum_required: bool = False,
        now: Callable[[], datetime] = utc_now,
        reached: Reached = nothing,
        progress: Progress = silent,
    ) -> Self:
        """Go on from the head; tiles that are missing are written again. Raises Stands, TileConflict,
        TlogUnavailable, and what the log's reader raises."""
        log = standing.log
        if log is None:
            raise NotOpened
        tree = await whole_tree(tlog.tiles(log.number), tlog.leaves, standing.edge, progress)
        attester = cls(
            tlog, cosigner, standing, tree, quorum_required=quorum_required, now=now, reached=reached
        )
        await attester._know_published()
        cosigner.knows(log.origin, await tlog.checkpoints.cosigned(log.origin))
        return attester

    # One round

    async def round(self, most: int = MOST) -> None:
        """Take what was recorded meanwhile, at most `most` entries, and publish. Raises as `open`, and
        HeadMoved where somebody else signed meanwhile."""
        begun = self._tree.size
        objects = await self._grown(most)
        if self._tree.size > begun:
            self._reached("read")
            if self._tree.size < self._log.opened:  # the log was opened later: nothing to sign yet
                await self._tiles.put(objects)
                return
            await self._tiles.put(objects + self._tree.partials())
            self._reached("tiles")
            await self._sign()
        await self._publish()

    async def _grown(self, most: int) -> Objects:
        """Put the next entries into the tree; the tiles and bundles that they make full."""
        made: Objects = []
        end = self._tree.size + most
        while self._tree.size < end:
            entries = await self._tlog.leaves.entries_after(self._tree.size, min(PAGE, end - self._tree.size))
            if not made and entries and await self._tlog.head.read() != self._head:
                raise HeadMoved(None)  # before a tile of another history is written
            made += self._tree.add(entries)
            if len(entries) < PAGE:
                break
        return made

    @property
    def size(self) -> int:
        """How many leaves the tree has; from the log's opening on the head covers them."""
        return self._tree.size

    @property
    def unfinished(self) -> bool:
        """Whether a round has something to do though nothing was recorded: what is signed and not published,
        or witnesses to be asked again. False until it is worth trying."""
        if self._again_at is not None:
            wait = self._again_at - self._now()
            return wait <= timedelta(0) or wait > self._again_in  # the clock was set back meanwhile
        return self._signed is not None and self.attested.published < self.attested.head

    async def _sign(self) -> None:
        checkpoint = Checkpoint(self._log.origin, self._tree.size, self._tree.root())
        logs = await self._tlog.record.logs()  # after the entries: it has every key that they name
        log = open_log_of(logs)
        if log is None or log.number != self._log.number:
            raise LogEnded
        note = Note(checkpoint.text(), self._signatures(log, checkpoint))
        content = str(note).encode()
        self._reached("signed")
        await self._tlog.head.swap(self._head, content)
        self._head, self._signed, self._again_at = content, note, None
        self.attested.head = checkpoint.size
        self._reached("swapped")

    def _signatures(self, log: Log, checkpoint: Checkpoint) -> tuple[Signature, ...]:
        named = log.signers(checkpoint.size)
        here = set(self._tlog.signer.keys())
        if not here.intersection(named):
            raise NoKeyHere(named)
        away = ", ".join(key.key_id.hex() for key in named if key not in here)
        self.attested.away = (
            f"The key {away} is named on record and does not lie here: it signs nothing. Put its file among"
            " the secrets, or withdraw it with `hoso tlog withdraw-key`."
            if away
            else None
        )
        text = checkpoint.text().encode()
        signer = self._tlog.signer
        return tuple(Signature(key.name, key.key_id, signer.sign(key, text)) for key in named if key in here)

    # Publishing

    async def _publish(self) -> None:
        """Ask the witnesses about the head and publish it, unless nothing is to be gained."""
        if self._signed is None or not self.unfinished:
            return
        checkpoint = read_checkpoint(self._signed.text)
        cosigned = await self._cosigner.cosign(str(self._signed), checkpoint.size, self._consistency)
        self._reached("cosigned")
        attested, missing = self.attested, self._quorum_required and not cosigned.quorum
        attested.witnesses, attested.quorum = cosigned.report, cosigned.quorum
        attested.stands = NO_QUORUM if missing else None
        wait = cosigned.again_in or (AGAIN_SECONDS if missing else None)
        self._again_in = timedelta(seconds=wait or 0)
        self._again_at = self._now() + self._again_in if wait else None
        heard = frozenset(str(one.signature) for one in cosigned.signatures)
        news = checkpoint.size > attested.published or not heard <= self._heard
        self._heard = heard
        if news and not missing and checkpoint.size >= attested.published:
            await self._put_on_record(checkpoint, cosigned)

    async def _put_on_record(self, checkpoint: Checkpoint, cosigned: Cosigned) -> None:
        assert self._signed is not None
        note = str(self._signed.signed_by(one.signature for one in cosigned.signatures))
        origin, size, at = checkpoint.origin, checkpoint.size, self._now()
        published = Published(origin, size, checkpoint.root, note, at, cosigned.quorum)
        lines = [(one.key, str(one.signature), one.cosigned_at) for one in cosigned.signatures]
        await self._tlog.checkpoints.add(published, lines)
        self._reached("on record")
        if await self._tlog.head.read() != self._head:  # who was fenced replaces no newer checkpoint
            raise HeadMoved(None)
        on_record = await self._tlog.checkpoints.at_most(origin, size)
        await self._tiles.publish((on_record or published).note.encode())
        if size > self.attested.published:
            self.attested.published, self.attested.signed_at = size, at
        self._reached("published")
        await self._tiles.remove(needless(self._cleaned, size))
        self._cleaned = size
        self._reached("cleaned")

    async def _consistency(self, old: int) -> list[bytes]:
        reader = TreeReader(self._tiles, self._tlog.leaves)
        return await reader.consistency(old, self.attested.head)

    async def _know_published(self) -> None:
        """What is on record already; the file beside the tiles is put right where a crash left it behind."""
        newest = await self._tlog.checkpoints.newest(self._log.origin)
        if newest is None:
            return
        self.attested.published, self.attested.signed_at = newest.size, newest.signed_at
        self.attested.quorum = newest.quorum
        self._again_at = self._now()  # witnesses may have been away when this was published
        there = await self._tiles.get("checkpoint")
        if there is None or _text(there) != _text(newest.note.encode()):
            await self._tiles.publish(newest.note.encode())


def _text(content: bytes) -> str | None:
    try:
        return read_note(content).text
    except NoteBroken:
        return None


async def attest_up_to(attester: Attester, position: int, progress: Progress = silent) -> None:
    """Rounds until a published checkpoint covers what was recorded up to here, or nothing is published for
    want of a quorum."""
    begun = attester.size
    while attester.size < position or (attester.unfinished and attester.attested.stands is None):
        await attester.round()
        progress(attester.size - begun, max(position - begun, attester.size - begun))
