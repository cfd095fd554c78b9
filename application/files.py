"""Files of dossiers: taken in for an act to name, and read by those who may read the dossier.

Taking one in records nothing: a file is no fact until an act names it, and one that none names is swept. So
it needs no idempotency key: sent twice it is two files, of which one is swept.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from application.dossiers import Dossiers, load_by_id
from application.erased_files import open_unless_erased
from application.file_ports import FileStore, OpenedFile, SealedFile, SealedFiles
from application.ledger import Ledger
from application.moment import OrganisationReader
from application.persons import speakers_for, speaking
from application.policy import Identity, allow
from application.refusals import BadRequest, NotFound
from domain.citizen import Citizen
from domain.files import FILE_NAME, MEDIA_TYPES, files_of
from domain.local_time import local_date

__all__ = ["FILE_NAME", "MEDIA_TYPES", "Files", "judge_media_type", "judged", "of_dossier", "receive"]

HEAD_BYTES: Final = 16
BEGINNINGS: Final[dict[str, tuple[bytes, ...]]] = {
    "application/pdf": (b"%PDF-",),
    "application/xml": (b"<", b"\xef\xbb\xbf<"),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/tiff": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
}
"""How the bytes of each media type begin. Plain text is none of them: nothing tells it from anything else."""


@dataclass(frozen=True, slots=True)
class Files:
    """What the functions below work with. `store`: the bytes under `sealed`; `most_bytes`: of one file."""

    ledger: Ledger
    reader: OrganisationReader
    sealed: SealedFiles
    store: FileStore
    most_bytes: int


async def receive(
    office: Files, identity: Identity, subject: UUID, media_type: str, chunks: AsyncIterable[bytes]
) -> SealedFile:
    """Seal a file under the citizen whom it concerns and store it, durably. Raises NotAllowed, NotFound,
    BadRequest, FileStoreError; nothing is kept then."""
    moment = await office.reader.moment(fresh=True)
    speaks = await speakers_for(office.ledger, identity, subject, local_date(moment.now))
    allow(identity, "put-file", moment, parties=speaks)
    judge_media_type(media_type)
    if (await office.ledger.load(Citizen, subject)).version == 0:
        raise NotFound("unknown_citizen", f"there is no citizen {subject}")
    async with aclosing(judged(media_type, chunks, office.most_bytes)) as clear:
        return await office.sealed.put(subject, media_type, clear)


async def of_dossier(
    office: Files, dossiers: Dossiers, identity: Identity, code: str, file: str
) -> OpenedFile:
    """A file that a fact of this dossier names, for those who may read its history. Raises NotFound,
    NotAllowed, FileStoreError."""
    dossier = await office.ledger.find("dossier_code", code)
    if dossier is None:
        raise NotFound("unknown_dossier", f"no dossier has the code {code}: check it against the slip")
    moment = await office.reader.moment(fresh=True)
    known = await load_by_id(dossiers, dossier, moment)
    speaks = await speaking(office.ledger, identity, known.dossier, local_date(moment.now))
    allow(
        identity,
        "read-file",
        moment,
        holder=known.answerable(moment),
        earlier=known.earlier_holders(moment),
        parties=speaks.parties_to("read-file"),
    )
    own = (recorded.fact for recorded in known.facts if recorded.fact.originator_id == dossier)
    naming = next((fact for fact in own if file in files_of(fact)), None)
    if naming is None:
        raise NotFound("file_not_named", f"no fact of the dossier {code} names the file {file[:64]}")
    content = getattr(naming, "content", None)
    return await open_unless_erased(office.ledger, office.sealed, file, content)


def judge_media_type(media_type: str) -> None:
    """Refuse what is no kind of paper. Raises BadRequest."""
    if media_type not in MEDIA_TYPES:
        raise BadRequest(
            "media_type_unknown",
            f"header/Content-Type: files are kept as {', '.join(MEDIA_TYPES)}",
        )


async def judged(
    media_type: str, chunks: AsyncIterable[bytes], most_bytes: int
) -> AsyncGenerator[bytes, None]:
    """The same bytes, as long as they begin as their media type does and are not too many. Raises
    BadRequest."""
    head, size = b"", 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most_bytes:
            raise BadRequest("file_too_large", too_large(most_bytes))
        if size - len(chunk) >= HEAD_BYTES:
            yield chunk
            continue
        head += chunk
        if size >= HEAD_BYTES:
            _judge_beginning(media_type, head)
            yield head
    if size < HEAD_BYTES:
        _judge_beginning(media_type, head)
        yield head


def _judge_beginning(media_type: str, head: bytes) -> None:
    if not head:
        raise BadRequest("file_empty", "the file is empty: scan it again, or save it again and send it")
    if not head.startswith(BEGINNINGS[media_type]):
        raise BadRequest("not_that_media_type", f"body: its bytes do not begin as those of {media_type} do")


def too_large(most_bytes: int) -> str:
    """What is said of a file with more bytes than this."""
    whole, rest = divmod(most_bytes, 1_048_576)
    most = f"{most_bytes} bytes" if rest else f"{whole} MiB"
    return f"the file is larger than {most}: scan it again with a lower resolution"
