"""Whether a paper may be asked for: what is held may not, unless what is on record says why it does not serve
(reference sections 0.2, 0.4 and 3.1). The fact that asks then names what let it.

A paper is *held* when it was provided in this dossier and counts, when the owner's store has a valid document
of its kind, whatever agency put it there, or when a database answered for it. One that is about somebody else
than the owner is held by what this dossier itself provides alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from domain import component_rules as rules
from domain.components import FOUND, LOOKED_UP, REUSED, Component, Components, Provided
from domain.document_store import KeptDocument
from domain.dossier_supplement_facts import Allowance
from domain.kept_documents import KeptDocuments
from domain.paper_terms import PaperTerm, PaperTerms
from domain.refusals import Refused, Rule

LOOK_UP_FIRST_SINCE: Final = date(2026, 8, 5)
"""When Decree 309/2026 came into force, whose Art 2.1 amends Art 4.2a of Decree 118/2025."""
BY_DOSSIER: Final = "dossier"
BY_STORE: Final = "store"
BY_SOURCE: Final = "source"
NO_LONGER: Final = "no_longer"
HELD: Final = "held"
LOOK_UP: Final = "look_up"
NEEDED: Final = "needed"
WITHDRAWN: Final = "withdrawn"
EXPIRED: Final = "expired"
UNUSABLE: Final = "unusable"


@dataclass(frozen=True, slots=True)
class HeldBy:
    """What stands for a paper: `by` this dossier (its fact `fact`), the answer of a database (the same) or
    the owner's store (`document`)."""

    by: str
    fact: int | None = None
    document: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """One dossier's papers as a decision sees them: its own, what its version says of its case, what the
    owner's store has, on a day of Vietnam. `dossier`: None for one that is not filed yet; `before`: what the
    versions said under which its papers came, the latest first."""

    dossier: UUID | None
    components: Components
    terms: PaperTerms
    case: str | None
    documents: KeptDocuments
    day: date
    before: tuple[PaperTerms, ...] = ()
    procedure: str | None = None
    """Its code, for whoever reads a refusal."""

    def term(self, id: str) -> PaperTerm | None:
        """What is said of a paper: by the version, else by one under which the dossier's papers came."""
        said = (terms.of(id, self.case) for terms in (self.terms, *self.before))
        return next((term for term in said if term is not None), None)

    def known(self, id: str) -> Component:
        """What is recorded of a paper; with it, what came under an id that the version names no more and is
        the same document of the owner."""
        own, term = self.components.known(id), self.terms.of(id, self.case)
        kind = term.kept_kind if term else None
        if kind is None or not self.before:
            return own
        return own.joined(one for one in self.components.values() if self._gone(one.id) == kind)

    def _gone(self, id: str) -> str | None:
        """The kind of a paper of which the version says nothing any more."""
        term = None if self.terms.of(id, self.case) else self.term(id)
        return term.kept_kind if term else None

    def held(self, id: str) -> HeldBy | None:
        """What stands for this paper now; None: nothing does."""
        known, term = self.known(id), self.terms.of(id, self.case)
        for one in known.usable():
            if self._counts(one):
                return HeldBy(BY_SOURCE if one.way == LOOKED_UP else BY_DOSSIER, one.version)
        spoilt = set(self._found_unusable(known))
        valid = self.documents.valid(term.kept_kind if term else None, self.day)
        of_use = (document for document in valid if document.document not in spoilt)
        latest = max(of_use, key=lambda document: document.kept_at, default=None)
        return None if latest is None else HeldBy(BY_STORE, document=latest.document)

    def _counts(self, one: Provided) -> bool:
        """A document of the store, or what was kept there of this dossier, counts no longer than it does
        there."""
        kept = self.kept(one)
        return kept.valid_on(self.day) if kept else one.way != REUSED

    def kept(self, one: Provided) -> KeptDocument | None:
        """The document of the store that stands for what was provided, or that was made of it."""
        if one.document is not None:
            return self.documents.get(one.document)
        return self.documents.made_of(self.dossier, one.version) if self.dossier else None

    def _found_unusable(self, known: Component) -> Iterator[UUID]:
        """The documents that were tried here and found unusable."""
        for one in known.provided:
            kept = None if one.usable else self.kept(one)
            if kept is not None:
                yield kept.document

    def not_asked_yet(self, id: str) -> tuple[str, ...]:
        """The connected databases that this dossier has no answer of, on a day on which they come first."""
        term = self.terms.of(id, self.case)
        if term is None or self.day < LOOK_UP_FIRST_SINCE:
            return ()
        known = self.known(id)
        return tuple(source for source in term.sources_on(self.day) if known.answer(source) is None)

    def allowed(self, id: str) -> Iterator[Allowance]:
        """What on record lets this paper be asked for, though it was provided or should be looked up."""
        known, term = self.known(id), self.terms.of(id, self.case)
        for lookup in known.lookups:
            if lookup.outcome != FOUND:
                yield Allowance(id, lookup.outcome, fact=lookup.version)
        for one in known.provided:
            if not one.usable:
                yield Allowance(id, UNUSABLE, fact=one.check)
        of_kind = {kept.document: kept for kept in self.documents.of_kind(term.kept_kind if term else None)}
        reused = (kept for one in known.provided if (kept := self.kept(one)))
        for kept in (of_kind | {kept.document: kept for kept in reused}).values():
            if kept.withdrawn is not None:
                yield Allowance(id, WITHDRAWN, document=kept.document)
            elif kept.ended_on(self.day):
                yield Allowance(id, EXPIRED, document=kept.document)

    def decides(self, ids: Iterable[str]) -> tuple[Rule, ...]:
        """The rules by which it is decided whether these papers are asked for."""
        terms = [self.terms.of(id, self.case) for id in ids]
        said = [term for term in terms if term is not None]
        if not terms:
            return ()
        ended = (rules.NO_LONGER,) if any(term.until for term in said) else ()
        connected = self.day >= LOOK_UP_FIRST_SINCE and any(term.sources_on(self.day) for term in said)
        return (*ended, rules.HELD, *((rules.LOOK_UP_FIRST,) if connected else ()))

    def judge_asking(self, ids: Iterable[str]) -> tuple[Allowance, ...]:
        """What lets these papers be asked for. Raises Refused (component.named, component.no_longer,
        component.held, component.look_up_first)."""
        found: list[Allowance] = []
        ids = tuple(dict.fromkeys(ids))
        if self.terms.papers and not ids:
            raise Refused(rules.NAMED, procedure=self.procedure)
        for id in ids:
            term = self.terms.of(id, self.case)
            if term is not None and not term.asked_on(self.day):
                raise Refused(rules.NO_LONGER, component=id, until=str(term.until), procedure=self.procedure)
            held = self.held(id)
            if held is not None:
                document = str(held.document) if held.document else None
                raise Refused(rules.HELD, component=id, by=held.by, fact=held.fact, document=document)
            if first := self.not_asked_yet(id):
                raise Refused(rules.LOOK_UP_FIRST, component=id, sources=first, procedure=self.procedure)
            found += self.allowed(id)
        return tuple(found)

    def judge_reuse(self, id: str, document: UUID) -> KeptDocument:
        """The document that may stand for this paper. Raises Refused (component.reuse.own,
        component.reuse.valid, component.reuse.kind)."""
        known, term = self.documents.get(document), self.terms.of(id, self.case)
        if known is None:
            raise Refused(rules.REUSE_OWN)
        if not known.valid_on(self.day):
            raise Refused(rules.REUSE_VALID, withdrawn=known.withdrawn, until=str(known.valid_until))
        wanted = term.kept_kind if term else None
        if wanted != known.kind:
            raise Refused(rules.REUSE_KIND, component=id, kind=known.kind, wanted=wanted)
        return known

    def required(self) -> tuple[str, ...]:
        """The papers that the version requires of this case today."""
        said = self.terms.in_case(self.case)
        return tuple(term.component for term in said if term.required and term.asked_on(self.day))

    def judge_complete(self) -> dict[str, KeptDocument]:
        """Refuse to accept as complete what is not. Gives the documents that an acceptance relies on: each
        required paper that the owner's store alone has, and its latest valid document. Raises Refused
        (component.complete)."""
        held = {id: self.held(id) for id in self.required()}
        if missing := tuple(id for id, by in held.items() if by is None):
            raise Refused(rules.COMPLETE, missing=missing, procedure=self.procedure)
        documents = {id: by.document for id, by in held.items() if by and by.by == BY_STORE}
        return {id: known for id, one in documents.items() if one and (known := self.documents.get(one))}

    def standing(self, id: str) -> tuple[str, tuple[str, ...]]:
        """How it stands with a paper, and why: `held`, `no_longer`, `look_up` (with the databases), or
        `needed` (with what on record lets it be asked for)."""
        term = self.terms.of(id, self.case)
        held = self.held(id)
        if held is not None:
            return HELD, (held.by,)
        if term is not None and not term.asked_on(self.day):
            return NO_LONGER, (str(term.until),)
        if first := self.not_asked_yet(id):
            return LOOK_UP, first
        return NEEDED, tuple(dict.fromkeys(allowance.ground for allowance in self.allowed(id)))
