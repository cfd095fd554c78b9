"""The tree as it grows: entries in, tiles and bundles out, every leaf computed from its entry.

Memory is the right edge and the entries of the last bundle; what was made full is handed over at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from application.leaf import leaf_of, position_of
from application.pruned import may_be_gone, minimum_of
from application.tlog import Stands
from application.tlog_ports import Entry, Leaves, TileConflict, TileStore
from application.tree_reading import LeavesMissing, Progress, TreeReader
from domain.tiles import HEIGHT, WIDTH, Edge, Tile, bundle, hashes_of, subtree

PAGE = 10_000
Objects = list[tuple[str, bytes]]
"""By their path below the log's prefix."""


class LeafDiffers(Stands):
    """A stored leaf does not cover what is stored at its position."""

    def __init__(self, position: int) -> None:
        super().__init__(
            f"The stored leaf of position {position:,} does not cover what is stored there: the event was"
            " changed, or the disk is failing. Nothing after it is attested; `hoso audit` says what is sound."
        )
        self.position = position


class HistoryDiffers(Stands):
    """The newest part of the log fits the head, and the whole does not."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"The log from its beginning does not give the root that was signed at position {size:,}, though"
            " its newest part does: something earlier was changed. Nothing more is attested; `hoso audit`"
            " names the position."
        )


class GrowingTree:
    """A tree from its edge on. `entries`: those of the last bundle, where it is not full."""

    def __init__(self, edge: Edge, entries: Sequence[bytes] = ()) -> None:
        self._edge = edge
        self._entries = list(entries)

    @property
    def size(self) -> int:
        return self._edge.size

    def root(self) -> bytes:
        return self._edge.root()

    def add(self, entries: Sequence[Entry]) -> Objects:
        """Add the entries of the next positions; give the tiles and bundles that they make full. Raises
        LeafDiffers, and the tree is of no use then."""
        made: Objects = []
        at = 0
        while at < len(entries):
            some = entries[at : at + WIDTH - self._edge.size % WIDTH]  # no more than the tile has room for
            at += len(some)
            self._entries += [one.entry for one in some]
            for tile, content in self._edge.extend(self._leaves(some)):
                made.append((tile.path, content))
                if tile.level == 0:
                    made.append((tile.entries_path, bundle(self._entries)))
                    self._entries.clear()
        return made

    def _leaves(self, entries: Sequence[Entry]) -> list[bytes]:
        """The leaves of the next positions. Raises LeafDiffers."""
        made = [leaf_of(one.entry) for one in entries]
        first = self._edge.size + 1
        for position, (one, leaf) in enumerate(zip(entries, made, strict=True), first):
            if leaf != one.leaf or position_of(one.entry) != position:
                raise LeafDiffers(position)
        return made

    def partials(self) -> Objects:
        """The tiles and the bundle that are not full: those that a checkpoint of this size needs."""
        made = [(tile.path, content) for tile, content in self._edge.partials()]
        if self._entries:
            last = Tile(0, self.size // WIDTH, len(self._entries))
            made.append((last.entries_path, bundle(self._entries)))
        return made


async def whole_tree(tiles: TileStore, leaves: Leaves, edge: Edge, progress: Progress) -> GrowingTree:
    """The tree of this edge, to go on from: what a reader of its size needs first is in the store, and where
    the last full tiles are missing, all but pruned ones are written again from the log. Raises TileConflict,
    LeafDiffers, LeavesMissing, TlogUnavailable."""
    if not await _last_full_are_there(tiles, edge):
        return await _written_again(tiles, leaves, edge, progress)
    first = edge.size // WIDTH * WIDTH
    entries = await leaves.entries_after(first, edge.size - first) if edge.size > first else []
    known = edge.levels[0] if entries else []
    if [leaf_of(one.entry) for one in entries] != known:
        raise LeafDiffers(first + 1)
    tree = GrowingTree(edge, [one.entry for one in entries])
    await tiles.put(tree.partials())
    return tree


async def _last_full_are_there(tiles: TileStore, edge: Edge) -> bool:
    """The last full tile of every level, and the last full bundle. Raises TileConflict where one is not what
    the level above says."""
    for tile in _last_full(edge.size):
        content = await tiles.get(tile.path)
        if content is None or (tile.level == 0 and await tiles.get(tile.entries_path) is None):
            return False
        above = edge.levels[tile.level + 1] if tile.level + 1 < len(edge.levels) else []
        if above and (len(content) != WIDTH * 32 or subtree(hashes_of(content)) != above[-1]):
            raise TileConflict(tile.path)
    return True


def _last_full(size: int) -> Iterator[Tile]:
    level = 0
    while count := size >> HEIGHT * (level + 1):
        yield Tile(level, count - 1)
        level += 1


async def _written_again(tiles: TileStore, leaves: Leaves, edge: Edge, progress: Progress) -> GrowingTree:
    whole = Edge()
    await TreeReader(tiles, leaves, progress).grow(whole, edge.size)
    if whole.root() != edge.root():  # before a tile of another history is written
        raise HistoryDiffers(edge.size)
    minimum = await minimum_of(tiles)
    tree = GrowingTree(Edge())
    while tree.size < edge.size:
        page = await leaves.entries_after(tree.size, min(PAGE, edge.size - tree.size))
        if not page:
            raise LeavesMissing(tree.size)
        await tiles.put([each for each in tree.add(page) if not may_be_gone(each[0], minimum)])
        progress(tree.size, edge.size)
    await tiles.put(tree.partials())
    return tree


def needless(before: int, after: int) -> list[str]:
    """The partial tiles and bundles of trees since `before`, whose full one the tree of `after` has."""
    paths: list[str] = []
    for last in _last_full(after):
        growing = before >> HEIGHT * (last.level + 1)
        for index in range(growing, min(growing + 2, last.index + 1)):  # a round begins in one of these
            whole = Tile(last.level, index)
            wholes = [whole.path, whole.entries_path] if last.level == 0 else [whole.path]
            paths += [f"{path}.p/{width}" for path in wholes for width in range(1, WIDTH)]
    return paths
