"""What the application needs of files: a store of bytes, and files sealed under a person on top of it.

A *file* is known by its name: 64 hexadecimal digits, the SHA-256 of everything that is stored of it. What is
stored is a header in clear (`hoso.file/1`, the subject whose key seals it, a random salt) and sealed
segments; so equal contents have different names, and neither name nor bytes say what is in it. Its media
type is sealed with it. A file is durable before `put` returns: only then may a fact name it.

    LedgerError
    └── FileStoreError         the store cannot do what was asked; the text says why and what to do
        ├── FilesUnavailable   it cannot be reached or written now
        ├── FileMissing        there is no file of this name
        ├── FileBroken         its stored bytes are not those that its name stands for, or do not open
        ├── FileErased         its subject's key was destroyed: nobody can read it any more
        └── OwnerErased        nothing more can be kept under this subject
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from application.ports import LedgerError

NAMED_WITHIN: Final = timedelta(hours=36)
"""How long after it was put an act may name a file: one that was named never is when it is swept."""
SWEPT_AFTER: Final = timedelta(hours=40)
"""How long a file lies at least before it may be swept: the hours between are for clocks that differ."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as the store has it. `size`: bytes stored, header and seals included; `stored_at`: aware UTC."""

    file: str
    size: int
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class SealedFile:
    """What a fact says of a file. `subject`: whose key seals it; `size` and `content` (SHA-256, hex) are of
    the clear bytes; `age`: how long it has been stored. `content` is personal: whoever can guess the bytes
    can tell that it is these."""

    file: str
    subject: UUID
    media_type: str
    size: int
    content: str
    age: timedelta = field(default=timedelta(), compare=False)


class Chunks(Protocol):
    """Bytes in pieces; `aclose` lets go of where they come from."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file being read. `chunks`: the clear bytes; the last of them are given only when the whole was found
    unchanged. Close it (`async with aclosing(opened.chunks)`) where it may not be read to its end."""

    file: str
    subject: UUID
    media_type: str
    size: int
    chunks: Chunks


class FileStore(Protocol):
    """Bytes by name, in a folder or a bucket. It knows no keys. All methods raise FilesUnavailable."""

    async def look(self, *, used: bool) -> None:
        """Whether the store can be used: nothing is written, and nothing said if all is well. `used`: facts
        name files in it, so a folder that was never made is the wrong one."""
        ...

    async def put(self, chunks: AsyncIterable[bytes]) -> StoredFile:
        """Store these bytes, durably, under the name that they have; the same bytes again change nothing.
        Where `chunks` raises, nothing is stored."""
        ...

    def open(self, file: str) -> Chunks:
        """The stored bytes as they lie there, not compared with the name. Raises FileMissing when the first
        chunk is asked for."""
        ...

    async def stored(self, file: str) -> StoredFile:
        """Raises FileMissing."""
        ...

    async def has(self, file: str) -> bool: ...

    async def remove(self, file: str) -> None:
        """Remove the file; one that is not there is no error."""
        ...

    async def names(self, after: str, limit: int) -> Sequence[StoredFile]:
        """At most `limit` files whose names come after this one ("": from the first), in their order."""
        ...

    async def clear(self, before: datetime) -> int:
        """Remove what puts that never came to their end had left behind before this time; how many."""
        ...


class SealedFiles(Protocol):
    """Files under the keys of persons: what commands and readers use. All methods raise FilesUnavailable."""

    async def put(self, subject: UUID, media_type: str, chunks: AsyncIterable[bytes]) -> SealedFile:
        """Seal and store, durably. Where `chunks` raises, nothing is stored. The caller has judged media type
        and size (`application.files.receive`). Raises OwnerErased."""
        ...

    async def describe(self, file: str) -> SealedFile:
        """Read the whole file and say what it is: what an act that names it records, whatever its sender
        says. Raises FileMissing, FileBroken, FileErased."""
        ...

    async def check(self, file: str) -> SealedFile | None:
        """The same; None where the subject was erased and the stored bytes are those of the name. Raises
        FileMissing, FileBroken."""
        ...

    async def open(self, file: str) -> OpenedFile:
        """Raises FileMissing, FileBroken, FileErased; so do its chunks, FileErased excepted."""
        ...

    async def has(self, file: str) -> bool: ...


class FileStoreError(LedgerError):
    """The store cannot do what was asked."""


class FilesUnavailable(FileStoreError):
    pass


class FileMissing(FileStoreError):
    def __init__(self, file: str) -> None:
        super().__init__(
            f"the file {file} is not in the file store: put it back from a backup, or correct HOSO_FILES"
        )
        self.file = file


class FileBroken(FileStoreError):
    """`why`: a sentence's end."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"the file {file} is damaged: {why}; put it back from a backup of the store")
        self.file = file
        self.why = why


class FileErased(FileStoreError):
    def __init__(self, file: str, subject: UUID) -> None:
        super().__init__(
            f"the file {file} cannot be read any more: the personal data of {subject} were erased"
        )
        self.file = file
        self.subject = subject


class OwnerErased(FileStoreError):
    def __init__(self, subject: UUID) -> None:
        super().__init__(f"the personal data of {subject} were erased: no file can be kept for it any more")
        self.subject = subject
