"""The audit of what is kept beside dossiers, some hundred streams at once: reminders, obstacles, papers, what
citizens say, and linked groups, name a part, agencies, officers and a dossier that are there, stand in the
stream that these give, and follow one another as they may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from application.audit_findings import Findings
from application.audit_linked import begun_in, wrong_group, wrong_group_due
from application.audit_voices import wrong_due, wrong_order
from application.organisation import Organisation
from application.ports import Codec, Recorder, StoredFact
from domain.coordination import ReceiverEscalated, coordination_stream_id
from domain.facts import Category, Fact, Recorded
from domain.handover_part import HandoverPart
from domain.obstacle_facts import ObstacleAssigned, ObstacleEscalated, ObstacleReported, ObstacleResolved
from domain.papers import missing_of, papers_stream_id
from domain.papers_facts import Original, PapersChecked, PapersListed

REGISTERS = (Category.COORDINATION, Category.OBSTACLE, Category.PAPERS, Category.VOICE, Category.LINKED)


class RegisterAuditor:
    def __init__(
        self, recorder: Recorder, codec: Codec, organisation: Organisation, findings: Findings
    ) -> None:
        self._recorder = recorder
        self._codec = codec
        self._organisation = organisation
        self._findings = findings
        self._groups: dict[UUID, UUID | None] = {}

    async def check(self, streams: Sequence[Sequence[StoredFact]]) -> None:
        """Whole streams of these categories."""
        read = [facts for stream in streams if (facts := self._decoded(stream))]
        named = {dossier for facts in read if (dossier := getattr(facts[0].fact, "dossier", None))}
        named.update(dossier for facts in read for dossier in begun_in(facts))
        first = await self._recorder.first_of(sorted(named)) if named else []
        self._groups = {row.stream_id: self._group_of(row) for row in first}
        there = {row.stream_id for row in first if row.category == Category.DOSSIER}
        for facts in read:
            self._names(facts, there)
            match facts[0].fact.CATEGORY:
                case Category.COORDINATION:
                    self._coordination(facts)
                case Category.OBSTACLE:
                    self._obstacle(facts)
                case Category.PAPERS:
                    self._papers(facts)
                case Category.VOICE:
                    self._voice(facts)
                case Category.LINKED:
                    self._linked(facts)

    def _decoded(self, stored: Sequence[StoredFact]) -> list[Recorded[Any]]:
        facts: list[Recorded[Any]] = []
        for row in stored:
            try:
                facts.append(self._codec.decode(row))
            except Exception:  # named in the pass by position
                continue
        return facts

    def _names(self, facts: Sequence[Recorded[Any]], there: set[UUID]) -> None:
        """Part, agency, dossier and officers of every fact are there."""
        known: dict[str, Any] = {
            "part": self._organisation.parts,
            "agency": self._organisation.agencies,
            "from_agency": self._organisation.agencies,
            "to_agency": self._organisation.agencies,
            "dossier": there,
            "officer": self._organisation.officers,
            "to_officer": self._organisation.officers,
        }
        for recorded in facts:
            for name, ids in known.items():
                named = getattr(recorded.fact, name, None)
                if named is not None and named not in ids:
                    self._says(f"names the {name} {named}, which is not there", recorded)

    def _coordination(self, facts: Sequence[Recorded[Any]]) -> None:
        for recorded in facts:
            fact = recorded.fact
            part = self._part(fact.part)
            if part and fact.originator_id != coordination_stream_id(
                fact.part, fact.agency, part.effective_at
            ):
                self._says("stands in another stream than its part and agency have", recorded)
            if fact.waiting < 1 or fact.oldest > recorded.recorded_at:
                word = "escalates" if isinstance(fact, ReceiverEscalated) else "reminds"
                self._says(f"{word} where nothing waited", recorded)

    def _obstacle(self, facts: Sequence[Recorded[Any]]) -> None:
        resolved = False
        for number, recorded in enumerate(facts):
            fact = recorded.fact
            if isinstance(fact, ObstacleReported) != (number == 0):
                self._says("begins no obstacle, or begins one again", recorded)
            elif resolved and isinstance(fact, ObstacleAssigned | ObstacleEscalated | ObstacleResolved):
                self._says("goes on with an obstacle that was resolved", recorded)
            resolved = resolved or isinstance(fact, ObstacleResolved)

    def _papers(self, facts: Sequence[Recorded[Any]]) -> None:
        listed: PapersListed | None = None
        for recorded in facts:
            fact = recorded.fact
            part = self._part(fact.part)
            if part and fact.originator_id != papers_stream_id(fact.part, fact.dossier, part.effective_at):
                self._says("stands in another stream than its part and dossier have", recorded)
            if isinstance(fact, PapersListed):
                listed = fact
            elif listed is None:
                self._says("checks papers that were not listed", recorded)
            elif isinstance(fact, PapersChecked):
                if _counts(fact.missing) != missing_of(_counts(listed.originals), _counts(fact.found)):
                    self._says("misses other papers than were listed and not found", recorded)
                if fact.agency != fact.envelope.holder:
                    self._says("checks papers for another agency than holds the dossier", recorded)

    def _voice(self, facts: Sequence[Recorded[Any]]) -> None:
        for recorded, what in wrong_order(facts, self._organisation):
            self._says(what, recorded)
        for recorded, what in wrong_due(facts, self._organisation):
            position, stream = recorded.position, recorded.fact.originator_id
            self._findings.add("due", f"position {position} {what}", position=position, stream=stream)

    def _linked(self, facts: Sequence[Recorded[Any]]) -> None:
        try:
            for recorded, what in wrong_group(facts, self._organisation, self._groups):
                self._says(what, recorded)
        except Exception as problem:  # a damaged stream cannot be replayed: named, and the others go on
            self._says(f"does not follow its stream: {problem}", facts[0])
        for recorded, what in wrong_group_due(facts, self._organisation):
            position, stream = recorded.position, recorded.fact.originator_id
            self._findings.add("due", f"position {position} {what}", position=position, stream=stream)

    def _group_of(self, stored: StoredFact) -> UUID | None:
        """The linked group that a dossier's first fact names."""
        for recorded in self._decoded([stored]):
            group: UUID | None = getattr(recorded.fact, "linked_group", None)
            return group
        return None

    def _part(self, id: UUID) -> HandoverPart | None:
        """The part, where it is there: what is not is named already."""
        return self._organisation.parts.get(id)

    def _says(self, what: str, recorded: Recorded[Fact]) -> None:
        position, stream = recorded.position, recorded.fact.originator_id
        self._findings.add("register", f"position {position} {what}", position=position, stream=stream)


def _counts(originals: Sequence[Original]) -> dict[str, int]:
    return {original.component: original.count for original in originals}
