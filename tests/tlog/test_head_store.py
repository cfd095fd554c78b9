"""One contract for both stores of the head: what `application.tlog_ports.HeadStore` promises."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from application.tlog_ports import HeadMoved, HeadStore, TlogUnavailable
from infra import head_store
from infra.bucket import BucketAddress
from infra.head_bucket import HeadBucket
from infra.head_store import HeadFile, same_volume
from infra.settings import read_settings
from infra.tlog_places import cluster_folder, head_beside_database
from tests.files.bucket_server import Bucket, free_port
from tests.tlog.careless_bucket import careless_service

Opener = Callable[[UUID], HeadStore]


@pytest.fixture(params=["folder", "bucket"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Each call as another process would open it."""
    if request.param == "folder":
        return lambda ledger: HeadFile(tmp_path / "head", ledger)
    bucket: Bucket = request.getfixturevalue("bucket")
    return lambda ledger: HeadBucket(bucket.at("head"), ledger)


async def test_a_head_is_swapped_by_who_knows_the_one_before(opener: Opener) -> None:
    ledger = uuid4()
    ours, others = opener(ledger), opener(ledger)
    assert await ours.read() is None
    await ours.swap(None, b"one")
    assert await others.read() == b"one"
    await others.swap(b"one", b"two")
    with pytest.raises(HeadMoved) as moved:
        await ours.swap(b"one", b"three")
    assert moved.value.found == b"two"
    assert await ours.read() == b"two"


async def test_a_first_head_does_not_replace_one_that_is_there(opener: Opener) -> None:
    ledger = uuid4()
    await opener(ledger).swap(None, b"one")
    with pytest.raises(HeadMoved) as moved:
        await opener(ledger).swap(None, b"first")
    assert moved.value.found == b"one"


async def test_a_head_that_vanished_is_not_taken_for_the_one_expected(opener: Opener) -> None:
    with pytest.raises(HeadMoved) as moved:
        await opener(uuid4()).swap(b"one", b"two")
    assert moved.value.found is None


async def test_a_swap_whose_answer_was_lost_may_be_repeated(opener: Opener) -> None:
    head = opener(uuid4())
    await head.swap(None, b"one")
    await head.swap(None, b"one")
    assert await head.read() == b"one"


async def test_each_ledger_has_its_own(opener: Opener) -> None:
    one, other = uuid4(), uuid4()
    await opener(one).swap(None, b"one")
    assert await opener(other).read() is None
    assert str(one) in opener(one).where


# The folder


async def test_of_many_that_swap_the_same_head_one_wins(tmp_path: Path) -> None:
    ledger = uuid4()
    await HeadFile(tmp_path, ledger).swap(None, b"start")
    heads = [b"%d" % n for n in range(10)]
    answers = await asyncio.gather(
        *(HeadFile(tmp_path, ledger).swap(b"start", head) for head in heads), return_exceptions=True
    )
    won = [head for head, answer in zip(heads, answers, strict=True) if answer is None]
    assert len(won) == 1
    assert await HeadFile(tmp_path, ledger).read() == won[0]
    assert all(answer is None or isinstance(answer, HeadMoved) for answer in answers)


def _adding(folder: Path, ledger: UUID, times: int) -> None:
    async def add() -> None:
        head = HeadFile(folder, ledger)
        for _ in range(times):
            while True:
                before = await head.read()
                try:
                    count = int((before or b"0").split()[0]) + 1
                    await head.swap(before, b"%d by %d" % (count, os.getpid()))  # the same head is no other
                    break
                except HeadMoved:
                    continue

    asyncio.run(add())


def test_processes_that_count_together_lose_nothing(tmp_path: Path) -> None:
    ledger = uuid4()
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_adding, args=(tmp_path, ledger, 10)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert (asyncio.run(HeadFile(tmp_path, ledger).read()) or b"").startswith(b"30 by ")


