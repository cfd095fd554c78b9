"""The store of documents beside the dossier's acts: it is read before what asks for it, and what an act lets
into it is recorded in the same append, all or none.

Kept is, with the acceptance, what was provided as a file and is of a kind that the version names: of the
owner's own papers, and no plain copy; afterwards, what a check finds in order. What a check finds unusable is
withdrawn, if it was kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from application.acted import Acted
from application.file_ports import FileMissing, SealedFiles
from application.ledger import Ledger
from application.persons import same_person
from application.policy import agency_then
from application.refusals import BadRequest, NotFound
from application.results import keep_linked, withdraw_invalid, withdraw_replaced
from domain.component_facts import ComponentChecked
from domain.components import UNUSABLE, Provided
from domain.document_store import COMPONENT, DocumentStore, store_stream
from domain.dossier import Dossier
from domain.facts import Envelope, Personal, PersonalText
from domain.kept_documents import NO_DOCUMENTS, KeptDocuments
from domain.local_time import local_date

READS_DOCUMENTS = frozenset(
    (
        *("accept", "request-supplement", "reuse-component", "check-component"),
        *("issue-result", "link-result", "check-signature"),
    )
)
NAMES_A_FILE = frozenset(("upload-component", "digitise-component", "record-lookup", "issue-result"))


async def documents_of(ledger: Ledger, owner: UUID) -> KeptDocuments:
    """The documents of the person who is known under this id, whose own store is the first, and under
    others."""
    records = await same_person(ledger, owner)
    owners = (owner, *(one for one in records if one != owner))
    streams = [store_stream(one) for one in owners]
    read = ledger.remembered.read
    stores = [await read(DocumentStore, stream, _documents_in) for stream in streams]
    return KeptDocuments(*stores, records=records)


def _documents_in(store: DocumentStore) -> int:
    return len(store.documents)


async def documents_for(ledger: Ledger, name: str, owner: UUID | None) -> KeptDocuments:
    """What an act needs to know of the owner's documents; nothing for an act that asks for none. With them
    come the keys that their contents are under."""
    if name not in READS_DOCUMENTS or owner is None:
        return NO_DOCUMENTS
    if name in ("accept", "check-component", "link-result"):
        await ledger.keyring.load([owner])
    return await documents_of(ledger, owner)


async def with_file(
    files: SealedFiles, dossier: Dossier, name: str, fields: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields of an act that names a file, with what the file is: it is durable before a fact names it,
    and sealed under a party of the dossier, with whom it is erased; a result's under the owner. NotFound,
    BadRequest."""
    file = fields.get("file")
    if name not in NAMES_A_FILE or file is None:
        return dict(fields)
    try:
        found = await files.describe(file)
    except FileMissing:
        raise NotFound(
            "file_not_put", f"there is no file {file}: put it at POST /v1/files before an act names it"
        ) from None
    own = name == "issue-result"  # what an agency decides is its owner's alone
    if found.subject not in (dossier.owner, dossier.owner if own else dossier.submitter):
        raise BadRequest(
            "file_of_another",
            "the file is not sealed under a party of the dossier: put it with ?subject=OWNER",
        )
    content = Personal(found.subject, found.content)
    said = {"media_type": found.media_type, "size": found.size, "content": content}
    return dict(fields) | said


def keep_after(ledger: Ledger, acted: Acted, name: str) -> None:
    """Keep, or withdraw, by what the act just performed says; the caller appends `acted.documents.stores`
    with the dossier. The keys of what the dossier names were loaded with the documents."""
    if not acted.documents.stores or acted.dossier.owner is None:
        return
    own = acted.moment, acted.occurred_at
    envelope = Envelope(
        acted.acting.actor,
        acted.occurred_at,
        acted.acting.posting_id,
        agency_then(acted.acting, *own),
    )
    if name == "accept":
        _keep(ledger, acted, envelope, _provided(acted.dossier))
    elif name == "check-component":
        _checked(ledger, acted, envelope)
    elif name == "link-result":
        keep_linked(ledger, acted, envelope)
    elif name == "issue-result":
        withdraw_replaced(acted, envelope)
    elif name == "check-signature":
        withdraw_invalid(acted, envelope)


def _checked(ledger: Ledger, acted: Acted, envelope: Envelope) -> None:
    """By the checks that were just recorded."""
    dossier = acted.dossier
    checks = {f.originator_version for f in dossier.pending_events if isinstance(f, ComponentChecked)}
    for id, one in _provided(dossier):
        if one.check not in checks:
            continue
        if one.checked == UNUSABLE:
            _withdraw(acted, envelope, one)
        elif dossier.procedure_version is not None:
            _keep(ledger, acted, envelope, [(id, one)])


def _keep(ledger: Ledger, acted: Acted, envelope: Envelope, found: Iterable[tuple[str, Provided]]) -> None:
    owner, asking = acted.dossier.owner, acted.asking()
    for id, one in found:
        term = asking.term(id)
        kind = term.kept_kind if term else None
        if owner is None or term is None or kind is None or one.file is None or not one.keepable:
            continue
        if one.file.content.subject != owner:
            continue  # it would be erased with somebody else
        content = _opened(ledger, one.file.content)
        if not one.usable or content is None or acted.documents.made_of(acted.dossier.id, one.version):
            continue  # of no use, erased, or kept before
        acted.documents.own.keep(
            envelope,
            owner=owner,
            kept_as=COMPONENT,
            kind=kind,
            dossier=acted.dossier.id,
            dossier_version=one.version,
            issuer=acted.acting.agency or acted.holder,
            file=one.file.file,
            media_type=one.file.media_type,
            size=one.file.size,
            content=Personal(owner, content),
            valid_until=term.valid_until(local_date(envelope.occurred_at)),
        )


def _withdraw(acted: Acted, envelope: Envelope, one: Provided) -> None:
    """What was kept of this dossier's own paper; why stands in the check. Another dossier's document is not
    this one's to withdraw."""
    made = acted.documents.made_of(acted.dossier.id, one.version)
    if made is not None and made.withdrawn is None:
        acted.documents.own.withdraw(envelope, document=made.document, ground=UNUSABLE, reason=None)


def _opened(ledger: Ledger, content: PersonalText) -> str | None:
    return content.text if isinstance(content, Personal) else ledger.keyring.open(content)


def _provided(dossier: Dossier) -> list[tuple[str, Provided]]:
    return [(id, one) for id, known in dossier.provisions.items() for one in known.provided]
