"""The documents kept for people against the facts that they are made of: what a fact of a dossier provided,
or issued and linked, is what its document says, of the kind that the version then gave, and for the owner of
the dossier.

What the bytes are is not asked here: their digest is sealed under the owner's key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from application.organisation import Organisation
from application.paper_asking import asking_of
from application.refusals import NotFound
from domain.components import Provided
from domain.document_store import RESULT
from domain.dossier import Dossier
from domain.dossier_results import Result
from domain.facts import Recorded
from domain.kept_documents import NO_DOCUMENTS
from domain.store_facts import DocumentKept

FILE = ("file", "media_type", "size")
Same = Callable[[UUID, int], frozenset[UUID]]
"""The records that stood for the same person just before a position."""
VALIDITY = ("valid_from", "valid_until")


def wrong_documents(
    facts: Sequence[Recorded[Any]],
    kept: Sequence[Recorded[DocumentKept]],
    organisation: Organisation,
    same: Same,
) -> Iterator[tuple[Recorded[DocumentKept], str]]:
    """What is wrong with documents that are made of facts of one dossier, whose own stream is given; each is
    judged by the dossier as it was when the document was kept. Nothing where the stream cannot be read."""
    waiting = sorted(kept, key=lambda recorded: recorded.position)
    dossier, rest = Dossier.empty(facts[0].fact.originator_id), list(facts)
    for document in waiting:
        try:
            while rest and rest[0].position < document.position:
                dossier.replay(rest.pop(0).fact)
        except Exception:  # named where dossiers are audited
            return
        if (said := _wrong(dossier, document, organisation, same)) is not None:
            yield document, said


def _wrong(
    dossier: Dossier, document: Recorded[DocumentKept], organisation: Organisation, same: Same
) -> str | None:
    fact = document.fact
    made_of = f"the fact {fact.dossier_version} of dossier {dossier.code}"
    if dossier.owner is None or fact.owner not in same(dossier.owner, document.position):
        return f"keeps a document of {made_of}, which is somebody else's"
    if fact.kept_as == RESULT:
        result = dossier.results.get(fact.dossier_version)
        return f"keeps as a result {made_of}, {said}" if (said := _no_result(fact, result)) else None
    said = _no_component(dossier, document, organisation)
    return f"keeps as a component {made_of}, {said}" if said else None


def _no_result(fact: DocumentKept, result: Result | None) -> str | None:
    if result is None:
        return "which issues none"
    if result.document != fact.document:
        return "which was not linked"
    return _differing(fact, result, result.code, (*FILE, *VALIDITY))


def _no_component(
    dossier: Dossier, document: Recorded[DocumentKept], organisation: Organisation
) -> str | None:
    fact = document.fact
    known = ((id, of.by(fact.dossier_version)) for id, of in dossier.provisions.items())
    id, one = next(((id, one) for id, one in known if one is not None), ("", None))
    if one is None or one.file is None or not one.keepable:
        return "which provides no paper as a file"
    if dossier.procedure_version is None:
        return "before that was accepted"
    return _spoilt(one) or _differing(fact, one.file, _kind(dossier, id, document, organisation), FILE)


def _spoilt(one: Provided) -> str | None:
    return None if one.usable else f"which its fact {one.check} had found unusable"


def _kind(
    dossier: Dossier, id: str, document: Recorded[DocumentKept], organisation: Organisation
) -> str | None:
    """As which kind the paper was kept by the version, or by the one under which it came."""
    try:
        at, position = document.fact.envelope.occurred_at, document.position
        term = asking_of(dossier, organisation, at, NO_DOCUMENTS, position=position).term(id)
    except NotFound:
        return None
    return term.kept_kind if term is not None else None


def _differing(fact: DocumentKept, provided: Any, kind: str | None, names: Sequence[str]) -> str | None:
    if fact.kind != kind:
        return f"of the kind {fact.kind}, where that gives {kind or 'none'}"
    for name in names:
        if getattr(fact, name) != getattr(provided, name):
            said = getattr(fact, name), getattr(provided, name)
            return f"with {said[0] or 'no'} as its {name}, where that has {said[1] or 'none'}"
    return None
