"""What the audit's pass by position leaves for the pass by stream: the organisation, folded fact by fact, and
in which streams the coordination decided. A pass that begins later, or goes on, is given what came before."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from application.audit_findings import Findings
from application.audit_ports import LogScan
from application.organisation import Organisation
from application.people_then import LINKS
from application.ports import Codec, StoredFact
from domain.facts import Category, Fact, Recorded
from domain.handed_over_facts import DossierPlaced


@dataclass(slots=True)
class Known:
    organisation: Organisation = field(default_factory=Organisation)
    placed: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    """For each dossier that the coordination decided on, the streams in which it did."""
    merged: bool = False
    """Whether any two records of people were ever linked."""

    def take(self, recorded: Recorded[Fact], stored: StoredFact, findings: Findings | None) -> None:
        """One fact more. What does not follow is found, unless it was found before (None)."""
        fact = recorded.fact
        self.merged = self.merged or stored.topic in LINKS
        if isinstance(fact, DossierPlaced):
            streams = self.placed.get(fact.dossier, ())
            if fact.originator_id not in streams:
                self.placed[fact.dossier] = (*streams, fact.originator_id)
        elif fact.CATEGORY in Category.DECIDING:
            try:
                self.organisation.apply(recorded)
            except Exception as problem:  # a stream with a hole cannot be folded
                if findings is not None:
                    findings.add(
                        "replay", f"position {stored.position} does not follow its stream: {problem}", stored
                    )


async def known_until(scan: LogScan, codec: Codec, position: int) -> Known:
    """What the facts up to a position say. They are not judged: who audited them did."""
    known = Known(merged=position > 0)  # without looking at every citizen: it only saves reading
    if position:
        await _take(known, scan, codec, Category.DECIDING, position)
    if known.organisation.parts:
        await _take(known, scan, codec, (Category.PLACEMENT,), position)
    return known


async def _take(
    known: Known, scan: LogScan, codec: Codec, categories: tuple[int, ...], position: int
) -> None:
    async for page in scan.of_categories(categories, position):
        for stored in page:
            try:
                recorded = codec.decode(stored)
            except Exception:  # named where its part of the log is audited
                continue
            known.take(recorded, stored, None)
