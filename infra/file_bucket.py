"""Files in an S3-compatible bucket, the port `FileStore`: `<prefix>/<name>`, through obstore (decision 0015).

Promises: an object is there whole or not at all (one request puts it, checked by the server against its
SHA-256); nothing is written over an existing one; every request ends within a bounded time, and what a
failing bucket says becomes a sentence for the operator, never with a key in it. What is waiting to be sent
lies sealed in a temporary file that has no name.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import tempfile
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import IO, TypeVar

import obstore
from obstore import exceptions

from application.file_ports import FileMissing, FilesUnavailable, StoredFile
from domain.files import FILE_NAME
from infra.bucket import BucketAddress, BucketTrouble, ObjectMissing, done, s3_store

READ = 1_048_576
IN_MEMORY = 1_048_576
AT_ONCE = 4
PAGE = 1_000
T = TypeVar("T")


class FileBucket:
    """One bucket, for use on one event loop. Nothing is connected before the first call."""

    def __init__(self, address: BucketAddress) -> None:
        self._address = address
        self._sending = asyncio.Semaphore(AT_ONCE)
        self._prefix = address.path("")
        self._store = s3_store(address)

    async def look(self, *, used: bool) -> None:
        await self.names("", 1)

    async def put(self, chunks: AsyncIterable[bytes]) -> StoredFile:
        digest, size = hashlib.sha256(), 0
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as waiting:
            async for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                await asyncio.to_thread(waiting.write, chunk)
            name = digest.hexdigest()
            async with self._sending:  # what is sent is in memory: so much at once, and no more
                await self._send(name, waiting)
        return StoredFile(name, size, datetime.now(UTC))

    async def _send(self, name: str, waiting: IO[bytes]) -> None:
        waiting.seek(0)
        body = await asyncio.to_thread(waiting.read)
        try:
            await self._done(
                obstore.put_async(self._store, self.key(name), body, mode="create", use_multipart=False),
                name,
            )
        except exceptions.AlreadyExistsError:
            return  # these very bytes: the name is theirs

    async def open(self, file: str) -> AsyncGenerator[bytes, None]:
        found = await self._done(obstore.get_async(self._store, self.key(file)), file)
        pieces = aiter(found.stream(min_chunk_size=READ))
        while True:
            try:
                piece = await self._done(anext(pieces), file)
            except StopAsyncIteration:
                return
            yield bytes(piece)

    async def stored(self, file: str) -> StoredFile:
        found = await self._done(obstore.head_async(self._store, self.key(file)), file)
        return StoredFile(file, found["size"], found["last_modified"].astimezone(UTC))

    async def has(self, file: str) -> bool:
        try:
            await self.stored(file)
        except FileMissing:
            return False
        return True

    async def remove(self, file: str) -> None:
        key = self.key(file)
        try:
            await self._done(obstore.delete_async(self._store, key), file)
        except FileMissing:
            return

    async def names(self, after: str, limit: int) -> Sequence[StoredFile]:
        offset = self._prefix + after if after else None
        pages = aiter(obstore.list(self._store, self._prefix or None, offset=offset, chunk_size=PAGE))
        found: list[StoredFile] = []
        while len(found) < limit:
            try:
                page = await self._done(anext(pages), "")
            except StopAsyncIteration:
                break
            for meta in page:
                name = meta["path"].removeprefix(self._prefix)
                if re.fullmatch(FILE_NAME, name):
                    found.append(StoredFile(name, meta["size"], meta["last_modified"].astimezone(UTC)))
        return list(islice(sorted(found, key=lambda one: one.file), limit))

    async def clear(self, before: datetime) -> int:
        return 0  # one request puts a file: nothing unfinished stays in the bucket

    def key(self, file: str) -> str:
        """The key of the object. Raises FileMissing where this can be no name."""
        if not re.fullmatch(FILE_NAME, file):
            raise FileMissing(file[:64])
        return self._prefix + file

    async def _done(self, call: Awaitable[T], file: str) -> T:
        try:
            return await done(call, self._address)
        except ObjectMissing as error:
            raise FileMissing(file) from error
        except BucketTrouble as error:
            raise FilesUnavailable(str(error)) from error
