"""Files and folders that stay when the power fails: what every store of files on a disk needs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def make_folder(folder: Path, mode: int = 0o700) -> None:
    """Made with its parents, and durable: a file in it must not vanish with it. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent, mode)
    folder.mkdir(mode=mode, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def write_synced(path: Path, content: bytes, mode: int) -> None:
    """A draft in a folder that is there, to be linked or renamed once it is whole."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            sync_file(file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def drafted(path: Path, content: bytes, mode: int) -> Iterator[int]:
    """A draft that is gone afterwards, to be linked once its descriptor was synced: of many, all are written
    before the first is synced, which costs the disk and the processor half as much."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb", closefd=False) as file:
            file.write(content)
        if hasattr(os, "posix_fadvise"):  # on its way to the disk already
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        yield descriptor
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)
