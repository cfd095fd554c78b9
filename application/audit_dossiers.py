"""The audit of dossiers, some hundred at once: holder, transfers, due dates, what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from application.audit_findings import Findings
from application.flow import Flow
from application.organisation import Organisation
from application.ports import Codec, Recorder, ShownHolders
from domain.calendar import CalendarUnknown
from domain.deadlines import due
from domain.dossier_facts import DossierAccepted
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Fact, Recorded
from domain.handed_over import history_digest, stream_id
from domain.handover_facts import DossierHandedOver
from domain.holding import Held, Step, holder, spells

Facts = list[Recorded[Fact]]


class DossierAuditor:
    """`now` is the ledger's time of the audit, `head` the last position that it covers."""

    def __init__(
        self,
        recorder: Recorder,
        codec: Codec,
        shown: ShownHolders,
        organisation: Organisation,
        findings: Findings,
        flow: Flow,
        now: datetime,
        head: int,
    ) -> None:
        self._recorder = recorder
        self._codec = codec
        self._shown = shown
        self._organisation = organisation
        self._findings = findings
        self._flow = flow
        self._now = now
        self._head = head

    async def check(self, dossiers: Sequence[tuple[UUID, Facts]]) -> None:
        """Each dossier with its facts by position, those of its placements that set a holder included."""
        known: dict[UUID, DossierTimeline] = {}
        for dossier_id, facts in dossiers:
            try:
                known[dossier_id] = timeline(facts)
            except Exception as problem:  # a damaged stream cannot be replayed: named, and the others go on
                self._findings.add(
                    "replay", f"dossier {dossier_id} cannot be replayed: {problem}", stream=dossier_id
                )
                continue
            self._holders(known[dossier_id], facts)
            self._due_dates(facts)
            if known[dossier_id].holder_sets:
                self._flow.add(known[dossier_id], self._past(known[dossier_id]))
        await self._transfers(dossiers, known)
        await self._compare_shown(known)

    def _past(self, known: DossierTimeline) -> list[Held]:
        return [h for h in spells(known, self._organisation.steps) if h.since <= self._now]

    def _holders(self, known: DossierTimeline, facts: Facts) -> None:
        """Every fact of a dossier names the agency that held it, and the definition says the same."""
        if known.quarantined:
            return
        for recorded in facts:
            steps = self._organisation.steps_known_at(recorded.position)
            held = holder(known, steps, recorded.recorded_at, recorded.position)
            named = recorded.fact.envelope.holder
            if held is None or named != held.agency:
                self._findings.add(
                    "holder",
                    f"position {recorded.position} names {self._name(named)} as the holder of {known.code}, "
                    f"by the definition it is {self._name(held.agency if held else None)}",
                    position=recorded.position,
                    stream=known.dossier_id,
                )
        held = holder(known, self._organisation.steps, self._now)
        if held is None or (
            not held.ended_here
            and not self._organisation.agency_open_at(self._organisation.agencies[held.agency], self._now)
        ):
            self._findings.add(
                "holder", f"dossier {known.code} has no holder that is open", stream=known.dossier_id
            )

    def _due_dates(self, facts: Facts) -> None:
        for recorded in facts:
            fact = recorded.fact
            if not isinstance(fact, DossierAccepted) or fact.limit_amount is None or fact.limit_unit is None:
                continue
            calendar = self._organisation.calendar_known_at(fact.calendar_position)
            try:
                expected = due(fact.limit_amount, fact.limit_unit, fact.counted_from, calendar)
            except CalendarUnknown as unknown:
                self._findings.add("due", f"{unknown}, yet position {recorded.position} counts on it")
                continue
            if expected != fact.statutory_due:
                self._findings.add(
                    "due",
                    f"position {recorded.position} states the due date {fact.statutory_due}, "
                    f"the calendar known then gives {expected}",
                    position=recorded.position,
                    stream=fact.originator_id,
                )

    async def _transfers(
        self, dossiers: Sequence[tuple[UUID, Facts]], known: dict[UUID, DossierTimeline]
    ) -> None:
        """What a `HandedOver` states is what was so at the hour; where the transfer is finished none is
        missing."""
        expected: dict[UUID, tuple[UUID, Step]] = {}
        for dossier_id in known:
            for step in self._organisation.steps:
                if step.hour <= self._now and self._moves(known[dossier_id], step):
                    expected[stream_id(step.part_id, step.part_version, dossier_id, step.hour)] = (
                        dossier_id,
                        step,
                    )
        facts = dict(dossiers)
        found = await self._recorder.events_of_many(list(expected)) if expected else []
        for stored in found:
            dossier_id, step = expected.pop(stored.stream_id)
            fact = self._codec.decode(stored).fact
            if isinstance(fact, DossierHandedOver):
                self._stated(fact, stored.position, known[dossier_id], facts[dossier_id], step)
        for dossier_id, step in expected.values():
            if self._organisation.parts[step.part_id].finished is not None:
                self._findings.add(
                    "transfer",
                    f"dossier {known[dossier_id].code} moved, and no transfer states it",
                    stream=dossier_id,
                )

    def _moves(self, known: DossierTimeline, step: Step) -> bool:
        was, is_now = self._around(known, step)
        if was is None or was.ended_here or not step.rules.ends(was.agency):
            return False
        return is_now is not None and not is_now.ended_here

    def _around(self, known: DossierTimeline, step: Step) -> tuple[Held | None, Held | None]:
        """Who held just before the step and who since, by what was recorded before its hour: a fact
        recorded in that very instant comes after it."""
        recorded = replace(known, holder_sets=tuple(h for h in known.holder_sets if h.at < step.hour))
        before = [s for s in self._organisation.steps if s.hour < step.hour]
        return holder(recorded, before, step.hour), holder(recorded, self._organisation.steps, step.hour)

    def _stated(
        self, fact: DossierHandedOver, position: int, known: DossierTimeline, facts: Facts, step: Step
    ) -> None:
        own = [r for r in facts if r.fact.originator_id == known.dossier_id and r.recorded_at < step.hour]
        before, after = self._around(known, step)
        stated = (fact.from_agency, fact.to_agency, fact.revision, fact.history_digest)
        true = (
            before.agency if before else None,
            after.agency if after else None,
            known.revision_before(step.hour),
            history_digest([r.leaf for r in own]),
        )
        if stated != true:
            self._findings.add(
                "transfer",
                f"position {position} states the transfer of {known.code} otherwise than it was at the hour",
                position=position,
                stream=known.dossier_id,
            )

    async def _compare_shown(self, known: dict[UUID, DossierTimeline]) -> None:
        shown = await self._shown.holders(list(known), self._now)
        for dossier_id, history in known.items():
            rows = shown.get(dossier_id, [])
            if any(position > self._head for _, position in rows):
                continue  # it was acted on since the audit began
            held = holder(history, self._organisation.steps, self._now)
            true = [held.agency] if held else []
            if [agency for agency, _ in rows if agency is not None] != true:
                names = ", ".join(self._name(agency) for agency, _ in rows) or "nobody"
                self._findings.add(
                    "shown",
                    f"the view status names {names} as the holder of {history.code}, "
                    f"by the definition it is {', '.join(map(self._name, true)) or 'nobody'}",
                    stream=dossier_id,
                )

    def _name(self, agency: UUID | None) -> str:
        known = self._organisation.agencies.get(agency) if agency else None
        return known.identifier if known else str(agency)
