"""A bucket that fails: each way has a sentence that says what to do, soon, and never with a key in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from application.file_ports import FilesUnavailable
from infra.bucket import BucketAddress
from infra.file_bucket import FileBucket
from tests.files.bucket_server import Bucket, free_port
from tests.files.making import pieces, whole

NAME = "403500" + "0" * 58  # digits that look like a status must not be taken for one


async def fails(address: BucketAddress, says: str) -> None:
    store = FileBucket(address)
    for call in (
        lambda: store.put(pieces(b"x")),
        lambda: whole(store, NAME),
        lambda: store.has(NAME),
        lambda: store.names("", 5),
        lambda: store.remove(NAME),
    ):
        with pytest.raises(FilesUnavailable, match=says) as refused:
            await asyncio.wait_for(call(), 10)
        assert address.secret not in str(refused.value)
        assert address.key not in str(refused.value)


@asynccontextmanager
async def answering(status: bytes | None) -> AsyncIterator[str]:
    """A server that says this to everything; None: takes the request and never answers."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if status is not None:
            writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
        else:
            await given_up.wait()
        writer.close()

    given_up = asyncio.Event()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        given_up.set()
        server.close()


async def test_a_wrong_secret_is_named(bucket: Bucket) -> None:
    await fails(replace(bucket.address, secret="wrong"), "refuses our key: correct HOSO_FILES_KEY")


async def test_a_wrong_key_is_named(bucket: Bucket) -> None:
    await fails(replace(bucket.address, key="AKIAWRONG"), "refuses our key")


async def test_a_bucket_that_nobody_made_is_named(bucket: Bucket) -> None:
    store = FileBucket(replace(bucket.address, bucket="nowhere"))
    for call in (lambda: store.put(pieces(b"x")), lambda: store.names("", 5), lambda: whole(store, NAME)):
        with pytest.raises(FilesUnavailable, match="there is no bucket s3://nowhere/hoso: make it"):
            await call()


async def test_a_service_that_is_down_is_named(bucket: Bucket) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    await fails(replace(bucket.address, endpoint=nobody), "does not answer: start the service")


@pytest.mark.parametrize("status", [b"503 Slow Down", b"500 Internal Server Error"])
async def test_an_overloaded_service_is_named(bucket: Bucket, status: bytes) -> None:
    async with answering(status) as url:
        await fails(replace(bucket.address, endpoint=url), "overloaded or down")


async def test_a_service_that_never_answers_is_given_up(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.bucket.READ_SECONDS", 0.2)
    monkeypatch.setattr("infra.bucket.REQUEST_SECONDS", 0.5)
    async with answering(None) as url:
        await fails(replace(bucket.address, endpoint=url), "does not answer")


async def test_the_environment_of_other_programs_changes_nothing(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "else",
        "AWS_SESSION_TOKEN": "session",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_REGION": "mars-1",
    }.items():
        monkeypatch.setenv(name, value)
    store = FileBucket(bucket.at("other"))
    stored = await store.put(pieces(b"x"))
    assert await whole(store, stored.file) == b"x"
