"""What erasing needs of the infrastructure, and what its functions work with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.ledger import Ledger
from application.moment import OrganisationReader


class ConcernIndex(Protocol):
    """Where to look: what concerns a person by the read models. Decided is on what the log says."""

    async def shown(self, position: int) -> None:
        """Wait until the read models include this position. Raises NotShownYet."""
        ...

    async def owned(self, citizens: Sequence[UUID], limit: int) -> list[UUID]: ...

    async def filed(self, citizens: Sequence[UUID], limit: int) -> list[UUID]:
        """Dossiers that they filed and do not own."""
        ...

    async def open_voices(self, citizens: Sequence[UUID], limit: int) -> list[UUID]: ...

    async def open_groups(self, citizens: Sequence[UUID], limit: int) -> list[UUID]: ...

    async def owners_concluded(self, after: UUID, before: datetime, limit: int) -> list[UUID]:
        """Owners, by id, who have a dossier that was concluded before this and are not erased."""
        ...

    async def of_nobody_concluded(self, after: UUID, before: datetime, limit: int) -> list[UUID]:
        """The same for dossiers that nobody owns or filed."""
        ...


class KeyDestroyer(Protocol):
    """The one that destroys keys (`infra.keyring.PostgresKeyring`)."""

    async def destroy(self, subjects: Sequence[UUID], at: datetime) -> None:
        """Keys and what finds these subjects, all or none, durably; repeating is harmless."""
        ...

    async def finished(self) -> int:
        """Up to which position the log's erasures are finished."""
        ...

    async def finish(self, through: int) -> None: ...


class FileEraser(Protocol):
    """Removes stored files (`infra.file_store.SealedFileStore`)."""

    async def erase(self, file: str, subjects: Collection[UUID]) -> bool:
        """Remove the file where it is sealed under one of these subjects; whether it was there and is gone.
        Raises FilesUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Erasing:
    """What the functions of erasing, holds and retention work with."""

    ledger: Ledger
    reader: OrganisationReader
    index: ConcernIndex
    keys: KeyDestroyer
    files: FileEraser
