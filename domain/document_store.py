"""The store of one owner: which documents there are, of which kind, and on which days each is valid.

The store is the owner's, whatever agency kept a document there: so a paper that was given once counts as held
for all agencies, and after a handover. What is in it is decided by the acts of dossiers and recorded in the
same append with them (`application.keeping`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Self
from uuid import UUID

from domain import store_rules as rules
from domain.clear_text import KIND_OF_DOCUMENT, judge_form, judge_known, judge_one_of
from domain.derived_ids import derived_from
from domain.facts import Aggregate, Envelope, Fact, Personal, PersonalText
from domain.files import FILE_NAME, MEDIA_TYPES
from domain.refusals import Refused
from domain.store_facts import DocumentKept, DocumentRead, DocumentWithdrawn

RESULT: Final = "result"
COMPONENT: Final = "component"
KEPT_AS: Final = (RESULT, COMPONENT)
WITHDRAWAL_GROUNDS: Final = (
    "issued_in_error",
    "revoked",
    "replaced",
    "forged",
    "not_of_owner",
    "unusable",
    "other",
)
"""Why a document counts no longer. `unusable`: a check of the dossier that it came from found it so. The list
is ours: no source gives one."""
PURPOSES: Final = ("own", "dossier", "audit")
"""For what a document is read: by its owner, for a dossier in hand, by an auditor."""


def store_stream(owner: UUID) -> UUID:
    """The stream of an owner's store: UUIDv8 of the owner's own 48 bits of time and the first 74 bits of
    SHA-256("store" | owner id)."""
    return derived_from(owner, b"store")


def document_id(dossier: UUID, dossier_version: int) -> UUID:
    """The document that is made of one fact of a dossier: the same with "document" | dossier id | version
    i64."""
    return derived_from(dossier, b"document", dossier_version.to_bytes(8, "big", signed=True))


def readings_stream(document: UUID) -> UUID:
    """The stream of who read a document: the same with "readings" | document id."""
    return derived_from(document, b"readings")


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """One document as known: the fields of its fact, when it was kept, and on what ground and
    when it was withdrawn."""

    document: UUID
    owner: UUID
    kept_as: str
    kind: str
    dossier: UUID
    dossier_version: int
    file: str | None
    media_type: str | None
    size: int | None
    content: PersonalText | None
    issuer: UUID
    valid_from: date | None
    valid_until: date | None
    kept_at: datetime
    withdrawn: str | None = None
    withdrawn_at: datetime | None = None

    def valid_on(self, day: date) -> bool:
        """Whether it counts on a day of Vietnam: it was not withdrawn, and the day is one of its own."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.withdrawn is None and begun and not self.ended_on(day)

    def ended_on(self, day: date) -> bool:
        """Whether its validity has ended by a day of Vietnam."""
        return self.valid_until is not None and self.valid_until <= day


