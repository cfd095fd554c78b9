"""What an act does to the dossier's clock besides what it says itself: worked out with the calendar known now
and the procedure version that the dossier pins, recorded in the same append.

A clock stops for what is not the agency's time: papers asked for after acceptance, and what the version
excludes. It goes on when nothing of that is left, by the version's pattern if papers came. What is late
already stays late, whatever is asked for afterwards. A limit that runs from arrival or payment begins then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from application.limits import limit_accepted
from application.moment import Moment
from application.organisation import Organisation
from application.refusals import BadRequest
from application.succession import desks_after
from domain import clock, clock_start
from domain.calendar import CalendarUnknown, WorkingCalendar
from domain.deadlines import due
from domain.dossier import Dossier
from domain.facts import Envelope
from domain.local_time import local_date
from domain.outages import Outage
from domain.procedure import ProcedureVersion
from domain.receipt_time import counting_starts
from domain.suspension import Interval, Running
from domain.term_values import Limit
from domain.terms import (
    CONSULTATION,
    GENERAL_TERMS,
    INSPECTION,
    PAYMENT,
    RESTART,
    Terms,
)
from domain.transitions import HANDLED, PAYMENT_REQUESTED, SUPPLEMENT_REQUESTED
from domain.working_hours import WorkingHours

NOTHING = timedelta(seconds=1)
"""What is left of hours is told in whole seconds, so less than one moves no date."""


def terms_of(dossier: Dossier, organisation: Organisation, at: datetime) -> Terms:
    """The terms of the version that the dossier pins, before acceptance of the one in force at `at`; those
    of the general rules for a dossier without a procedure."""
    version = version_of(dossier, organisation, at)
    return GENERAL_TERMS if version is None else version.terms


def version_of(
    dossier: Dossier, organisation: Organisation, at: datetime, position: int | None = None
) -> ProcedureVersion | None:
    """The version whose terms those are, as known now, or as recorded up to a position."""
    if dossier.procedure_code is None:
        return None
    procedure = organisation.procedure_by_code(dossier.procedure_code)
    if (pinned := procedure.versions.get(dossier.procedure_version or 0)) is not None:
        return pinned
    first = None if position is None else organisation.versions_known_at(procedure.id, position)
    return procedure.version_at(local_date(at), first)


class Counting(NamedTuple):
    """What time is counted on: the calendar, and the hours of the offices on which working hours run."""

    calendar: WorkingCalendar
    hours: WorkingHours | None


def counting(organisation: Organisation, terms: Terms, position: int | None = None) -> Counting:
    """As known now, or as recorded up to a position."""
    schedule = terms.clock.schedule
    if position is None:
        return Counting(organisation.calendar, organisation.hours(schedule))
    known = organisation.hours_known_at(position, schedule)
    return Counting(organisation.calendar_known_at(position), known)


def time_until(limit: Limit | None, terms: Terms, moment: Moment, at: datetime) -> datetime | None:
    """When the applicant's time that begins at `at` ends, where the version gives one. BadRequest
    (calendar_unknown)."""
    if limit is None:
        return None
    try:
        return due(limit.amount, limit.unit, at, *counting(moment.organisation, terms))
    except CalendarUnknown as unknown:
        raise _unknown(unknown) from None


def decides(dossier: Dossier, moment: Moment, agency: UUID) -> bool:
    """Whether an agency is the competent one, or has come in its place: all are that are of its unit."""
    competent = dossier.competent_agency
    if competent is None or dossier.receiving_agency == competent:
        return True
    organisation = moment.organisation
    desks = desks_after(organisation, competent, moment.now)
    if agency in desks:
        return True
    units = {organisation.unit_of(organisation.agencies[desk], moment.now) for desk in desks}
    known = organisation.agencies.get(agency)
    return known is not None and organisation.unit_of(known, moment.now) in units


def catch_up(dossier: Dossier, moment: Moment, envelope: Envelope) -> bool:
    """Leave announced outages out of the clock that runs; whether that moved it. So an act is judged by the
    date that holds. BadRequest (calendar_unknown)."""
    terms = terms_of(dossier, moment.organisation, envelope.occurred_at)
    try:
        going = without_outages(dossier, moment.organisation, terms, moment.read_up_to)
    except CalendarUnknown as unknown:
        raise _unknown(unknown) from None
    if going is not None:
        position = moment.read_up_to
        dossier.set_clock(
            replace(envelope, rules=()), cause=clock.OUTAGE, going=going, calendar_position=position
        )
    return going is not None


def without_outages(
    dossier: Dossier, organisation: Organisation, terms: Terms, position: int
) -> clock.Going | None:
    """How the dossier's clock goes on with the outages left out that its rules leave out, as known at a
    position; None where that changes nothing, or no clock runs. Raises as `domain.clock.with_left_out`."""
    due = dossier.statutory_due
    if dossier.whole is None or due is None or dossier.status not in HANDLED:
        return None
    known = moving(dossier, terms, organisation.outages_known_at(position))
    if known == moving(dossier, terms, organisation.outages_known_at(dossier.outages_known)):
        return None
    on = counting(organisation, terms, position)
    going = clock.with_left_out(_whole(dossier, on), dossier.extension, [*_stops(dossier), *known], *on)
    if going is None or going.due is None:
        return None
    moved = abs(going.due - due) >= NOTHING or going.extended_until != dossier.extended_until
    return going if moved else None


def moving(dossier: Dossier, terms: Terms, outages: Iterable[Outage]) -> list[Interval]:
    """When outages keep the dossier's clock from running, since its period began."""
    since = dossier.whole[2] if dossier.whole else None
    cut = (outage.moving(terms.clock, dossier.linked_group) for outage in outages)
    return [interval for interval in cut if interval and since is not None and interval.end > since]


