"""Tiles of level 0 and bundles of an attested past go to an archive, at no moment is one missing from both,
and everything can be proved as before."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tlog_scales import tlog as theirs

from application.head_check import check_head
from application.pruned import may_be_gone, minimum_in
from application.pruning import alone
from application.pruning_plan import PruneRefused, bytes_about, plan
from application.rebuilding import rebuild
from application.tlog_ports import TlogUnavailable
from application.tree_reading import TreeReader
from infra.attest_turn import PRUNER, PRUNING_LOCK, AttestTurn
from infra.embedded import APP, OWNER, Cluster
from infra.tile_bucket import TileBucket
from infra.tile_store import TileFolder
from tests.files.bucket_server import Bucket
from tests.support import Database
from tests.tlog.attesting import World, open_world
from tests.tlog.naive_tree import NaiveTree, check_folder, tree_of
from tests.tlog.pruned import KEPT, check_pruned, pruned

RECORDED = 1300  # five whole tiles; the last one stays


@pytest.fixture(scope="module")
async def made(
    cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[World, Database]]:
    """One for the file; each test prunes a copy of its tiles."""
    cluster.create_database("pruned", template=template)
    database = Database("pruned", cluster.dsn("pruned", OWNER), cluster.dsn("pruned", APP))
    async with open_world(database, tmp_path_factory.mktemp("pruned")) as opened:
        await opened.open_log()
        for count in (600, RECORDED - 602):
            await opened.append(count)
            await opened.attest()
        yield opened, database
    cluster.drop_database("pruned")


@pytest.fixture
def world(made: tuple[World, Database], tmp_path: Path) -> World:
    """The same log and head; tiles of the test's own."""
    shutil.copytree(made[0].folder, tmp_path / "own")
    return World(made[0].recorder, made[0].reader, tmp_path / "own")


@pytest.fixture
def dsn(made: tuple[World, Database]) -> str:
    return made[1].app_dsn


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture(scope="module")
def tree(made: tuple[World, Database]) -> NaiveTree:
    return tree_of(made[1].app_dsn)


async def proved(world: World, tree: NaiveTree, size: int = RECORDED) -> None:
    """Inclusion of entries below and above, and consistency from sizes below and above, by another's word."""
    reader = TreeReader(world.tlog.tiles(1), world.tlog.leaves)
    for index in (0, 255, 300, 511, 512, 1023, 1100, size - 1):
        path = await reader.inclusion(index, size)
        theirs.InclusionProof(index, size, path).check(tree.leaves[index], tree.root(size))
    for old in (1, 200, 256, 511, 512, 602, 1024, size - 1):
        path = await reader.consistency(old, size)
        theirs.ConsistencyProof(old, size, path).check(tree.root(old), tree.root(size))


def files(folder: Path) -> list[str]:
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())


async def refused(call: Callable[[], object], *words: str) -> None:
    with pytest.raises((PruneRefused, TlogUnavailable)) as told:
        await call()  # type: ignore[misc]
    for word in words:
        assert word in str(told.value)


# What becomes of a log


async def test_what_is_below_the_minimum_lies_in_the_archive_and_is_proved_as_before(
    world: World, dsn: str, archive: Path, tree: NaiveTree
) -> None:
    root = world.tiles().root
    done = await pruned(world.tlog, dsn, 700, archive)
    assert (done.minimum, done.files) == (512, 4)
    assert (root / "minimum").read_text() == "512\n"
    assert check_pruned(root, archive, tree) == 512
    gone = [f"tile/{kind}/{index:03d}" for kind in ("0", "entries") for index in (0, 1)]
    assert [path for path in gone if (root / path).exists()] == []
    assert files(archive) == sorted(gone)
    await proved(world, tree)
    again = await pruned(world.tlog, dsn, 700, archive)
    assert (again.minimum, again.files) == (512, 0)
    assert (await pruned(world.tlog, dsn, 300, archive)).minimum == 512, "never lowered"


async def test_the_last_whole_tile_stays_and_attesting_goes_on_from_it(
    world: World, dsn: str, archive: Path, tree: NaiveTree
) -> None:
    assert (await pruned(world.tlog, dsn, RECORDED + 1, archive)).minimum == 1024
    before = files(world.tiles().root)
    standing = await check_head(world.tlog, lambda done, total: None)
    assert standing.edge.root() == tree.root(RECORDED)
    await world.attester()
    assert files(world.tiles().root) == before, "nothing is written again"


