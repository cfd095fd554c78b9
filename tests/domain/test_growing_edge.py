"""The growing edge: leaves added singly or many at once give the same tiles and RFC 6962's root."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tiles import WIDTH, Edge, Tile, subtree
from domain.tree import TreeRoot

LEAVES = [sha256(number.to_bytes(8, "big")).digest() for number in range(WIDTH * WIDTH + WIDTH + 3)]


def singly(leaves: list[bytes]) -> tuple[Edge, list[tuple[Tile, bytes]]]:
    edge = Edge()
    return edge, [full for leaf in leaves for full in edge.add(leaf)]


def root(leaves: list[bytes]) -> bytes:
    tree = TreeRoot()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


@given(st.lists(st.integers(0, 700), max_size=6))
def test_leaves_added_in_pages_give_what_leaves_added_singly_give(sizes: list[int]) -> None:
    edge, given_ = Edge(), []
    for size in sizes:
        given_ += list(edge.extend(LEAVES[edge.size : edge.size + size]))
    other, expected = singly(LEAVES[: sum(sizes)])
    assert given_ == expected
    assert (edge.levels or [[]], edge.size) == (other.levels or [[]], other.size)
    assert edge.partials() == other.partials()
    assert edge.root() == root(LEAVES[: sum(sizes)])


@pytest.mark.parametrize("size", [WIDTH * WIDTH - 1, WIDTH * WIDTH, WIDTH * WIDTH + 1])
def test_a_page_that_fills_tiles_of_two_levels_gives_both(size: int) -> None:
    edge = Edge()
    full = [tile for tile, _ in edge.extend(LEAVES[:size])]
    assert full[-1] == (Tile(1, 0) if size >= WIDTH * WIDTH else Tile(0, WIDTH - 2))
    assert len([tile for tile in full if tile.level == 1]) == (size >= WIDTH * WIDTH)
    assert (edge.size, edge.root()) == (size, root(LEAVES[:size]))


def test_an_edge_goes_on_from_where_another_stood() -> None:
    first, _ = singly(LEAVES[:300])
    later = Edge(first.levels)
    further = list(later.extend(LEAVES[300:]))
    assert next(tile for tile, _ in further if tile.level == 0) == Tile(0, 1)
    assert later.root() == root(LEAVES)


def test_a_subtree_is_of_a_power_of_two_and_nothing_else() -> None:
    assert subtree(LEAVES[:256]) == root(LEAVES[:256])
    with pytest.raises(ValueError):
        subtree(LEAVES[:255])
