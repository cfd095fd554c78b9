"""The audit of what handovers recorded beside the dossiers, some hundred streams at once: each `HandedOver`
says what was so at the hour, field by field, of a dossier that moved; each answer and decision was the
holder's or the coordination's to give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from application.audit_findings import Findings
from application.organisation import Organisation
from application.ports import Codec, Recorder, StoredFact
from application.statement import statement, until
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Fact, Recorded
from domain.handed_over import Moved, Placement, moved_by, placement_stream_id, stream_id
from domain.handed_over_facts import DossierHandedOver, DossierPlaced
from domain.holding import CONCLUDED, Step, StepKey, Steps, holder

Facts = list[Recorded[Fact]]
Placed = Mapping[UUID, Sequence[UUID]]
"""For each dossier that the coordination decided on: the streams in which it did."""


class HandoverAuditor:
    """`placed` of every dossier; `head`: the last position that the audit covers."""

    def __init__(
        self,
        recorder: Recorder,
        codec: Codec,
        organisation: Organisation,
        findings: Findings,
        placed: Placed,
        head: int,
    ) -> None:
        self._recorder = recorder
        self._codec = codec
        self._organisation = organisation
        self._findings = findings
        self._placed = placed
        self._head = head
        self._until: dict[StepKey, Steps] = {}

    async def with_placements(self, own: Mapping[UUID, Facts]) -> dict[UUID, Facts]:
        """The dossiers' own facts and the coordination's decisions on them, by position."""
        streams = {s: dossier for dossier in own for s in self._placed.get(dossier, ())}
        facts = {dossier: list(known) for dossier, known in own.items()}
        for recorded in await self._read(list(streams)):
            if isinstance(recorded.fact, DossierPlaced):
                facts[streams[recorded.fact.originator_id]].append(recorded)
        return {dossier: sorted(known, key=lambda r: r.position) for dossier, known in facts.items()}

    async def check(self, streams: Sequence[Sequence[StoredFact]]) -> None:
        """Whole streams of handed-over dossiers and placements."""
        read = [facts for stream in streams if (facts := self._decoded(stream))]
        own: dict[UUID, Facts] = {_dossier(facts[0]): [] for facts in read}
        for recorded in await self._read(list(own)):
            own[recorded.fact.originator_id].append(recorded)
        known = await self.with_placements(own)
        for facts in read:
            dossier = _dossier(facts[0])
            if not own[dossier]:
                self._says("transfer", f"names the dossier {dossier}, which is not there", facts[0])
                continue
            try:
                if isinstance(facts[0].fact, DossierHandedOver):
                    self._stated(facts, known[dossier])
                else:
                    self._said(facts, known[dossier])
            except Exception as problem:  # what cannot be replayed is named, and the others go on
                self._says("replay", f"cannot be judged: {problem}", facts[0])

    async def _read(self, streams: Sequence[UUID]) -> Facts:
        """What can be read of these streams; what cannot was named in the pass by position."""
        if not streams:
            return []
        stored = await self._recorder.events_of_many(streams)
        return self._decoded([row for row in stored if row.position <= self._head])

    def _decoded(self, stored: Sequence[StoredFact]) -> Facts:
        facts: Facts = []
        for row in stored:
            try:
                facts.append(self._codec.decode(row))
            except Exception:  # named in the pass by position
                continue
        return facts

    def _stated(self, facts: Facts, known: Facts) -> None:
        first, *more = facts
        fact = first.fact
        assert isinstance(fact, DossierHandedOver)
        for recorded in more:
            self._says("transfer", f"states the transfer of {fact.code} again", recorded)
        step = self._step(fact)
        if step is None:
            self._says("transfer", f"names a part or an hour of {fact.code} that is not scheduled", first)
            return
        if fact.originator_id != stream_id(step.part_id, step.part_version, fact.dossier, step.hour):
            self._says("transfer", f"states the transfer of {fact.code} in another dossier's stream", first)
        if first.recorded_at < step.hour:
            self._says("transfer", f"states the transfer of {fact.code} before its hour", first)
        before = [r for r in known if r.recorded_at < step.hour]
        if step.key not in self._until:
            self._until[step.key] = until(self._organisation, step)
        true = statement(self._organisation, self._until[step.key], step, before)
        if true is None:
            self._says("transfer", f"states a transfer of {fact.code}, which did not move", first)
            return
        stated = {name: getattr(fact, name) for name in true}
        true |= {"holder": true["to_agency"], "rules": (true["rule"],), "occurred_at": step.hour}
        stated |= {name: getattr(fact.envelope, name) for name in ("holder", "rules", "occurred_at")}
        wrong = [name for name in true if stated[name] != true[name]]
        if wrong:
            self._says(
                "transfer",
                f"states the transfer of {fact.code} otherwise than it was at the hour: {', '.join(wrong)}",
                first,
            )

    def _step(self, fact: DossierHandedOver) -> Step | None:
        for step in self._organisation.steps:
            if step.key == (fact.part, fact.part_version) and step.hour == fact.effective_at:
                return step
        return None

    def _said(self, facts: Facts, known: Facts) -> None:
        history = timeline(known)
        placement = Placement.empty(facts[0].fact.originator_id)
        for recorded in facts:
            self._one(recorded, history, placement)
            placement.replay(recorded.fact)

    def _one(self, recorded: Recorded[Any], history: DossierTimeline, placement: Placement) -> None:
        """What was said stands against what was known just before it."""
        fact, before, at = recorded.fact, recorded.position - 1, recorded.recorded_at
        part = self._organisation.parts.get(fact.part)
        if part is None or fact.originator_id != placement_stream_id(
            fact.part, fact.dossier, part.effective_at
        ):
            self._says(
                "placement", f"stands in another stream than its part and {history.code} have", recorded
            )
            return
        steps = self._organisation.steps_known_at(before)
        moved = moved_by(fact.part, history, steps, at, before)
        held = holder(history, steps, at, before)
        if moved is None or held is None:
            self._says("placement", f"is about {history.code}, which the part had not moved", recorded)
            return
        if isinstance(fact, DossierPlaced):
            self._decided(recorded, history.code, held.agency, moved, placement)
        elif not fact.agency == held.agency == fact.envelope.holder:
            self._says("placement", f"answers for {history.code}, which another agency held", recorded)

    def _decided(
        self, recorded: Recorded[Any], code: str, held: UUID, moved: Moved, placement: Placement
    ) -> None:
        fact: DossierPlaced = recorded.fact
        if fact.from_agency != held or fact.envelope.holder != fact.to_agency:
            self._says("placement", f"places {code} from or to another agency than it says", recorded)
        to = self._organisation.agencies.get(fact.to_agency)
        if to is None or not self._organisation.agency_open_at(to, recorded.recorded_at):
            self._says("placement", f"places {code} with an agency that is not there or not open", recorded)
        if moved.status in CONCLUDED:
            self._says("placement", f"places {code}, which was concluded", recorded)
        elif not moved.provisional and placement.answer != "refused":
            self._says("placement", f"places {code}, where nothing was to be decided", recorded)

    def _says(self, kind: str, what: str, recorded: Recorded[Any]) -> None:
        position = recorded.position
        stream = recorded.fact.originator_id
        self._findings.add(kind, f"position {position} {what}", position=position, stream=stream)


def _dossier(recorded: Recorded[Any]) -> UUID:
    dossier: UUID = recorded.fact.dossier
    return dossier
