"""The leaves of the log made again from the stored bytes, a page at a time, as fast as one core allows: what
the audit of the tree compares with the stored leaves, the tiles and the checkpoints.

The rows come packed, column by column, since a row of Python objects costs more than all its hashing. What
is hashed, and how, is application/leaf.py's; nothing is taken from the database but the bytes that it stores.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from struct import iter_unpack

from application.leaf_ports import HEAD_BYTES, LeafRows, PackedRows

_COLUMNS = HEAD_BYTES // 8
_POSITION, _TIME = 3, 4
"""Which eight bytes of a head these are."""
_SINCE_1970 = 946_684_800_000_000
"""Microseconds from 1970 to 2000, from which the rows' times count."""
_FORMAT = b"\x01"
_LEAF = b"\x00"


@dataclass(frozen=True, slots=True)
class LeafPage:
    """Positions after `after` up to `through`: their entries (docs/leaf-format.md) and leaves, made from the
    stored bytes. `sound`: each position is there once and its stored leaf is this one; where not, look at the
    rows singly."""

    after: int
    through: int
    entries: list[bytes]
    leaves: list[bytes]
    sound: bool


async def leaf_pages(rows: LeafRows, after: int, through: int) -> AsyncIterator[LeafPage]:
    """Every page of these positions, compared with what is stored."""
    async for page in rows.packed(after, through):
        try:
            entries, dense = entries_of(page)
        except OverflowError:  # a time beyond all times: its leaf is not that of any
            entries, dense = [], False
        leaves = [sha256(_LEAF + entry).digest() for entry in entries]
        sound = dense and page.whole_leaves and b"".join(leaves) == page.leaves
        yield LeafPage(page.after, page.through, entries, leaves, sound)


def entries_of(page: PackedRows) -> tuple[list[bytes], bool]:
    """The log entry of each row, and whether each position of the page is there once."""
    numbers = array("q", page.heads)
    if sys.byteorder == "little":
        numbers.byteswap()
    dense = numbers[_POSITION::_COLUMNS] == array("q", range(page.after + 1, page.through + 1))
    numbers[_TIME::_COLUMNS] = array("q", [at + _SINCE_1970 for at in numbers[_TIME::_COLUMNS]])
    if sys.byteorder == "little":
        numbers.byteswap()
    topics = {topic: topic.encode() for topic in set(page.topics)}
    rows = zip(iter_unpack(f"{HEAD_BYTES}s", numbers), _digests(page), page.topics, strict=True)
    return [_FORMAT + head + digest + topics[topic] for (head,), digest, topic in rows], dense


def _digests(page: PackedRows) -> list[bytes]:
    if not page.large:
        return [sha256(payload).digest() for payload in page.payloads]  # type: ignore[arg-type]
    return [
        page.large[number] if payload is None else sha256(payload).digest()
        for number, payload in enumerate(page.payloads)
    ]
