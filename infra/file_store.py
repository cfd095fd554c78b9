"""Files under the keys of persons, the port `SealedFiles`: a store of bytes and the keyring tied together.

Promises: clear bytes are never written anywhere; what is given out was sealed under the file's name, and its
last segment only when the whole is found unchanged; once the subject's key was destroyed nothing is given.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterable, Collection, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from application.file_ports import (
    FileBroken,
    FileErased,
    FileMissing,
    FileStore,
    OpenedFile,
    OwnerErased,
    SealedFile,
)
from application.ports import SubjectErased
from infra.file_sealing import HEADER_BYTES, Header, NotSealed, Opener, Sealer, clear_size, new_header

NOT_ITS_NAME = "its bytes are not those that it was named after"


class SubjectKeys(Protocol):
    """What is needed of the keyring (infra.keyring.PostgresKeyring)."""

    async def ensure(self, subjects: Sequence[UUID]) -> None: ...

    async def load(self, subjects: Sequence[UUID]) -> None: ...

    def key_of(self, subject: UUID) -> bytes: ...


class SealedFileStore:
    """`store`: where the bytes lie; `keys`: the ledger's keyring."""

    def __init__(self, store: FileStore, keys: SubjectKeys) -> None:
        self.store = store
        self._keys = keys

    async def put(self, subject: UUID, media_type: str, chunks: AsyncIterable[bytes]) -> SealedFile:
        try:
            await self._keys.ensure([subject])
            sealer = Sealer(new_header(subject), self._keys.key_of(subject), media_type)
        except SubjectErased:
            raise OwnerErased(subject) from None
        content, size = hashlib.sha256(), 0

        async def sealed() -> AsyncGenerator[bytes, None]:
            nonlocal size
            async for chunk in chunks:
                content.update(chunk)
                size += len(chunk)
                if out := sealer.more(chunk):
                    yield out
            yield sealer.end()

        async with aclosing(sealed()) as stream:
            stored = await self.store.put(stream)
        return SealedFile(stored.file, subject, media_type, size, content.hexdigest())

    async def describe(self, file: str) -> SealedFile:
        stored = await self.store.stored(file)
        opened = await self.open(file)
        content, size = hashlib.sha256(), 0
        async with aclosing(opened.chunks) as chunks:
            async for chunk in chunks:
                content.update(chunk)
                size += len(chunk)
        age = datetime.now(UTC) - stored.stored_at
        return SealedFile(file, opened.subject, opened.media_type, size, content.hexdigest(), age)

    async def check(self, file: str) -> SealedFile | None:
        try:
            return await self.describe(file)
        except FileErased:
            if await stored_digest(self.store, file) != file:
                raise FileBroken(file, NOT_ITS_NAME) from None
            return None

    async def open(self, file: str) -> OpenedFile:
        stored = await self.store.stored(file)
        reading = _Reading(file, self.store, self._keys)
        try:
            first = await reading.begin()
        except BaseException:
            await reading.close()
            raise
        size = clear_size(stored.size, reading.media_type)
        return OpenedFile(file, reading.subject, reading.media_type, size, reading.chunks(first))

    async def has(self, file: str) -> bool:
        return await self.store.has(file)

    async def erase(self, file: str, subjects: Collection[UUID]) -> bool:
        """Remove the file where it is sealed under one of these subjects; whether it was there and is gone.
        What cannot be read as a sealed file stays, for `hoso files check` to name."""
        try:
            async with aclosing(self.store.open(file)) as stream:
                head = b""
                async for chunk in stream:
                    head += chunk
                    if len(head) >= HEADER_BYTES:
                        break
            subject = Header.read(head).subject
        except FileMissing:
            await self.store.look(used=True)  # gone, or the whole store is away
            return False
        except NotSealed:
            return False
        if subject not in subjects:
            return False
        await self.store.remove(file)
        return True


class _Chunks:
    """The clear bytes; `aclose` lets go of the store's file or connection, also before the first chunk was
    asked for (a generator that never ran closes nothing)."""

    def __init__(self, reading: _Reading, first: bytes) -> None:
        self._reading = reading
        self._waiting = [first] if first else []

    def __aiter__(self) -> _Chunks:
        return self

    async def __anext__(self) -> bytes:
        if self._waiting:
            return self._waiting.pop()
        chunk = await self._reading.next()
        if not chunk:
            await self.aclose()
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        await self._reading.close()


class _Reading:
    """One file being opened: hashed as it lies there, unsealed segment by segment."""

    def __init__(self, file: str, store: FileStore, keys: SubjectKeys) -> None:
        self.file = file
        self._stream = store.open(file)
        self._pieces = aiter(self._stream)
        self._keys = keys
        self._digest = hashlib.sha256()
        self._opener: Opener | None = None
        self._ended = False

    @property
    def media_type(self) -> str:
        return self._opener.media_type if self._opener else ""

    async def begin(self) -> bytes:
        """Read until the media type is known; the clear bytes known by then."""
        head = b""
        async for chunk in self._pieces:
            self._digest.update(chunk)
            head += chunk
            if len(head) >= HEADER_BYTES:
                break
        try:
            header = Header.read(head)
        except NotSealed as why:
            raise FileBroken(self.file, str(why)) from None
        self.subject = header.subject
        await self._keys.load([header.subject])
        try:
            self._opener = Opener(header, self._keys.key_of(header.subject))
        except SubjectErased:
            raise FileErased(self.file, header.subject) from None
        first = self._opened(head[HEADER_BYTES:])
        while not self.media_type and not self._ended:
            first = await self.next()
        return first

    def chunks(self, first: bytes) -> _Chunks:
        return _Chunks(self, first)

    async def next(self) -> bytes:
        """The next clear bytes, b"" at the end."""
        while not self._ended:
            chunk = await anext(self._pieces, None)
            if chunk is None:
                return self._end()
            self._digest.update(chunk)
            if clear := self._opened(chunk):
                return clear
        return b""

    async def close(self) -> None:
        self._ended = True
        await self._stream.aclose()

    def _opened(self, sealed: bytes) -> bytes:
        assert self._opener is not None
        try:
            return self._opener.more(sealed)
        except NotSealed as why:
            raise FileBroken(self.file, str(why)) from None

    def _end(self) -> bytes:
        """The last segment, when the whole has the name that it should have: also where another whole file of
        the same person was put in its place."""
        assert self._opener is not None
        self._ended = True
        if self._digest.hexdigest() != self.file:
            raise FileBroken(self.file, NOT_ITS_NAME)
        try:
            return self._opener.end()
        except NotSealed as why:
            raise FileBroken(self.file, str(why)) from None


async def stored_digest(store: FileStore, file: str) -> str:
    """The SHA-256 of what is stored under this name, which should be the name. Raises FileMissing."""
    digest = hashlib.sha256()
    async with aclosing(store.open(file)) as chunks:
        async for chunk in chunks:
            digest.update(chunk)
    return digest.hexdigest()
