"""The handover by district, for people: what had to move, what was handed over, to how many."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from psycopg import AsyncConnection

from application.moment import Moment
from projections import handover_queries

MOST_PARTS = 50
SUMMED = ("to_move", "handed_over", "provisional", "results_to_return", "overdue")


@dataclass(slots=True)
class DistrictRow:
    """`name`: of the district; empty for what the province itself held."""

    COUNTS: ClassVar[tuple[str, ...]] = ("receivers", *SUMMED)

    name: str
    sums: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    receivers: set[UUID] = field(default_factory=set)

    @property
    def counts(self) -> tuple[int, ...]:
        return (len(self.receivers), *(self.sums[name] for name in SUMMED))


async def district_rows(connection: AsyncConnection[Any], moment: Moment) -> list[DistrictRow]:
    """A row per district that ends by a scheduled part, with its communes; the province last."""
    rows: dict[UUID | None, DistrictRow] = {}
    for part in dict.fromkeys(step.part_id for step in moment.organisation.steps[-MOST_PARTS:]):
        found = await handover_queries.progress(connection, part, moment.now)
        for pair in found["by_agency"] if found else ():
            key, name = _district(moment, pair["from_agency"])
            row = rows.setdefault(key, DistrictRow(name))
            row.receivers.add(pair["to_agency"])
            for column in SUMMED:
                row.sums[column] += pair[column]
    return sorted(rows.values(), key=lambda row: (not row.name, row.name))


def _district(moment: Moment, agency: UUID | None) -> tuple[UUID | None, str]:
    """The district of an agency: its unit, or the one above its commune; none for the province's own."""
    units = moment.organisation.units
    known = moment.organisation.agencies.get(agency) if agency else None
    unit = units.get(known.unit) if known else None
    while unit is not None and unit.level != "district":
        unit = units.get(unit.parent) if unit.parent else None
    return (unit.id, unit.name_on(moment.now.date())) if unit else (None, "")
