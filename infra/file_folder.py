"""Files in a folder of this machine, the port `FileStore`: `ab/cdef…` by the digits of their names.

Promises: a file is under its name whole or not at all, and stays when the power fails once `put` returned;
nothing is ever written over an existing file; only this account can read it. What a killed process left
unfinished lies in `.unfinished/` and is removed by `clear`.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
import secrets
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TypeVar

from application.file_ports import FileMissing, FilesUnavailable, StoredFile
from domain.files import FILE_NAME
from infra.durable import make_folder, sync_file, sync_folder

READ = 1_048_576
UNFINISHED = ".unfinished"
T = TypeVar("T")


class FileFolder:
    """`root` is made when the first file is put."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def look(self, *, used: bool) -> None:
        await self._done(self._looked, used)

    async def put(self, chunks: AsyncIterable[bytes]) -> StoredFile:
        draft = self.root / UNFINISHED / secrets.token_hex(16)
        file = await self._done(_created, draft)
        digest, size = hashlib.sha256(), 0
        try:
            with file:
                async for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    await self._done(file.write, chunk)
                await self._done(sync_file, file)
            name = digest.hexdigest()
            await self._done(_named, draft, self._path(name))
            return StoredFile(name, size, datetime.now(UTC))
        finally:
            draft.unlink(missing_ok=True)

    async def open(self, file: str) -> AsyncGenerator[bytes, None]:
        opened = await self._done(self._opened, file)
        with opened:
            while chunk := await self._done(opened.read, READ):
                yield chunk

    async def stored(self, file: str) -> StoredFile:
        return await self._done(self._stored, file)

    async def has(self, file: str) -> bool:
        return await self._done(self._path(file).is_file)

    async def remove(self, file: str) -> None:
        await self._done(_removed, self._path(file))

    async def names(self, after: str, limit: int) -> Sequence[StoredFile]:
        return await self._done(lambda: list(islice(self._after(after), limit)))

    async def clear(self, before: datetime) -> int:
        return await self._done(self._cleared, before)

    def _path(self, file: str) -> Path:
        if not re.fullmatch(FILE_NAME, file):
            raise FileMissing(file[:64])  # no name of a file, and nothing that could lead out of the folder
        return self.root / file[:2] / file[2:]

    def _looked(self, used: bool) -> None:
        if self.root.is_dir():
            if not os.access(self.root, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return
        if self.root.exists():
            raise FilesUnavailable(f"{self.root} is no folder: correct HOSO_FILES")
        if used:
            raise FilesUnavailable(
                f"there is no folder {self.root}, though facts name files that were put into the file store: "
                "correct HOSO_FILES, or put the folder back from a backup"
            )
        above = next(folder for folder in self.root.absolute().parents if folder.exists())
        if not above.is_dir():
            raise FilesUnavailable(f"{self.root} cannot be made, {above} is no folder: correct HOSO_FILES")
        if not os.access(above, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def _opened(self, file: str) -> BinaryIO:
        try:
            return self._path(file).open("rb")
        except FileNotFoundError:
            raise FileMissing(file) from None

    def _stored(self, file: str) -> StoredFile:
        try:
            found = self._path(file).stat()
        except FileNotFoundError:
            raise FileMissing(file) from None
        return StoredFile(file, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def _after(self, after: str) -> Iterator[StoredFile]:
        """One folder of the 256 at a time, so memory is a 256th of the names."""
        for shard in sorted(_entries(self.root, r"^[0-9a-f]{2}$")):
            if shard < after[:2]:
                continue
            for rest in sorted(_entries(self.root / shard, r"^[0-9a-f]{62}$")):
                if shard + rest > after:
                    try:
                        yield self._stored(shard + rest)
                    except FileMissing:
                        continue  # removed meanwhile

    def _cleared(self, before: datetime) -> int:
        cleared = 0
        for name in _entries(self.root / UNFINISHED, r"^[0-9a-f]{32}$"):
            draft = self.root / UNFINISHED / name
            try:
                if draft.stat().st_mtime < before.timestamp():
                    draft.unlink()
                    cleared += 1
            except FileNotFoundError:
                continue  # its writer came to an end meanwhile
        return cleared

    async def _done(self, call: Callable[..., T], *arguments: object) -> T:
        """In a thread; what the disk says as a sentence for the operator."""
        try:
            return await asyncio.to_thread(call, *arguments)
        except OSError as error:
            raise FilesUnavailable(f"{self._why(error)}. Nothing half-written is kept") from error

    def _why(self, error: OSError) -> str:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"the disk of the file store {self.root} is full: make room there, then try again"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return (
                f"this account may not read or write the file store {self.root} ({error.strerror}): give it "
                "the right to, or name another folder in HOSO_FILES"
            )
        return f"the file store {self.root} cannot be used: {error.strerror or error}"


def _entries(folder: Path, form: str) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if re.fullmatch(form, name)]
    except FileNotFoundError:
        return []


def _created(draft: Path) -> BinaryIO:
    make_folder(draft.parent)
    return os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _named(draft: Path, path: Path) -> None:
    """Linked, not renamed: a link is refused where a file is already, and then it is these very bytes."""
    make_folder(path.parent)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    sync_folder(path.parent)


def _removed(path: Path) -> None:
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        sync_folder(path.parent)