async def test_a_head_that_somebody_keeps_locked_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(head_store, "LOCK_SECONDS", 0.1)
    ledger = uuid4()
    holder = HeadFile(tmp_path, ledger)
    with holder._locked(), pytest.raises(TlogUnavailable, match="locked by another process"):
        await HeadFile(tmp_path, ledger).swap(None, b"one")
    await HeadFile(tmp_path, ledger).swap(None, b"one")


async def test_a_folder_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    head = HeadFile(tmp_path / "file" / "head", uuid4())
    with pytest.raises(TlogUnavailable, match="the head store"):
        await head.swap(None, b"one")
    with pytest.raises(TlogUnavailable, match="the head store"):
        await head.read()


async def test_the_old_head_stays_whole_where_the_new_one_cannot_be_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = HeadFile(tmp_path, uuid4())
    await head.swap(None, b"one")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as failing:
        failing.setattr(os, "fsync", full)
        with pytest.raises(TlogUnavailable, match="is full"):
            await head.swap(b"one", b"two")
    assert await head.read() == b"one"
    await head.swap(b"one", b"two")


def test_a_head_on_the_volume_of_the_database_is_reported(tmp_path: Path) -> None:
    assert same_volume(tmp_path / "not/there/yet", tmp_path)
    assert not same_volume(Path("/proc"), tmp_path)
    database = cluster_folder(read_settings({"HOSO_DATA_DIR": str(tmp_path)}))
    near = {"HOSO_DATA_DIR": str(tmp_path), "HOSO_HEAD": str(database.parent / "head")}
    beside = head_beside_database(read_settings(near))
    assert beside is not None
    assert "HOSO_HEAD" in beside
    assert head_beside_database(read_settings({"HOSO_DATA_DIR": str(tmp_path), "HOSO_HEAD": "/proc"})) is None
    assert head_beside_database(read_settings({"HOSO_HEAD": "s3://heads"})) is None
    elsewhere = {"HOSO_DATA_DIR": str(tmp_path), "HOSO_DATABASE_URL": "postgresql://a@db/hoso"}
    assert head_beside_database(read_settings(elsewhere)) is None


# The bucket


async def test_the_service_itself_refuses_who_comes_late(bucket: Bucket) -> None:
    """Two that read the same head, before either writes: only the service can tell."""
    ledger = uuid4()
    first, second = HeadBucket(bucket.at("race"), ledger), HeadBucket(bucket.at("race"), ledger)
    await first.swap(None, b"start")
    read = second._read

    async def overtaken() -> tuple[bytes | None, str | None]:
        answer = await read()
        second._read = read  # type: ignore[method-assign]
        await first.swap(b"start", b"first")
        return answer

    await second._look()
    second._read = overtaken  # type: ignore[method-assign]
    with pytest.raises(HeadMoved) as moved:
        await second.swap(b"start", b"second")
    assert moved.value.found == b"first"
    assert await first.read() == b"first"


async def test_a_service_that_ignores_conditions_is_refused_before_anything_is_written() -> None:
    with careless_service() as url:
        head = HeadBucket(
            BucketAddress("heads", "h", url, "us-east-1", "key", "secret", "HOSO_HEAD"), uuid4()
        )
        with pytest.raises(TlogUnavailable, match="does not keep the conditions of a write") as refused:
            await head.swap(None, b"one")
        assert "a folder in HOSO_HEAD" in str(refused.value)
        assert await head.read() is None


async def test_a_service_that_is_down_is_named_by_its_own_setting(bucket: Bucket) -> None:
    down = replace(bucket.address, endpoint=f"http://127.0.0.1:{free_port()}", setting="HOSO_HEAD")
    for call in (HeadBucket(down, uuid4()).read(), HeadBucket(down, uuid4()).swap(None, b"one")):
        with pytest.raises(
            TlogUnavailable, match="does not answer: start the service, or correct HOSO_HEAD_END"
        ):
            await call
