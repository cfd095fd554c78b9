"""The paths of leaves in the log's tree, from its tiles; what a store lacks of them is made from what lies
below: a partial tile from the full one that took its place, a pruned one of level 0 from the log's leaves."""

from __future__ import annotations

from collections.abc import Sequence

from application.tlog_ports import Leaves, TileStore, TlogUnavailable
from domain.tiles import Tile, hashes_of, nodes, subtree, tile_with
from domain.tree_proofs import HASH_BYTES, inclusion_ranges, path

NOTHING = bytes(HASH_BYTES)


async def paths_of(
    tiles: TileStore, leaves: Leaves, indexes: Sequence[int], size: int
) -> dict[int, tuple[bytes, ...]]:
    """Of each of these leaves its path in the tree of `size` leaves. Raises TlogUnavailable."""
    ranges = {index: inclusion_ranges(index, size) for index in indexes}
    wanted: set[Tile] = set()

    def look(height: int, number: int) -> bytes:
        wanted.add(tile_with(height, number, size)[0])
        return NOTHING

    for each in ranges.values():
        path(look, each)
    contents = {tile: await _content(tiles, leaves, tile) for tile in wanted}
    node = nodes(contents.__getitem__, size)
    return {index: tuple(path(node, each)) for index, each in ranges.items()}


async def _content(tiles: TileStore, leaves: Leaves, tile: Tile) -> bytes:
    wanted = tile.width * HASH_BYTES
    for kept in (tile, tile.whole()):
        content = await tiles.get(kept.path)
        if content is not None and len(content) >= wanted:
            return content[:wanted]
    if tile.level == 0:
        found = await leaves.leaves_after(tile.start, tile.width)
        if len(found) == tile.width:
            return b"".join(found)
    elif tile.level == 1:  # 256 tiles below are read; of a higher level it would be 65,536
        below = [Tile(0, tile.index * 256 + number) for number in range(tile.width)]
        return b"".join([subtree(hashes_of(await _content(tiles, leaves, each))) for each in below])
    raise TlogUnavailable(
        f"the tile {tile.path} is missing: no proof can be made without it; run `hoso audit`"
    )
