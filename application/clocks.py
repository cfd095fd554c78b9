"""What an act does to the dossier's clock besides what it says itself: worked out with the calendar known now
and the procedure version that the dossier pins, recorded in the same append.

Papers asked for after acceptance stop the clock: the applicant's time is not the agency's. How it goes on is
the version's pattern. What is late already stays late, whatever is asked for afterwards.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from application.moment import Moment
from application.refusals import BadRequest
from domain import clock
from domain.calendar import CalendarUnknown, WorkingCalendar
from domain.deadlines import due
from domain.dossier import Dossier
from domain.facts import Envelope
from domain.local_time import local_date
from domain.terms import GENERAL_TERMS, Limit, SupplementTerms
from domain.transitions import ACCEPTED, IN_PROCESSING, PAYMENT_REQUESTED, SUBMITTED, SUPPLEMENT_REQUESTED

GOES_ON_IN = frozenset((SUBMITTED, ACCEPTED, IN_PROCESSING, PAYMENT_REQUESTED))


def terms_of(dossier: Dossier, moment: Moment, at: datetime) -> SupplementTerms:
    """The terms of the version that the dossier pins, before acceptance of the one in force at `at`; those
    of the general rules for a dossier without a procedure."""
    if dossier.procedure_code is None:
        return GENERAL_TERMS
    procedure = moment.organisation.procedure_by_code(dossier.procedure_code)
    pinned = procedure.versions.get(dossier.procedure_version or 0)
    version = pinned or procedure.version_at(local_date(at))
    return version.supplement if version is not None else GENERAL_TERMS


def applicants_time(terms: SupplementTerms, moment: Moment, at: datetime) -> datetime | None:
    """When the applicant's time for papers asked for at `at` ends, where the version says so. BadRequest
    (calendar_unknown)."""
    if terms.until is None:
        return None
    try:
        return due(terms.until.amount, terms.until.unit, at, moment.organisation.calendar)
    except CalendarUnknown as unknown:
        raise _unknown(unknown) from None


def follow(dossier: Dossier, moment: Moment, envelope: Envelope, *, supplemented: bool) -> None:
    """Let the clock follow the act that was just performed. `supplemented`: the act brought the papers.
    BadRequest (calendar_unknown) where a year that is counted is not published."""
    try:
        _follow(dossier, moment, replace(envelope, rules=()), supplemented)
    except CalendarUnknown as unknown:
        raise _unknown(unknown) from None


def _follow(dossier: Dossier, moment: Moment, envelope: Envelope, supplemented: bool) -> None:
    calendar, at, position = moment.organisation.calendar, envelope.occurred_at, moment.read_up_to
    if dossier.status == SUPPLEMENT_REQUESTED and dossier.clock_runs:
        left = left_of(dossier, at, calendar)
        if left is not None:
            dossier.suspend_clock(envelope, cause=clock.SUPPLEMENT, left=left, calendar_position=position)
    elif dossier.clock_left is not None and dossier.status in GOES_ON_IN:
        going = _going(dossier, dossier.clock_left, moment, at, supplemented)
        dossier.set_clock(envelope, cause=clock.SUPPLEMENT, going=going, calendar_position=position)


def left_of(dossier: Dossier, at: datetime, calendar: WorkingCalendar) -> clock.Left | None:
    """What is left of the dossier's clock at `at`; None where none runs, or it has passed. Raises
    CalendarUnknown, Refused (deadline.clock_in_order)."""
    since, due = dossier.counted_from, dossier.statutory_due
    if dossier.counted is None or since is None or due is None:
        return None
    running = clock.stated(*dossier.counted, since, due, calendar)
    return clock.left_at(running, dossier.extended_until, at, calendar)


def _going(
    dossier: Dossier, left: clock.Left, moment: Moment, at: datetime, supplemented: bool
) -> clock.Going:
    assert dossier.limit_amount is not None  # a clock that stands had run
    assert dossier.limit_unit is not None
    limit, terms = Limit(dossier.limit_amount, dossier.limit_unit), terms_of(dossier, moment, at)
    calendar = moment.organisation.calendar
    return clock.goes_on_after(terms, limit, left, at, calendar, supplemented=supplemented)


def _unknown(unknown: CalendarUnknown) -> BadRequest:
    return BadRequest("calendar_unknown", f"{unknown}: load it before a time limit runs into it")
