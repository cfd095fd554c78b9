"""The last signed head in a file outside the database, the port `HeadStore`: `<ledger id>.checkpoint` in a
folder that is not restored with the database. In a bucket: `infra/head_bucket.py`.

Promises: the file is the old head or the new one, whole, and the new one stays when the power fails once
`swap` returned; of two processes that swap the same head one is refused.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from application.tlog_ports import HeadMoved, TlogUnavailable
from infra.durable import make_folder, sync_folder, write_synced
from infra.tile_store import disk_says

MOST_BYTES = 256 * 1024
LOCK_SECONDS = 10.0
T = TypeVar("T")


class HeadFile:
    """The head of one ledger. `folder` is made by the first swap."""

    def __init__(self, folder: Path, ledger: UUID) -> None:
        self._folder = folder
        self._path = folder / f"{ledger}.checkpoint"
        self._draft = folder / f".{ledger}.draft"
        self._lock = folder / f".{ledger}.lock"

    @property
    def where(self) -> str:
        return str(self._path)

    async def read(self) -> bytes | None:
        return await self._done(self._read)

    async def swap(self, expected: bytes | None, new: bytes) -> None:
        await self._done(self._swap, expected, new)

    def _read(self) -> bytes | None:
        try:
            with self._path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
        except FileNotFoundError:
            return None

    def _swap(self, expected: bytes | None, new: bytes) -> None:
        make_folder(self._folder)
        with self._locked():
            found = self._read()
            if found == new:  # by us, and the answer was lost
                sync_folder(self._folder)
                return
            if found != expected:
                raise HeadMoved(found)
            write_synced(self._draft, new, 0o644)
            self._draft.replace(self._path)
            sync_folder(self._folder)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """The lock goes with the process that holds it."""
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            patience = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > patience:
                        raise TlogUnavailable(
                            f"the head {self._path} has been locked by another process for "
                            f"{LOCK_SECONDS:g} s: see which process holds it, and end that one if it hangs"
                        ) from None
                    time.sleep(0.02)
            yield
        finally:
            os.close(descriptor)

    async def _done(self, call: Callable[..., T], *arguments: object) -> T:
        try:
            return await asyncio.to_thread(call, *arguments)
        except OSError as error:
            raise TlogUnavailable(disk_says(error, "the head store", self._folder, "HOSO_HEAD")) from error


def same_volume(one: Path, other: Path) -> bool:
    """Whether both lie on one volume, so that one failing disk or one restored image takes both. A folder
    that is not there yet will be where its parent is."""
    return _device(one) == _device(other)


def _device(path: Path) -> int:
    path = path.absolute()
    while not path.exists() and path != path.parent:
        path = path.parent
    return path.stat().st_dev
