"""The store of one person's electronic documents (kho quản lý dữ liệu điện tử): listed, read, withdrawn, and
who read what.

The owner reads their own; an officer reads through a dossier of theirs in hand; an auditor reads anywhere.
That a content is read is recorded before its first byte is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.dossiers import Dossiers, load
from application.file_ports import OpenedFile
from application.keeping import documents_of
from application.ledger import Command
from application.moment import Moment, decide
from application.persons import records_of, same_person
from application.policy import Acting, Identity, allow
from application.refusals import NotAllowed, NotFound
from domain.citizen import Citizen
from domain.document_store import DocumentStore, KeptDocument, Readings, readings_stream, store_stream
from domain.facts import Envelope, Personal
from domain.kept_documents import KeptDocuments
from domain.local_time import local_date
from domain.store_facts import DocumentRead

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoreAnswer:
    """What a command's caller gets: the document, the revision of its store, the position of the fact."""

    document: UUID
    revision: int
    position: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """An allowed look into somebody's store."""

    moment: Moment
    acting: Acting
    documents: KeptDocuments
    dossier: UUID | None
    purpose: str


async def listed(
    office: Dossiers,
    identity: Identity,
    citizen: UUID,
    code: str | None = None,
    *,
    after: UUID | None = None,
    limit: int,
) -> list[Json]:
    """At most `limit` documents of a person, in the order in which they were kept, after the document
    `after`. Officers name a dossier in hand (`code`). Raises NotFound, NotAllowed."""
    reading = await _reading(office, identity, citizen, code)
    every = [known for store in reading.documents.stores for known in store.documents.values()]
    every.sort(key=lambda known: (known.kept_at, known.document))
    begin = 0
    if after is not None:
        place = next((n for n, known in enumerate(every) if known.document == after), None)
        if place is None:
            raise _unknown(after)
        begin = place + 1
    return [_shown(reading.moment, known) for known in every[begin : begin + limit]]


async def one(
    office: Dossiers, identity: Identity, citizen: UUID, document: UUID, code: str | None = None
) -> Json:
    """What is known of a document, without its content. Raises NotFound, NotAllowed."""
    reading = await _reading(office, identity, citizen, code)
    return _shown(reading.moment, _known(reading.documents, document))


async def content(
    office: Dossiers, identity: Identity, citizen: UUID, document: UUID, code: str | None = None
) -> OpenedFile:
    """The document's file, opened; that it is read is recorded, in its own stream, before it is given.
    Raises NotFound, NotAllowed, BadRequest, and what opening a file raises."""
    reading = await _reading(office, identity, citizen, code)
    known = _known(reading.documents, document)
    if known.file is None:
        raise NotFound("no_content", f"the document {document} has no file: it is a result on paper")
    opened = await office.files.open(known.file)

    async def decision(moment: Moment) -> None:
        readings = await office.ledger.load(Readings, readings_stream(document))
        readings.read(
            _envelope(reading.acting, moment), known=known, dossier=reading.dossier, purpose=reading.purpose
        )
        await office.ledger.append(readings)

    await decide(office.reader, decision, versions_too=True)
    return opened


async def readings(
    office: Dossiers, identity: Identity, citizen: UUID, document: UUID, *, after: int = 0, limit: int
) -> list[Json]:
    """Who read a document, in order, after the reading numbered `after`: for the owner and for auditors.
    Raises NotFound, NotAllowed."""
    moment = await office.reader.moment(fresh=True)
    allow(identity, "read-readings", moment, parties=await records_of(office.ledger, identity, citizen))
    _known(await _documents(office, citizen), document)
    stored = await office.ledger.recorder.events_of(readings_stream(document), after)
    return [
        {
            "number": recorded.fact.originator_version,
            "read_at": recorded.recorded_at,
            "actor": {"kind": recorded.fact.envelope.actor.kind, "id": recorded.fact.envelope.actor.id},
            "agency": recorded.fact.envelope.acting_agency,
            "dossier": recorded.fact.dossier,
            "purpose": recorded.fact.purpose,
        }
        for recorded in map(office.ledger.codec.decode, stored[:limit])
        if isinstance(recorded.fact, DocumentRead)
    ]


