"""What is known of a linked group's rules, dates and dossiers, for those that change it and those that read
it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from application.moment import Moment
from application.organisation import Organisation
from application.refusals import BadRequest
from application.succession import heirs_of_unit
from domain import clock
from domain.calendar import CalendarUnknown, WorkingCalendar
from domain.deadlines import due
from domain.dossier import Dossier
from domain.linked_facts import LinkedDeclared
from domain.linked_group import DONE, REJECTED, RUNNING, LinkedGroup, StepStands
from domain.linked_terms import LinkedStep, LinkedTerms
from domain.outages import Outage
from domain.suspension import Interval, union
from domain.terms import ClockTerms
from domain.transitions import COMPLETED, REFUSED_AT_INTAKE, RESULT_RETURNED, STOPPED, WITHDRAWN
from domain.working_hours import OFFICE, WorkingHours

ENDED = {REFUSED_AT_INTAKE: "refused_at_intake", STOPPED: "stopped", WITHDRAWN: "withdrawn"}


def terms_of_group(group: LinkedGroup, organisation: Organisation) -> LinkedTerms | None:
    """The rules under which it was declared; None where none were known."""
    if group.declared is None:
        return None
    return organisation.linked_rules.number(group.declared.kind, group.declared.rules_from)


def whole_due(
    limit: tuple[int, str] | None, since: datetime, organisation: Organisation, position: int | None = None
) -> datetime | None:
    """When the whole is due (exclusive), by the calendar known now or at a position; None without a limit.
    Raises CalendarUnknown."""
    if limit is None:
        return None
    if position is None:
        return due(*limit, since, organisation.calendar, organisation.hours(OFFICE))
    hours = organisation.hours_known_at(position, OFFICE)
    return due(*limit, since, organisation.calendar_known_at(position), hours)


def due_or_load(
    limit: tuple[int, str] | None, since: datetime, organisation: Organisation
) -> datetime | None:
    """The same as known now, for what is about to be recorded. BadRequest (calendar_unknown)."""
    try:
        return whole_due(limit, since, organisation)
    except CalendarUnknown as unknown:
        raise calendar_missing(unknown) from None


def calendar_missing(unknown: CalendarUnknown) -> BadRequest:
    return BadRequest("calendar_unknown", f"{unknown}: load it before recording what runs into it")


def stands_of(dossier: Dossier, step: LinkedStep | None) -> StepStands:
    """Whether a step's dossier is done, rejected or still runs, and what it passes on."""
    if dossier.status in ENDED:
        return StepStands(REJECTED, ENDED[dossier.status])
    if dossier.status not in (COMPLETED, RESULT_RETURNED):
        return StepStands(RUNNING)
    if dossier.outcome == "refused":
        return StepStands(REJECTED, "refused")
    for result in dossier.standing_results:
        if result.checked is not None and result.checked.outcome == "invalid":
            continue
        if step and step.passes and result.code == step.passes and result.document is not None:
            return StepStands(DONE, document=result.document, issued=result.issued)
    return StepStands(DONE)


def place_now(declared: LinkedDeclared, agency: UUID, moment: Moment) -> str | None:
    """The place that was declared, as CODE@DATE; where an act has ended it since, what stands for it. Only
    for an agency that has ended too the old one stays: by it the step is routed to its heir."""
    organisation, then = moment.organisation, declared.envelope.occurred_at
    if declared.place_code is None:
        return None
    units = list(organisation.units_with_code(declared.place_code))
    unit = next((one for one in units if organisation.unit_valid_at(one, then)), units[0])
    if organisation.unit_valid_at(unit, moment.now) or organisation.heir_of(agency, moment.now) != agency:
        return unit.reference
    heirs = heirs_of_unit(organisation, unit.id, moment.now)
    heir = next((one for one in heirs if one.default), None)
    return organisation.units[heir.unit].reference if heir else unit.reference


def left_out(outages: Iterable[Outage], group: UUID) -> list[Interval]:
    """When announced outages of what linked groups go through keep their time from running."""
    cut = (outage.moving(ClockTerms(), group) for outage in outages)
    return list(union(interval for interval in cut if interval is not None))


def minutes_after(minutes: int, since: datetime, out: Iterable[Interval]) -> datetime:
    """When so many minutes have passed that run day and night, and not in what is left out."""
    at, left = since, timedelta(minutes=minutes)
    for interval in out:
        if interval.end <= at:
            continue
        if at + left <= interval.start:
            break
        left -= max(interval.start - at, timedelta(0))
        at = interval.end
    return at + left


def working_hours_after(
    amount: int, since: datetime, hours: WorkingHours, out: Iterable[Interval]
) -> datetime:
    """When so many working hours have passed that do not run in what is left out. Raises CalendarUnknown,
    Refused (deadline.hours_known)."""
    at, left = since, timedelta(hours=amount)
    for interval in out:
        if interval.end <= at:
            continue
        if hours.add(left, at) <= interval.start:
            break
        if interval.start > at:
            left -= hours.between(at, interval.start)
        at = interval.end
    return hours.add(left, at)


def due_now(
    limit: tuple[int, str] | None,
    since: datetime,
    ends: datetime | None,
    out: Iterable[Interval],
    calendar: WorkingCalendar,
    hours: WorkingHours | None,
) -> datetime | None:
    """The due date of the whole with what is left out: outages, and the applicant's own time. Raises
    CalendarUnknown."""
    if limit is None or ends is None:
        return ends
    running = clock.stated(*limit, since, ends, calendar)
    going = clock.with_left_out(running, None, out, calendar, hours)
    return ends if going is None or going.due is None else going.due
