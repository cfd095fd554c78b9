"""What making the log's leaves again needs of the infrastructure: the rows, packed, and singly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from application.ports import StoredFact

HEAD_BYTES = 40
LEAF_BYTES = 32


@dataclass(frozen=True, slots=True)
class PackedRows:
    """All rows after position `after` up to `through`, in the order of positions.

    `heads`, 40 bytes each: stream id, then version, position and recorded_at as big-endian eight bytes, the
    last in microseconds since 2000-01-01 UTC. `payloads`: None for a large one, whose SHA-256 is in `large`
    by the row's number from 0. `leaves`: the stored ones, one behind the other; `whole_leaves`: whether each
    has 32 bytes.
    """

    after: int
    through: int
    heads: bytes
    topics: list[str]
    payloads: list[bytes | None]
    large: dict[int, bytes]
    leaves: bytes
    whole_leaves: bool


class LeafRows(Protocol):
    """The log as it was at one instant, for whoever makes its leaves again. Both raise Unavailable."""

    def packed(self, after: int, through: int) -> AsyncIterator[PackedRows]:
        """Every row of these positions, in pages whose ranges follow each other without a gap."""
        ...

    async def stored(self, after: int, through: int) -> list[StoredFact]:
        """The rows of a page singly, ordered by position, stream and version: for saying which is wrong."""
        ...
