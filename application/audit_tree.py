"""The audit of the tree, as the pass by position goes: every leaf against its event, the tiles and bundles
against the leaves, and at the size of each checkpoint the root.

The tree is made of what the log gives. Where a stored leaf does not cover its event, the tile says which of
the two was changed, and the tree goes on with what the tile has, so that one flipped bit is one finding. An
event that is missing is taken from its tile; without one the tree ends there, which is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from application.audit_checkpoints import CheckpointAuditor
from application.audit_findings import Findings
from application.audit_tiles import TileAuditor
from application.leaf import leaf_of
from application.ports import StoredFact
from domain.frontier import Frontier
from domain.tiles import HEIGHT, WIDTH, Tile, partials, subtree


class TreeAuditor:
    """`size`: how many leaves it has. `wanted`: sizes whose roots are asked for at the end, beside those of
    checkpoints; `newest`: the size of the newest checkpoint of the log that is open."""

    def __init__(
        self,
        tiles: TileAuditor,
        checkpoints: CheckpointAuditor,
        findings: Findings,
        newest: int = 0,
        wanted: Sequence[int] = (),
    ) -> None:
        self._tiles = tiles
        self._checkpoints = checkpoints
        self._findings = findings
        self._newest = newest
        self._wanted = sorted(wanted)
        self._frontier = Frontier()
        self._leaves: list[bytes | None] = []
        self._entries: list[bytes | None] = []
        self._upper: list[list[bytes]] = []
        self._earlier: dict[int, tuple[int, set[int]]] = {}
        """Of each level the tile that is not whole, and its widths at checkpoints so far."""
        self.roots: dict[int, bytes] = {}
        """At the sizes wanted, and at that of the newest checkpoint."""
        self.attested: Frontier | None = None
        """The tree at the newest checkpoint, for what goes on from there."""
        self.ends_at: int | None = None
        """The position from which the tree could not be made."""

    @property
    def size(self) -> int:
        return self._frontier.size

    def root(self) -> bytes:
        return self._frontier.root()

    def begins(self, frontier: Frontier, levels: Sequence[Sequence[bytes]]) -> None:
        """Start from an earlier tree. `levels`: the hashes of its partial tiles, level 0 first."""
        self._frontier = frontier.copy()
        width = frontier.size % WIDTH
        self._leaves = list(levels[0]) if levels else [None] * width
        self._entries = [None] * width
        self._upper = [list(level) for level in levels[1:]]

    async def start(self) -> None:
        """Judge the checkpoints of the size from which the pass begins."""
        await self._at_size()

    async def take(self, leaves: Sequence[bytes], entries: Sequence[bytes]) -> None:
        """The next leaves, made from the stored bytes and found to be the stored ones."""
        if self.ends_at is None:
            await self._take(leaves, entries)

    async def page(self, page: Sequence[StoredFact], entries: Sequence[bytes]) -> None:
        """Rows in the order of positions, as they were read, with their log entries."""
        computed = [leaf_of(entry) for entry in entries]
        first = self.size + 1
        dense = all(stored.position == position for position, stored in enumerate(page, first))
        if dense and self.ends_at is None and computed == [stored.leaf for stored in page]:
            await self._take(computed, entries)
            return
        for stored, entry, leaf in zip(page, entries, computed, strict=True):
            believed = leaf if leaf == stored.leaf else await self._believed(stored, leaf)
            if stored.position > self.size + 1:
                await self._fill(stored.position - 1)
            if stored.position == self.size + 1 and self.ends_at is None:
                await self._take([believed], [entry])

    async def _believed(self, stored: StoredFact, computed: bytes) -> bytes:
        """Which leaf the tree takes for an event whose stored leaf does not cover it."""
        says = f"the leaf of position {stored.position} does not cover its stored bytes"
        known = await self._tiles.hash_of(stored.position - 1)
        if known == stored.leaf:
            says += ": its tile has the stored leaf, so the event was changed"
        elif known == computed:
            says += ": its tile has the event's, so the stored leaf was changed"
        elif known is not None:
            says += f": nor does its tile have either, but {known.hex()}"
        where = {"expected": computed.hex(), "found": stored.leaf.hex()}
        self._findings.add("leaf", says, stored, where=where)
        return computed if known == computed else stored.leaf

    async def _fill(self, until: int) -> None:
        """Leaves of events that are missing, up to a position, from their tiles."""
        while self.size < until and self.ends_at is None:
            known = await self._tiles.hash_of(self.size)
            if known is None:
                self.ends_at = self.size + 1
                if self.size < self._newest:
                    says = f"the tree ends before position {self.ends_at}: its event is missing"
                    self._findings.add("tree", f"{says}, and no tile has it", position=self.ends_at)
                return
            await self._take([known], [None])

    async def _take(self, leaves: Sequence[bytes], entries: Sequence[bytes | None]) -> None:
        first, last = self.size // WIDTH, (self.size + len(leaves)) // WIDTH
        if last > first:
            await self._tiles.read_ahead(range(first, last))
        at = 0
        while at < len(leaves):
            stop = min(len(leaves), at + await self._until_next())
            run = leaves[at:stop]
            full = self._frontier.add(run)
            self._leaves += run
            self._entries += entries[at:stop]
            for node in full:
                await self._full(node)
            await self._at_size()
            at = stop

    async def _until_next(self) -> int:
        """How many leaves there are until the next size at which somebody asks for the root."""
        sizes = [await self._checkpoints.next_size(), *self._wanted[:1], self._newest]
        return min((size - self.size for size in sizes if size > self.size), default=1 << 62)

    async def _at_size(self) -> None:
        root: bytes | None = None
        while await self._checkpoints.next_size() == self.size:
            root = root or self._frontier.root()
            self._checkpoints.judge(self.size, root)
            self._remember()
        while self._wanted and self._wanted[0] <= self.size:
            if self._wanted.pop(0) == self.size:
                self.roots[self.size] = self._frontier.root()
        if self.size == self._newest and (self.attested is None or self.attested.size != self.size):
            self.roots[self.size] = self._frontier.root()
            self.attested = self._frontier.copy()
            await self._partials()

    async def _full(self, node: bytes) -> None:
        """A tile of level 0 is complete, and with it perhaps some above."""
        leaves, self._leaves = self._leaves[:WIDTH], self._leaves[WIDTH:]
        entries, self._entries = self._entries[:WIDTH], self._entries[WIDTH:]
        index = (self.size - len(self._leaves)) // WIDTH - 1
        await self._tiles.whole(Tile(0, index), leaves, entries)
        for level in range(1, len(self._upper) + 2):
            if level > len(self._upper):
                self._upper.append([])
            hashes = self._upper[level - 1]
            hashes.append(node)
            if len(hashes) < WIDTH:
                return
            index >>= HEIGHT
            await self._tiles.whole(Tile(level, index), hashes)
            node = subtree(hashes)
            self._upper[level - 1] = []

    def _remember(self) -> None:
        for tile in partials(self.size):
            index, widths = self._earlier.get(tile.level, (-1, set()))
            self._earlier[tile.level] = (
                tile.index,
                widths | {tile.width} if index == tile.index else {tile.width},
            )

    async def _partials(self) -> None:
        for tile in partials(self.size):
            hashes = self._upper[tile.level - 1] if tile.level else self._leaves
            entries = () if tile.level else self._entries
            await self._tiles.partial(tile, hashes[: tile.width], entries[: tile.width])
            index, widths = self._earlier.get(tile.level, (-1, set()))
            for width in sorted(widths - {tile.width}) if index == tile.index else ():
                earlier = Tile(tile.level, index, width)
                await self._tiles.earlier(earlier, hashes[:width], entries[:width])

    def state(self) -> dict[str, Any]:
        """As primitives, for `resumed`."""
        return {
            "nodes": [[height, node.hex()] for height, node in self._frontier.nodes],
            "leaves": [leaf and leaf.hex() for leaf in self._leaves],
            "entries": [entry and entry.hex() for entry in self._entries],
            "upper": [[node.hex() for node in level] for level in self._upper],
            "roots": {str(size): root.hex() for size, root in self.roots.items()},
            "attested": None
            if self.attested is None
            else [[height, node.hex()] for height, node in self.attested.nodes],
            "ends_at": self.ends_at,
            "earlier": [[level, index, sorted(widths)] for level, (index, widths) in self._earlier.items()],
        }

    def resumed(self, state: Mapping[str, Any]) -> None:
        """Go on from where an interrupted audit was."""
        self._frontier = _frontier(state["nodes"])
        self._leaves = [leaf and bytes.fromhex(leaf) for leaf in state["leaves"]]
        self._entries = [entry and bytes.fromhex(entry) for entry in state["entries"]]
        self._upper = [[bytes.fromhex(node) for node in level] for level in state["upper"]]
        self.roots = {int(size): bytes.fromhex(root) for size, root in state["roots"].items()}
        self.attested = None if state["attested"] is None else _frontier(state["attested"])
        self.ends_at = state["ends_at"]
        self._earlier = {level: (index, set(widths)) for level, index, widths in state["earlier"]}
        self._wanted = [size for size in self._wanted if size > self.size]


def _frontier(nodes: Sequence[tuple[int, str]]) -> Frontier:
    return Frontier([(height, bytes.fromhex(node)) for height, node in nodes])
