"""Tiles and bundles as they lie in their store, against what the log gives: whole ones as the pass goes by,
the partial ones of the newest checkpoint at its size.

A store that cannot be reached is one finding, and the audit of everything else goes on. Tiles of level 0 and
bundles below the minimum index may be missing, and what lies there all the same is compared like the rest;
those after the newest checkpoint are not looked at.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from application.audit_findings import Findings
from application.pruned import minimum_of
from application.tlog_ports import TileStore, TlogUnavailable
from domain.tiles import HEIGHT, WIDTH, Tile, bundle, hashes_of, subtree
from domain.tree_proofs import HASH_BYTES

AT_ONCE: Final = 16
LENGTH_BYTES: Final = 2
MOST_TOLD: Final = 1_000
MOST_SHOWN: Final = 200
"""Bytes of an entry that is not what it should be."""
Hashes = Sequence[bytes | None]
"""What the log gives; None where it does not say (an event that is not there, or one before the audit's
start)."""


class TileAuditor:
    """`size`: of the newest checkpoint of the log whose tiles these are; `minimum`: the index of the first
    leaf whose tile of level 0 has to be there; `most`: what it can be at most, the largest checkpoint (None:
    `size`)."""

    def __init__(
        self,
        store: TileStore | None,
        size: int,
        minimum: int,
        findings: Findings,
        most: int | None = None,
    ) -> None:
        self._store = store
        self._size = size
        self._minimum = minimum
        self._most = size if most is None else most
        self._findings = findings
        self._read: dict[str, bytes | None] = {}
        self._wrong: dict[int, bytes] = {}
        """Tiles of level 0 that differ, with the hash that they give as they lie there."""
        self.tiles = 0
        self.bundles = 0
        self.left = 0
        """Tiles and bundles below the minimum index that are there."""

    def expected(self, tile: Tile) -> bool:
        """Whether this whole tile belongs to the newest checkpoint."""
        return self._store is not None and tile.end <= self._size

    @property
    def minimum(self) -> int:
        return self._minimum

    async def read_ahead(self, indexes: Iterable[int]) -> None:
        """Read whole tiles of level 0 and their bundles, some at once."""
        tiles = [tile for index in indexes if self.expected(tile := Tile(0, index))]
        paths = [path for tile in tiles for path in (tile.path, tile.entries_path) if path not in self._read]
        for start in range(0, len(paths), AT_ONCE):
            some = paths[start : start + AT_ONCE]
            self._read.update(zip(some, await asyncio.gather(*map(self._get, some)), strict=True))

    async def whole(self, tile: Tile, hashes: Hashes, entries: Hashes = ()) -> None:
        """A tile that became complete, with its entries where it is one of level 0."""
        if not self.expected(tile):
            return
        content = await self._content(tile.path)
        if not await self._pruned(tile, content):
            self._compare_hashes(tile.path, tile, hashes, content)
        if tile.level == 0:
            content = await self._content(tile.entries_path)
            if not await self._pruned(tile, content):
                self._compare_entries(tile.entries_path, tile, entries, content)
        self._read.pop(tile.path, None)
        self._read.pop(tile.entries_path if tile.level == 0 else "", None)

    async def partial(self, tile: Tile, hashes: Hashes, entries: Hashes = ()) -> None:
        """A partial tile of the newest checkpoint with its entries, or as much of the whole one that replaced
        it."""
        await self.partial_hashes(tile, hashes)
        if tile.level == 0:
            path, content = await self._partial(tile.entries_path, tile.whole().entries_path)
            if not await self._pruned(tile, content):
                self._compare_entries(path, tile, entries, content, more=path != tile.entries_path)

    async def partial_hashes(self, tile: Tile, hashes: Hashes) -> None:
        """The same of its hashes alone."""
        path, content = await self._partial(tile.path, tile.whole().path)
        if await self._pruned(tile, content):
            return
        if content is not None and path != tile.path:
            content = content[: tile.width * HASH_BYTES]
        self._compare_hashes(path, tile, hashes, content)

    async def earlier(self, tile: Tile, hashes: Hashes, entries: Hashes = ()) -> None:
        """A partial tile of an earlier checkpoint, which may lie there until a whole one takes its place."""
        content = await self._content(tile.path)
        if content is not None:
            self._compare_hashes(tile.path, tile, hashes, content)
        if tile.level == 0 and (content := await self._content(tile.entries_path)) is not None:
            self._compare_entries(tile.entries_path, tile, entries, content)

    async def hash_of(self, index: int) -> bytes | None:
        """What the tiles have for a leaf, or None where they do not say."""
        tile = Tile(0, index // WIDTH)
        if self._store is None or index >= self._size:
            return None
        if self.expected(tile):
            content = await self._content(tile.path)
        else:
            partial = Tile(0, tile.index, self._size % WIDTH)
            _, content = await self._partial(partial.path, tile.path)
        at = index % WIDTH * HASH_BYTES
        found = (content or b"")[at : at + HASH_BYTES]
        return found if len(found) == HASH_BYTES else None

    async def _pruned(self, tile: Tile, content: bytes | None) -> bool:
        """Whether this is not there and need not be; read again, since `hoso tlog prune` may be at work."""
        if tile.level or self._store is None:
            return False
        if content is None and tile.end > self._minimum:
            with suppress(TlogUnavailable):
                found = await minimum_of(self._store)
                self._minimum = max(self._minimum, found) if found <= self._most else self._minimum
        if content is not None and tile.end <= self._minimum:
            self.left += 1
        return content is None and tile.end <= self._minimum

    async def _partial(self, path: str, whole: str) -> tuple[str, bytes | None]:
        content = await self._content(path)
        if content is None and (instead := await self._content(whole)) is not None:
            return whole, instead
        return path, content

    async def _content(self, path: str) -> bytes | None:
        if path not in self._read:
            if len(self._read) > 4 * AT_ONCE:  # tiles that were asked for out of turn
                self._read.clear()
            self._read[path] = await self._get(path)
        return self._read[path]

    async def _get(self, path: str) -> bytes | None:
        if self._store is None:
            return None
        try:
            return await self._store.get(path)
        except TlogUnavailable as problem:
            self._store = None
            says = f"the tiles were not looked at from {path} on: {problem}"
            self._findings.add("tile", says, where={"path": path})
            return None

    def _compare_hashes(self, path: str, tile: Tile, hashes: Hashes, content: bytes | None) -> None:
        if self._missing("tile", path, tile, content) or content is None:
            return
        self.tiles += 1
        if len(content) != tile.width * HASH_BYTES:
            says = f"{path} has {len(content)} bytes where {tile.width * HASH_BYTES} belong"
            self._findings.add("tile", says, position=_position(tile, 0), where={"path": path})
            return
        if None not in hashes and content == b"".join(hashes):  # type: ignore[arg-type]
            return
        for number, expected in enumerate(hashes):
            found = content[number * HASH_BYTES : (number + 1) * HASH_BYTES]
            if expected is None or found == expected or self._told(tile, number, found):
                continue
            self._differs("tile", f"hash {number} of {path}", path, tile, number, expected, found)
            if tile.level == 0 and tile.width == WIDTH and len(self._wrong) < MOST_TOLD:
                self._wrong[tile.index] = subtree(hashes_of(content))

    def _told(self, tile: Tile, number: int, found: bytes) -> bool:
        """Whether a hash of an upper level differs because a tile of level 0 below it does: named already."""
        if tile.level == 0:
            return False
        below = HEIGHT * (tile.level - 1)
        first = (tile.index * WIDTH + number) << below
        if tile.level == 1:
            return self._wrong.get(first) == found
        return any(first <= index < first + (1 << below) for index in self._wrong)

    def _compare_entries(
        self, path: str, tile: Tile, entries: Hashes, content: bytes | None, *, more: bool = False
    ) -> None:
        """`more`: the bundle may go on after these entries."""
        if self._missing("bundle", path, tile, content) or content is None:
            return
        self.bundles += 1
        if None not in entries and content == bundle(entries):  # type: ignore[arg-type]
            return
        at = 0
        for number, expected in enumerate(entries):
            end = at + LENGTH_BYTES + int.from_bytes(content[at : at + LENGTH_BYTES], "big")
            found = content[at + LENGTH_BYTES : end]
            if expected is not None and found != expected:
                self._differs("bundle", f"entry {number} of {path}", path, tile, number, expected, found)
                if len(found) != len(expected):
                    return  # where the next one begins is not known
            at = end
        if at != len(content) and not more:
            says = f"{path} has {len(content)} bytes where its entries have {at}"
            self._findings.add(
                "bundle", says, position=_position(tile, len(entries) - 1), where={"path": path}
            )

    def _missing(self, kind: str, path: str, tile: Tile, content: bytes | None) -> bool:
        if content is not None or self._store is None:
            return content is None
        says = f"{path} is missing (positions {_position(tile, 0)} to {_position(tile, tile.width) - 1})"
        self._findings.add(kind, says, position=_position(tile, 0), where={"path": path})
        return True

    def _differs(
        self, kind: str, what: str, path: str, tile: Tile, number: int, expected: bytes, found: bytes
    ) -> None:
        position, there = _position(tile, number), found[:MOST_SHOWN].hex() or "nothing"
        says = f"{what} is {there}; the log gives {expected.hex()} (position {position})"
        where = {"path": path, "number": number, "expected": expected.hex(), "found": there}
        self._findings.add(kind, says, position=position, where=where)


def _position(tile: Tile, number: int) -> int:
    """Of the first event below one of its hashes."""
    return tile.start + (number << 8 * tile.level) + 1
