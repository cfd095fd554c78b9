"""A small world for the views' tests: a log in memory that hands out pages as the recorder does, and facts
of a province in which districts end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from domain import handover_facts as h
from domain.agency_facts import AgencyFounded
from domain.facts import Actor, Envelope, Fact, Recorded, Sealed
from domain.procedure import ProcedureVersionPublished
from domain.unit_facts import UnitEstablished
from projections.view import Log

START = datetime(2025, 6, 1, tzinfo=UTC)
HOUR = datetime(2025, 6, 30, 17, tzinfo=UTC)  # midnight in Vietnam
NOW = datetime(2025, 6, 15, tzinfo=UTC)


def uid(kind: int, number: int) -> UUID:
    """An id that sorts by kind and number, of version 7 in form."""
    return UUID(f"{kind:08x}-0000-7000-8000-{number:012x}")


PROVINCE, PROVINCE_AFTER = uid(1, 1), uid(1, 2)
DISTRICTS = [uid(2, n) for n in range(3)]
OLD = [uid(3, n) for n in range(6)]
NEW = [uid(4, n) for n in range(3)]
PROVINCE_DESK, PROVINCE_DESK_AFTER = uid(11, 1), uid(11, 2)
DISTRICT_DESK = [uid(12, n) for n in range(3)]
OLD_DESK = [uid(13, n) for n in range(6)]
NEW_DESK = [uid(14, n) for n in range(3)]
ACT, PART, OTHER_PART = uid(7, 1), uid(8, 1), uid(8, 2)
OFFICER = uid(5, 1)
PROCEDURES = {"1.001": "commune", "1.002": "province", "1.003": "abolished"}


@dataclass(frozen=True)
class Row:
    """What the runner sees of a row of the log; `fact` stands for its bytes."""

    position: int
    stream_id: UUID
    category: int
    topic: str
    recorded_at: datetime
    fact: Fact | None


@dataclass
class MemoryLog:
    """The log's port over a list. A fact of None cannot be decoded."""

    rows: list[Row] = field(default_factory=list)

    def add(self, fact: Fact, at: datetime) -> int:
        position = len(self.rows) + 1
        assert not self.rows or self.rows[-1].recorded_at <= at, "recorded_at never goes back"
        self.rows.append(Row(position, fact.originator_id, fact.CATEGORY, fact.TOPIC, at, fact))
        return position

    def add_unreadable(self, dossier: UUID, at: datetime) -> int:
        self.rows.append(Row(len(self.rows) + 1, dossier, 100, "dossier.odd.v1", at, None))
        return len(self.rows)

    @property
    def head(self) -> int:
        return len(self.rows)

    def recorded(self, position: int) -> Recorded[Any]:
        row = self.rows[position - 1]
        return Recorded(row.fact, position, row.recorded_at, b"")

    async def follow(self, position: int, page: int) -> AsyncIterator[Sequence[Row]]:
        while True:
            rows = self.rows[position : position + page]
            if rows:
                position = rows[-1].position
                yield rows
            else:
                await asyncio.sleep(0.01)

    async def events_after(self, position: int, limit: int, categories: tuple[int, ...]) -> Sequence[Row]:
        return [r for r in self.rows[position:] if not categories or r.category in categories][:limit]

    def decode(self, row: Row) -> Recorded[Fact]:
        if row.fact is None:
            raise ValueError("the stored bytes cannot be read")
        return Recorded(row.fact, row.position, row.recorded_at, b"")

    def port(self) -> Log:
        return Log(self.follow, self.events_after, self.decode)


def envelope(at: datetime, holder: UUID | None = None) -> Envelope:
    return Envelope(Actor("officer", "o-1"), at, holder=holder)


def established(
    unit: UUID, code: str, level: str, since: date | None, begins_by: UUID | None = None, at: datetime = START
) -> UnitEstablished:
    return UnitEstablished(
        originator_id=unit,
        originator_version=1,
        envelope=envelope(at),
        code=code,
        name=f"Unit {code}",
        level=level,
        kind=level,
        parent=None,
        valid_from=since,
        known_valid_on=None if since else date(2025, 6, 30),
        begins_by=begins_by,
        source="test",
        origin={},
    )


def founded(
    agency: UUID, identifier: str, unit: UUID, begins_by: UUID | None = None, kind: str = "desk"
) -> AgencyFounded:
    return AgencyFounded(
        originator_id=agency,
        originator_version=1,
        envelope=envelope(START),
        identifier=identifier,
        name=f"Desk {identifier}",
        kind=kind,
        unit=unit,
        parent=None,
        address="1 Main Street",
        hotline="1900",
        hours="7:30-17:00",
        legal_form="",
        valid_from=None,
        begins_by=begins_by,
        origin={"address": "assumed"},
    )


def published(code: str, number: int, level: str) -> ProcedureVersionPublished:
    return ProcedureVersionPublished(
        originator_id=uid(6, sorted(PROCEDURES).index(code)),
        originator_version=number,
        envelope=envelope(START),
        code=code,
        number=number,
        name=f"Procedure {code}",
        field="test",
        decision_no="1/QD",
        valid_from=None if number == 1 else date(2025, 7, 1),
        level=level,
        levels=(),
        place_basis="residence",
        channels=(),
        components=(),
        results=(),
        terms={},
        source="test",
        origin={},
    )


