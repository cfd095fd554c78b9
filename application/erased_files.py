"""Files that are gone because the person was erased: what is asked for them is told that, not that the store
has lost something."""

from __future__ import annotations

from application.file_ports import FileErased, FileMissing, OpenedFile, SealedFiles
from application.ledger import Ledger
from domain.facts import PersonalText, Sealed


async def open_unless_erased(
    ledger: Ledger, files: SealedFiles, file: str, content: PersonalText | None
) -> OpenedFile:
    """The file, opened; `content`: what the fact that names it says of its content. Raises FileErased,
    FileMissing, FileBroken, FilesUnavailable."""
    try:
        return await files.open(file)
    except FileMissing:
        if isinstance(content, Sealed):
            await ledger.keyring.load([content.subject])
            if ledger.keyring.open(content) is None:
                raise FileErased(file, content.subject) from None
        raise