async def test_a_rebuild_leaves_pruned_tiles_away_unless_asked(
    world: World, dsn: str, archive: Path, tree: NaiveTree
) -> None:
    root = world.tiles().root
    await pruned(world.tlog, dsn, 800, archive)
    (root / "tile/0/003").unlink()
    done = await rebuild(world.tlog, await check_head(world.tlog))
    assert (done.written, done.minimum) == (1, 768)
    assert check_pruned(root, archive, tree) == 768
    done = await rebuild(world.tlog, await check_head(world.tlog), pruned=True)
    assert (done.written, (root / "minimum").read_text()) == (6, "0\n")
    assert check_folder(root, tree) == RECORDED


async def test_a_store_that_lost_tiles_gets_all_but_the_pruned_ones_again(
    world: World, dsn: str, archive: Path, tree: NaiveTree
) -> None:
    root = world.tiles().root
    await pruned(world.tlog, dsn, 600, archive)
    (root / "tile/0/004").unlink()  # the last whole one: an attester writes all again
    (root / "tile/0/003").unlink()
    await world.attester()
    assert check_pruned(root, archive, tree) == 512
    assert not (root / "tile/0/001").exists()


async def test_deleted_ones_come_back_from_the_log(
    world: World, dsn: str, archive: Path, tree: NaiveTree
) -> None:
    done = await pruned(world.tlog, dsn, 600, None)
    assert (done.files, done.bytes > 2 * 8192) == (4, True)
    await proved(world, tree)
    await rebuild(world.tlog, await check_head(world.tlog), pruned=True)
    assert check_folder(world.tiles().root, tree) == RECORDED


async def test_in_a_bucket_it_is_the_same(
    world: World, dsn: str, archive: Path, tree: NaiveTree, bucket: Bucket
) -> None:
    store, folder = TileBucket(bucket.at("pruned/1")), world.tiles()
    paths = [str(f.relative_to(folder.root)) for f in folder.root.rglob("*") if f.is_file()]
    objects = {path: (folder.root / path).read_bytes() for path in paths if path.startswith("tile/")}
    await store.put(list(objects.items()))
    world.tiles = lambda number=1: store  # type: ignore[method-assign,assignment,return-value]
    done = await pruned(world.tlog, dsn, 700, archive)
    assert (done.minimum, done.files) == (512, 4)
    assert await store.get("minimum") == b"512\n"
    for path, content in objects.items():
        assert await store.get(path) == (None if may_be_gone(path, 512) else content)
        assert not may_be_gone(path, 512) or (archive / path).read_bytes() == content
    await proved(world, tree)


# Crashes, and others at work


async def test_killed_after_any_step_it_is_finished_by_the_next_run(
    world: World, dsn: str, archive: Path, tree: NaiveTree
) -> None:
    root, minimum = world.tiles().root, []
    for step, before in (("archived", 600), ("minimum", 900), ("removed", 1100)):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.tlog.pruner_process", dsn, world.folder, archive, str(before), step
        )
        assert await process.wait() == -9
        minimum.append(check_pruned(root, archive, tree))
        if step == "minimum":
            left = [path for path in ("tile/0/000", "tile/0/001", "tile/0/002") if (root / path).exists()]
            assert left == ["tile/0/002"], "the stretch below the minimum was not removed yet"
    assert minimum == [256, 768, 1024]
    assert not (root / "tile/0/002").exists(), "finished by the run after it"
    done = await pruned(world.tlog, dsn, 1100, archive)
    assert (done.minimum, done.files) == (1024, 0)
    await proved(world, tree)


async def test_what_lies_below_a_minimum_that_was_raised_by_hand_goes_to_the_archive_too(
    world: World, dsn: str, archive: Path, tree: NaiveTree
) -> None:
    await world.tiles().set_minimum(768)
    done = await pruned(world.tlog, dsn, 700, archive)
    assert (done.minimum, done.files) == (768, 6)
    assert check_pruned(world.tiles().root, archive, tree) == 768


