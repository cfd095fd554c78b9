"""Files that acts name: each is read once for a command, belongs to the dossier whose act named it first, and
is young enough that no sweep removes it meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from application.file_ports import NAMED_WITHIN, FileMissing, SealedFile, SealedFiles
from application.ledger import Ledger
from application.persons import same_person
from application.ports import Claim, ClaimTaken
from application.refusals import BadRequest, NotFound
from domain.dossier import Dossier
from domain.facts import Personal

NAMES_A_FILE = frozenset(("upload-component", "digitise-component", "record-lookup", "issue-result"))
FILE = "file"


class NamedFiles:
    """The files that one command names: each is read once, however often the command is decided."""

    def __init__(self, files: SealedFiles) -> None:
        self._files = files
        self._described: dict[str, SealedFile] = {}

    async def describe(self, file: str) -> SealedFile:
        """NotFound where nobody put it; BadRequest where it has lain so long that it may be swept."""
        found = self._described.get(file)
        if found is None:
            try:
                found = await self._files.describe(file)
            except FileMissing:
                raise NotFound(
                    "file_not_put",
                    f"there is no file {file}: put it at POST /v1/files before an act names it",
                ) from None
            self._described[file] = found
        if found.age > NAMED_WITHIN:
            raise BadRequest(
                "file_too_old",
                f"the file {file} was put too long ago, and may be removed at any time: put it again at "
                "POST /v1/files, then name the new one",
            )
        return found


async def with_file(
    ledger: Ledger, files: NamedFiles, dossier: Dossier, name: str, fields: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[UUID, ...]]:
    """The fields of an act that names a file, with what the file is: it is durable before a fact names it,
    and sealed under a party of the dossier, with whom it is erased; a result's under the owner. Each record
    of the same person will do: with the fields come the records read for that. The file is read only for an
    act that the status allows. Refused, NotFound, BadRequest."""
    file = fields.get("file")
    if name not in NAMES_A_FILE or file is None:
        return dict(fields), ()
    dossier.judge_status(name.replace("-", "_"))
    found = await files.describe(file)
    own = name == "issue-result"  # what an agency decides is its owner's alone
    parties = [party for party in (dossier.owner, None if own else dossier.submitter) if party]
    records: tuple[UUID, ...] = ()
    if found.subject not in parties:
        records = tuple({one for party in parties for one in await same_person(ledger, party)})
    if found.subject not in (*parties, *records):
        raise BadRequest(
            "file_of_another",
            "the file is not sealed under a party of the dossier: put it with ?subject=OWNER",
        )
    content = Personal(found.subject, found.content)
    said = {"media_type": found.media_type, "size": found.size, "content": content}
    return dict(fields) | said, records


def file_claims(ledger: Ledger, dossier: Dossier, name: str, fields: Mapping[str, Any]) -> list[Claim]:
    """A file belongs to the dossier that named it first, whose readers read it; no other lends it."""
    file = fields.get("file")
    return [] if name not in NAMES_A_FILE or file is None else [ledger.claim(FILE, file, dossier.id)]


def file_taken(taken: ClaimTaken, dossier: Dossier) -> BadRequest:
    """What to do about a file that was named before."""
    by = "this dossier has" if taken.stream_id == dossier.id else "another dossier has"
    return BadRequest(
        "file_named_before",
        f"{by} named this file already: put it again at POST /v1/files and name the new one; what lies in "
        "the owner's store is re-used with reuse-component",
    )
