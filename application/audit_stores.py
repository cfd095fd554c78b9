"""The audit of what is kept for people, and of what was asked of them: each document is made of a fact of a
dossier that provides something, stands once, in its owner's store; and nothing was asked for that was held,
unless the request says what let it be asked for.

Asking is judged again by the papers, the version, the owner's store and those of the records that stood for
the same person, as they were when it was recorded. What was asked before a request said so is not judged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.audit_findings import Findings
from application.clocks import version_of
from application.organisation import Organisation
from application.people_then import PeopleThen, Records, same_then
from application.ports import Codec, Recorder, StoredFact
from domain.asking import Asking
from domain.document_store import DocumentStore, document_id, readings_stream, store_stream
from domain.dossier import Dossier
from domain.dossier_facts import SupplementRequested
from domain.facts import Category, Fact, Recorded
from domain.kept_documents import NO_DOCUMENTS, KeptDocuments
from domain.local_time import local_date
from domain.store_facts import DocumentKept, DocumentRead
from domain.terms import GENERAL_TERMS

STORES = (Category.STORE, Category.READING)
Facts = list[Recorded[Fact]]


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
        self._findings = findings
        self.judged: set[int] = set()

    async def check_asking(self, dossiers: Mapping[UUID, Facts]) -> None:
        """Dossiers with the facts of their own streams."""
        asked = {id: facts for id, facts in dossiers.items() if any(r.position in self.judged for r in facts)}
        owners = {owner for facts in asked.values() if (owner := getattr(facts[0].fact, "owner", None))}
        records = await self._people.duplicates(owners)
        kept = await self._stores([store_stream(one) for one in sorted(owners | records.keys())])
        for id, facts in asked.items():
            owner = getattr(facts[0].fact, "owner", None)
            self._asked(id, facts, _Stores(owner, records, kept))
        self.judged.clear()

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

    def _asked(self, id: UUID, facts: Facts, stores: _Stores) -> None:
        dossier = Dossier.empty(id)
        for recorded in facts:
            fact = recorded.fact
            if isinstance(fact, SupplementRequested) and recorded.position in self.judged:
                self._request(dossier, fact, recorded, stores)
            try:
                dossier.replay(fact)
            except Exception:  # named where dossiers are audited
                return

    def _request(
        self, dossier: Dossier, fact: SupplementRequested, recorded: Recorded[Fact], stores: _Stores
    ) -> None:
        at, allowed = fact.envelope.occurred_at, {one.component for one in fact.allowed}
        version = version_of(dossier, self._organisation, at)
        asking = Asking(
            dossier.id,
            dossier.provisions,
            GENERAL_TERMS.papers if version is None else version.terms.papers,
            dossier.case,
            stores.then(recorded.position),
            local_date(at),
        )
        for id in fact.components:
            held = asking.held(id)
            if held is not None and id not in allowed:
                self._findings.add(
                    "asked",
                    f"position {recorded.position} asks dossier {dossier.code} for {id}, which is held by "
                    f"the {held.by}, and does not say what let it",
                    position=recorded.position,
                    stream=dossier.id,
                )

    async def check(self, streams: Sequence[Sequence[StoredFact]]) -> None:
        """Whole streams of stores and of readings."""
        facts = [r for stream in streams for stored in stream if (r := self._decoded(stored)) is not None]
        named = {r.fact.dossier for r in facts if isinstance(r.fact, DocumentKept)}
        made_of = await self._versions(sorted(named))
        for recorded in facts:
            if said := _wrong(recorded.fact, made_of):
                position, stream = recorded.position, recorded.fact.originator_id
                self._findings.add("store", f"position {position} {said}", position=position, stream=stream)

    async def _versions(self, dossiers: Sequence[UUID]) -> dict[UUID, int]:
        """Up to which version the stream of each of these dossiers goes."""
        if not dossiers:
            return {}
        stored = await self._recorder.events_of_many(dossiers)
        return {row.stream_id: row.version for row in stored if row.category == Category.DOSSIER}


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


def _wrong(fact: Fact, made_of: Mapping[UUID, int]) -> str | None:
    """What is wrong with a fact of a store, or of the readings of a document."""
    if isinstance(fact, DocumentKept):
        if fact.originator_id != store_stream(fact.owner):
            return "keeps a document in another store than its owner's"
        if fact.document != document_id(fact.dossier, fact.dossier_version):
            return "keeps a document under another id than its fact gives"
        if fact.dossier_version > made_of.get(fact.dossier, 0):
            return f"keeps a document of a fact of the dossier {fact.dossier} that is not there"
    if isinstance(fact, DocumentRead) and fact.originator_id != readings_stream(fact.document):
        return "records a reading among those of another document"
    return None