async def withdraw(
    office: Dossiers,
    identity: Identity,
    citizen: UUID,
    document: UUID,
    *,
    ground: str,
    reason: str,
    command: Command | None = None,
) -> StoreAnswer:
    """The document counts no longer: by an officer of the agency that vouched for it, or of its heir. Raises
    NotFound, NotAllowed, Refused."""
    if repeated := await office.ledger.repeated(command):
        return StoreAnswer(document, repeated.versions[0][1], repeated.last, True)

    async def decision(moment: Moment) -> StoreAnswer:
        known = _known(await _documents(office, citizen), document)
        keeper = moment.organisation.heir_of(known.issuer, moment.now)
        acting = allow(identity, "withdraw-document", moment, agency=keeper)
        store = await office.ledger.load(DocumentStore, store_stream(known.owner))
        store.withdraw(
            _envelope(acting, moment), document=document, ground=ground, reason=Personal(known.owner, reason)
        )
        receipt = await office.ledger.append(
            store,
            command=command,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(),
        )
        return StoreAnswer(document, store.version, receipt.last, receipt.repeated)

    return await decide(office.reader, decision, versions_too=True)


async def _reading(office: Dossiers, identity: Identity, citizen: UUID, code: str | None) -> _Reading:
    """Whether this person's store may be looked into, and for what."""
    moment = await office.reader.moment(fresh=True)
    own = await records_of(office.ledger, identity, citizen)
    dossier, purpose = None, "own" if identity.kind == "applicant" else "audit"
    if code is None:
        acting = allow(identity, "read-documents", moment, parties=own)
    else:
        known = await load(office, code, moment)
        acting = allow(identity, "read-documents", moment, holder=known.answerable(moment), parties=own)
        if citizen not in await _persons(office, known.dossier.owner):
            raise NotAllowed("not_a_party", f"the dossier {code} has another owner")
        if identity.kind == "officer":
            dossier, purpose = known.dossier.id, "dossier"
    return _Reading(moment, acting, await _documents(office, citizen), dossier, purpose)


async def _persons(office: Dossiers, owner: UUID | None) -> Sequence[UUID]:
    return () if owner is None else await same_person(office.ledger, owner)


async def _documents(office: Dossiers, citizen: UUID) -> KeptDocuments:
    """NotFound where nobody has this id; whoever has nothing in store has an empty one."""
    found = await documents_of(office.ledger, citizen)
    empty = not any(store.version for store in found.stores)
    if empty and not (await office.ledger.load(Citizen, citizen)).version:
        raise NotFound("unknown_citizen", f"there is no citizen {citizen}")
    return found


def _known(documents: KeptDocuments, document: UUID) -> KeptDocument:
    known = documents.get(document)
    if known is None:
        raise _unknown(document)
    return known


def _unknown(document: UUID) -> NotFound:
    return NotFound("unknown_document", f"this store has no document {document}")


def _envelope(acting: Acting, moment: Moment) -> Envelope:
    return Envelope(
        actor=acting.actor, occurred_at=moment.now, posting_id=acting.posting_id, acting_agency=acting.agency
    )


def _shown(moment: Moment, known: KeptDocument) -> Json:
    """Without what is personal: the digest of what is in it stays sealed."""
    return {
        "document": known.document,
        "kept_as": known.kept_as,
        "kind": known.kind,
        "kept_at": known.kept_at,
        "issuer": known.issuer,
        "from_dossier": known.dossier,
        "from_version": known.dossier_version,
        "file": known.file is not None,
        "media_type": known.media_type,
        "size": known.size,
        "valid_from": known.valid_from,
        "valid_until": known.valid_until,
        "withdrawn": known.withdrawn,
        "valid": known.valid_on(local_date(moment.now)),
    }
