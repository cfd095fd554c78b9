"""A file that gets its name when it is whole: written beside it, synced, renamed.

A process that is killed leaves drafts, `.<name>.<random>.part*` in the same folder, and never a file with the
target's name that ends too early. What is there already stays until it is replaced, and is replaced only
where that was asked for.
"""

from __future__ import annotations

import gzip
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from infra.durable import sync_folder

LEVEL = 6
BUFFER = 1 << 20
MODE = 0o600
"""Of what is written: whoever exported it decides who reads it."""


class TargetExists(Exception):
    """The file is there already, and nobody said that it may go."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already: name another file, or say --force to replace it.")
        self.path = path


@dataclass(frozen=True, slots=True)
class Target:
    """`draft`: where to write. `spool(name)`: a further file beside it, gone in the end."""

    path: Path
    draft: Path
    force: bool

    def spool(self, name: str) -> Path:
        path = self.draft.with_name(f"{self.draft.name}.{name}")
        _make(path)
        return path

    @contextmanager
    def written(self) -> Iterator[BinaryIO]:
        """The draft for writing, packed by gzip where the name ends so: close it before it is kept. The same
        bytes give the same file, whenever it is made."""
        packed = self.path.name.lower().endswith(".gz")
        with self.draft.open("wb", buffering=0 if packed else BUFFER) as raw:
            file = cast(BinaryIO, gzip.GzipFile("", "wb", LEVEL, raw, 0)) if packed else raw
            with file:
                yield file

    def keep(self, written: Path | None = None) -> None:
        """The draft, or another file beside it, is whole: from here on it has the name. Raises TargetExists,
        OSError."""
        written = written or self.draft
        descriptor = os.open(written, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if self.force:
            written.replace(self.path)
        else:
            try:
                os.link(written, self.path)  # unlike a rename it never takes another file's place
            except FileExistsError:
                raise TargetExists(self.path) from None
            written.unlink()
        sync_folder(self.path.parent)


@contextmanager
def target(path: Path, *, force: bool) -> Iterator[Target]:
    """A place to write to for a file of that name. Whatever lies beside it is gone afterwards. Raises
    TargetExists, OSError."""
    if path.exists() and not force:
        raise TargetExists(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    _make(draft)
    try:
        yield Target(path, draft, force)
    finally:
        for left in path.parent.glob(f"{_literal(draft.name)}*"):
            left.unlink(missing_ok=True)


def _make(path: Path) -> None:
    """Empty, and from the beginning for its owner alone."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE))


def _literal(name: str) -> str:
    """A name in which a pattern's letters mean themselves."""
    return "".join(f"[{letter}]" if letter in "[]*?" else letter for letter in name)
