"""One contract for both stores of tiles: what `application.tlog_ports.TileStore` promises."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from itertools import count
from pathlib import Path

import pytest

from application.tlog_ports import TileConflict, TileStore, TlogUnavailable
from infra.bucket import BucketAddress
from infra.tile_bucket import TileBucket
from infra.tile_store import MOST_BYTES, TileFolder
from tests.files.bucket_server import Bucket
from tests.tlog.careless_bucket import careless_service

_prefixes = count(1)
FULL, PARTIAL, BUNDLE = "tile/0/x001/067", "tile/0/x001/067.p/112", "tile/entries/000"


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TileStore:
    if request.param == "folder":
        return TileFolder(tmp_path / "tlog")
    bucket: Bucket = request.getfixturevalue("bucket")
    return TileBucket(bucket.at(f"tiles/{next(_prefixes)}"))


async def test_what_was_put_is_there_under_its_path(store: TileStore) -> None:
    assert await store.get(FULL) is None
    assert await store.get("checkpoint") is None
    await store.put([(PARTIAL, b"part"), (FULL, b"full"), (BUNDLE, b"")])
    assert [await store.get(path) for path in (PARTIAL, FULL, BUNDLE)] == [b"part", b"full", b""]


async def test_the_same_bytes_again_are_fine_and_others_are_refused(store: TileStore) -> None:
    await store.put([(FULL, b"as it was")])
    await store.put([(FULL, b"as it was"), (BUNDLE, b"new")])
    with pytest.raises(TileConflict, match="x001/067 is there already"):
        await store.put([(FULL, b"as it was not")])
    assert await store.get(FULL) == b"as it was"
    assert await store.get(BUNDLE) == b"new"


async def test_a_round_of_a_hundred_objects_is_there(store: TileStore) -> None:
    objects = [(f"tile/0/{number:03d}", b"%d" % number) for number in range(100)]
    await store.put(objects)
    assert [(path, await store.get(path)) for path, _ in objects] == objects


async def test_the_checkpoint_is_replaced(store: TileStore) -> None:
    await store.publish(b"first")
    await store.publish(b"second")
    assert await store.get("checkpoint") == b"second"


async def test_the_minimum_index_is_replaced_too(store: TileStore) -> None:
    await store.set_minimum(512)
    await store.set_minimum(0)
    assert await store.get("minimum") == b"0\n"
    assert await store.get("checkpoint") is None


async def test_a_removed_tile_is_gone_and_its_neighbour_is_not(store: TileStore) -> None:
    await store.put([(PARTIAL, b"part"), ("tile/0/x001/067.p/113", b"more"), (FULL, b"full")])
    await store.remove([PARTIAL, "tile/5/000"])
    assert await store.get(PARTIAL) is None
    assert await store.get("tile/0/x001/067.p/113") == b"more"
    await store.remove(["tile/0/x001/067.p/113"])
    assert await store.get(FULL) == b"full"


@pytest.mark.parametrize(
    "path",
    ["", "../x", "/etc/passwd", "tile/0/../../x", "tile/64/000", "tile/00/000", "tile/0/1", "tile/0/x001",
     "tile/0/000.p/0", "tile/0/000\n", "tile/0/٠٠٠", "tile/entries/000.p/1/2", "checkpoint/x", ".unfinished"],
)  # fmt: skip
async def test_what_is_no_path_of_a_tile_leads_nowhere(store: TileStore, path: str) -> None:
    for call in (store.get(path), store.put([(path, b"x")]), store.remove([path])):
        with pytest.raises(ValueError, match="no path of a tile"):
            await call


async def test_what_is_too_long_for_a_tile_is_not_read(store: TileStore) -> None:
    await store.put([(FULL, b"x" * (MOST_BYTES + 1))])
    with pytest.raises(TlogUnavailable, match="longer than a tile can be"):
        await store.get(FULL)


# The folder


async def test_of_some_that_write_other_bytes_at_once_one_is_kept(tmp_path: Path) -> None:
    store = TileFolder(tmp_path / "tlog")
    for number in range(25):
        path = f"tile/0/{number:03d}"
        answers = await asyncio.gather(
            *(store.put([(path, content)]) for content in (b"one", b"two", b"three")), return_exceptions=True
        )
        kept = [c for c, a in zip((b"one", b"two", b"three"), answers, strict=True) if a is None]
        assert kept == [await store.get(path)]
        assert sum(isinstance(answer, TileConflict) for answer in answers) == 2


async def test_a_folder_can_be_served_as_it_is_and_holds_nothing_else(tmp_path: Path) -> None:
    store = TileFolder(tmp_path / "tlog")
    await store.put([(PARTIAL, b"part"), (FULL, b"full")])
    await store.publish(b"head")
    files = {path.relative_to(store.root).as_posix() for path in store.root.rglob("*") if path.is_file()}
    assert files == {PARTIAL, FULL, "checkpoint"}
    assert stat.S_IMODE((store.root / FULL).stat().st_mode) & 0o044 == 0o044


async def test_what_a_killed_process_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    drafts = tmp_path / "tlog/.unfinished"
    drafts.mkdir(parents=True)
    for name, age in {"old": 7_200, "young": 10}.items():
        (drafts / name).write_bytes(b"half")
        os.utime(drafts / name, (time.time() - age,) * 2)
    await TileFolder(tmp_path / "tlog").put([(FULL, b"full")])
    assert [path.name for path in drafts.iterdir()] == ["young"]


async def test_a_disk_that_refuses_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = TileFolder(tmp_path / "file" / "tlog")
    with pytest.raises(TlogUnavailable, match=r"the folder of tiles .* cannot be used"):
        await store.put([(FULL, b"full")])


async def test_a_full_disk_leaves_nothing_under_the_tiles_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    store = TileFolder(tmp_path / "tlog")
    await store.put([(FULL, b"full")])
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TlogUnavailable, match="is full: make room"):
        await store.put([("tile/0/001", b"next")])
    assert not (store.root / "tile/0/001").exists()
    assert not list((store.root / ".unfinished").iterdir())


# The bucket


async def test_a_bucket_has_what_a_cdn_needs(bucket: Bucket) -> None:
    address = bucket.at("cdn")
    store = TileBucket(address)
    await store.put([(FULL, b"full")])
    await store.publish(b"head")
    tile = bucket.client.head_object(Bucket=address.bucket, Key=f"cdn/{FULL}")
    assert (tile["ContentType"], tile["CacheControl"]) == (
        "application/octet-stream",
        "public, max-age=31536000, immutable",
    )
    head = bucket.client.head_object(Bucket=address.bucket, Key="cdn/checkpoint")
    assert (head["ContentType"], head["CacheControl"]) == ("text/plain; charset=utf-8", "public, max-age=2")
    keys = [
        one["Key"] for one in bucket.client.list_objects_v2(Bucket=address.bucket, Prefix="cdn/")["Contents"]
    ]
    assert keys == ["cdn/checkpoint", f"cdn/{FULL}"]


async def test_a_service_that_writes_over_what_is_there_is_found_out() -> None:
    with careless_service() as url:
        store = TileBucket(BucketAddress("papers", "t", url, "us-east-1", "key", "secret", "HOSO_TLOG"))
        with pytest.raises(TlogUnavailable, match="does not keep the conditions of a write") as refused:
            await store.put([(FULL, b"full")])
        assert "a folder in HOSO_TLOG" in str(refused.value)
        assert await store.get(FULL) is None
