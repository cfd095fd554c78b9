"""What the audit needs of the infrastructure beside the log's own port: the whole log at one instant, what is
shown of it, what was attested of it, and a place for the state of an audit that was interrupted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from application.leaf_ports import LeafRows
from application.ports import StoredFact
from application.tlog_rows import CheckpointRow

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many rows of it are behind us and how many there are in all."""


class LogScan(LeafRows, Protocol):
    """The whole log as it was at one instant, in pages, for the audit: rows as they lie there, trusting no
    constraint. `head`: the largest position."""

    head: int

    def by_position(self, after: int = 0, until: int | None = None) -> AsyncIterator[list[StoredFact]]:
        """Of the positions after one up to another (None: the head)."""
        ...

    def by_stream(
        self, since: int = 0, until: int | None = None, after: UUID | None = None
    ) -> AsyncIterator[list[StoredFact]]:
        """Ordered by stream, then version, then position, up to a position. `since`: of those streams alone
        that have an event after this position, and these whole; `after`: of the streams after this one."""
        ...

    def of_categories(self, categories: Sequence[int], until: int) -> AsyncIterator[list[StoredFact]]:
        """In the order of positions, up to one."""
        ...

    def checkpoints(self, since: int = 0) -> AsyncIterator[list[CheckpointRow]]:
        """Of every log, from this size on, in the order of sizes."""
        ...

    async def newest_sizes(self, origin: str) -> list[tuple[int, str]]:
        """Size and note of the largest hundred, the largest first."""
        ...

    async def orphaned(self) -> list[tuple[str, int, str]]:
        """Origin, size and witness of cosignatures whose checkpoint is not on record; a hundred at most."""
        ...

    async def recorded(self, position: int) -> tuple[datetime, bytes] | None:
        """When this position was recorded, and its stored leaf."""
        ...

    async def claimed(self, kind: str, values: Sequence[bytes]) -> dict[bytes, UUID]:
        """Which stream holds each of these values of a claim; those that nobody holds are left out."""
        ...

    async def claims(self, kind: str) -> int:
        """How many values of this kind are claimed."""
        ...

    async def still_kept(self, subjects: Sequence[UUID]) -> list[tuple[UUID, str]]:
        """Of which of these a table of keys, or of what finds people, has a row, and which table."""
        ...

    async def destroyed(self) -> list[UUID]:
        """Every subject whose key was destroyed."""
        ...


class ShownHolders(Protocol):
    """What the read models show, for the audit to compare."""

    async def shown(self, position: int) -> None:
        """Wait until the read model includes this position."""
        ...

    async def holders(
        self, dossiers: Sequence[UUID], at: datetime
    ) -> dict[UUID, list[tuple[UUID | None, int]]]:
        """For each dossier its shown holders at the instant (one, when all is well), with the position of
        the dossier's last fact shown."""
        ...


class ViewDiffers(Protocol):
    """What a read model shows otherwise than a replay of the log gives at the same position. `key`: of the
    row, as text; `table` and `key` are None where the view as a whole is meant; `says`: what differs."""

    @property
    def view(self) -> str: ...

    @property
    def table(self) -> str | None: ...

    @property
    def key(self) -> str | None: ...

    @property
    def says(self) -> str: ...


class Replay(Protocol):
    """The read models, made again from the log beside those that are shown."""

    async def compare(self, progress: Progress) -> Sequence[ViewDiffers]:
        """Bounded: the first rows of each table, and how many there are."""
        ...


class AuditKeeper(Protocol):
    """Keeps the state of one audit, as primitives, where it outlives the process."""

    def load(self) -> Mapping[str, Any] | None:
        """What was saved: empty where it is damaged, None where nothing was."""
        ...

    def save(self, state: Mapping[str, Any]) -> None:
        """Whole or not at all."""
        ...

    def forget(self) -> None: ...
