"""One contract for both stores: what `application.file_ports.FileStore` promises."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import pytest

from application.file_ports import FileMissing, FileStore
from tests.files.making import pieces, whole

NOWHERE = "0" * 64


async def test_what_was_put_is_there_under_the_name_of_its_bytes(store: FileStore) -> None:
    stored = await store.put(pieces(b"one", b"", b"two"))
    assert (stored.file, stored.size) == (hashlib.sha256(b"onetwo").hexdigest(), 6)
    assert await store.has(stored.file)
    assert await whole(store, stored.file) == b"onetwo"
    known = await store.stored(stored.file)
    assert (known.file, known.size) == (stored.file, 6)
    assert abs(known.stored_at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_a_large_file_comes_back_as_it_was(store: FileStore) -> None:
    large = hashlib.shake_128(b"large").digest(5_000_000)
    stored = await store.put(pieces(*(large[at : at + 65_000] for at in range(0, len(large), 65_000))))
    assert hashlib.sha256(await whole(store, stored.file)).hexdigest() == stored.file


async def test_the_same_bytes_again_change_nothing(store: FileStore) -> None:
    first = await store.put(pieces(b"the same"))
    again = await store.put(pieces(b"the ", b"same"))
    assert again.file == first.file
    assert [one.file for one in await store.names("", 10)] == [first.file]


async def test_many_at_once_are_all_there(store: FileStore) -> None:
    contents = [b"%d" % n for n in range(20)] + [b"0"] * 5
    stored = await asyncio.gather(*(store.put(pieces(content)) for content in contents))
    assert len({one.file for one in stored}) == 20
    assert await asyncio.gather(*(whole(store, one.file) for one in stored)) == contents


async def test_names_come_in_their_order_and_in_pages(store: FileStore) -> None:
    files = sorted([(await store.put(pieces(b"%d" % n))).file for n in range(12)])
    assert [one.file for one in await store.names("", 100)] == files
    assert [one.file for one in await store.names("", 5)] == files[:5]
    assert [one.file for one in await store.names(files[4], 5)] == files[5:10]
    assert list(await store.names(files[-1], 5)) == []


async def test_an_empty_store_has_no_names(store: FileStore) -> None:
    assert list(await store.names("", 5)) == []
    assert not await store.has(NOWHERE)
    assert await store.clear(datetime.now(UTC)) == 0


async def test_a_file_that_is_not_there_is_named(store: FileStore) -> None:
    with pytest.raises(FileMissing, match=NOWHERE):
        await whole(store, NOWHERE)
    with pytest.raises(FileMissing):
        await store.stored(NOWHERE)
    await store.remove(NOWHERE)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "/etc/passwd"])
async def test_what_is_no_name_of_a_file_leads_nowhere(store: FileStore, name: str) -> None:
    with pytest.raises(FileMissing):
        await whole(store, name)
    with pytest.raises(FileMissing):
        await store.remove(name)


async def test_a_removed_file_is_gone(store: FileStore) -> None:
    kept, gone = await store.put(pieces(b"kept")), await store.put(pieces(b"gone"))
    await store.remove(gone.file)
    assert not await store.has(gone.file)
    assert [one.file for one in await store.names("", 10)] == [kept.file]


async def test_an_upload_that_breaks_off_leaves_nothing(store: FileStore) -> None:
    async def broken() -> AsyncGenerator[bytes, None]:
        yield b"x" * 2_000_000
        raise ConnectionError("the caller went away")

    with pytest.raises(ConnectionError):
        await store.put(broken())
    assert list(await store.names("", 10)) == []
    assert await store.clear(datetime.now(UTC) + timedelta(hours=1)) == 0


async def test_a_reader_that_stops_in_the_middle_lets_go(store: FileStore) -> None:
    stored = await store.put(pieces(b"x" * 4_000_000))
    for _ in range(50):  # more than a connection pool or a careless count of open files would stand
        chunks = store.open(stored.file)
        async for chunk in chunks:
            assert chunk
            break
        await chunks.aclose()
    assert len(await whole(store, stored.file)) == 4_000_000
