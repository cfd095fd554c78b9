"""The tree in tiles (C2SP tlog-tiles): which there are, what they are called, and the growing right edge.

A tile of level L holds up to 256 hashes, each of a complete subtree of 256 ** L leaves. A full tile never
changes; a partial one belongs to the sizes at which a checkpoint was signed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from domain.tree_proofs import HASH_BYTES, Node, node_hash

WIDTH = 256
HEIGHT = 8
MOST_LEVELS = 8
"""2 ** 64 leaves; positions are 63 bits."""


@dataclass(frozen=True, slots=True)
class Tile:
    """`index`: its number within the level; `width`: how many hashes, 256 when it is full."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def start(self) -> int:
        """The index of the first leaf below it."""
        return self.index << HEIGHT * (self.level + 1)

    @property
    def end(self) -> int:
        """The index after the last leaf below it, had it all its hashes."""
        return (self.index + 1) << HEIGHT * (self.level + 1)

    @property
    def path(self) -> str:
        """`tile/0/x001/067` or `tile/0/x001/067.p/112`, below the log's prefix."""
        return f"tile/{self.level}/{_numbered(self.index, self.width)}"

    @property
    def entries_path(self) -> str:
        """The bundle of entries beside a tile of level 0."""
        assert self.level == 0, "only leaves have entries"
        return f"tile/entries/{_numbered(self.index, self.width)}"

    def whole(self) -> Tile:
        return Tile(self.level, self.index)


def _numbered(index: int, width: int) -> str:
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03d}")
    number = "/".join(reversed(parts))
    return number if width == WIDTH else f"{number}.p/{width}"


def partials(size: int) -> list[Tile]:
    """The partial tiles of a tree of this size, the lowest level first: those that its checkpoint needs."""
    found, level = [], 0
    while size:
        if width := size % WIDTH:
            found.append(Tile(level, size // WIDTH, width))
        size //= WIDTH
        level += 1
    return found


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """Every tile of a tree of this size that holds something newer than the tree of `since` leaves, level by
    level, in order."""
    level = 0
    while size:
        for index in range(since // WIDTH, size // WIDTH):
            yield Tile(level, index)
        if width := size % WIDTH:
            yield Tile(level, size // WIDTH, width)
        size, since, level = size // WIDTH, since // WIDTH, level + 1


def tile_with(height: int, number: int, size: int) -> tuple[Tile, int, int]:
    """Where the node (height, number) of a tree of `size` leaves is found: the tile, and the first and the
    number after the last of its hashes over which the node stands."""
    level, rest = divmod(height, HEIGHT)
    index, inside = divmod(number << rest, WIDTH)
    there = (size >> HEIGHT * level) - index * WIDTH
    return Tile(level, index, min(WIDTH, there)), inside, inside + (1 << rest)


def subtree(hashes: Sequence[bytes]) -> bytes:
    """The hash over the hashes of complete subtrees of one size, a power of two of them."""
    while len(hashes) > 1:
        each = iter(hashes)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in zip(each, each, strict=True)]
    return hashes[0]


def hashes_of(content: bytes) -> list[bytes]:
    """The hashes of a tile's bytes."""
    return [content[n : n + HASH_BYTES] for n in range(0, len(content), HASH_BYTES)]


def bundle(entries: Sequence[bytes]) -> bytes:
    """Entries as a bundle has them: each behind its length, two bytes, big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def entries_of(content: bytes) -> list[bytes]:
    """The entries of a bundle. ValueError where it breaks off."""
    entries: list[bytes] = []
    at = 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        if end > len(content) or at + 2 > len(content):
            raise ValueError(f"the bundle breaks off after {len(entries)} entries")
        entries.append(content[at + 2 : end])
        at = end
    return entries


def nodes(read: Callable[[Tile], bytes], size: int) -> Node:
    """The nodes of a tree of `size` leaves, from its tiles; `read` gives a tile's bytes, of exactly its
    width."""

    def node(height: int, number: int) -> bytes:
        tile, first, after = tile_with(height, number, size)
        return subtree(hashes_of(read(tile))[first:after])

    return node


class Edge:
    """The growing right edge: for each level the hashes that do not fill a tile yet.

    `add` or `extend` by leaves in the order of positions; both give the tiles that became full. Memory is at
    most 255 hashes a level.
    """

    def __init__(self, levels: Sequence[Sequence[bytes]] = ()) -> None:
        """`levels`: the partial tiles of a tree as it was, level 0 first (an empty one for a level that has
        none)."""
        self.levels: list[list[bytes]] = [list(level) for level in levels]
        self.size = sum(len(level) << HEIGHT * n for n, level in enumerate(self.levels))

    def add(self, leaf: bytes) -> Iterator[tuple[Tile, bytes]]:
        """Give every tile that this leaf makes full, with its bytes, the lowest level first."""
        return self.extend((leaf,))

    def extend(self, leaves: Sequence[bytes]) -> Iterator[tuple[Tile, bytes]]:
        """Add many leaves, a tile at a time; give every tile that became full, as `add` would. The leaves are
        added as the tiles are taken: go on to the end."""
        at = 0
        while at < len(leaves):
            if not self.levels:
                self.levels.append([])
            room = WIDTH - len(self.levels[0])
            taken = leaves[at : at + room]
            at += len(taken)
            self.size += len(taken)
            self.levels[0] += taken
            yield from self._full()

    def _full(self) -> Iterator[tuple[Tile, bytes]]:
        level = 0
        while len(hashes := self.levels[level]) == WIDTH:
            yield Tile(level, (self.size >> HEIGHT * (level + 1)) - 1), b"".join(hashes)
            node, level = subtree(hashes), level + 1
            hashes.clear()
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(node)

    def partials(self) -> list[tuple[Tile, bytes]]:
        """The partial tiles of the tree as it is, with their bytes."""
        return [(tile, b"".join(self.levels[tile.level])) for tile in partials(self.size)]

    def root(self) -> bytes:
        """The root of the tree as it is."""
        complete: list[bytes] = []
        for hashes in reversed(self.levels):
            at = 0
            while at < len(hashes):
                width = 1 << (len(hashes) - at).bit_length() - 1
                complete.append(subtree(hashes[at : at + width]))
                at += width
        if not complete:
            return sha256().digest()
        *further, node = complete
        for left in reversed(further):
            node = node_hash(left, node)
        return node
