"""What an act does to the dossier's clock besides what it says itself: worked out with the calendar known now
and the procedure version that the dossier pins, recorded in the same append.

A clock stops for what is not the agency's time: papers asked for after acceptance, and what the version
excludes. It goes on when nothing of that is left, by the version's pattern if papers came. What is late
already stays late, whatever is asked for afterwards. A limit that runs from arrival or payment begins then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

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
from domain.procedure import Procedure, ProcedureVersion
from domain.receipt_time import counting_starts
from domain.suspension import Interval
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


def terms_of(dossier: Dossier, organisation: Organisation, at: datetime) -> Terms:
    """The terms of the version that the dossier pins, before acceptance of the one in force at `at`; those
    of the general rules for a dossier without a procedure."""
    version = version_of(dossier, organisation, at)
    return GENERAL_TERMS if version is None else version.terms


def version_of(dossier: Dossier, organisation: Organisation, at: datetime) -> ProcedureVersion | None:
    """The version whose terms those are."""
    if dossier.procedure_code is None:
        return None
    procedure = organisation.procedure_by_code(dossier.procedure_code)
    return procedure.versions.get(dossier.procedure_version or 0) or procedure.version_at(local_date(at))


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
    """Leave announced outages out of the clock that runs, up to when the envelope says; whether that moved
    it. So an act is judged by the date that holds. BadRequest (calendar_unknown)."""
    terms = terms_of(dossier, moment.organisation, envelope.occurred_at)
    on = counting(moment.organisation, terms)
    try:
        going = without_outages(dossier, moment.organisation.outages, terms, envelope.occurred_at, on)
    except CalendarUnknown as unknown:
        raise _unknown(unknown) from None
    if going is not None:
        position = moment.read_up_to
        dossier.set_clock(
            replace(envelope, rules=()), cause=clock.OUTAGE, going=going, calendar_position=position
        )
    return going is not None


def without_outages(
    dossier: Dossier, outages: Iterable[Outage], terms: Terms, at: datetime, on: Counting
) -> clock.Going | None:
    """How the dossier's clock goes on at `at` once the outages that its rules leave out are left out; None
    where they change nothing, or no clock runs. Raises as `domain.clock.after_outages` does."""
    since, due = dossier.counted_from, dossier.statutory_due
    if dossier.counted is None or since is None or due is None or dossier.status not in HANDLED:
        return None
    left_out = [
        Interval(outage.starts, min(outage.ends, at))
        for outage in outages
        if outage.starts < min(at, due) and outage.ends > since
        if outage.moves(terms.clock, dossier.linked_group)
    ]
    running = clock.stated(*dossier.counted, since, due, on.calendar)
    return clock.after_outages(running, dossier.extended_until, left_out, *on) if left_out else None


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
        return
    if dossier.clock_not_begun and dossier.status in HANDLED:
        _begin(dossier, moment, envelope, terms, on)
    if dossier.clock_runs:  # one that has just begun too: what it does not count may be open already
        cause = next(waits(dossier, terms), None)
        left = left_of(dossier, at, on) if cause else None
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


def left_of(dossier: Dossier, at: datetime, on: Counting) -> clock.Left | None:
    """What is left of the dossier's clock at `at`; None where none runs, or it has passed. Raises
    CalendarUnknown, Refused (deadline.clock_in_order)."""
    since, due = dossier.counted_from, dossier.statutory_due
    if dossier.counted is None or since is None or due is None:
        return None
    running = clock.stated(*dossier.counted, since, due, on.calendar)
    return clock.left_at(running, dossier.extended_until, at, *on)


def going_on(dossier: Dossier, terms: Terms, at: datetime, on: Counting) -> clock.Going | None:
    """How a clock that stands goes on at `at`; None while it has to stand. Raises CalendarUnknown, Refused
    (deadline.clock_in_order)."""
    left, amount, unit = dossier.clock_left, dossier.limit_amount, dossier.limit_unit
    if left is None or amount is None or unit is None or dossier.status not in HANDLED:
        return None
    at = max(at, dossier.counted_from or at)
    anew = dossier.papers_came and terms.supplement.applied == RESTART
    if not anew and next(waits(dossier, terms), None) is not None:
        return None
    return clock.goes_on_after(
        terms.supplement, Limit(amount, unit), left, at, *on, supplemented=dossier.papers_came
    )


def limit_of(dossier: Dossier, organisation: Organisation, at: datetime) -> Limit | None:
    """The limit of the dossier's procedure for its channel and case, if it has one."""
    version = version_of(dossier, organisation, at)
    limit = None if version is None else Procedure.limit(version, dossier.channel, dossier.case)
    return None if limit is None else Limit(*limit)


def _begin(dossier: Dossier, moment: Moment, envelope: Envelope, terms: Terms, on: Counting) -> None:
    """Where the limit did not run from the acceptance, and what it waited for has come."""
    organisation, at = moment.organisation, envelope.occurred_at
    limit = limit_of(dossier, organisation, at)
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
