"""A log pruned as `hoso tlog prune` does it, in small stretches, and what has to hold of it afterwards."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from application.attesting import Reached, nothing
from application.pruning import Pruned, alone, prune
from application.pruning_plan import plan
from application.tlog import Tlog
from infra.attest_turn import PRUNER, PRUNING_LOCK, AttestTurn
from infra.tile_store import TileFolder
from tests.tlog.naive_tree import NaiveTree, entries, read_checkpoint

KEPT = timedelta(0)
STRETCH = 256
"""Of the tests: a tile."""


async def pruned(
    tlog: Tlog,
    dsn: str,
    before: int,
    archive: Path | None,
    *,
    kept: timedelta = KEPT,
    reached: Reached = nothing,
) -> Pruned:
    turn = AttestTurn(dsn, PRUNING_LOCK, PRUNER)
    try:
        with patch("application.pruning.STRETCH", STRETCH):
            async with alone(turn):
                store = TileFolder(archive) if archive else None
                return await prune(tlog, await plan(tlog, before, kept), store, turn, reached=reached)
    finally:
        await turn.close()


def check_pruned(root: Path, archive: Path, tree: NaiveTree) -> int:
    """Every tile and bundle of the published checkpoint lies in the folder or, below the minimum index, in
    the archive; the minimum index."""
    _, size, top, _ = read_checkpoint((root / "checkpoint").read_bytes())
    assert top == tree.root(size)
    lies = root / "minimum"
    minimum = int(lies.read_text()) if lies.exists() else 0
    for path, content in tree.tiles(size).items():
        level, index = path.split("/")[1], int(path.split("/")[2].split(".")[0])
        places = [root, archive] if level == "0" and (index + 1) * 256 <= minimum else [root]
        assert content in [read(place / path) for place in places], path
        if level == "0":
            bundle = path.replace("tile/0/", "tile/entries/")
            found = [read(place / bundle) for place in places]
            leaves = tree.leaves[index * 256 : index * 256 + len(content) // 32]
            assert any(b is not None and hashed(b) == leaves for b in found), bundle
    return minimum


def read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def hashed(bundle: bytes) -> list[bytes]:
    return [sha256(b"\0" + entry).digest() for entry in entries(bundle)]
