"""Recomputes every date that a dossier's facts state: the acceptance, each stop of the clock and each going
on, by the calendar known then and the procedure version that the dossier pins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

from application.clocks import left_of
from application.organisation import Organisation
from domain import clock
from domain.calendar import CalendarUnknown
from domain.deadlines import due
from domain.dossier import Dossier
from domain.dossier_facts import ClockSet, ClockSuspended, DossierAccepted, SupplementSubmitted
from domain.facts import Category, Fact, Recorded
from domain.terms import GENERAL_TERMS, Limit, SupplementTerms

Wrong = tuple[int, UUID, str]


def wrong_dates(facts: Sequence[Recorded[Fact]], organisation: Organisation) -> Iterator[Wrong]:
    """(position, dossier, what is wrong) for each statement that does not come out again."""
    streams: defaultdict[UUID, list[Recorded[Fact]]] = defaultdict(list)
    for recorded in facts:
        if recorded.fact.CATEGORY == Category.DOSSIER:
            streams[recorded.fact.originator_id].append(recorded)
    for stream, of_dossier in streams.items():
        dossier, before = Dossier.empty(stream), None
        for recorded in of_dossier:
            try:
                said = _judged(dossier, before, recorded.fact, organisation)
            except CalendarUnknown as unknown:
                said = f"{unknown}, yet position {recorded.position} counts on it"
            if said is not None:
                yield recorded.position, stream, f"position {recorded.position} {said}"
            dossier.replay(recorded.fact)
            before = recorded.fact


def _judged(dossier: Dossier, before: Fact | None, fact: Fact, organisation: Organisation) -> str | None:
    if isinstance(fact, DossierAccepted) and fact.limit_amount is not None and fact.limit_unit is not None:
        calendar = organisation.calendar_known_at(fact.calendar_position)
        expected = due(fact.limit_amount, fact.limit_unit, fact.counted_from, calendar)
        if expected != fact.statutory_due:
            return f"states the due date {fact.statutory_due}, the calendar known then gives {expected}"
    elif isinstance(fact, ClockSuspended):
        return _stop(dossier, fact, organisation)
    elif isinstance(fact, ClockSet):
        return _going_on(dossier, before, fact, organisation)
    return None


def _stop(dossier: Dossier, fact: ClockSuspended, organisation: Organisation) -> str | None:
    calendar, at = organisation.calendar_known_at(fact.calendar_position), fact.envelope.occurred_at
    left = left_of(dossier, at, calendar)
    stated = clock.Left(at, fact.left_amount, fact.left_unit, fact.extended_left)
    if left != stated:
        return f"states {_told(stated)} when the clock stopped, by its dates it was {_told(left)}"
    return None


def _going_on(
    dossier: Dossier, before: Fact | None, fact: ClockSet, organisation: Organisation
) -> str | None:
    left, amount, unit = dossier.clock_left, dossier.limit_amount, dossier.limit_unit
    if left is None or amount is None or unit is None:
        return "sets a clock that did not stand"
    calendar, at = organisation.calendar_known_at(fact.calendar_position), fact.envelope.occurred_at
    came = isinstance(before, SupplementSubmitted)
    terms = _terms(dossier, organisation)
    expected = clock.goes_on_after(terms, Limit(amount, unit), left, at, calendar, supplemented=came)
    stated = clock.Going(
        fact.pattern, fact.counted_from, fact.amount, fact.unit, fact.statutory_due, fact.extended_until
    )
    if stated != expected:
        return (
            f"states {stated.pattern} until {stated.due}, "
            f"the procedure gives {expected.pattern} until {expected.due}"
        )
    return None


def _terms(dossier: Dossier, organisation: Organisation) -> SupplementTerms:
    """Of the version that the dossier pins."""
    if dossier.procedure_code is None or dossier.procedure_version is None:
        return GENERAL_TERMS
    versions = organisation.procedure_by_code(dossier.procedure_code).versions
    return versions[dossier.procedure_version].supplement


def _told(left: clock.Left | None) -> str:
    return "nothing left" if left is None else f"{left.amount} {left.unit} left"
