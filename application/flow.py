"""Stock and flow of every agency between the hours of handovers, each of the six numbers counted on its own.

opening + received + handed in = settled + open + handed out, for every agency and period; handed in =
handed out for the whole country. Open: 1, 2, 4, 5, 6 or
unknown. Settled: 3, 7, 8, 9, 10 (9 is a duty to return the result, counted apart). What goes back from 8 or
9 is received again; a forward counts as handed in and out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from application.organisation import Organisation
from domain.holding import DossierHistory, Held

SETTLED = frozenset((3, 7, 8, 9, 10))


class _Change(NamedTuple):
    """At `at`, the dossier is with `agency`, open or not. A step's hour comes before facts recorded in that
    very instant."""

    at: datetime
    order: int
    agency: UUID | None
    open: bool | None


class Flow:
    """`hours`: where one period ends and the next begins."""

    def __init__(self, hours: Sequence[datetime]) -> None:
        self._hours = sorted(set(hours))
        self._counts: defaultdict[tuple[int, UUID], Counter[str]] = defaultdict(Counter)

    def add(self, history: DossierHistory, spells: Sequence[Held]) -> None:
        """Count one dossier."""
        agency: UUID | None = None
        is_open = False
        period = 0
        for change in _changes(history, spells):
            while period < len(self._hours) and self._hours[period] <= change.at:
                period += 1
                self._boundary(period, agency, is_open)
            now_open = is_open if change.open is None else change.open
            now_agency = agency if change.agency is None else change.agency
            self._moved(period, (agency, is_open), (now_agency, now_open))
            agency, is_open = now_agency, now_open
        while period < len(self._hours):
            period += 1
            self._boundary(period, agency, is_open)
        if is_open and agency is not None:
            self._counts[len(self._hours), agency]["open"] += 1

    def _boundary(self, begins: int, agency: UUID | None, is_open: bool) -> None:
        if is_open and agency is not None:
            self._counts[begins - 1, agency]["open"] += 1
            self._counts[begins, agency]["opening"] += 1

    def _moved(self, period: int, before: tuple[UUID | None, bool], after: tuple[UUID | None, bool]) -> None:
        (old, was_open), (new, is_open) = before, after
        if new is None:
            return
        if old is None:
            self._counts[period, new]["received"] += 1
            if not is_open:
                self._counts[period, new]["settled"] += 1
        elif was_open and is_open and old != new:
            self._counts[period, old]["handed_out"] += 1
            self._counts[period, new]["handed_in"] += 1
        elif was_open and not is_open:
            self._counts[period, old]["settled"] += 1
        elif is_open and not was_open:
            self._counts[period, new]["received"] += 1

    def unbalanced(self, organisation: Organisation) -> Iterator[str]:
        """A sentence for each agency and period, and each period of the whole country, that does not add
        up."""
        country: defaultdict[int, Counter[str]] = defaultdict(Counter)
        for (period, agency), n in self._counts.items():
            country[period].update(n)
            left = n["opening"] + n["received"] + n["handed_in"]
            right = n["settled"] + n["open"] + n["handed_out"]
            if left != right:
                known = organisation.agencies.get(agency)
                name = known.identifier if known else str(agency)
                yield f"the stock of {name} in period {period + 1}: {left} came, {right} are accounted for"
        for period, n in country.items():
            if n["handed_in"] != n["handed_out"]:
                yield f"period {period + 1}: {n['handed_out']} were handed out and {n['handed_in']} handed in"


def _changes(history: DossierHistory, spells: Sequence[Held]) -> list[_Change]:
    """Holders and statuses of one dossier as one sequence; what one fact does at once stays together."""
    found: dict[tuple[datetime, int], _Change] = {}
    positions = {h.at: h.position for h in reversed(history.holder_sets)}
    for held in spells:
        order = 0 if held.by is not None else positions.get(held.since, 1)
        found[held.since, order] = _Change(held.since, order, held.agency, None)
    for known in history.statuses:
        earlier = found.get((known.at, known.position))
        agency = earlier.agency if earlier else None
        found[known.at, known.position] = _Change(
            known.at, known.position, agency, known.status not in SETTLED
        )
    return [found[key] for key in sorted(found)]
