"""The audit of what is kept for people, and of what was asked of them: each document is made of a fact of a
dossier that provides it, stands once, in its owner's store; and what dossiers say of papers is what the rules
gave then (`application.audit_asking`, `application.audit_kept`).

What is said of papers is judged by the papers, the version, the owner's store and those of the records that
stood for the same person, as they were when it was recorded. What was asked before a request said what let it
is not judged.

Of owners' stores and of dossiers some hundred are in memory at once. The store of an owner is read where a
dossier of theirs cannot be judged without it: nowhere on a ledger whose procedures say nothing of papers,
except for results that were linked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from application.audit_asking import AskingAuditor, Then
from application.audit_findings import Findings
from application.audit_kept import wrong_documents
from application.organisation import Organisation
from application.people_then import PeopleThen, Records, same_then
from application.ports import Codec, Recorder, StoredFact
from domain.document_store import DocumentStore, document_id, readings_stream, store_stream
from domain.facts import Category, Fact, Recorded
from domain.kept_documents import NO_DOCUMENTS, KeptDocuments
from domain.store_facts import DocumentKept, DocumentRead

STORES = (Category.STORE, Category.READING)
AT_ONCE = 100
"""Dossiers with the stores of their owners, or dossiers that documents are made of."""
Facts = list[Recorded[Any]]

T = TypeVar("T")


class StoreAuditor:
    """`judged`: the positions of the requests for papers, of the dossiers checked next, that say what let
    them be asked for."""

    def __init__(
        self,
        recorder: Recorder,
        codec: Codec,
        organisation: Organisation,
        people: PeopleThen,
        findings: Findings,
    ) -> None:
        self._recorder = recorder
        self._codec = codec
        self._organisation = organisation
        self._people = people
        self._asking = AskingAuditor(organisation)
        self._findings = findings
        self.judged: set[int] = set()

    async def check_asking(self, dossiers: Mapping[UUID, Facts]) -> None:
        """Dossiers with the facts of their own streams."""
        waiting: list[Facts] = []
        for facts in dossiers.values():
            if not self._asking.concerns(facts, self.judged):
                continue
            if self._asking.needs_documents(facts, self.judged):
                waiting.append(facts)
            else:
                self._asked(facts, lambda position: NO_DOCUMENTS)
        for some in _some(waiting):
            await self._asked_of_owners(some)
        self.judged.clear()

    async def _asked_of_owners(self, dossiers: Sequence[Facts]) -> None:
        owners = {owner for facts in dossiers if (owner := _owner(facts))}
        records = await self._people.duplicates(owners)
        kept = await self._stores([store_stream(one) for one in sorted(owners | records.keys())])
        for facts in dossiers:
            self._asked(facts, _Stores(_owner(facts), records, kept).then)

    def _asked(self, facts: Facts, then: Then) -> None:
        for position, said in self._asking.wrong(facts, then, self.judged):
            self._findings.add("asked", said, position=position, stream=facts[0].fact.originator_id)

    async def _stores(self, streams: Sequence[UUID]) -> dict[UUID, Facts]:
        found: dict[UUID, Facts] = {}
        for stored in await self._recorder.events_of_many(streams) if streams else ():
            if (recorded := self._decoded(stored)) is not None:
                found.setdefault(stored.stream_id, []).append(recorded)
        return found

    def _decoded(self, stored: StoredFact) -> Recorded[Any] | None:
        try:
            return self._codec.decode(stored)
        except Exception:  # named in the pass by position
            return None

    async def check(self, streams: Sequence[Sequence[StoredFact]]) -> None:
        """Whole streams of stores and of readings."""
        kept: dict[UUID, Facts] = {}
        for recorded in (self._decoded(stored) for stream in streams for stored in stream):
            if recorded is None:
                continue
            if said := _misplaced(recorded.fact):
                self._wrong(recorded, said)
            elif isinstance(recorded.fact, DocumentKept):
                kept.setdefault(recorded.fact.dossier, []).append(recorded)
        for some in _some(sorted(kept)):
            dossiers = await self._stores(some)
            owners = {owner for facts in dossiers.values() if (owner := _owner(facts))}
            records = await self._people.read(owners)
            for dossier in some:
                self._made_of(dossier, dossiers.get(dossier, []), kept[dossier], records)

    def _made_of(self, dossier: UUID, facts: Facts, kept: Facts, records: Records) -> None:
        """The documents that are made of one dossier's facts."""
        versions = {r.fact.originator_version for r in facts if r.fact.CATEGORY == Category.DOSSIER}
        there = [recorded for recorded in kept if recorded.fact.dossier_version in versions]
        for recorded in kept:
            if recorded.fact.dossier_version not in versions:
                self._wrong(
                    recorded, f"keeps a document of a fact of the dossier {dossier} that is not there"
                )
        if not there:
            return

        def same(owner: UUID, position: int) -> frozenset[UUID]:
            return same_then(records, owner, position)

        for recorded, said in wrong_documents(facts, there, self._organisation, same):
            self._wrong(recorded, said)

    def _wrong(self, recorded: Recorded[Any], said: str) -> None:
        position, stream = recorded.position, recorded.fact.originator_id
        self._findings.add("store", f"position {position} {said}", position=position, stream=stream)


def _some(all_: Sequence[T]) -> Iterator[Sequence[T]]:
    return (all_[first : first + AT_ONCE] for first in range(0, len(all_), AT_ONCE))


def _owner(facts: Facts) -> UUID | None:
    return getattr(facts[0].fact, "owner", None)


@dataclass(frozen=True, slots=True)
class _Stores:
    """What was kept for one owner under each of their records. `kept`: the facts of stores, by stream."""

    owner: UUID | None
    records: Records
    kept: Mapping[UUID, Facts]

    def then(self, position: int) -> KeptDocuments:
        """As it was before a position, by who stood for the same person then."""
        if self.owner is None:
            return NO_DOCUMENTS
        others = same_then(self.records, self.owner, position) - {self.owner}
        return KeptDocuments(*(self._store(one, position) for one in (self.owner, *sorted(others))))

    def _store(self, owner: UUID, position: int) -> DocumentStore:
        store = DocumentStore.empty(store_stream(owner))
        for recorded in self.kept.get(store.id, ()):
            if recorded.position >= position:
                break
            try:
                store.replay(recorded.fact)
            except Exception:  # a stream with a hole is named in the pass by stream
                break
        return store


def _misplaced(fact: Fact) -> str | None:
    """What is wrong with where a fact of a store, or of the readings of a document, stands."""
    if isinstance(fact, DocumentKept):
        if fact.originator_id != store_stream(fact.owner):
            return "keeps a document in another store than its owner's"
        if fact.document != document_id(fact.dossier, fact.dossier_version):
            return "keeps a document under another id than its fact gives"
    if isinstance(fact, DocumentRead) and fact.originator_id != readings_stream(fact.document):
        return "records a reading among those of another document"
    return None
