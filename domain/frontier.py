"""The tree as it grows, from so few hashes that its root costs next to nothing at any size: one for each
complete subtree on its right edge.

`domain.tiles.Edge` makes tiles for whoever writes them; this serves whoever checks many leaves at many sizes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from domain.tiles import HEIGHT, WIDTH
from domain.tree_proofs import node_hash

_NODE = b"\x01"


class Frontier:
    """`size`: how many leaves it has. `nodes`: (height, hash) of the complete subtrees, the largest first."""

    def __init__(self, nodes: Sequence[tuple[int, bytes]] = ()) -> None:
        self.nodes: list[tuple[int, bytes]] = list(nodes)
        self.size = sum(1 << height for height, _ in nodes)

    def add(self, leaves: Sequence[bytes]) -> list[bytes]:
        """Take further leaves, in the order of positions; the hash over each 256 of them that a tile of level
        0 holds and that became complete."""
        tiles: list[bytes] = []
        at = 0
        while at < len(leaves):
            width = self._fits(len(leaves) - at)
            self._push(width.bit_length() - 1, _over(leaves[at : at + width]), tiles)
            at += width
        return tiles

    def _fits(self, left: int) -> int:
        """How many leaves make one complete, aligned subtree here, no more than a tile has."""
        aligned = self.size & -self.size if self.size else WIDTH
        return min(aligned, WIDTH, 1 << left.bit_length() - 1)

    def _push(self, height: int, node: bytes, tiles: list[bytes]) -> None:
        self.size += 1 << height
        if height == HEIGHT:
            tiles.append(node)
        while self.nodes and self.nodes[-1][0] == height:
            node, height = node_hash(self.nodes.pop()[1], node), height + 1
            if height == HEIGHT:
                tiles.append(node)
        self.nodes.append((height, node))

    def root(self) -> bytes:
        """The root of the tree as it is."""
        if not self.nodes:
            return hashlib.sha256().digest()
        node = self.nodes[-1][1]
        for _, left in reversed(self.nodes[:-1]):
            node = node_hash(left, node)
        return node

    def copy(self) -> Frontier:
        return Frontier(self.nodes)


def of_levels(levels: Sequence[Sequence[bytes]]) -> Frontier:
    """The tree whose partial tiles hold these hashes, level 0 first."""
    nodes: list[tuple[int, bytes]] = []
    for level in range(len(levels) - 1, -1, -1):
        hashes, at = levels[level], 0
        while at < len(hashes):
            width = 1 << (len(hashes) - at).bit_length() - 1
            nodes.append((HEIGHT * level + width.bit_length() - 1, _over(hashes[at : at + width])))
            at += width
    return Frontier(nodes)


def _over(hashes: Sequence[bytes]) -> bytes:
    """The hash over a power of two of leaves."""
    sha256 = hashlib.sha256
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(_NODE + left + right).digest() for left, right in pairs]
    return hashes[0]
