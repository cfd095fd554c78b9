"""What the tests of files share: bytes in pieces, keys in memory, and damage done behind a store's back."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Sequence
from uuid import UUID

from application.file_ports import FileStore
from application.ports import SubjectErased
from infra.file_bucket import FileBucket
from infra.file_folder import FileFolder
from tests.files.bucket_server import Bucket

SUBJECT = UUID("0197a000-0000-7000-8000-00000000000a")
OTHER = UUID("0197a000-0000-7000-8000-00000000000b")
PDF = b"%PDF-1.7\n" + "Giấy khai sinh của Trần Thị Hoa\n".encode() * 9000


class KeysInMemory:
    """A keyring whose keys follow from the subject; those of `destroyed` are gone."""

    def __init__(self) -> None:
        self.destroyed: set[UUID] = set()

    async def ensure(self, subjects: Sequence[UUID]) -> None:
        for subject in subjects:
            self.key_of(subject)

    async def load(self, subjects: Sequence[UUID]) -> None: ...

    def key_of(self, subject: UUID) -> bytes:
        if subject in self.destroyed:
            raise SubjectErased(subject)
        return hashlib.sha256(subject.bytes).digest()


async def pieces(*given: bytes) -> AsyncGenerator[bytes, None]:
    for piece in given:
        yield piece


async def whole(store: FileStore, file: str) -> bytes:
    return b"".join([chunk async for chunk in store.open(file)])


def overwrite(store: FileStore, bucket: Bucket | None, file: str, stored: bytes) -> None:
    """Put other bytes under a name, as only somebody can who has the folder or the bucket."""
    if isinstance(store, FileFolder):
        (store.root / file[:2] / file[2:]).write_bytes(stored)
        return
    assert isinstance(store, FileBucket)
    assert bucket is not None
    bucket.client.put_object(Bucket="papers", Key=store.key(file), Body=stored)
