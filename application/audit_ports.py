"""What the audit needs of the infrastructure beside the log's own port: the whole log at one instant, and
what is shown of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.ports import StoredFact


class LogScan(Protocol):
    """The whole log as it was at one instant, in pages, for the audit: rows as they lie there, trusting no
    constraint."""

    head: int

    def by_position(self) -> AsyncIterator[list[StoredFact]]: ...

    def by_stream(self) -> AsyncIterator[list[StoredFact]]:
        """Ordered by stream, then version, then position."""
        ...

    async def claimed(self, kind: str, values: Sequence[bytes]) -> dict[bytes, UUID]:
        """Which stream holds each of these values of a claim; those that nobody holds are left out."""
        ...

    async def claims(self, kind: str) -> int:
        """How many values of this kind are claimed."""
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
