"""Recomputes every date and every listed fee that a dossier's facts state: the acceptance, each stop of the
clock, each beginning and each going on, by the calendar known then and the procedure version that the dossier
pins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from uuid import UUID

from application.clocks import (
    Counting,
    counting,
    going_on,
    left_of,
    terms_of,
    version_of,
    waits,
    without_outages,
)
from application.limits import limit_accepted, limit_for
from application.money import wrongly_listed
from application.organisation import Organisation
from application.refusals import NotFound
from domain import clock, clock_start
from domain.calendar import CalendarUnknown
from domain.deadlines import due
from domain.dossier import Dossier
from domain.dossier_facts import ClockSet, ClockSuspended, DossierAccepted
from domain.facts import Category, Fact, Recorded
from domain.local_time import local_date
from domain.procedure import ProcedureVersion
from domain.receipt_time import counting_starts
from domain.refusals import Refused
from domain.term_values import Limit
from domain.terms import ACCEPTANCE, GENERAL_TERMS, PAYMENT

Wrong = tuple[int, UUID, str]


def wrong_dates(
    facts: Sequence[Recorded[Fact]], organisation: Organisation, earlier: Collection[UUID] = ()
) -> Iterator[Wrong]:
    """(position, dossier, what is wrong) for each statement that does not come out again, and each act after
    which the clock had to be moved and was not; that is not asked of dossiers that an `earlier` release
    began, which did not record it."""
    streams: defaultdict[UUID, list[Recorded[Fact]]] = defaultdict(list)
    for recorded in facts:
        if recorded.fact.CATEGORY == Category.DOSSIER:
            streams[recorded.fact.originator_id].append(recorded)
    for stream, of_dossier in streams.items():
        dossier = Dossier.empty(stream)
        for recorded, following in zip(of_dossier, [*of_dossier[1:], None], strict=True):
            try:
                said = _judged(dossier, recorded.fact, organisation)
            except CalendarUnknown as unknown:
                said = f"{unknown}, yet position {recorded.position} counts on it"
            except (Refused, NotFound) as problem:
                said = f"states what cannot be worked out again: {problem}"
            if said is not None:
                yield recorded.position, stream, f"position {recorded.position} {said}"
            dossier.replay(recorded.fact)
            if stream not in earlier and not _goes_on(recorded, following):
                with suppress(CalendarUnknown, Refused, NotFound):
                    if missing := _left_out(dossier, recorded, organisation):
                        yield recorded.position, stream, f"position {recorded.position} {missing}"


def _goes_on(recorded: Recorded[Fact], following: Recorded[Fact] | None) -> bool:
    """Whether the next fact belongs to the same act."""
    if following is None or following.position != recorded.position + 1:
        return False
    one, other = recorded.fact.envelope, following.fact.envelope
    return (one.actor, one.occurred_at) == (other.actor, other.occurred_at)


def _left_out(dossier: Dossier, recorded: Recorded[Fact], organisation: Organisation) -> str | None:
    """After the last fact of an act: what should have been recorded of the clock, as known then."""
    at = recorded.fact.envelope.occurred_at
    terms = terms_of(dossier, organisation, at)
    on = counting(organisation, terms, recorded.position)
    if dossier.clock_runs:
        cause = next(waits(dossier, terms), None)
        outages = organisation.outages_known_at(recorded.position)
        stops = cause is not None and left_of(dossier, terms, at, on, outages) is not None
        return f"lets the clock run on, and it stands for {cause}" if stops else None
    if dossier.clock_left is not None and going_on(dossier, terms, at, on) is not None:
        return "lets the clock stand, and nothing is waited for"
    return None


def _judged(dossier: Dossier, fact: Fact, organisation: Organisation) -> str | None:
    if isinstance(fact, DossierAccepted):
        return _acceptance(dossier, fact, organisation)
    if isinstance(fact, ClockSuspended):
        return _stop(dossier, fact, organisation)
    if isinstance(fact, ClockSet):
        begins = fact.pattern == clock.START
        return (_beginning if begins else _going_on)(dossier, fact, organisation)
    return wrongly_listed(dossier, fact, organisation)


def _acceptance(dossier: Dossier, fact: DossierAccepted, organisation: Organisation) -> str | None:
    """Who counts as competent then is not asked again: only that a limit runs from the acceptance unless the
    law of the day, or the version, lets it begin with something else."""
    if fact.limit_amount is None or fact.limit_unit is None:
        return _no_limit(dossier, fact, organisation)
    at, terms = fact.envelope.occurred_at, GENERAL_TERMS
    if dossier.procedure_code is not None:
        procedure = organisation.procedure_by_code(dossier.procedure_code)
        version = procedure.versions.get(fact.procedure_version)
        if version is None:
            return f"keeps version {fact.procedure_version} of {procedure.code}, which was never published"
        limit, terms = _limit_then(procedure.code, version, fact, organisation), version.terms
        if limit is None or (fact.limit_amount, fact.limit_unit) != (limit.amount, limit.unit):
            has = "none" if limit is None else f"{limit.amount} {limit.unit}"
            return f"states a limit of {fact.limit_amount} {fact.limit_unit}, the procedure has {has}"
    on = counting(organisation, terms, fact.calendar_position)
    since = counting_starts(at, clock_start.hour_rule(dossier.linked_group), on.calendar)
    expected = due(fact.limit_amount, fact.limit_unit, since, *on)
    if since != fact.counted_from or not fact.statutory_due == fact.promised == expected:
        stated = f"from {fact.counted_from} until {fact.statutory_due}, promised {fact.promised}"
        return f"states the due date {stated}; the calendar known then gives {since} until {expected}"
    return None


def _no_limit(dossier: Dossier, fact: DossierAccepted, organisation: Organisation) -> str | None:
    if dossier.procedure_code is None:
        return None
    version = organisation.procedure_by_code(dossier.procedure_code).versions.get(fact.procedure_version)
    if version is None or _limit_then(dossier.procedure_code, version, fact, organisation) is None:
        return None
    elsewhere = dossier.receiving_agency != dossier.competent_agency
    day = local_date(fact.envelope.occurred_at)
    if clock_start.start_of(version.terms.clock, elsewhere=elsewhere, accepted=day) == ACCEPTANCE:
        return "states no limit, and the procedure has one that runs from the acceptance"
    return None


def _limit_then(
    code: str, version: ProcedureVersion, fact: DossierAccepted, organisation: Organisation
) -> Limit | None:
    """As published, and as decided by then where it was in doubt. Raises Refused where nobody had."""
    channel, position = fact.channel or "", fact.calendar_position
    return limit_for(organisation, code, version, channel, fact.case, position)


def _stop(dossier: Dossier, fact: ClockSuspended, organisation: Organisation) -> str | None:
    at = fact.envelope.occurred_at
    on, outages = (
        _counted_on(dossier, fact, organisation),
        organisation.outages_known_at(fact.calendar_position),
    )
    left = left_of(dossier, terms_of(dossier, organisation, at), at, on, outages)
    stated = clock.Left(at, fact.left_amount, fact.left_unit, fact.extended_left)
    if left != stated:
        return f"states {_told(stated)} when the clock stopped, by its dates it was {_told(left)}"
    return None


def _going_on(dossier: Dossier, fact: ClockSet, organisation: Organisation) -> str | None:
    at = fact.envelope.occurred_at
    terms = terms_of(dossier, organisation, at)
    if fact.cause == clock.OUTAGE:
        return _compared(fact, without_outages(dossier, organisation, terms, fact.calendar_position))
    return _compared(fact, going_on(dossier, terms, at, _counted_on(dossier, fact, organisation)))


def _counted_on(dossier: Dossier, fact: ClockSet | ClockSuspended, organisation: Organisation) -> Counting:
    terms = terms_of(dossier, organisation, fact.envelope.occurred_at)
    return counting(organisation, terms, fact.calendar_position)


def _beginning(dossier: Dossier, fact: ClockSet, organisation: Organisation) -> str | None:
    at = fact.envelope.occurred_at
    version = version_of(dossier, organisation, at)
    limit = limit_accepted(dossier, organisation, version)
    awaited = clock_start.awaited(terms_of(dossier, organisation, at).clock)
    too_early = awaited == PAYMENT and not dossier.paid
    if limit is None or not dossier.clock_not_begun or fact.cause != awaited or too_early:
        return f"lets a clock begin because of {fact.cause}, and nothing of the kind had come"
    on = _counted_on(dossier, fact, organisation)
    since = counting_starts(at, clock_start.hour_rule(dossier.linked_group), on.calendar)
    return _compared(fact, clock.begins(clock.START, limit, since, *on))


def _compared(fact: ClockSet, expected: clock.Going | None) -> str | None:
    if expected is None:
        return "lets a clock go on that has to stand, or does not"
    stated = clock.Going(
        fact.pattern, fact.counted_from, fact.amount, fact.unit, fact.statutory_due, fact.extended_until
    )
    if stated == expected and fact.promised == expected.due:
        return None
    return (
        f"states {stated.pattern} until {stated.due}, "
        f"the procedure gives {expected.pattern} until {expected.due}"
    )


def _told(left: clock.Left | None) -> str:
    return "nothing left" if left is None else f"{left.amount} {left.unit} left"
