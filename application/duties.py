"""By when a desk has to have told the applicant, and forwarded what it received for another agency (reference
section 3.1).

Nothing is refused for being late: it is recorded, and its fact names the rule, so that it is found. Where
nobody said when offices are open on the day, no such time is known.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from application.moment import Moment
from application.succession import desks_after
from domain import ending_rules, record_rules, waiting_rules
from domain.calendar import CalendarUnknown
from domain.dossier import Dossier
from domain.receipt_time import first_notice_by, forward_by
from domain.refusals import Refused, Rule, on_record
from domain.transitions import HANDLED
from domain.working_hours import OFFICE, WorkingHours

NOTICES: Final = frozenset(("accept", "refuse-intake", "request-supplement"))
"""Acts by which the applicant hears of it first."""


def notice_by(dossier: Dossier, moment: Moment) -> datetime | None:
    """Until when (exclusive) the applicant is told; None where that has been done, or is not known."""
    filed = dossier.submitted_at
    if filed is None or dossier.status != 1 or dossier.trips:
        return None
    return _known(moment, lambda hours: first_notice_by(filed, dossier.channel or "", hours))


def forwarded_by(dossier: Dossier, moment: Moment, holder: UUID) -> datetime | None:
    """Until when (exclusive) a dossier that another agency decides leaves the one that received it, or the
    heir of that one; None where it has left once, was not received yet or is ready, where an act has made
    its holder the one that decides, or where that is not known."""
    received = dossier.accepted_at
    if received is None or dossier.left_receiver or dossier.status not in HANDLED:
        return None
    if not _passes_on(dossier, moment, holder):
        return None
    return _known(moment, lambda hours: forward_by(received, hours))


def _passes_on(dossier: Dossier, moment: Moment, holder: UUID) -> bool:
    """Whether the holder received it for another agency: both as the acts have left them by now."""
    receiving, competent = dossier.receiving_agency, dossier.competent_agency
    if receiving is None or competent is None or receiving == competent:
        return False
    if holder == moment.organisation.heir_of(competent, moment.now):
        return False
    return holder in desks_after(moment.organisation, receiving, moment.now)


def late_by(dossier: Dossier, moment: Moment, holder: UUID, act: str, at: datetime) -> tuple[Rule, ...]:
    """The rules that an act done at `at` comes too late for; of a result also that it is dated before a due
    date which has passed since."""
    if act in NOTICES:
        until, rule = notice_by(dossier, moment), waiting_rules.FIRST_NOTICE
    elif act == "forward":
        until, rule = forwarded_by(dossier, moment, holder), waiting_rules.FORWARD_BY
    elif act == "finish":
        dates = (dossier.statutory_due, dossier.promised, dossier.extended_until)
        back = any(at < due <= moment.now for due in dates if due is not None)
        return on_record(ending_rules.DATED_BACK) if back else ()
    else:
        return ()
    return on_record(rule) if until is not None and at >= until else ()


def _known(moment: Moment, by: Callable[[WorkingHours], datetime]) -> datetime | None:
    hours = moment.organisation.hours(OFFICE)
    try:
        return None if hours is None else by(hours)
    except CalendarUnknown:
        return None
    except Refused as refused:  # the first hours are in force from a later day on
        if refused.rule is not record_rules.HOURS_KNOWN:
            raise
        return None
