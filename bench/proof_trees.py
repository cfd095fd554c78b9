"""Trees in tiles on disk, and random proofs in them: what V3 asks the judges."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from bench.judges import Proof
from domain.tiles import WIDTH, Edge, Tile, bundle, nodes
from domain.tree_proofs import Node, consistency_ranges, inclusion_ranges, path

EDGES = (1, 2, 3, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 66_047, 66_049)
LARGEST = 70_000


class TreesOnDisk:
    """One log of random entries, with all its full tiles and bundles, and for each of `sizes` the partial
    ones, as checkpoints of these sizes left them."""

    def __init__(self, folder: Path, sizes: Iterable[int], chance: random.Random) -> None:
        self.folder = folder
        self.sizes = sorted(set(sizes))
        self.roots: dict[int, bytes] = {}
        self.leaves: list[bytes] = []
        edge, entries = Edge(), list[bytes]()
        for size in self.sizes:
            for _ in range(size - edge.size):
                entries.append(chance.randbytes(chance.randint(1, 120)))
                leaf = sha256(b"\0" + entries[-1]).digest()
                self.leaves.append(leaf)
                for tile, content in edge.add(leaf):
                    self._write(tile.path, content)
                    if tile.level == 0:
                        self._write(tile.entries_path, bundle(entries))
                        entries.clear()
            for tile, content in edge.partials():
                self._write(tile.path, content)
            if entries:
                self._write(Tile(0, size // WIDTH, len(entries)).entries_path, bundle(entries))
            self.roots[size] = edge.root()

    def node(self, size: int) -> Node:
        """The nodes of the tree of this size, read from its tiles."""
        return nodes(lambda tile: self._read(tile.path), size)

    def _write(self, name: str, content: bytes) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def _read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


def random_sizes(count: int, chance: random.Random) -> list[int]:
    """The edges and so many others, as likely small as large."""
    return [*EDGES, *(int(2 ** chance.uniform(0, LARGEST.bit_length() - 1)) for _ in range(count))]


def random_proofs(trees: TreesOnDisk, count: int, chance: random.Random) -> Iterator[Proof]:
    """Half of inclusion, half of consistency, of trees at random; each size has its turn."""
    for number in range(count):
        size = trees.sizes[number // 2 % len(trees.sizes)]
        node = trees.node(size)
        root = trees.roots[size]
        if number % 2 == 0:
            index = chance.choice((0, size - 1, chance.randrange(size), chance.randrange(size)))
            hashes = tuple(path(node, inclusion_ranges(index, size)))
            yield Proof(False, index, trees.leaves[index], size, root, hashes)
        else:
            old = chance.choice([each for each in trees.sizes if each <= size])
            hashes = tuple(path(node, consistency_ranges(old, size)))
            yield Proof(True, old, trees.roots[old], size, root, hashes)


def spoilt(proof: Proof, chance: random.Random) -> Proof:
    """The same with one bit changed, in a hash of it, in what it starts from, or in the root."""
    fields = [proof.start, proof.root, *proof.hashes]
    if proof.consistency and not proof.hashes:
        fields = [proof.start]  # the same size: the roots have to be the same
    at = chance.randrange(len(fields))
    content = bytearray(fields[at])
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    fields[at] = bytes(content)
    start, root, *hashes = fields if len(fields) > 1 else (fields[0], proof.root)
    return Proof(proof.consistency, proof.first, start, proof.size, root, tuple(hashes))
