"""Where an audit begins that goes on from a checkpoint: on record at a size, or in a file that the auditor
has kept since the last visit.

The tree up to there is taken from the right edge of its tiles, which has to give the checkpoint's root; where
it does not, from the leaves on record. What these do not give either is of another history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from application.audit_evidence import Evidence
from application.audit_findings import Findings
from application.audit_logs import KnownLogs
from application.audit_ports import LogScan
from application.audit_signatures import checkpoint_of, signer_of
from application.audit_tiles import TileAuditor
from application.refusals import BadRequest
from application.tlog_ports import TlogUnavailable
from domain.frontier import Frontier, of_levels
from domain.notes import Checkpoint, NoteBroken
from domain.tiles import Edge, Tile, hashes_of, nodes, partials
from domain.tree_proofs import HASH_BYTES, ProofBroken, check_consistency, consistency_ranges, path

AT_ONCE = 10_000
Levels = Sequence[Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Begun:
    """The tree from which the pass by position goes on. `levels`: the hashes of its partial tiles."""

    frontier: Frontier = field(default_factory=Frontier)
    levels: Levels = ()

    @property
    def size(self) -> int:
        return self.frontier.size


@dataclass(frozen=True, slots=True)
class Starter:
    """`newest`: the newest checkpoint of the log that is open, as its row says; `minimum`: the index below
    which tiles of level 0 were pruned, so that leaves are read in their place."""

    scan: LogScan
    evidence: Evidence
    logs: KnownLogs
    findings: Findings
    newest: Checkpoint | None
    minimum: int = 0

    async def begin(self, since: int | bytes) -> Begun:
        """`since`: the size of a checkpoint on record, or a note. What is wrong with a note that was kept is
        a finding, and the audit begins at the first position where nothing can be taken from it.

        Raises BadRequest where no such checkpoint is on record, or the note is none.
        """
        if isinstance(since, int):
            return await self._from(await self._on_record(since), kept=False)
        try:
            note, kept = checkpoint_of(since)
        except NoteBroken as problem:
            raise BadRequest("bad_since", f"the file holds no checkpoint: {problem}") from None
        keys = self.logs.keys_of(kept.origin)
        if not keys:
            self._says(kept, f"is of {kept.origin}, which is no log of this ledger")
        elif signer_of(note, keys, self.evidence.verify) is None:
            self._says(kept, "is signed by no key that is on record here")
        if kept.size > self.scan.head:
            says = f"covers {kept.size} events; this log has {self.scan.head}"
            self._says(kept, f"{says}: {self._proof_says(kept, None, ())}")
            return Begun()
        return await self._from(kept, kept=True)

    async def _on_record(self, size: int) -> Checkpoint:
        found = self.logs.open
        nearest: list[int] = []
        async for page in self.scan.checkpoints(size):
            for row in page:
                if found is not None and row.origin == found.origin:
                    nearest.append(row.size)
                    if row.size == size:
                        return Checkpoint(row.origin, row.size, row.root)
                    break
            if nearest:
                break
        after = f"the next one on record is of size {nearest[0]}" if nearest else "none on record is larger"
        raise BadRequest("bad_since", f"no checkpoint of size {size} is on record: {after}")

    async def _from(self, begins: Checkpoint, *, kept: bool) -> Begun:
        levels = await self._from_tiles(begins.size)
        if levels is not None and (begun := _begun(levels)).frontier.root() == begins.root:
            return begun
        levels = await self._from_leaves(begins.size)
        begun = _begun(levels)
        if begun.frontier.root() == begins.root:
            await self._tiles_are_wrong(begins, levels)
        elif kept:
            found, expected = begins.root.hex(), begun.frontier.root().hex()
            says = f"is not of this history: its root is {found}, the log gives {expected}"
            proof = await self._consistency(begins.size)
            says = f"{says}; {self._proof_says(begins, self.newest, proof)}"
            self._says(begins, says, expected=expected, found=found)
        return begun

    async def _from_tiles(self, size: int) -> Levels | None:
        log = self.logs.open
        if log is None:
            return None
        levels: list[list[bytes]] = []
        for tile in partials(size):
            content = await self._tile(log.number, tile)
            if content is None and tile.level == 0 and tile.end <= self.minimum:
                content = b"".join(await self.evidence.leaves.leaves_after(tile.start, tile.width))
            if content is None:
                return None
            hashes = hashes_of(content)
            levels += [[] for _ in range(tile.level - len(levels))]
            levels.append(hashes)
        return levels

    async def _from_leaves(self, size: int) -> Levels:
        edge = Edge()
        while edge.size < size:
            leaves = await self.evidence.leaves.leaves_after(edge.size, min(AT_ONCE, size - edge.size))
            if not leaves:
                raise BadRequest("bad_since", f"the log ends at position {edge.size}, before {size}")
            for leaf in leaves:
                for _ in edge.add(leaf):
                    pass
        return edge.levels

    async def _tiles_are_wrong(self, begins: Checkpoint, levels: Levels) -> None:
        """The leaves give the root and the tiles do not: name which of these differ."""
        log = self.logs.open
        assert log is not None, "a checkpoint has a log"
        tiles = TileAuditor(self.evidence.tiles(log.number), begins.size, self.minimum, self.findings)
        for tile in partials(begins.size):
            await tiles.partial_hashes(tile, levels[tile.level])

    async def _consistency(self, old: int) -> Sequence[bytes] | None:
        """From that size to the newest checkpoint, out of the tiles; None where they do not give it."""
        log = self.logs.open
        if self.newest is None or log is None or old > self.newest.size:
            return None
        size = self.newest.size
        ranges = consistency_ranges(old, size)
        wanted: dict[Tile, bytes] = {}

        def note(tile: Tile) -> bytes:
            wanted.setdefault(tile, bytes(tile.width * HASH_BYTES))
            return wanted[tile]

        path(nodes(note, size), ranges)
        for tile in wanted:
            content = await self._tile(log.number, tile)
            if content is None:
                return None
            wanted[tile] = content
        return path(nodes(wanted.__getitem__, size), ranges)

    async def _tile(self, number: int, tile: Tile) -> bytes | None:
        """A tile, or as much of the whole one that replaced it."""
        store, size = self.evidence.tiles(number), tile.width * HASH_BYTES
        try:
            content = await store.get(tile.path) or await store.get(tile.whole().path) or b""
        except TlogUnavailable:
            return None
        return content[:size] if len(content) >= size else None

    def _proof_says(self, kept: Checkpoint, newest: Checkpoint | None, proof: Sequence[bytes] | None) -> str:
        size, root = (newest.size, newest.root) if newest else (self.scan.head, b"")
        if proof is None:
            return "the tiles give no proof of consistency"
        try:
            check_consistency(kept.size, size, kept.root, root, proof)
        except ProofBroken as broken:
            return str(broken)
        return f"the tiles prove that it is: the log was changed before position {kept.size}"

    def _says(self, kept: Checkpoint, what: str, **more: str) -> None:
        says = f"the checkpoint of size {kept.size} that was kept {what}"
        where = {"origin": kept.origin, "size": kept.size, **more}
        self.findings.add("since", says, position=kept.size, where=where)


def _begun(levels: Levels) -> Begun:
    return Begun(of_levels(levels), levels)
