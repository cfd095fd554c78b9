"""The audit of erasures: each was requested by one and carried out by another (or by a retention run), stands
in the stream of every record that it names and in no other, and is finished: no key, nothing that finds the
person, and no file is left. And no key was destroyed of which no erasure says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from application.audit_findings import Findings
from application.audit_ports import LogScan
from application.ports import Codec, StoredFact
from domain.citizen_facts import CitizenErased
from domain.erasure_facts import ErasureCarriedOut, ErasureRequested
from domain.facts import Actor, Category

KIND: Final = "erasure"
CHUNK: Final = 10_000


@dataclass(slots=True)
class Erasures:
    """What the log says of erasures up to a position. `subjects`: who was erased, and by which position;
    `citizens`: by erasure, the records that it names, until their streams have said so."""

    subjects: dict[UUID, int] = field(default_factory=dict)
    citizens: dict[UUID, set[UUID]] = field(default_factory=dict)

    def judge_streams(self, stream: Iterable[StoredFact], codec: Codec, findings: Findings) -> None:
        """The stream of a record: the erasure that it names is on record, and names it."""
        for stored in stream:
            if stored.topic != CitizenErased.TOPIC:
                continue
            fact = codec.decode(stored).fact
            assert isinstance(fact, CitizenErased)
            named = self.citizens.get(fact.erasure)
            if named is None or stored.stream_id not in named:
                says = f"position {stored.position} says that {stored.stream_id} was erased, no erasure does"
                findings.add(KIND, says, stored)
            else:
                named.discard(stored.stream_id)

    def report(self, findings: Findings) -> None:
        """After all streams: records of whom only the erasure itself says that they were erased."""
        for erasure, left in self.citizens.items():
            for citizen in sorted(left):
                says = f"the erasure {erasure} names {citizen}, whose own stream does not say so"
                findings.add(KIND, says, position=self.subjects[citizen], stream=citizen)


async def erasures_until(scan: LogScan, codec: Codec, head: int, findings: Findings) -> Erasures:
    """Read by their category, so that a part of the log can be audited too."""
    known = Erasures()
    asked: dict[UUID, tuple[Actor, bool, tuple[UUID, ...]]] = {}
    async for page in scan.of_categories((Category.ERASURE,), head):
        for stored in page:
            try:
                fact = codec.decode(stored).fact
            except Exception:  # named in the pass by position
                continue
            if isinstance(fact, ErasureRequested):
                asked[stored.stream_id] = fact.envelope.actor, fact.run is not None, fact.citizens
            elif isinstance(fact, ErasureCarriedOut):
                _carried_out(known, stored, fact, asked.pop(stored.stream_id, None), findings)
    return known


def _carried_out(
    known: Erasures,
    stored: StoredFact,
    fact: ErasureCarriedOut,
    request: tuple[Actor, bool, tuple[UUID, ...]] | None,
    findings: Findings,
) -> None:
    known.subjects |= dict.fromkeys(fact.subjects, stored.position)
    if request is None:
        findings.add(KIND, f"position {stored.position} carries out what nobody had requested", stored)
        return
    by, run, citizens = request
    if not run and by == fact.envelope.actor:
        says = f"position {stored.position} carries out what the same officer had requested"
        findings.add(KIND, says, stored)
    if not set(citizens) <= set(fact.subjects):
        says = f"position {stored.position} leaves out a record of the person whom it erases"
        findings.add(KIND, says, stored)
    known.citizens[stored.stream_id] = set(citizens) & set(fact.subjects)


async def check_keys(scan: LogScan, known: Erasures, findings: Findings) -> None:
    """What the tables of keys still have, and what they lack without a reason. Only where the audit reaches
    the log's end: what was erased after it has no key either."""
    ids = list(known.subjects)
    for start in range(0, len(ids), CHUNK):
        for subject, table in await scan.still_kept(ids[start : start + CHUNK]):
            position = known.subjects[subject]
            findings.add(
                KIND,
                f"position {position} erased {subject}, of whom {table} still has a row: run `hoso erase "
                "finish --all`",
                position=position,
                stream=subject,
            )
    for subject in await scan.destroyed():
        if subject not in known.subjects:
            says = f"the key of {subject} was destroyed, and no erasure on record says so"
            findings.add(KIND, says, stream=subject)
