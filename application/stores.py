"""The store of one person's electronic documents (kho quản lý dữ liệu điện tử): listed, read, withdrawn, and
who read what.

The owner reads their own; an officer reads through a dossier in hand that is not concluded, and of the store
what serves that dossier; an auditor reads anywhere.
That a content is read is recorded before its first byte is given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import dropwhile, islice
from typing import Any, Final
from uuid import UUID

from application.clocks import version_of
from application.dossiers import Dossiers, load
from application.erased_files import open_unless_erased
from application.file_ports import OpenedFile
from application.keeping import documents_of
from application.ledger import Command
from application.moment import Moment, decide
from application.persons import records_of, same_person
from application.policy import Acting, Identity, allow
from application.refusals import NotAllowed, NotFound
from application.then import KnownAt, documents_then, pair_then
from domain.citizen import Citizen
from domain.document_store import DocumentStore, KeptDocument, Readings, readings_stream, store_stream
from domain.dossier import Dossier
from domain.facts import Envelope, Personal
from domain.kept_documents import KeptDocuments
from domain.local_time import local_date
from domain.store_facts import DocumentRead
from domain.transitions import NOT_CONCLUDED

Json = dict[str, Any]
HANDLING: Final = frozenset(("desk", "handler", "decider"))


@dataclass(frozen=True, slots=True)
class StoreAnswer:
    """What a command's caller gets: the document, the revision of its store, the position of the fact."""

    document: UUID
    revision: int
    position: int
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """An allowed look into somebody's store. `streams`: what was read of the dossier that it is for;
    `shows`: which of the documents."""

    moment: Moment
    acting: Acting
    documents: KeptDocuments
    dossier: UUID | None
    purpose: str
    streams: tuple[UUID, ...] = ()
    shows: Callable[[KeptDocument], bool] = lambda known: True

    def known(self, document: UUID) -> KeptDocument:
        """NotFound where there is none, or none that is for this look."""
        found = _known(self.documents, document)
        if not self.shows(found):
            raise _unknown(document)
        return found


async def listed(
    office: Dossiers,
    identity: Identity,
    citizen: UUID,
    code: str | None = None,
    *,
    after: UUID | None = None,
    limit: int,
    valid_at: datetime | None = None,
    known_at: KnownAt = None,
) -> list[Json]:
    """At most `limit` documents of a person after the document `after`: those of the record asked for first,
    then of each other record of theirs, in the order in which they were kept. Officers name a dossier in
    hand (`code`) and see what serves it. As kept now, or as valid and known then. Raises NotFound,
    NotAllowed, BadRequest."""
    allowed = await _reading(office, identity, citizen, code)
    reading = await _then(office, allowed, citizen, valid_at, known_at)
    stores = reading.documents.stores
    every: Iterator[KeptDocument] = (known for store in stores for known in store.documents.values())
    if after is not None:
        _known(reading.documents, after)
        every = islice(dropwhile(lambda known: known.document != after, every), 1, None)
    return [_shown(reading.moment, known) for known in islice(filter(reading.shows, every), limit)]


async def one(
    office: Dossiers,
    identity: Identity,
    citizen: UUID,
    document: UUID,
    code: str | None = None,
    *,
    valid_at: datetime | None = None,
    known_at: KnownAt = None,
) -> Json:
    """What is known of a document, without its content; as kept now, or as valid and known then. Raises
    NotFound, NotAllowed, BadRequest."""
    allowed = await _reading(office, identity, citizen, code)
    reading = await _then(office, allowed, citizen, valid_at, known_at)
    return _shown(reading.moment, reading.known(document))


async def content(
    office: Dossiers, identity: Identity, citizen: UUID, document: UUID, code: str | None = None
) -> OpenedFile:
    """The document's file, opened; that it is read is recorded, in its own stream, before it is given.
    Raises NotFound, NotAllowed, BadRequest, and what opening a file raises."""
    reading = await _reading(office, identity, citizen, code)
    known = reading.known(document)
    if known.file is None:
        raise NotFound("no_content", f"the document {document} has no file: it is a result on paper")
    opened = await open_unless_erased(office.ledger, office.files, known.file, known.content)
    try:
        await _record_reading(office, identity, citizen, document, code)
    except BaseException:
        await opened.chunks.aclose()
        raise
    return opened


