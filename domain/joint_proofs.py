"""Several leaves proven by one set of hashes: what their paths share stands once, and what one leaf gives for
another does not stand at all. For proofs on paper, where every hash costs space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.tree_proofs import HASH_BYTES, ProofBroken, Range, inclusion_ranges, node_hash, split


def joint_ranges(indexes: Sequence[int], size: int) -> list[Range]:
    """The ranges whose hashes are needed beside these leaves, from left to right."""
    if not indexes or not all(0 <= index < size for index in indexes):
        raise ProofBroken(f"leaves {list(indexes)} are not in a tree of {size}")
    found: list[Range] = []

    def walk(start: int, end: int) -> None:
        if not any(start <= index < end for index in indexes):
            found.append((start, end))
        elif end - start > 1:
            middle = start + split(end - start)
            walk(start, middle)
            walk(middle, end)

    walk(0, size)
    return found


def joined(paths: Mapping[int, Sequence[bytes]], size: int) -> list[bytes]:
    """The hashes of `joint_ranges`, taken from the leaves' own paths."""
    known: dict[Range, bytes] = {}
    for index, path in paths.items():
        known.update(zip(inclusion_ranges(index, size), path, strict=True))
    return [known[range_] for range_ in joint_ranges(list(paths), size)]


def parted(
    leaves: Mapping[int, bytes], size: int, hashes: Sequence[bytes]
) -> tuple[bytes, dict[int, tuple[bytes, ...]]]:
    """The root that leaves and hashes give, and each leaf's own path. Raises ProofBroken where there are more
    or fewer hashes than belong."""
    ranges = joint_ranges(list(leaves), size)
    if len(ranges) != len(hashes) or any(len(hash_) != HASH_BYTES for hash_ in hashes):
        raise ProofBroken(f"there are {len(hashes)} hashes where {len(ranges)} of {HASH_BYTES} bytes belong")
    known = dict(zip(ranges, hashes, strict=True))

    def walk(start: int, end: int) -> bytes:
        if (start, end) not in known:
            if end - start == 1:
                known[start, end] = leaves[start]
            else:
                middle = start + split(end - start)
                known[start, end] = node_hash(walk(start, middle), walk(middle, end))
        return known[start, end]

    root = walk(0, size)
    return root, {i: tuple(known[range_] for range_ in inclusion_ranges(i, size)) for i in leaves}
