"""Is the whole ledger sound? One pass in the order of positions, one in the order of streams, both over one
snapshot, streaming.

Checked: positions 1, 2, 3 … each once; recorded times never going back; leaves recomputed from the stored
bytes; topics known and bytes readable; versions of every stream 1, 2, 3 …; officers acting through postings
that stood then; one holder of every dossier, in the log and in the read model, as the definition says; every
transfer stated as it was, none missing and none too many; answers and decisions by whom they were for;
reminders, obstacles, papers and what citizens say of what is there; nothing asked for that was held, and
every document in its owner's store; every mandate that a dossier was filed under, and both ends of every link
between two records of one person; one claim for each code; due dates as
the calendar known then gives them, and as they are shown; stock and flow of every agency and handed in =
handed out; every file that a fact names in the file store (`hoso files check` reads them too).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from application.audit_dossiers import CODE_CLAIM, ClaimValue, DossierAuditor, ShownDossiers
from application.audit_files import FileAuditor, StoreLookedAt
from application.audit_findings import Findings
from application.audit_handovers import HandoverAuditor
from application.audit_people import PeopleAuditor
from application.audit_ports import LogScan
from application.audit_postings import check_posting
from application.audit_registers import REGISTERS, RegisterAuditor
from application.audit_stores import STORES, StoreAuditor
from application.flow import Flow
from application.leaf import leaf
from application.organisation import Organisation
from application.people_then import LINKS, PeopleThen
from application.ports import Codec, Recorder, StoredFact
from domain.dossier_facts import SupplementRequested
from domain.facts import Category, Fact, Recorded
from domain.files import files_of
from domain.handed_over_facts import DossierPlaced

AT_ONCE = 500
BESIDE = (Category.HANDED_OVER, Category.PLACEMENT)
"""Streams in which a handover says something of a dossier."""


@dataclass(frozen=True, slots=True)
class Audit:
    """`positions`: how many the log has; `findings`: what is wrong, each a dict with kind, position, stream
    and a sentence."""

    ok: bool
    positions: int
    dossiers: int
    findings: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class _Known:
    """What the pass by position leaves for the pass by stream."""

    organisation: Organisation = field(default_factory=Organisation)
    placed: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    """For each dossier that the coordination decided on, the streams in which it did."""
    merged: bool = False
    """Whether any two records of people were ever linked."""


async def audit(
    scan: LogScan,
    recorder: Recorder,
    codec: Codec,
    shown: ShownDossiers,
    *,
    claim_value: ClaimValue,
    now: datetime,
    store: StoreLookedAt,
    progress: Callable[[int], None] = lambda done: None,
) -> Audit:
    """Audit the log as `scan` sees it, at the ledger's time `now`. `claim_value`: the keyed hash of a
    claim. `store`: the file store; one that cannot be looked at is a finding. `progress` gets the number of
    rows read so far (each is read twice)."""
    findings = Findings()
    files = FileAuditor(store)
    known = await _by_position(scan, codec, findings, files, progress)
    await shown.shown(scan.head)
    steps = known.organisation.steps
    flow = Flow([step.hour for step in steps if step.hour <= now], steps, now)
    people = PeopleThen(recorder, codec, scan.head, merged=known.merged)
    auditors = _Auditors(
        DossierAuditor(
            recorder, scan, claim_value, shown, known.organisation, findings, flow, now, scan.head
        ),
        HandoverAuditor(recorder, codec, known.organisation, findings, known.placed, scan.head),
        RegisterAuditor(recorder, codec, known.organisation, findings),
        StoreAuditor(recorder, codec, known.organisation, people, findings),
        PeopleAuditor(people, findings),
    )
    count = await _by_stream(scan, codec, findings, auditors, progress)
    claims = await scan.claims(CODE_CLAIM)
    if claims != auditors.dossiers.codes:
        findings.add("code", f"{claims} codes are claimed, {auditors.dossiers.codes} dossiers have one")
    for sentence in flow.unbalanced(known.organisation):
        findings.add("flow", sentence)
    files.report(findings)
    return Audit(findings.none, count.positions, count.dossiers, findings.listed())


async def _by_position(
    scan: LogScan, codec: Codec, findings: Findings, files: FileAuditor, progress: Callable[[int], None]
) -> _Known:
    known = _Known()
    expected, last_time = 1, None
    read = 0
    async for page in scan.by_position():
        names: list[tuple[str, StoredFact]] = []
        for stored in page:
            if stored.position != expected:
                findings.order(stored, expected)
            expected = stored.position + 1
            if last_time is not None and stored.recorded_at < last_time:
                findings.add("time", f"position {stored.position} is dated before the one ahead", stored)
            last_time = stored.recorded_at
            if leaf(stored) != stored.leaf:
                findings.add(
                    "leaf", f"the leaf of position {stored.position} does not cover its stored bytes", stored
                )
            known.merged = known.merged or stored.topic in LINKS
            recorded = _decoded(stored, codec, findings)
            _fold(recorded, known, findings, stored)
            if recorded is not None:
                names += [(file, stored) for file in files_of(recorded.fact)]
        await files.check(names)
        read += len(page)
        progress(read)
    if expected - 1 != scan.head:
        findings.add("order", f"the log ends at position {expected - 1}, its head says {scan.head}")
    return known


def _decoded(stored: StoredFact, codec: Codec, findings: Findings) -> Recorded[Fact] | None:
    try:
        recorded = codec.decode(stored)
    except Exception as problem:  # whatever a damaged payload raises is a finding, and the audit goes on
        findings.add("bytes", f"the payload of position {stored.position} cannot be read: {problem}", stored)
        return None
    if stored.category != recorded.fact.CATEGORY:
        findings.add("category", f"position {stored.position} has another stream's category", stored)
    return recorded


def _fold(recorded: Recorded[Fact] | None, known: _Known, findings: Findings, stored: StoredFact) -> None:
    if recorded is None:
        return
    fact = recorded.fact
    check_posting(recorded, known.organisation, findings)
    if isinstance(fact, DossierPlaced):
        streams = known.placed.get(fact.dossier, ())
        if fact.originator_id not in streams:
            known.placed[fact.dossier] = (*streams, fact.originator_id)
    elif fact.CATEGORY in Category.DECIDING:
        try:
            known.organisation.apply(recorded)
        except Exception as problem:  # a stream with a hole cannot be folded
            findings.add(
                "replay", f"position {stored.position} does not follow its stream: {problem}", stored
            )


@dataclass(frozen=True, slots=True)
class _Auditors:
    dossiers: DossierAuditor
    handovers: HandoverAuditor
    registers: RegisterAuditor
    stores: StoreAuditor
    people: PeopleAuditor


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


@dataclass(slots=True)
class _Count:
    positions: int = 0
    dossiers: int = 0


async def _by_stream(
    scan: LogScan,
    codec: Codec,
    findings: Findings,
    auditors: _Auditors,
    progress: Callable[[int], None],
) -> _Count:
    count = _Count()
    waiting = _Waiting()
    async for stream in _streams(scan, lambda read: progress(scan.head + read)):
        count.positions += len(stream)
        _versions(stream, findings)
        if stream[0].category in BESIDE:
            waiting.beside.append(stream)
        elif stream[0].category in REGISTERS:
            waiting.registered.append(stream)
        elif stream[0].category in STORES:
            waiting.kept.append(stream)
        elif stream[0].category == Category.CITIZEN:
            if any(stored.topic in LINKS for stored in stream):
                waiting.people.append(stream[0].stream_id)
        elif stream[0].category == Category.DOSSIER:
            count.dossiers += 1
            facts = [r for r in (_quietly(stored, codec) for stored in stream) if r is not None]
            waiting.dossiers[stream[0].stream_id] = facts
            auditors.stores.judged.update(s.position for s in stream if s.topic == SupplementRequested.TOPIC)
            if {stored.topic for stored in stream} - {recorded.fact.TOPIC for recorded in facts}:
                auditors.dossiers.began_earlier.add(stream[0].stream_id)
        if waiting.enough:
            await _judge(auditors, waiting)
    await _judge(auditors, waiting)
    return count


async def _judge(auditors: _Auditors, waiting: _Waiting) -> None:
    if waiting.dossiers:
        await auditors.people.check_mandates(waiting.dossiers)
        await auditors.stores.check_asking(waiting.dossiers)
        whole = await auditors.handovers.with_placements(waiting.dossiers)
        await auditors.dossiers.check(list(whole.items()))
        waiting.dossiers.clear()
    if waiting.beside:
        await auditors.handovers.check(waiting.beside)
        waiting.beside.clear()
    if waiting.registered:
        await auditors.registers.check(waiting.registered)
        waiting.registered.clear()
    if waiting.kept:
        await auditors.stores.check(waiting.kept)
        waiting.kept.clear()
    if waiting.people:
        await auditors.people.check_links(waiting.people)
        waiting.people.clear()


def _quietly(stored: StoredFact, codec: Codec) -> Recorded[Fact] | None:
    """Decoded, or None: what cannot be read was named in the pass by position."""
    try:
        return codec.decode(stored)
    except Exception:
        return None


async def _streams(scan: LogScan, progress: Callable[[int], None]) -> AsyncIterator[list[StoredFact]]:
    """One stream at a time; a stream of an office is short."""
    stream: list[StoredFact] = []
    read = 0
    async for page in scan.by_stream():
        for stored in page:
            if stream and stored.stream_id != stream[0].stream_id:
                yield stream
                stream = []
            stream.append(stored)
        read += len(page)
        progress(read)
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
