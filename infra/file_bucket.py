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
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import IO, TYPE_CHECKING, TypeVar

import obstore
from obstore import exceptions
from obstore.store import S3Store

from application.file_ports import FileMissing, FilesUnavailable, StoredFile
from domain.files import FILE_NAME

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Credential

READ = 1_048_576
IN_MEMORY = 1_048_576
AT_ONCE = 4
CONNECT_SECONDS = 5
READ_SECONDS = 15
REQUEST_SECONDS = 120
RETRY_SECONDS = 10
RETRIES = 2
PAGE = 1_000
STATUS = re.compile(r"status code: ([0-9]{3})\b")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BucketAddress:
    """Where the bucket is. `endpoint` "": that of Amazon's region."""

    bucket: str
    prefix: str
    endpoint: str
    region: str
    key: str = field(repr=False)
    secret: str = field(repr=False)


class FileBucket:
    """One bucket, for use on one event loop. Nothing is connected before the first call."""

    def __init__(self, address: BucketAddress) -> None:
        self._where = f"s3://{address.bucket}/{address.prefix}".rstrip("/")
        self._sending = asyncio.Semaphore(AT_ONCE)
        self._prefix = f"{address.prefix}/" if address.prefix else ""

        def credential() -> S3Credential:  # so given, no session's token in the environment joins it
            return {
                "access_key_id": address.key,
                "secret_access_key": address.secret,
                "token": None,
                "expires_at": None,
            }

        self._store = S3Store(
            address.bucket,
            config=_config(address),
            client_options={
                "allow_http": address.endpoint.startswith("http://"),
                "connect_timeout": timedelta(seconds=CONNECT_SECONDS),
                "read_timeout": timedelta(seconds=READ_SECONDS),
                "timeout": timedelta(seconds=REQUEST_SECONDS),
            },
            retry_config={
                "max_retries": RETRIES,
                "retry_timeout": timedelta(seconds=RETRY_SECONDS),
                "backoff": {"max_backoff": timedelta(seconds=2)},
            },
            credential_provider=credential,
        )

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
        """What a failing bucket says, as a sentence. The service's own words are not repeated: they can have
        keys and addresses in them."""
        try:
            return await call
        except exceptions.AlreadyExistsError:
            raise
        except (exceptions.BaseError, FileNotFoundError) as error:
            status = STATUS.search(str(error))
            code = int(status[1]) if status else 0
            if code == 404 and "<Code>NoSuchBucket" not in str(error):
                raise FileMissing(file) from error
            raise FilesUnavailable(self._why(code)) from error

    def _why(self, status: int) -> str:
        if status in (401, 403):
            return (
                f"the bucket {self._where} refuses our key: correct HOSO_FILES_KEY and HOSO_FILES_SECRET (or "
                "bucket.key among the secrets), and let that key read, write, list and delete there"
            )
        if status == 404:
            return f"there is no bucket {self._where}: make it, or correct HOSO_FILES"
        if status == 429 or status >= 500:
            return f"the bucket {self._where} is overloaded or down (status {status}): try again later"
        if status:
            return (
                f"the bucket {self._where} refuses this (status {status}): correct HOSO_FILES, "
                "HOSO_FILES_ENDPOINT and HOSO_FILES_REGION"
            )
        return f"the bucket {self._where} does not answer: start the service, or correct HOSO_FILES_ENDPOINT"


def _config(address: BucketAddress) -> S3Config:
    """Every value that obstore would else look for in the environment is set here."""
    config: S3Config = {
        "region": address.region,
        "virtual_hosted_style_request": False,
        "skip_signature": False,
        "unsigned_payload": False,
        "request_payer": False,
        "endpoint": address.endpoint or f"https://s3.{address.region}.amazonaws.com",
    }
    return config
