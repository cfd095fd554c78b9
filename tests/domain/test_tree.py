"""The root of the log's tree is RFC 6962's, whatever the number of leaves."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from domain.tree import TreeRoot


def naive(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it is written; the leaves are hashed already."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + naive(leaves[:half]) + naive(leaves[half:])).digest()


@given(st.integers(0, 300))
def test_the_streamed_root_is_the_root_as_written(size: int) -> None:
    leaves = [hashlib.sha256(str(number).encode()).digest() for number in range(size)]
    tree = TreeRoot()
    for leaf in leaves:
        tree.add(leaf)
    assert (tree.size, tree.root()) == (size, naive(leaves))


def test_the_root_may_be_asked_between_and_a_changed_leaf_changes_it() -> None:
    leaves = [hashlib.sha256(bytes([number])).digest() for number in range(20)]
    tree = TreeRoot()
    for number, leaf in enumerate(leaves, 1):
        tree.add(leaf)
        assert tree.root() == naive(leaves[:number])
    changed = [*leaves[:7], hashlib.sha256(b"x").digest(), *leaves[8:]]
    assert naive(changed) != tree.root()
