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
from application.clocks import version_of
from application.ledger import Ledger
from application.moment import Moment
from application.persons import same_person
from application.policy import agency_then
from application.results import keep_linked, withdraw_invalid, withdraw_replaced
from domain.component_facts import ComponentChecked
from domain.components import REUSED, UNUSABLE, Provided
from domain.document_store import COMPONENT, DocumentStore, store_stream
from domain.dossier import Dossier
from domain.facts import Envelope, Personal, PersonalText
from domain.kept_documents import NO_DOCUMENTS, KeptDocuments
from domain.local_time import local_date

READS_DOCUMENTS = frozenset(("reuse-component", "link-result", "check-signature"))
READS_BY_PAPERS = frozenset(("accept", "request-supplement", "check-component"))
KEEPS_DOCUMENTS = frozenset(("accept", "check-component", "link-result"))
DECIDED_BY_STORE = frozenset(("request-supplement", "reuse-component"))


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


async def documents_for(ledger: Ledger, owner: UUID | None, *, keys: bool = False) -> KeptDocuments:
    """What an owner has in store; nothing for nobody. `keys`: with those that the contents are under."""
    if owner is None:
        return NO_DOCUMENTS
    documents = await documents_of(ledger, owner)
    if keys:
        await ledger.keyring.load(sorted({owner, *documents.records}))
    return documents


def asks_for_papers(dossier: Dossier, moment: Moment) -> bool:
    """Whether its version says anything of papers, or it re-used one: else no store says anything of it."""
    version = version_of(dossier, moment.organisation, moment.now)
    if version is not None and version.terms.papers.papers:
        return True
    return any(one.way == REUSED for known in dossier.provisions.values() for one in known.provided)


async def documents_of_act(
    ledger: Ledger, name: str, fields: Mapping[str, Any], dossier: Dossier, moment: Moment
) -> KeptDocuments:
    """What an act needs to know of the owner's documents; nothing for an act that asks for none."""
    reads = name in READS_DOCUMENTS or (name == "issue-result" and fields.get("replaces") is not None)
    if not reads and not (name in READS_BY_PAPERS and asks_for_papers(dossier, moment)):
        return NO_DOCUMENTS
    return await documents_for(ledger, dossier.owner, keys=name in KEEPS_DOCUMENTS)


def decided_by(acted: Acted, name: str) -> tuple[UUID, ...]:
    """In which streams nothing may be newer: who the same person is, and the stores where their documents
    decided. What is only kept or withdrawn is appended at the store's version."""
    documents = acted.documents
    if not documents.stores:
        return ()
    asking = acted.asking()
    required = name == "accept" and any(term.required for term in asking.terms.in_case(asking.case))
    return documents.read if required or name in DECIDED_BY_STORE else documents.records


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
    asking = acted.asking()
    for id, one in found:
        term = asking.term(id)
        kind = term.kept_kind if term else None
        if term is None or kind is None or one.file is None or not one.keepable:
            continue
        owner = one.file.content.subject
        store = acted.documents.of(owner)
        if store is None:
            continue  # it would be erased with somebody else
        content = _opened(ledger, one.file.content)
        if not one.usable or content is None or acted.documents.made_of(acted.dossier.id, one.version):
            continue  # of no use, erased, or kept before
        store.keep(
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
    store = acted.documents.of(made.owner) if made else None
    if store is not None and made is not None and made.withdrawn is None:
        store.withdraw(envelope, document=made.document, ground=UNUSABLE, reason=None)


def _opened(ledger: Ledger, content: PersonalText) -> str | None:
    return content.text if isinstance(content, Personal) else ledger.keyring.open(content)


def _provided(dossier: Dossier) -> list[tuple[str, Provided]]:
    return [(id, one) for id, known in dossier.provisions.items() for one in known.provided]
