"""Tiles that are missing are written again from the log; wrong ones are named and left."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from application.growing import HistoryDiffers
from application.head_check import check_head
from application.rebuilding import rebuild
from infra.embedded import Cluster
from tests.support import Database
from tests.tlog.attesting import World, open_world
from tests.tlog.naive_tree import check_folder, tree_of
from tests.tlog.test_attesting import tamper


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(database, tmp_path) as opened:
        await opened.open_log()
        await opened.append(1000)
        await opened.attest()
        yield opened


async def test_what_is_missing_is_written_and_what_is_wrong_is_named(
    world: World, database: Database
) -> None:
    root = world.tiles().root
    (root / "tile/0/001").unlink()
    (root / "tile/entries/002").unlink()
    right = (root / "tile/0/002").read_bytes()
    (root / "tile/0/002").write_bytes(right[::-1])
    told: list[tuple[int, int]] = []
    done = await rebuild(
        world.tlog, await check_head(world.tlog), lambda read, total: told.append((read, total))
    )
    assert (done.written, done.there, done.wrong, done.named) == (2, 6, 1, ["tile/0/002"])
    assert (root / "tile/0/002").read_bytes() == right[::-1], "never replaced"
    assert told[-1] == (2004, 2004)
    (root / "tile/0/002").unlink()
    done = await rebuild(world.tlog, await check_head(world.tlog))
    assert (done.written, done.wrong) == (1, 0)
    assert check_folder(root, tree_of(database.app_dsn)) == 1002


async def test_all_of_it_is_written_again(world: World, database: Database) -> None:
    checkpoint = (world.tiles().root / "checkpoint").read_bytes()
    shutil.rmtree(world.tiles().root)
    done = await rebuild(world.tlog, await check_head(world.tlog))
    assert (done.written, done.there) == (9, 0)
    (world.tiles().root / "checkpoint").write_bytes(checkpoint)
    assert check_folder(world.tiles().root, tree_of(database.app_dsn)) == 1002


async def test_of_a_log_that_was_changed_no_tile_is_written(
    world: World, cluster: Cluster, database: Database
) -> None:
    (world.tiles().root / "tile/0/001").unlink()
    tamper(
        cluster.dsn(database.name, "postgres"),
        "UPDATE event SET payload = '\\x00', leaf = leaf_of(stream_id, version, position,"
        " micros_of(recorded_at), sha256('\\x00'), topic) WHERE position = 300",
    )
    with pytest.raises(HistoryDiffers):
        await rebuild(world.tlog, await check_head(world.tlog))
    assert not (world.tiles().root / "tile/0/001").exists()
