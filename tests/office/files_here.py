"""Putting a file under a person, as an applicant or a desk would before an act names it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from application.file_ports import SealedFile
from tests.office.world import Office

PDF = b"%PDF-1.7\n"


async def put(office: Office, subject: UUID, said: bytes) -> SealedFile:
    """A PDF of these bytes under a person."""

    async def chunks() -> AsyncIterator[bytes]:
        yield PDF + said

    return await office.dossiers.files.put(subject, "application/pdf", chunks())
