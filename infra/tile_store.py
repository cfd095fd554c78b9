"""Tiles, bundles and the published checkpoint in a folder, the port `TileStore`: each a file under its C2SP
path, so that a web server can serve the folder as it is. In a bucket: `infra/tile_bucket.py`.

Promises: an object is there whole or not at all, and stays when the power fails once `put` or `publish`
returned; no tile is ever written over. What a killed process left unfinished lies in `.unfinished/` and is
removed by a later one.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TypeVar

from application.tlog_ports import MINIMUM, TileConflict, TlogUnavailable
from infra.durable import drafted, make_folder, sync_folder, write_synced

CHECKPOINT = "checkpoint"
NAMED = (CHECKPOINT, MINIMUM)
TILE_PATH = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[1-9][0-9]{0,2})?"
)
MOST_BYTES = 256 * (2 + 65_535)
"""Of one object: a bundle of 256 entries, each as long as its prefix can say."""
UNFINISHED = ".unfinished"
OLD_SECONDS = 3_600
AT_ONCE = 128
"""Drafts that are open together."""
T = TypeVar("T")


class TileFolder:
    """`root`: of one log; made when the first object is put. Read by others: nothing in it is secret. `what`
    and `setting`: for sentences about the disk."""

    def __init__(self, root: Path, what: str = "the folder of tiles", setting: str = "HOSO_TLOG") -> None:
        self.root = root
        self._said = (what, setting)
        self._cleared = False

    async def get(self, path: str) -> bytes | None:
        return await self._done(self._got, path)

    async def put(self, objects: Sequence[tuple[str, bytes]]) -> None:
        await self._done(self._put, objects)

    async def remove(self, paths: Sequence[str]) -> None:
        await self._done(self._removed, paths)

    async def publish(self, checkpoint: bytes) -> None:
        await self._done(self._replaced, CHECKPOINT, checkpoint)

    async def set_minimum(self, index: int) -> None:
        await self._done(self._replaced, MINIMUM, b"%d\n" % index)

    def _got(self, path: str) -> bytes | None:
        try:
            with self._path(path).open("rb") as file:
                content = file.read(MOST_BYTES + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        if len(content) > MOST_BYTES:
            raise TlogUnavailable(f"{self.root / path} is longer than a tile can be: it is none of ours")
        return content

    def _put(self, objects: Sequence[tuple[str, bytes]]) -> None:
        """Many at once, each folder synced once."""
        self._clear()
        folders = {self._path(path).parent for path, _ in objects}
        for folder in folders:
            make_folder(folder, 0o755)
        for start in range(0, len(objects), AT_ONCE):
            self._put_some(objects[start : start + AT_ONCE])
        for folder in folders:  # of one that was there too: who wrote it may not have come so far
            sync_folder(folder)

    def _put_some(self, objects: Sequence[tuple[str, bytes]]) -> None:
        """Linked, not renamed: a link is refused where a file is already."""
        with ExitStack() as drafts:
            written = []
            for path, content in objects:
                if not self._there(path, content):
                    draft = self._draft()
                    written.append(
                        (draft, path, content, drafts.enter_context(drafted(draft, content, 0o644)))
                    )
            for *_, descriptor in written:
                os.fsync(descriptor)
            for draft, path, content, _ in written:
                with suppress(FileExistsError):
                    os.link(draft, self._path(path))
                    continue
                if not self._there(path, content):
                    raise TileConflict(path)

    def _there(self, path: str, content: bytes) -> bool:
        """Raises TileConflict where it has other content."""
        there = self._got(path)
        if there is not None and there != content:
            raise TileConflict(path)
        return there is not None

    def _removed(self, paths: Sequence[str]) -> None:
        named: dict[str, set[str]] = {}
        for path in map(checked, paths):
            folder, _, name = path.rpartition("/")
            named.setdefault(folder, set()).add(name)
        for below, names in named.items():
            place = self.root / below
            with suppress(FileNotFoundError, NotADirectoryError):
                for name in names.intersection(os.listdir(place)):
                    (place / name).unlink(missing_ok=True)
            if place.suffix == ".p":
                with suppress(OSError):  # not empty yet, or gone
                    place.rmdir()

    def _replaced(self, name: str, content: bytes) -> None:
        self._clear()
        draft = self._draft()
        write_synced(draft, content, 0o644)
        draft.replace(self.root / name)
        sync_folder(self.root)

    def _clear(self) -> None:
        """The folder for drafts, without those that nobody can be writing any more."""
        if self._cleared:
            return
        drafts = self.root / UNFINISHED
        make_folder(self.root, 0o755)
        make_folder(drafts)
        for draft in drafts.iterdir():
            with suppress(FileNotFoundError):
                if draft.stat().st_mtime < time.time() - OLD_SECONDS:
                    draft.unlink()
        self._cleared = True

    def _draft(self) -> Path:
        return self.root / UNFINISHED / secrets.token_hex(8)

    def _path(self, path: str) -> Path:
        return self.root / checked(path)

    async def _done(self, call: Callable[..., T], *arguments: object) -> T:
        """In a thread; what the disk says as a sentence for the operator."""
        try:
            return await asyncio.to_thread(call, *arguments)
        except OSError as error:
            what, setting = self._said
            raise TlogUnavailable(disk_says(error, what, self.root, setting)) from error


def checked(path: str) -> str:
    """A path as C2SP writes it, or ValueError: nothing that could lead out of the folder."""
    if path not in NAMED and not TILE_PATH.fullmatch(path):
        raise ValueError(f"{path[:80]!r} is no path of a tile")
    return path


def disk_says(error: OSError, what: str, place: Path, setting: str) -> str:
    """What a failing disk means to the operator."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk of {what} {place} is full: make room there, then try again"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"this account may not read or write {what} {place} ({error.strerror}): give it the right to, or "
            f"name another folder in {setting}"
        )
    return f"{what} {place} cannot be used: {error.strerror or error}"
