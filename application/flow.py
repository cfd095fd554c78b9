"""Stock and flow of every agency, each of the six numbers counted on its own, none by subtraction.

opening + received + handed in = settled + open + handed out, for every agency and period; handed in =
handed out for the whole country.

Facts count where they are recorded (`recorded_at`), never where they are back-dated to; a hand-over by an
act counts at its hour, as the definition of the holder has it, whether or not a `HandedOver` fact states it
yet. In one instant the hour comes before what was recorded in it. A period is half-open: [from, until).

- opening, open: dossiers in status 1, 2, 4, 5, 6 or unknown, counted by asking the definition who held each
  just before the period began and just before it ended.
- received: filed or imported; of which `again`: taken up once more after 3, 7, 8, 9 or 10 (recalled, sent
  back, corrected by an earlier system's later step).
- handed in, handed out: another agency became the holder of an open dossier; of which `by_act`, `placed` (a
  decision of the coordination) and `forwarded` (sent on, arrived, recalled or sent back while open).
- settled: came into 3, 7, 8, 9 or 10, at the agency that held it; of which each status. Imported as settled:
  received and settled.
- results, apart: what is in 9, where the result is still to be returned, as a duty that moves like open
  stock: its own opening, came, in, went, open, out.

Quarantined dossiers are held by nobody and count nowhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from application.organisation import Organisation
from domain.holding import DossierHistory, Step, holder, in_order, links

SETTLED = frozenset((3, 7, 8, 9, 10))
RESULT = 9
MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True)
class Numbers:
    """The six numbers of one agency (or the country) and period, and what is in them."""

    opening: int = 0
    received: int = 0
    handed_in: int = 0
    settled: int = 0
    open: int = 0
    handed_out: int = 0
    again: int = 0
    by_act_in: int = 0
    placed_in: int = 0
    forwarded_in: int = 0
    by_act_out: int = 0
    placed_out: int = 0
    forwarded_out: int = 0
    settled_3: int = 0
    settled_7: int = 0
    settled_8: int = 0
    settled_9: int = 0
    settled_10: int = 0
    results_opening: int = 0
    results_came: int = 0
    results_in: int = 0
    results_went: int = 0
    results_open: int = 0
    results_out: int = 0

    def add(self, name: str) -> None:
        setattr(self, name, getattr(self, name) + 1)

    def plus(self, other: Numbers) -> None:
        for name in NAMES:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in NAMES}

    @property
    def balanced(self) -> bool:
        came = self.opening + self.received + self.handed_in
        return came == self.settled + self.open + self.handed_out

    @property
    def results_balanced(self) -> bool:
        came = self.results_opening + self.results_came + self.results_in
        return came == self.results_went + self.results_open + self.results_out


NAMES = tuple(f.name for f in fields(Numbers))
_POSITION = itemgetter(1)
_WHEN = itemgetter(0, 1)


class Change(NamedTuple):
    """At `at` the dossier is with `agency` (None: the same as before) in `status`. `order`: the position of
    the fact, 0 for an hour, which comes before all facts of its instant. `how`: `by_act`, `placed`,
    `forwarded`, or "" where nobody became the holder."""

    at: datetime
    order: int
    agency: UUID | None
    how: str
    status: int | None
    new_status: bool


@dataclass(slots=True)
class Flow:
    """Counts dossiers one by one. `bounds` (aware, ascending): where one period ends and the next begins,
    so period n is [bounds[n - 1], bounds[n]); `steps`: Steps(p) of the definition; `known_until`: the
    ledger's time at p, nothing after it counts; `only`: the one period that is asked for."""

    bounds: Sequence[datetime]
    steps: Sequence[Step]
    known_until: datetime
    only: int | None = None
    counts: dict[tuple[int, UUID], Numbers] = field(default_factory=dict)
    dossiers: int = 0
    _ended: frozenset[UUID] = frozenset()

    def __post_init__(self) -> None:
        self.bounds = sorted(set(self.bounds))
        self.steps = in_order(self.steps).until(self.known_until)
        self._ended = frozenset(agency for step in self.steps for agency in step.rules.heirs)

    def add(self, history: DossierHistory) -> None:
        """Count one dossier, known up to p; one that nobody ever held counts nowhere."""
        if not history.holder_sets:
            return
        self.dossiers += 1
        by_facts = self._ended.isdisjoint(fact.agency for fact in history.holder_sets)
        self._stand(history, by_facts)
        self._flows(changes(history, () if by_facts else self.steps))

    def _stand(self, history: DossierHistory, by_facts: bool) -> None:
        """At each bound: with whom it is open, by the definition of the holder."""
        for number, bound in enumerate((*self.bounds, None)):
            if self.only is not None and number != self.only and number + 1 != self.only:
                continue
            at = self.known_until if bound is None else min(bound - MICROSECOND, self.known_until)
            if at < history.holder_sets[0].at:
                continue
            status = [known.status for known in history.statuses if known.at <= at][-1]
            if status in SETTLED and status != RESULT:
                continue
            if by_facts:
                agency = [fact.agency for fact in history.holder_sets if fact.at <= at][-1]
            else:
                held = holder(history, self.steps, at)
                assert held is not None
                agency = held.agency
            prefix = "results_" if status == RESULT else ""
            self._count(number, agency, prefix + "open")
            if bound is not None:
                self._count(number + 1, agency, prefix + "opening")

    def _flows(self, found: Sequence[Change]) -> None:
        """Each change, in the period in which it happened."""
        agency: UUID | None = None
        status: int | None = None
        for change in found:
            if change.at > self.known_until:
                return
            period = bisect_right(self.bounds, change.at)
            to = agency if change.agency is None else change.agency
            into = change.status if change.new_status else status
            if to is None:
                raise ValueError("a dossier has a status before anybody holds it")
            if self.only is None or period == self.only:
                self._open(period, change, agency, to, status, into)
                self._results(period, change, agency, to, status, into)
            agency, status = to, into

    def _open(
        self,
        period: int,
        change: Change,
        agency: UUID | None,
        to: UUID,
        status: int | None,
        into: int | None,
    ) -> None:
        was_open, is_open = agency is not None and status not in SETTLED, into not in SETTLED
        if agency is None or (is_open and not was_open):
            self._count(period, to, "received")
            if agency is not None:
                self._count(period, to, "again")
        if agency is None and not is_open:
            self._settled(period, to, into)
        elif agency is not None and was_open and not is_open:
            self._settled(period, agency, into)
        elif agency is not None and was_open and is_open and agency != to:
            self._count(period, agency, "handed_out")
            self._count(period, agency, f"{change.how}_out")
            self._count(period, to, "handed_in")
            self._count(period, to, f"{change.how}_in")

    def _settled(self, period: int, agency: UUID, status: int | None) -> None:
        self._count(period, agency, "settled")
        self._count(period, agency, f"settled_{status}")

    def _results(
        self,
        period: int,
        change: Change,
        agency: UUID | None,
        to: UUID,
        status: int | None,
        into: int | None,
    ) -> None:
        was, now = agency is not None and status == RESULT, into == RESULT
        if now and not was:
            self._count(period, to, "results_came")
        elif was and not now and agency is not None:
            self._count(period, agency, "results_went")
        elif was and now and agency is not None and agency != to:
            self._count(period, agency, "results_out")
            self._count(period, to, "results_in")

    def _count(self, period: int, agency: UUID, name: str) -> None:
        if self.only is not None and period != self.only:
            return
        key = period, agency
        numbers = self.counts.get(key)
        if numbers is None:
            numbers = self.counts[key] = Numbers()
        numbers.add(name)

    def of_period(self, period: int) -> dict[UUID, Numbers]:
        """The numbers of each agency that had any in this period."""
        return {agency: numbers for (n, agency), numbers in self.counts.items() if n == period}

    def unbalanced(self, organisation: Organisation) -> Iterator[str]:
        """A sentence for each agency and period, and each period of the whole country, that does not add
        up."""

        def name(agency: UUID) -> str:
            known = organisation.agencies.get(agency)
            return known.identifier if known else str(agency)

        for (period, agency), n in sorted(self.counts.items()):
            if not n.balanced:
                yield (
                    f"the stock of {name(agency)} in period {period + 1}:"
                    f" {n.opening + n.received + n.handed_in} came,"
                    f" {n.settled + n.open + n.handed_out} are accounted for"
                )
            if not n.results_balanced:
                yield (
                    f"the results to return of {name(agency)} in period {period + 1}:"
                    f" {n.results_opening + n.results_came + n.results_in} came,"
                    f" {n.results_went + n.results_open + n.results_out} are accounted for"
                )
        for period in sorted({period for period, _ in self.counts}):
            whole = summed(self.of_period(period))
            for came, went in ((whole.handed_in, whole.handed_out), (whole.results_in, whole.results_out)):
                if came != went:
                    yield f"period {period + 1}: {went} were handed out and {came} handed in"


def summed(agencies: Mapping[UUID, Numbers]) -> Numbers:
    """The whole country's."""
    whole = Numbers()
    for numbers in agencies.values():
        whole.plus(numbers)
    return whole


def changes(history: DossierHistory, steps: Sequence[Step]) -> list[Change]:
    """Holders and statuses of one dossier as one sequence; what one fact does at once stays together."""
    own = {known.position: known for known in history.statuses}
    found: list[Change] = []
    sets = history.holder_sets
    hours = False
    for number, fact in enumerate(sets, start=1):
        known = own.pop(fact.position, None)
        if known is None:
            found.append(Change(fact.at, fact.position, fact.agency, "placed", None, False))
        else:
            found.append(Change(fact.at, fact.position, fact.agency, "forwarded", known.status, True))
        if not steps:
            continue
        following = sets[number].at if number < len(sets) else None
        for held in links(replace(history, holder_sets=sets[:number]), steps)[1:]:
            if held.ended_here or (following is not None and held.since > following):
                break
            found.append(Change(held.since, 0, held.agency, "by_act", None, False))
            hours = True
    found += [Change(known.at, known.position, None, "", known.status, True) for known in own.values()]
    found.sort(key=_WHEN if hours else _POSITION)
    return found