def organisation(log: MemoryLog) -> None:
    """Province, districts, communes before and after, each with a desk; three procedures."""
    day = date(2025, 7, 1)
    facts: list[Fact] = [
        established(PROVINCE, "24", "province", None),
        established(PROVINCE_AFTER, "24", "province", day, PART),
        founded(PROVINCE_DESK, "H02", PROVINCE),
        founded(PROVINCE_DESK_AFTER, "H02.N", PROVINCE_AFTER, PART),
    ]
    for n, unit in enumerate(DISTRICTS):
        facts += [
            established(unit, f"21{n}", "district", None),
            founded(DISTRICT_DESK[n], f"D{n}", unit),
        ]
    for n, unit in enumerate(OLD):
        facts += [established(unit, f"0720{n}", "commune", None), founded(OLD_DESK[n], f"O{n}", unit)]
    for n, unit in enumerate(NEW):
        facts += [
            established(unit, f"0720{n}", "commune", day, PART),
            founded(NEW_DESK[n], f"N{n}", unit, PART),
        ]
    for code in PROCEDURES:
        facts += [published(code, 1, "district"), published(code, 2, PROCEDURES[code])]
    for fact in facts:
        log.add(fact, START)


def part_facts(
    part: UUID = PART, effective_at: datetime = HOUR, version: int = 1, first: int = 1
) -> list[Fact]:
    """A drafted part: all districts and old communes end; old commune n goes to new commune n // 2; the
    last one is split."""

    def fact(cls: Any, number: int, **values: Any) -> Any:
        return cls(
            originator_id=part,
            originator_version=first + number,
            envelope=envelope(START),
            part_version=version,
            **values,
        )

    links = [h.Link(OLD[n], NEW[n // 2], "whole", True) for n in range(5)]
    links += [h.Link(OLD[5], NEW[2], "part", True), h.Link(OLD[5], NEW[1], "part", False)]
    links += [h.Link(district, NEW[n], "part", n == 0) for n, district in enumerate(DISTRICTS)]
    links += [h.Link(PROVINCE, PROVINCE_AFTER, "whole", True)]
    closings = [h.Closing(desk, NEW_DESK[n], OFFICER) for n, desk in enumerate(DISTRICT_DESK)]
    closings += [h.Closing(desk, NEW_DESK[n // 2], OFFICER) for n, desk in enumerate(OLD_DESK)]
    closings += [h.Closing(PROVINCE_DESK, PROVINCE_DESK_AFTER, OFFICER)]
    receivers = [h.Receiver(unit, "commune", NEW_DESK[n]) for n, unit in enumerate(NEW)]
    receivers += [h.Receiver(PROVINCE_AFTER, "province", PROVINCE_DESK_AFTER)]
    rules = [h.LevelRule(f"r-{code}", code, level, "assumed") for code, level in PROCEDURES.items()]
    return [
        fact(
            h.PartDrafted, 0, act=ACT, name="Province 24", province=PROVINCE_AFTER, effective_at=effective_at
        ),
        fact(
            h.UnitsListed,
            1,
            ends=(PROVINCE, *DISTRICTS, *OLD),
            begins=(PROVINCE_AFTER, *NEW),
        ),
        fact(h.LinksListed, 2, links=tuple(links)),
        fact(h.AgenciesListed, 3, ends=tuple(closings), receivers=tuple(receivers)),
        fact(h.RulesListed, 4, rules=tuple(rules)),
    ]


def later_part(effective_at: datetime, first: int = 1) -> list[Fact]:
    """A second part: new commune 0 ends and goes on as new commune 1."""

    def fact(cls: Any, number: int, **values: Any) -> Any:
        return cls(
            originator_id=OTHER_PART,
            originator_version=first + number,
            envelope=envelope(START),
            part_version=1,
            **values,
        )

    return [
        fact(h.PartDrafted, 0, act=ACT, name="Later", province=PROVINCE_AFTER, effective_at=effective_at),
        fact(h.UnitsListed, 1, ends=(NEW[0],), begins=()),
        fact(h.LinksListed, 2, links=(h.Link(NEW[0], NEW[1], "whole", True),)),
        fact(
            h.AgenciesListed,
            3,
            ends=(h.Closing(NEW_DESK[0], NEW_DESK[1], OFFICER),),
            receivers=(
                h.Receiver(NEW[1], "commune", NEW_DESK[1]),
                h.Receiver(PROVINCE_AFTER, "province", PROVINCE_DESK_AFTER),
            ),
        ),
        fact(
            h.RulesListed,
            4,
            rules=tuple(h.LevelRule(f"s-{c}", c, level, "assumed") for c, level in PROCEDURES.items()),
        ),
    ]


def scheduled(part: UUID = PART, hour: datetime = HOUR, number: int = 6, version: int = 1) -> h.PartScheduled:
    return h.PartScheduled(
        originator_id=part,
        originator_version=number,
        envelope=envelope(START),
        part_version=version,
        digest="d",
        effective_at=hour,
    )


def cancelled(part: UUID = PART, number: int = 7) -> h.PartCancelled:
    return h.PartCancelled(
        originator_id=part,
        originator_version=number,
        envelope=envelope(START),
        part_version=1,
        reason=sealed(part),
    )


def sealed(subject: UUID) -> Sealed:
    return Sealed(subject, b"n" * 12, b"c", b"s" * 16, b"a")
