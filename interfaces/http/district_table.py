"""The handover by district, for people: what had to move, what was handed over, to how many.

Anybody may ask for it as often as they like, so it is worked out once for all who ask within some seconds,
from counts that the read models keep: its cost is that of the organisation, whatever the number of dossiers
and of readers. A dossier is counted once for a part, where the part's first version found it; what an
amendment moved again stands beside the sum.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from application.lookup import VIETNAM
from application.moment import Moment
from interfaces.services import ReadingPool
from projections import handover_queries

KEPT_SECONDS = 10.0
AT_ONCE = 1000
SUMMED = ("to_move", "handed_over", "provisional", "results_to_return", "overdue")


@dataclass(slots=True)
class DistrictRow:
    """`name`: of the district; empty for what the province itself held."""

    COUNTS: ClassVar[tuple[str, ...]] = ("receivers", *SUMMED)

    name: str
    sums: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    receivers: set[UUID] = field(default_factory=set)

    def add(self, to_agency: UUID, counts: Sequence[int]) -> None:
        self.receivers.add(to_agency)
        for name, count in zip(SUMMED, counts, strict=True):
            self.sums[name] += count

    @property
    def counts(self) -> tuple[int, ...]:
        return (len(self.receivers), *(self.sums[name] for name in SUMMED))


@dataclass(frozen=True, slots=True)
class DistrictTable:
    """`rows`: a row per district that ends by a scheduled part, with its communes; the province last.
    `again`: what amendments moved a second time, in none of the rows (None: nothing). `as_of`: the ledger's
    time at which it was counted."""

    rows: tuple[DistrictRow, ...]
    again: DistrictRow | None
    as_of: datetime


class Districts:
    """The table, at most `seconds` old, and at once where another part is scheduled. One per process."""

    def __init__(self, seconds: float = KEPT_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._counting = asyncio.Lock()
        self._table: DistrictTable | None = None
        self._parts: tuple[UUID, ...] = ()
        self._counted_at = 0.0

    async def table(self, pool: ReadingPool, moment: Moment) -> DistrictTable:
        """Whoever comes while it is counted waits for that and takes the same."""
        parts = tuple(dict.fromkeys(step.part_id for step in moment.organisation.steps))
        if (known := self._known(parts)) is not None:
            return known
        async with self._counting:
            if (known := self._known(parts)) is not None:
                return known
            began = self._clock()
            table = await _counted(pool, moment, parts)
            self._table, self._parts, self._counted_at = table, parts, began
            return table

    def _known(self, parts: tuple[UUID, ...]) -> DistrictTable | None:
        fresh = self._clock() - self._counted_at < self.seconds
        return self._table if fresh and parts == self._parts else None


async def _counted(pool: ReadingPool, moment: Moment, parts: tuple[UUID, ...]) -> DistrictTable:
    pairs: list[tuple[Any, ...]] = []
    if parts:
        async with pool.connection() as connection:
            pairs = await handover_queries.by_agency(connection, parts)
    districts: dict[UUID, tuple[UUID | None, str]] = {}
    rows: dict[UUID | None, DistrictRow] = {}
    again = DistrictRow("")
    for number, (from_agency, to_agency, moved_before, *counts) in enumerate(pairs, start=1):
        if moved_before:
            again.add(to_agency, counts)
        else:
            if from_agency not in districts:
                districts[from_agency] = _district(moment, from_agency)
            key, name = districts[from_agency]
            rows.setdefault(key, DistrictRow(name)).add(to_agency, counts)
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
    ordered = sorted(rows.values(), key=lambda row: (not row.name, row.name))
    return DistrictTable(tuple(ordered), again if again.receivers else None, moment.now)


def _district(moment: Moment, agency: UUID) -> tuple[UUID | None, str]:
    """The district of an agency: its unit, or the one above its commune; none for the province's own."""
    units = moment.organisation.units
    known = moment.organisation.agencies.get(agency)
    unit = units.get(known.unit) if known else None
    while unit is not None and unit.level != "district":
        unit = units.get(unit.parent) if unit.parent else None
    return (unit.id, unit.name_on(moment.now.astimezone(VIETNAM).date())) if unit else (None, "")