async def test_an_attester_at_work_does_not_mind(database: Database, tmp_path: Path) -> None:
    async with open_world(database, tmp_path) as world:
        await world.open_log()
        await world.append(1100)
        attester = await world.attest()

        async def attesting() -> None:
            for count in (300, 200, 400):
                await world.append(count)
                while attester.size < await world.recorded() or attester.unfinished:
                    await attester.round(100)

        archive = tmp_path / "archive"
        await asyncio.gather(attesting(), pruned(world.tlog, database.app_dsn, 1000, archive))
        tree = tree_of(database.app_dsn)
        assert check_pruned(world.tiles().root, archive, tree) == 768
        await proved(world, tree, attester.size)


async def test_two_at_once_are_kept_apart(
    world: World, dsn: str, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("application.pruning.TAKE_SECONDS", 0.2)
    turn = AttestTurn(dsn, PRUNING_LOCK, PRUNER)
    async with alone(turn):
        await refused(
            lambda: pruned(world.tlog, dsn, 700, archive), "Another `hoso tlog prune` or `rebuild` is at work"
        )
    await turn.close()
    assert (await pruned(world.tlog, dsn, 700, archive)).files == 4


# What is refused


async def test_what_is_not_attested_or_too_young_stays(world: World, dsn: str, archive: Path) -> None:
    await refused(
        lambda: plan(world.tlog, RECORDED + 2, KEPT), "the newest checkpoint covers 1,300", "before 1,302"
    )
    await refused(
        lambda: plan(world.tlog, 700, timedelta(days=730)),
        "position 512 was recorded on",
        "within the last 730 days",
        "allows nothing that is still there",
    )
    (middle,) = await world.recorder.events_after(599, 1)
    now, _ = await world.recorder.clock()
    since = now - middle.recorded_at  # the first 600 are older than the rest
    await refused(lambda: plan(world.tlog, 1100, since), "position 1,024", "allows --before 513")
    planned = await plan(world.tlog, 514, since)
    assert (planned.minimum, planned.until, planned.files) == (0, 512, 4)
    paths = [f"tile/{kind}/{n:03d}" for kind in ("0", "entries") for n in (0, 1)]
    about = sum([len(await world.tiles().get(path) or b"") for path in paths])
    assert abs(await bytes_about(planned) - about) <= 1


@pytest.mark.parametrize("path", ["tile/0/001", "tile/entries/001", "tile/1/000.p/5"])
async def test_a_tile_that_is_not_the_logs_is_not_moved(
    world: World, dsn: str, archive: Path, path: str
) -> None:
    file = world.tiles().root / path
    content = bytearray(file.read_bytes())
    content[40] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)
    await refused(lambda: pruned(world.tlog, dsn, 700, archive), "Run `hoso audit` first")
    assert file.read_bytes() == content
    assert minimum_in(await world.tiles().get("minimum")) == (0 if path.startswith("tile/1") else 256)


async def test_where_a_tile_above_is_missing_nothing_below_it_is_moved(
    world: World, dsn: str, archive: Path
) -> None:
    (world.tiles().root / "tile/1/000.p/5").unlink()
    await refused(lambda: pruned(world.tlog, dsn, 700, archive), "missing", "`hoso tlog rebuild`")
    assert not archive.exists()  # noqa: ASYNC240


async def test_an_archive_with_other_content_is_named_and_nothing_is_removed(
    world: World, dsn: str, archive: Path
) -> None:
    await TileFolder(archive).put([("tile/entries/000", b"another ledger's")])
    await refused(lambda: pruned(world.tlog, dsn, 700, archive), "tile/entries/000 of the archive")
    assert (world.tiles().root / "tile/0/000").exists()
    assert not (world.tiles().root / "minimum").exists()


@pytest.mark.parametrize("content", [b"many\n", b"300\n", b"-256\n", b"2560\n", b"9" * 5000])
async def test_a_minimum_that_somebody_wrote_is_refused(
    world: World, dsn: str, archive: Path, content: bytes
) -> None:
    (world.tiles().root / "minimum").write_bytes(content)
    await refused(lambda: pruned(world.tlog, dsn, 700, archive), "minimum", "`hoso tlog rebuild --pruned`")
    assert (world.tiles().root / "tile/0/000").exists()
