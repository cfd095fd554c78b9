"""Programs that this project did not write agree with its proofs and its tiles, every one of them, and refuse
what was changed by one bit.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import pytest

from bench.judges import Aics, Go, Judge, Proof, Scales, TilesRefused, why_no_go
from bench.proof_trees import TreesOnDisk, random_proofs, random_sizes, spoilt
from domain.tiles import tiles_of
from domain.tree_proofs import ProofBroken, check_consistency, check_inclusion

COUNT = 1_000
MISSING = why_no_go()


@pytest.fixture(scope="module")
def chance() -> random.Random:
    return random.Random(6)


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory, chance: random.Random) -> TreesOnDisk:
    return TreesOnDisk(tmp_path_factory.mktemp("tiles"), random_sizes(36, chance), chance)


@pytest.fixture(scope="module")
def proofs(trees: TreesOnDisk, chance: random.Random) -> list[Proof]:
    return list(random_proofs(trees, COUNT, chance))


@pytest.fixture(scope="module")
def broken(proofs: list[Proof], chance: random.Random) -> list[Proof]:
    return [spoilt(proof, chance) for proof in proofs]


@pytest.fixture(
    scope="module",
    params=[
        "tlog-scales",
        "aics-tlog",
        pytest.param("go", marks=pytest.mark.skipif(MISSING is not None, reason=str(MISSING))),
    ],
)
def judge(request: pytest.FixtureRequest) -> Iterator[Judge]:
    if request.param != "go":
        yield Scales() if request.param == "tlog-scales" else Aics()
        return
    folder = Path(mkdtemp(prefix="hoso-tests-"))
    yield Go(folder)
    rmtree(folder)


def test_a_thousand_random_proofs_are_good_by_every_judge(judge: Judge, proofs: list[Proof]) -> None:
    assert len(proofs) == COUNT
    assert judge.proofs(proofs) == [True] * COUNT


def test_one_changed_bit_and_no_judge_believes_it(judge: Judge, broken: list[Proof]) -> None:
    assert judge.proofs(broken) == [False] * COUNT


def test_we_judge_the_same(proofs: list[Proof], broken: list[Proof]) -> None:
    for proof in proofs:
        ours(proof)
    for proof in broken:
        with pytest.raises(ProofBroken):
            ours(proof)


def test_every_tile_is_what_the_root_covers(judge: Judge, trees: TreesOnDisk) -> None:
    for size in (1, 256, 257, 65_537, trees.sizes[-1]):
        assert judge.tiles(trees.folder, size, trees.roots[size]) == len(list(tiles_of(size)))


def test_one_changed_bit_of_a_tile_and_no_judge_believes_it(judge: Judge, trees: TreesOnDisk) -> None:
    size = trees.sizes[-1]
    for name in ("tile/0/077", "tile/1/000", "tile/0/000"):
        file = trees.folder / name
        whole = file.read_bytes()
        file.write_bytes(whole[:99] + bytes([whole[99] ^ 4]) + whole[100:])
        with pytest.raises(TilesRefused):
            judge.tiles(trees.folder, size, trees.roots[size])
        file.write_bytes(whole)


def ours(proof: Proof) -> None:
    hashes = list(proof.hashes)
    if proof.consistency:
        check_consistency(proof.first, proof.size, proof.start, proof.root, hashes)
    else:
        check_inclusion(proof.first, proof.size, proof.start, hashes, proof.root)
