"""The audit's pass in the order of streams: versions 1, 2, 3 …, and whole streams, some hundred at once,
judged by the auditors of dossiers, handovers, registers, stores and people."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from application.audit_dossiers import CODE_CLAIM, ClaimValue, DossierAuditor, ShownDossiers
from application.audit_erasures import Erasures
from application.audit_findings import Findings
from application.audit_handovers import HandoverAuditor
from application.audit_known import Known
from application.audit_people import PeopleAuditor
from application.audit_ports import LogScan
from application.audit_registers import REGISTERS, RegisterAuditor
from application.audit_stores import STORES, StoreAuditor
from application.flow import NAMES, Flow, Numbers
from application.people_then import LINKS, PeopleThen
from application.ports import Codec, Recorder, StoredFact
from domain.dossier_facts import SupplementRequested
from domain.facts import Category, Fact, Recorded

AT_ONCE = 500
BESIDE = (Category.HANDED_OVER, Category.PLACEMENT)
"""Streams in which a handover says something of a dossier."""


@dataclass(slots=True)
class _Waiting:
    """What was read and is judged together, some hundred at once: whole streams; of `people`, the ids of
    records that are linked with others."""

    dossiers: dict[UUID, list[Recorded[Fact]]] = field(default_factory=dict)
    beside: list[list[StoredFact]] = field(default_factory=list)
    registered: list[list[StoredFact]] = field(default_factory=list)
    kept: list[list[StoredFact]] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)

    @property
    def enough(self) -> bool:
        all_ = (self.dossiers, self.beside, self.registered, self.kept, self.people)
        return AT_ONCE in map(len, all_)


class StreamAuditor:
    """Takes stream after stream, up to the position `head`, at the ledger's time `now`. `shown`: None where
    what is shown is not compared."""

    def __init__(
        self,
        scan: LogScan,
        recorder: Recorder,
        codec: Codec,
        shown: ShownDossiers | None,
        claim_value: ClaimValue,
        known: Known,
        findings: Findings,
        now: datetime,
        head: int,
        erasures: Erasures,
    ) -> None:
        self._erasures = erasures
        organisation = known.organisation
        steps = organisation.steps
        self._scan = scan
        self._codec = codec
        self._findings = findings
        self._organisation = organisation
        self.flow = Flow([step.hour for step in steps if step.hour <= now], steps, now)
        people = PeopleThen(recorder, codec, head, merged=known.merged)
        self._dossiers = DossierAuditor(
            recorder, scan, claim_value, shown, organisation, findings, self.flow, now, head
        )
        self._handovers = HandoverAuditor(recorder, codec, organisation, findings, known.placed, head)
        self._registers = RegisterAuditor(recorder, codec, organisation, findings)
        self._stores = StoreAuditor(recorder, codec, organisation, people, findings)
        self._people = PeopleAuditor(people, findings)
        self._waiting = _Waiting()
        self.positions = 0
        self.dossiers = 0
        self.after: UUID | None = None
        """The last stream that was judged together with all before it."""

    async def take(self, stream: list[StoredFact]) -> bool:
        """One whole stream more; whether nothing waits to be judged now."""
        self.positions += len(stream)
        _versions(stream, self._findings)
        self._sort(stream, self._waiting)
        if not self._waiting.enough:
            return False
        await self.judge()
        self.after = stream[0].stream_id
        return True

    def _sort(self, stream: list[StoredFact], waiting: _Waiting) -> None:
        category = stream[0].category
        if category in BESIDE:
            waiting.beside.append(stream)
        elif category in REGISTERS:
            waiting.registered.append(stream)
        elif category in STORES:
            waiting.kept.append(stream)
        elif category == Category.CITIZEN:
            self._erasures.judge_streams(stream, self._codec, self._findings)
            if any(stored.topic in LINKS for stored in stream):
                waiting.people.append(stream[0].stream_id)
        elif category == Category.DOSSIER:
            self.dossiers += 1
            facts = [r for r in (_quietly(stored, self._codec) for stored in stream) if r is not None]
            waiting.dossiers[stream[0].stream_id] = facts
            self._stores.judged.update(s.position for s in stream if s.topic == SupplementRequested.TOPIC)
            if {stored.topic for stored in stream} - {recorded.fact.TOPIC for recorded in facts}:
                self._dossiers.began_earlier.add(stream[0].stream_id)

    async def judge(self) -> None:
        """All that waits."""
        waiting, self._waiting = self._waiting, _Waiting()
        if waiting.dossiers:
            await self._people.check_mandates(waiting.dossiers)
            await self._stores.check_asking(waiting.dossiers)
            whole = await self._handovers.with_placements(waiting.dossiers)
            await self._dossiers.check(list(whole.items()))
        if waiting.beside:
            await self._handovers.check(waiting.beside)
        if waiting.registered:
            await self._registers.check(waiting.registered)
        if waiting.kept:
            await self._stores.check(waiting.kept)
        if waiting.people:
            await self._people.check_links(waiting.people)

    async def sums(self) -> None:
        """What only a pass over all streams can say: as many codes as are claimed, stock and flow that add
        up."""
        claims = await self._scan.claims(CODE_CLAIM)
        if claims != self._dossiers.codes:
            says = f"{claims} codes are claimed, {self._dossiers.codes} dossiers have one"
            self._findings.add("code", says)
        for sentence in self.flow.unbalanced(self._organisation):
            self._findings.add("flow", sentence)

    def state(self) -> dict[str, Any]:
        """As primitives, for `resumed`; only while nothing waits to be judged."""
        counts = [
            [period, str(agency), [getattr(numbers, name) for name in NAMES]]
            for (period, agency), numbers in self.flow.counts.items()
        ]
        return {
            "after": str(self.after),
            "positions": self.positions,
            "dossiers": self.dossiers,
            "codes": self._dossiers.codes,
            "flow": {"dossiers": self.flow.dossiers, "counts": counts},
        }

    def resumed(self, state: Mapping[str, Any]) -> None:
        """Go on after the last stream that an interrupted audit had judged."""
        self.after = UUID(state["after"])
        self.positions, self.dossiers = state["positions"], state["dossiers"]
        self._dossiers.codes = state["codes"]
        self.flow.dossiers = state["flow"]["dossiers"]
        self.flow.counts = {
            (period, UUID(agency)): Numbers(*numbers) for period, agency, numbers in state["flow"]["counts"]
        }


def _quietly(stored: StoredFact, codec: Codec) -> Recorded[Fact] | None:
    """Decoded, or None: what cannot be read was named in the pass by position."""
    try:
        return codec.decode(stored)
    except Exception:
        return None


async def streams_of(pages: AsyncIterator[Sequence[StoredFact]]) -> AsyncIterator[list[StoredFact]]:
    """One stream at a time; a stream of an office is short."""
    stream: list[StoredFact] = []
    async for page in pages:
        for stored in page:
            if stream and stored.stream_id != stream[0].stream_id:
                yield stream
                stream = []
            stream.append(stored)
    if stream:
        yield stream


def _versions(stream: list[StoredFact], findings: Findings) -> None:
    for expected, stored in enumerate(stream, 1):
        if stored.version != expected:
            findings.add(
                "version",
                f"stream {stored.stream_id} has version {stored.version} where {expected} belongs "
                f"(position {stored.position})",
                stored,
            )
            return