async def _record_reading(
    office: Dossiers, identity: Identity, citizen: UUID, document: UUID, code: str | None
) -> None:
    """Whether it may be read is judged again with what is recorded, and nothing of that may have changed."""

    async def decision(moment: Moment) -> None:
        reading = await _reading(office, identity, citizen, code, moment)
        known = reading.known(document)
        stream = readings_stream(document)
        readings = await office.ledger.remembered.read(Readings, stream, lambda counted: 0)
        readings.read(
            _envelope(reading.acting, moment), known=known, dossier=reading.dossier, purpose=reading.purpose
        )
        await office.ledger.append(
            readings,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer((*reading.streams, *reading.documents.read)),
        )

    await decide(office.reader, decision, versions_too=True)


async def readings(
    office: Dossiers, identity: Identity, citizen: UUID, document: UUID, *, after: int = 0, limit: int
) -> list[Json]:
    """Who read a document, in order, after the reading numbered `after`: for the owner and for auditors.
    Raises NotFound, NotAllowed."""
    moment = await office.reader.moment(fresh=True)
    allow(identity, "read-readings", moment, parties=await records_of(office.ledger, identity, citizen))
    _known(await _documents(office, citizen), document)
    stored = await office.ledger.recorder.events_of(readings_stream(document), after, limit)
    return [
        {
            "number": recorded.fact.originator_version,
            "read_at": recorded.recorded_at,
            "actor": {"kind": recorded.fact.envelope.actor.kind, "id": recorded.fact.envelope.actor.id},
            "agency": recorded.fact.envelope.acting_agency,
            "dossier": recorded.fact.dossier,
            "purpose": recorded.fact.purpose,
        }
        for recorded in map(office.ledger.codec.decode, stored)
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
        documents = await _documents(office, citizen)
        known = _known(documents, document)
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
            nothing_newer=moment.nothing_newer(documents.read),
        )
        return StoreAnswer(document, store.version, receipt.last, receipt.repeated)

    return await decide(office.reader, decision, versions_too=True)


async def _reading(
    office: Dossiers, identity: Identity, citizen: UUID, code: str | None, moment: Moment | None = None
) -> _Reading:
    """Whether this person's store may be looked into, for what, and what of it."""
    moment = moment or await office.reader.moment(fresh=True)
    own = await records_of(office.ledger, identity, citizen)
    purpose = "own" if identity.kind == "applicant" else "audit"
    if code is None:
        acting = allow(identity, "read-documents", moment, parties=own)
        return _Reading(moment, acting, await _documents(office, citizen), None, purpose)
    known = await load(office, code, moment)
    holder = known.answerable(moment)
    acting = allow(identity, "read-documents", moment, holder=holder, parties=own)
    if citizen not in await _persons(office, known.dossier.owner):
        raise NotAllowed("not_a_party", f"the dossier {code} has another owner")
    documents = await _documents(office, citizen)
    if identity.kind != "officer":
        return _Reading(moment, acting, documents, None, purpose)
    dossier, through = known.dossier, (known.dossier.id, *known.streams)
    if not _handles(moment, acting, holder):
        return _Reading(moment, acting, documents, dossier.id, purpose, through)
    if dossier.status not in NOT_CONCLUDED:
        raise NotAllowed(
            "not_in_hand", f"the dossier {code} is concluded: a store is read for one that is still in hand"
        )
    return _Reading(moment, acting, documents, dossier.id, "dossier", through, _for(dossier, moment))


async def _then(
    office: Dossiers, reading: _Reading, citizen: UUID, valid_at: datetime | None, known_at: KnownAt
) -> _Reading:
    """The same look, which was allowed now, into the store as it was."""
    if valid_at is None and known_at is None:
        return reading
    t, position = await pair_then(office.reader, valid_at, known_at)
    documents = await documents_then(office.ledger, citizen, t, position)
    return replace(reading, documents=documents, moment=replace(reading.moment, now=t))


def _handles(moment: Moment, acting: Acting, holder: UUID) -> bool:
    """Whether the officer reads by handling dossiers where this one lies, not by auditing."""
    posted = moment.organisation.acting(UUID(acting.actor.id), moment.now)
    return any(
        posting.posting_id == acting.posting_id and agency == holder and HANDLING.intersection(posting.roles)
        for posting, agency in posted
    )


def _for(dossier: Dossier, moment: Moment) -> Callable[[KeptDocument], bool]:
    """The documents that serve a dossier: of kinds that its version's papers name, re-used for it, or its
    own."""
    version = version_of(dossier, moment.organisation, moment.now)
    kinds = {term.kind for term in version.terms.papers.papers} if version else set()
    provided = (one for known in dossier.provisions.values() for one in known.provided)
    reused = {one.document for one in provided}
    return lambda known: known.kind in kinds or known.document in reused or known.dossier == dossier.id


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
