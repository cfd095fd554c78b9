"""Proofs in the log's Merkle tree (RFC 6962, sections 2.1.1 and 2.1.2): made from whatever gives the hashes
of complete subtrees, and checked from nothing but what the checker was given.

A leaf's index is its position - 1. A *range* [start, end) of leaves stands for the hash of the tree over
exactly these; where it is complete and aligned it is one *node* (height, number): the `number`-th subtree of
2 ** height leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
MOST_HASHES = 63
"""A path has one for each bit of a size, at most."""

Node = Callable[[int, int], bytes]
Range = tuple[int, int]


class ProofBroken(ValueError):
    """A proof that does not hold; the text says where it breaks."""


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """How many leaves the left subtree of a tree of `size` > 1 has: the largest power of two below it."""
    return 1 << (size - 1).bit_length() - 1


def range_hash(node: Node, start: int, end: int) -> bytes:
    """The hash over the leaves of a range that the tree has: one that a proof names, or the whole."""
    size = end - start
    if size < 1:
        return hashlib.sha256().digest()
    if size & (size - 1) == 0 and start % size == 0:
        return node(size.bit_length() - 1, start // size)
    middle = start + split(size)
    return node_hash(range_hash(node, start, middle), range_hash(node, middle, end))


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """What the path of a leaf consists of, from its sibling up. ValueError unless 0 <= index < size."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    start, end, ranges = 0, size, []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """What shows that the tree of `new` leaves begins with the tree of `old` leaves. ValueError unless
    0 <= old <= new."""
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} does not go on from one of {old}")
    if old in (0, new):
        return []
    start, end, ranges = 0, new, []
    whole = True
    while old != end:
        middle = start + split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, whole = middle, False
    if not whole:
        ranges.append((start, end))
    return ranges[::-1]


def path(node: Node, ranges: Sequence[Range]) -> list[bytes]:
    """The hashes of these ranges."""
    return [range_hash(node, start, end) for start, end in ranges]


def root_of_inclusion(index: int, size: int, leaf: bytes, hashes: Sequence[bytes]) -> bytes:
    """The root that leaf and path give. Raises ProofBroken where they cannot be of a tree of this size."""
    if not 0 <= index < size:
        raise ProofBroken(f"leaf {index} is not in a tree of {size}")
    ranges = inclusion_ranges(index, size)
    if len(ranges) != len(hashes):
        raise ProofBroken(f"the path has {len(hashes)} hashes where {len(ranges)} belong")
    node = leaf
    for (start, _), beside in zip(ranges, hashes, strict=True):
        _sized(beside)
        node = node_hash(beside, node) if start <= index else node_hash(node, beside)
    return node


def check_inclusion(index: int, size: int, leaf: bytes, hashes: Sequence[bytes], root: bytes) -> None:
    """Raises ProofBroken unless the leaf is in the tree with this root."""
    if root_of_inclusion(index, size, leaf, hashes) != root:
        raise ProofBroken(f"leaf {index} and its path do not give the root of the tree of {size}")


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, hashes: Sequence[bytes]) -> None:
    """Raises ProofBroken unless the newer tree begins with the older one."""
    if not 0 <= old <= new:
        raise ProofBroken(f"a tree of {new} does not go on from one of {old}")
    ranges = consistency_ranges(old, new)
    if len(ranges) != len(hashes):
        raise ProofBroken(f"the proof has {len(hashes)} hashes where {len(ranges)} belong")
    if old == 0:
        if old_root != hashlib.sha256().digest():
            raise ProofBroken("the older tree is empty and its root is not that of an empty tree")
        return
    for each in hashes:
        _sized(each)
    if old == new:
        if old_root != new_root:
            raise ProofBroken(f"two trees of {old} have different roots")
        return
    first, second = _roots(old, old_root, ranges, hashes)
    if first != old_root:
        raise ProofBroken(f"the proof does not give the root of the older tree of {old}")
    if second != new_root:
        raise ProofBroken(f"the proof does not give the root of the newer tree of {new}")


def _roots(
    old: int, old_root: bytes, ranges: Sequence[Range], hashes: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Both roots, as the proof gives them: ranges left of `old` belong to both trees, the others to the newer
    alone."""
    known = list(zip(ranges, hashes, strict=True))
    if known[0][0][1] == old:  # the proof says where the older tree ends on the right
        (_, first), *known = known
    else:  # the older tree is one complete subtree, which who checks knows already
        first = old_root
    second = first
    for (start, _), beside in known:
        if start < old:
            first, second = node_hash(beside, first), node_hash(beside, second)
        else:
            second = node_hash(second, beside)
    return first, second


def _sized(hash_: bytes) -> None:
    if len(hash_) != HASH_BYTES:
        raise ProofBroken(f"a hash has {len(hash_)} bytes where {HASH_BYTES} belong")