class DocumentStore(Aggregate):
    """The store of one owner; its id is `store_stream(owner)`."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.documents: dict[UUID, KeptDocument] = {}
        self._of_kind: dict[str, list[UUID]] = {}

    def copy(self) -> Self:
        copied = super().copy()
        copied._of_kind = {kind: list(documents) for kind, documents in self._of_kind.items()}
        return copied

    def keep(
        self,
        envelope: Envelope,
        *,
        owner: UUID,
        kept_as: str,
        kind: str,
        dossier: UUID,
        dossier_version: int,
        issuer: UUID,
        file: str | None = None,
        media_type: str | None = None,
        size: int | None = None,
        content: Personal | None = None,
        valid_from: date | None = None,
        valid_until: date | None = None,
    ) -> UUID:
        """Keep what the fact `dossier_version` of `dossier` provided, and give the document's id. `content`:
        SHA-256 of the clear bytes (hex), under the owner's key. Raises Refused."""
        document = document_id(dossier, dossier_version)
        if document in self.documents:
            raise Refused(rules.KEPT_ONCE, document=str(document))
        if self.id != store_stream(owner) or (content is not None and content.subject != owner):
            raise Refused(rules.OWN_STORE)
        judge_one_of("kept_as", kept_as, KEPT_AS)
        judge_form("kind", kind, KIND_OF_DOCUMENT)
        judge_file(file, media_type, size, content)
        if valid_from is not None and valid_until is not None and valid_until <= valid_from:
            raise Refused(
                rules.VALIDITY, valid_from=valid_from.isoformat(), valid_until=valid_until.isoformat()
            )
        self.record(
            DocumentKept,
            envelope,
            document=document,
            owner=owner,
            kept_as=kept_as,
            kind=kind,
            dossier=dossier,
            dossier_version=dossier_version,
            file=file,
            media_type=media_type,
            size=size,
            content=content,
            issuer=issuer,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        return document

    def withdraw(self, envelope: Envelope, *, document: UUID, ground: str, reason: Personal | None) -> None:
        """The document counts no longer; `reason` may be absent where the ground is found elsewhere. Raises
        Refused."""
        known = self.known(document)
        judge_one_of("ground", ground, WITHDRAWAL_GROUNDS)
        if known.withdrawn is not None:
            raise Refused(rules.WITHDRAWN_ONCE, ground=known.withdrawn)
        if reason is not None and reason.subject != known.owner:
            raise Refused(rules.OWN_STORE)
        self.record(DocumentWithdrawn, envelope, document=document, ground=ground, reason=reason)

    def known(self, document: UUID) -> KeptDocument:
        """The document with this id. Raises Refused (store.document_known)."""
        found = self.documents.get(document)
        if found is None:
            raise Refused(rules.KNOWN, document=str(document))
        return found

    def made_of(self, dossier: UUID, dossier_version: int) -> KeptDocument | None:
        """The document that was made of this fact, if it was kept."""
        return self.documents.get(document_id(dossier, dossier_version))

    def valid_at(self, document: UUID, day: date) -> bool:
        """Whether a document of this store counts on a day of Vietnam, as known now: what was withdrawn
        counts on none. Raises Refused (store.document_known)."""
        return self.known(document).valid_on(day)

    def of_kind(self, kind: str) -> Iterator[KeptDocument]:
        """All documents of a kind, the latest kept first."""
        return (self.documents[document] for document in reversed(self._of_kind.get(kind, ())))

    def find(self, kind: str, day: date) -> tuple[KeptDocument, ...]:
        """The documents of a kind that count on a day of Vietnam, the latest kept first."""
        return tuple(found for found in self.of_kind(kind) if found.valid_on(day))

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, DocumentKept):
            own: dict[str, Any] = {name: getattr(fact, name) for name in _OWN}
            self.documents[fact.document] = KeptDocument(**own, kept_at=fact.envelope.occurred_at)
            self._of_kind.setdefault(fact.kind, []).append(fact.document)
        else:
            assert isinstance(fact, DocumentWithdrawn), fact
            known = self.documents[fact.document]
            self.documents[fact.document] = replace(
                known, withdrawn=fact.ground, withdrawn_at=fact.envelope.occurred_at
            )


_OWN: Final = (
    *("document", "owner", "kept_as", "kind", "dossier", "dossier_version"),
    *("file", "media_type", "size", "content", "issuer", "valid_from", "valid_until"),
)


def judge_file(
    file: str | None, media_type: str | None, size: int | None, content: PersonalText | None
) -> None:
    """Refuse a file of which something is missing, or whose name or kind is none. Raises Refused."""
    if len({part is None for part in (file, media_type, size, content)}) > 1 or (size or 0) < 0:
        raise Refused(rules.FILE_WHOLE)
    judge_form("file", file, FILE_NAME)
    judge_known("media_type", media_type, MEDIA_TYPES)


class Readings(Aggregate):
    """Who read one document, in a stream of its own: it grows with each reading and nothing is decided by
    it."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.count = 0

    def read(self, envelope: Envelope, *, known: KeptDocument, dossier: UUID | None, purpose: str) -> None:
        """Somebody is about to get the content. Raises Refused."""
        judge_one_of("purpose", purpose, PURPOSES)
        if self.id != readings_stream(known.document):
            raise Refused(rules.KNOWN, document=str(known.document))
        self.record(
            DocumentRead,
            envelope,
            document=known.document,
            owner=known.owner,
            dossier=dossier,
            purpose=purpose,
        )

    def apply(self, fact: Fact) -> None:
        self.count += 1
