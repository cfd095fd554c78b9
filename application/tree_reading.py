"""The log's tree as its tiles give it, and as the log's leaves give it where a tile is not there.

Whatever is read for a tree of `size` leaves belongs to that size: a partial tile that was replaced is the
beginning of its full one. Nothing here is checked against a root: who asks does that.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence

from application.tlog_ports import Leaves, TileConflict, TileStore
from domain.tiles import HEIGHT, WIDTH, Edge, Tile, hashes_of, nodes, partials, tile_with
from domain.tree_proofs import HASH_BYTES, Range, consistency_ranges, inclusion_ranges, path

PAGE = 10_000
"""Leaves read at once."""

Progress = Callable[[int, int], None]
"""How many leaves were read, of how many."""


class LeavesMissing(Exception):
    """The log ends before the tree does. `at`: the last position that is there."""

    def __init__(self, at: int) -> None:
        super().__init__(f"the log ends at position {at}")
        self.at = at


def silent(done: int, total: int) -> None:
    """Nobody watches."""


class TreeReader:
    """`rebuilt`: whether a tile was missing, so that leaves were hashed in its place."""

    def __init__(self, tiles: TileStore, leaves: Leaves, progress: Progress = silent) -> None:
        self._tiles = tiles
        self._leaves = leaves
        self._progress = progress
        self.rebuilt = False

    async def tile(self, tile: Tile) -> bytes:
        """A tile's bytes, of exactly its width. Raises TlogUnavailable, TileConflict for one of another
        length, LeavesMissing."""
        content = await self._tiles.get(tile.path)
        if content is None and tile.width < WIDTH:
            whole = await self._tiles.get(tile.whole().path)
            content = whole[: tile.width * HASH_BYTES] if whole is not None else None
        if content is None:
            self.rebuilt = True
            return await self._from_leaves(tile)
        if len(content) != tile.width * HASH_BYTES:
            raise TileConflict(tile.path)
        return content

    async def edge(self, size: int, within: int | None = None) -> Edge:
        """The right edge of the tree of `size` leaves; `within`: the larger tree whose tiles are there.
        Raises as `tile`."""
        levels: list[list[bytes]] = []
        for tile in partials(size):
            there = min(WIDTH, ((within or size) >> HEIGHT * tile.level) - tile.index * WIDTH)
            content = await self.tile(Tile(tile.level, tile.index, there))
            levels += [[]] * (tile.level - len(levels))
            levels.append(hashes_of(content)[: tile.width])
        return Edge(levels)

    async def path(self, ranges: Sequence[Range], size: int) -> list[bytes]:
        """The hashes of these ranges of the tree of `size` leaves. Raises as `tile`."""
        wanted: dict[Tile, bytes] = {}

        def look(height: int, number: int) -> bytes:
            wanted[tile_with(height, number, size)[0]] = b""
            return b""

        path(look, ranges)
        for tile in wanted:
            wanted[tile] = await self.tile(tile)
        return path(nodes(wanted.__getitem__, size), ranges)

    async def inclusion(self, index: int, size: int) -> list[bytes]:
        """The path of leaf `index` in the tree of `size`."""
        return await self.path(inclusion_ranges(index, size), size)

    async def consistency(self, old: int, new: int) -> list[bytes]:
        """What shows that the tree of `new` leaves begins with the tree of `old`."""
        return await self.path(consistency_ranges(old, new), new)

    async def grow(self, edge: Edge, size: int) -> None:
        """Add the log's leaves until the tree has `size`. Raises LeavesMissing."""
        begun = edge.size
        while edge.size < size:
            page = await self._leaves.leaves_after(edge.size, min(PAGE, size - edge.size))
            if not page:
                raise LeavesMissing(edge.size)
            for leaf in page:
                for _ in edge.add(leaf):
                    pass
            self._progress(edge.size - begun, size - begun)

    async def _from_leaves(self, tile: Tile) -> bytes:
        """A tile's bytes from the log. Raises LeavesMissing."""
        edge, total = Edge(), tile.width << HEIGHT * tile.level
        async for page in self._pages(tile.start, total):
            for leaf in page:
                for full, content in edge.add(leaf):
                    if full.level == tile.level:
                        return content
            self._progress(edge.size, total)
        return b"".join(edge.levels[tile.level])

    async def _pages(self, start: int, total: int) -> AsyncIterator[list[bytes]]:
        read = 0
        while read < total:
            page = await self._leaves.leaves_after(start + read, min(PAGE, total - read))
            if not page:
                raise LeavesMissing(start + read)
            yield page
            read += len(page)