def _whole(dossier: Dossier, on: Counting) -> Running:
    assert dossier.whole is not None
    amount, unit, since, due = dossier.whole
    return clock.stated(amount, unit, since, due, on.calendar)


def _stops(dossier: Dossier) -> list[Interval]:
    return [Interval(start, end) for start, end in dossier.stops]


def follow(dossier: Dossier, moment: Moment, envelope: Envelope) -> None:
    """Let the clock follow the act that was just performed. BadRequest (calendar_unknown) where a year that
    is counted is not published."""
    try:
        _follow(dossier, moment, replace(envelope, rules=()))
    except CalendarUnknown as unknown:
        raise _unknown(unknown) from None


def _follow(dossier: Dossier, moment: Moment, envelope: Envelope) -> None:
    organisation, at, position = moment.organisation, envelope.occurred_at, moment.read_up_to
    terms = terms_of(dossier, organisation, at)
    on = counting(organisation, terms)
    if dossier.clock_left is not None:
        going = going_on(dossier, terms, at, on)
        if going is not None:
            assert dossier.stood_for is not None
            stood_for = clock.SUPPLEMENT if dossier.papers_came else dossier.stood_for
            dossier.set_clock(envelope, cause=stood_for, going=going, calendar_position=position)
    elif dossier.clock_not_begun and dossier.status in HANDLED:
        _begin(dossier, moment, envelope, terms, on)
    if dossier.clock_runs:  # one that has just begun or gone on too
        with suppress(BadRequest):  # where that cannot be counted yet, the next act or run does it
            catch_up(dossier, moment, envelope)
        cause = next(waits(dossier, terms), None)
        left = left_of(dossier, terms, at, on, organisation.outages) if cause else None
        if cause is not None and left is not None:
            dossier.suspend_clock(envelope, cause=cause, left=left, calendar_position=position)


def waits(dossier: Dossier, terms: Terms) -> Iterator[str]:
    """For what a clock stands, in the status and with what is open now."""
    excluded = terms.clock.excluded
    if dossier.status == SUPPLEMENT_REQUESTED:
        yield clock.SUPPLEMENT
    if dossier.status == PAYMENT_REQUESTED and PAYMENT in excluded:
        yield PAYMENT
    if dossier.consulted and CONSULTATION in excluded:
        yield CONSULTATION
    if dossier.inspecting and INSPECTION in excluded:
        yield INSPECTION


def left_of(
    dossier: Dossier, terms: Terms, at: datetime, on: Counting, outages: Iterable[Outage]
) -> clock.Left | None:
    """What is left of the dossier's clock at `at`; None where none runs, or it has passed. Of outages only
    what lies before counts. Raises CalendarUnknown, Refused (deadline.clock_in_order)."""
    since, due = dossier.counted_from, dossier.statutory_due
    if dossier.counted is None or since is None or due is None:
        return None
    if not (known := moving(dossier, terms, outages)) or dossier.whole is None:
        running = clock.stated(*dossier.counted, since, due, on.calendar)
        return clock.left_at(running, dossier.extended_until, at, *on)
    running, extended = _whole(dossier, on), dossier.extension
    until = extended[0] if extended else None
    before = [Interval(start, min(end, at)) for start, end in (*_stops(dossier), *known) if start < at]
    going = clock.with_left_out(running, extended, before, *on)
    if going is not None and going.amount is not None and going.unit and going.counted_from and going.due:
        until = going.extended_until
        running = clock.stated(going.amount, going.unit, going.counted_from, going.due, on.calendar)
    return clock.left_at(running, until, at, *on)


def going_on(dossier: Dossier, terms: Terms, at: datetime, on: Counting) -> clock.Going | None:
    """How a clock that stands goes on at `at`; None while it has to stand. Raises CalendarUnknown, Refused
    (deadline.clock_in_order)."""
    left, amount, unit = dossier.clock_left, dossier.limit_amount, dossier.limit_unit
    if left is None or amount is None or unit is None or dossier.status not in HANDLED:
        return None
    at = max(at, dossier.whole[2] if dossier.whole else at)  # a linked group's runs from a later day
    anew = dossier.papers_came and terms.supplement.applied == RESTART
    if not anew and next(waits(dossier, terms), None) is not None:
        return None
    return clock.goes_on_after(
        terms.supplement, Limit(amount, unit), left, at, *on, supplemented=dossier.papers_came
    )


def _begin(dossier: Dossier, moment: Moment, envelope: Envelope, terms: Terms, on: Counting) -> None:
    """Where the limit did not run from the acceptance, and what it waited for has come."""
    organisation, at = moment.organisation, envelope.occurred_at
    version = version_of(dossier, organisation, at)
    limit = limit_accepted(dossier, organisation, version)
    if limit is None:
        return
    cause = clock_start.awaited(terms.clock)
    if cause == PAYMENT:
        come = dossier.paid
    else:
        come = envelope.acting_agency is not None and decides(dossier, moment, envelope.acting_agency)
    if come:
        rule = clock_start.hour_rule(dossier.linked_group)
        since = counting_starts(at, rule, on.calendar)
        going = clock.begins(clock.START, limit, since, *on)
        dossier.set_clock(envelope, cause=cause, going=going, calendar_position=moment.read_up_to)


def _unknown(unknown: CalendarUnknown) -> BadRequest:
    return BadRequest("calendar_unknown", f"{unknown}: load it before a time limit runs into it")
