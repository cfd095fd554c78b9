"""The audit of dossiers, some hundred at once: holder, code, transfers, due dates, what is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from application.audit_clocks import wrong_dates
from application.audit_findings import Findings
from application.audit_ports import LogScan, ShownHolders
from application.flow import Flow
from application.organisation import Organisation
from application.ports import Recorder
from application.statement import moves
from domain.agency import Agency
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Fact, Recorded
from domain.handed_over import stream_id
from domain.holding import StepKey, holder

Facts = list[Recorded[Fact]]
ClaimValue = Callable[[str, str], bytes]
CODE_CLAIM = "dossier_code"


class ShownDates(NamedTuple):
    """The three dates that the view shows, and the position of the dossier's last fact in it."""

    position: int
    statutory: datetime | None
    promised: datetime | None
    extended: datetime | None


class ShownDossiers(ShownHolders, Protocol):
    """What the view `status` shows, for the audit to compare."""

    async def dates(self, dossiers: Sequence[UUID]) -> dict[UUID, ShownDates]:
        """Of each of these that it shows."""
        ...


class DossierAuditor:
    """`now` is the ledger's time of the audit, `head` the last position that it covers; `codes`: how many
    codes it has found so far; `shown`: None where what is shown is not compared."""

    def __init__(
        self,
        recorder: Recorder,
        scan: LogScan,
        claim_value: ClaimValue,
        shown: ShownDossiers | None,
        organisation: Organisation,
        findings: Findings,
        flow: Flow,
        now: datetime,
        head: int,
    ) -> None:
        self._recorder = recorder
        self._scan = scan
        self._claim_value = claim_value
        self.codes = 0
        self._shown = shown
        self._organisation = organisation
        self._findings = findings
        self._flow = flow
        self._now = now
        self._head = head
        self._come = organisation.steps.until(now)
        self._hours = {step.key: step.hour for step in self._come}
        self._open: dict[UUID, bool] = {}
        self.began_earlier: set[UUID] = set()
        """Of the dossiers checked next, those with facts of an earlier release."""

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
            self._flow.add(known[dossier_id])
        await self._transfers(known)
        await self._codes(known)
        await self._compare_shown(known)
        await self._compare_dates(known)
        self.began_earlier.clear()

    async def _codes(self, known: dict[UUID, DossierTimeline]) -> None:
        """Each code is claimed for its own dossier, and for one only."""
        values = {
            dossier_id: self._claim_value(CODE_CLAIM, history.code)
            for dossier_id, history in known.items()
            if not history.quarantined
        }
        self.codes += len(values)
        claimed = await self._scan.claimed(CODE_CLAIM, list(values.values()))
        for dossier_id, value in values.items():
            owner, history = claimed.get(value), known[dossier_id]
            if owner != dossier_id:
                names = f"another dossier, {owner}" if owner else "nobody"
                self._findings.add(
                    "code", f"the code {history.code} is claimed for {names}", stream=dossier_id
                )

    def _holders(self, known: DossierTimeline, facts: Facts) -> None:
        """Every fact of a dossier names the agency that held it, and the definition says the same."""
        if known.quarantined:
            return
        for recorded in facts:
            then, named = self._holder_then(known, recorded), recorded.fact.envelope.holder
            if then is None or named != then:
                self._findings.add(
                    "holder",
                    f"position {recorded.position} names {self._name(named)} as the holder of {known.code}, "
                    f"by the definition it is {self._name(then)}",
                    position=recorded.position,
                    stream=known.dossier_id,
                )
        held = holder(known, self._organisation.steps, self._now)
        agency = self._organisation.agencies.get(held.agency) if held else None
        if held is None or agency is None:
            self._findings.add(
                "holder",
                f"dossier {known.code} is held by {held.agency if held else 'nobody'}, which is no agency",
                stream=known.dossier_id,
            )
        elif not held.ended_here and not self._is_open(agency):
            self._findings.add(
                "holder", f"dossier {known.code} has no holder that is open", stream=known.dossier_id
            )

    def _holder_then(self, known: DossierTimeline, recorded: Recorded[Fact]) -> UUID | None:
        """Who held it once this fact was recorded. Before the first hour that was whom a fact had named."""
        steps = self._organisation.steps_known_at(recorded.position)
        if not steps or recorded.recorded_at < steps[0].hour:
            sets = [h for h in known.holder_sets if h.position <= recorded.position]
            return sets[-1].agency if sets else None
        held = holder(known, steps, recorded.recorded_at, recorded.position)
        return held.agency if held else None

    def _is_open(self, agency: Agency) -> bool:
        if agency.id not in self._open:
            self._open[agency.id] = self._organisation.agency_open_at(agency, self._now)
        return self._open[agency.id]

    def _due_dates(self, facts: Facts) -> None:
        for position, stream, said in wrong_dates(facts, self._organisation, self.began_earlier):
            self._findings.add("due", said, position=position, stream=stream)

    async def _transfers(self, known: dict[UUID, DossierTimeline]) -> None:
        """Where the transfer is finished no `HandedOver` is missing; what they state is audited apart."""
        expected: dict[UUID, tuple[UUID, StepKey]] = {}
        for dossier_id, history in known.items():
            for key in moves(self._come, history):
                expected[stream_id(*key, dossier_id, self._hours[key])] = dossier_id, key
        if expected:
            for stream in await self._recorder.positions_of(list(expected)):
                del expected[stream]
        for dossier_id, key in expected.values():
            if key.part_version in self._organisation.parts[key.part_id].finished:
                self._findings.add(
                    "transfer",
                    f"dossier {known[dossier_id].code} moved, and no transfer states it",
                    stream=dossier_id,
                )

    async def _compare_shown(self, known: dict[UUID, DossierTimeline]) -> None:
        if self._shown is None:
            return
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

    async def _compare_dates(self, known: dict[UUID, DossierTimeline]) -> None:
        """What is shown as due is what the log gives: its facts were worked out again before."""
        if self._shown is None:
            return
        shown = await self._shown.dates(list(known))
        for dossier_id, history in known.items():
            row, of = shown.get(dossier_id), history.dossier
            if history.quarantined or row is None or row.position > self._head:
                continue
            true = (of.statutory_due, of.promised, of.extended_until)
            if row[1:] != true:
                said = f"shows {_told(row[1:])} as due for {history.code}, the log has {_told(true)}"
                self._findings.add("shown", f"the view status {said}", stream=dossier_id)

    def _name(self, agency: UUID | None) -> str:
        known = self._organisation.agencies.get(agency) if agency else None
        return known.identifier if known else str(agency)


def _told(dates: Sequence[datetime | None]) -> str:
    return ", ".join(str(instant) for instant in dates if instant) or "nothing"
