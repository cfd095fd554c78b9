"""Files under the keys of persons, over both stores."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from application.file_ports import FileBroken, FileErased, FileMissing, FileStore, OpenedFile, OwnerErased
from infra.file_bucket import FileBucket
from infra.file_store import SealedFileStore, stored_digest
from tests.files.bucket_server import Bucket
from tests.files.making import OTHER, PDF, SUBJECT, KeysInMemory, overwrite, pieces, whole


@pytest.fixture
def keys() -> KeysInMemory:
    return KeysInMemory()


@pytest.fixture
def files(store: FileStore, keys: KeysInMemory) -> SealedFileStore:
    return SealedFileStore(store, keys)


@pytest.fixture
def behind(request: pytest.FixtureRequest, store: FileStore) -> Bucket | None:
    """What `overwrite` needs: the bucket, where the store is one."""
    return request.getfixturevalue("bucket") if isinstance(store, FileBucket) else None


async def clear(opened: OpenedFile) -> bytes:
    async with aclosing(opened.chunks) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def test_what_was_sealed_is_read_again(files: SealedFileStore) -> None:
    put = await files.put(SUBJECT, "application/pdf", pieces(PDF[:9], PDF[9:]))
    assert (put.media_type, put.size, put.content) == (
        "application/pdf",
        len(PDF),
        hashlib.sha256(PDF).hexdigest(),
    )
    assert await files.describe(put.file) == put
    opened = await files.open(put.file)
    assert (opened.subject, opened.media_type, opened.size) == (SUBJECT, "application/pdf", len(PDF))
    assert await clear(opened) == PDF


async def test_the_same_paper_twice_has_two_names(files: SealedFileStore) -> None:
    first = await files.put(SUBJECT, "application/pdf", pieces(PDF))
    assert (await files.put(SUBJECT, "application/pdf", pieces(PDF))).file != first.file


async def test_what_lies_there_says_nothing_but_the_subjects_id(
    files: SealedFileStore, store: FileStore
) -> None:
    """Neither the name nor the bytes give away the content, its digest, its type or the person."""
    put = await files.put(SUBJECT, "application/pdf", pieces(PDF))
    stored = await whole(store, put.file)
    told = stored + put.file.encode()
    written = "Trần Thị Hoa".encode()
    for secret in (PDF[:9], b"application/pdf", written, put.content.encode(), bytes.fromhex(put.content)):
        assert secret not in told
    assert stored[12:28] == SUBJECT.bytes


async def test_after_an_erasure_nobody_reads_it(files: SealedFileStore, keys: KeysInMemory) -> None:
    put = await files.put(SUBJECT, "application/pdf", pieces(PDF))
    kept = await files.put(OTHER, "application/pdf", pieces(PDF))
    keys.destroyed.add(SUBJECT)
    with pytest.raises(FileErased, match="were erased"):
        await files.open(put.file)
    with pytest.raises(FileErased):
        await files.describe(put.file)
    assert await files.check(put.file) is None
    with pytest.raises(OwnerErased):
        await files.put(SUBJECT, "application/pdf", pieces(PDF))
    assert await clear(await files.open(kept.file)) == PDF


@pytest.mark.parametrize("at", [0, 20, 40, 60, 70_000, -1])
async def test_a_damaged_file_is_never_read_to_its_end(
    files: SealedFileStore, store: FileStore, behind: Bucket | None, at: int
) -> None:
    put = await files.put(SUBJECT, "application/pdf", pieces(PDF))
    damaged = bytearray(await whole(store, put.file))
    damaged[at] ^= 1
    overwrite(store, behind, put.file, bytes(damaged))
    assert await stored_digest(store, put.file) != put.file
    with pytest.raises(FileBroken, match="put it back from a backup"):
        await clear(await files.open(put.file))
    with pytest.raises(FileBroken):
        await files.describe(put.file)


async def test_a_file_that_was_cut_short_is_never_read_to_its_end(
    files: SealedFileStore, store: FileStore, behind: Bucket | None
) -> None:
    put = await files.put(SUBJECT, "application/pdf", pieces(PDF))
    stored = await whole(store, put.file)
    for kept in (0, 10, 44, 100, len(stored) - 1):
        overwrite(store, behind, put.file, stored[:kept])
        with pytest.raises(FileBroken):
            await clear(await files.open(put.file))


async def test_another_file_of_the_same_person_put_in_its_place_is_noticed(
    files: SealedFileStore, store: FileStore, behind: Bucket | None
) -> None:
    asked = await files.put(SUBJECT, "image/png", pieces(b"\x89PNG\r\n\x1a\n1"))
    other = await files.put(SUBJECT, "image/png", pieces(b"\x89PNG\r\n\x1a\n2"))
    overwrite(store, behind, asked.file, await whole(store, other.file))
    with pytest.raises(FileBroken, match="not those that it was named after"):
        await clear(await files.open(asked.file))


async def test_damage_shows_also_when_the_key_is_gone(
    files: SealedFileStore, store: FileStore, behind: Bucket | None, keys: KeysInMemory
) -> None:
    put = await files.put(SUBJECT, "application/pdf", pieces(PDF))
    keys.destroyed.add(SUBJECT)
    stored = await whole(store, put.file)
    overwrite(store, behind, put.file, stored[:-1])
    with pytest.raises(FileBroken):
        await files.check(put.file)


async def test_a_missing_file_is_named(files: SealedFileStore) -> None:
    with pytest.raises(FileMissing):
        await files.open("0" * 64)
    assert not await files.has("0" * 64)


async def test_a_reader_may_stop_before_the_first_byte(files: SealedFileStore) -> None:
    put = await files.put(SUBJECT, "application/pdf", pieces(PDF))
    for _ in range(30):
        await (await files.open(put.file)).chunks.aclose()
    assert (await files.describe(put.file)).size == len(PDF)


async def test_an_upload_that_breaks_off_is_not_kept(files: SealedFileStore, store: FileStore) -> None:
    async def broken() -> AsyncGenerator[bytes, None]:
        yield PDF
        raise ConnectionError("the caller went away")

    with pytest.raises(ConnectionError):
        await files.put(SUBJECT, "application/pdf", broken())
    assert list(await store.names("", 10)) == []
