"""Files that lie in memory, for tests of acts that name one: put under a person, described as they are."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import replace
from uuid import UUID

from application.file_ports import FileMissing, OpenedFile, SealedFile
from tests.office.world import Office


class FilesHere:
    """The port `application.file_ports.SealedFiles`."""

    def __init__(self) -> None:
        self._known: dict[str, SealedFile] = {}

    async def put(self, subject: UUID, media_type: str, chunks: AsyncIterable[bytes]) -> SealedFile:
        said = b"".join([chunk async for chunk in chunks])
        name = hashlib.sha256(subject.bytes + len(self._known).to_bytes(4) + said).hexdigest()
        content = hashlib.sha256(said).hexdigest()
        self._known[name] = SealedFile(name, subject, media_type, len(said), content)
        return self._known[name]

    async def describe(self, file: str) -> SealedFile:
        if file not in self._known:
            raise FileMissing(file)
        return self._known[file]

    async def open(self, file: str) -> OpenedFile:
        raise FileMissing(file)

    async def has(self, file: str) -> bool:
        return file in self._known


async def put(office: Office, subject: UUID, said: bytes) -> SealedFile:
    """A PDF of these bytes under a person."""
    if office.dossiers.files is None:
        office.dossiers = replace(office.dossiers, files=FilesHere())

    async def chunks() -> AsyncIterator[bytes]:
        yield said

    assert office.dossiers.files is not None
    return await office.dossiers.files.put(subject, "application/pdf", chunks())
