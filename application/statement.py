"""What a `HandedOver` fact says of a dossier, worked out from the log: the same for whoever works it out, and
whenever."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from application.clocks import terms_of
from application.moment import Moment
from application.organisation import Organisation
from application.refusals import BadRequest, told_at
from domain.calendar import CalendarUnknown, WorkingCalendar
from domain.clock import EXACTLY
from domain.deadlines import WORKING_HOUR, remaining
from domain.dossier import Dossier
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Fact, Recorded
from domain.handed_over import components_digest, history_digest
from domain.holding import DossierHistory, Held, Step, StepKey, Steps, links
from domain.working_hours import WorkingHours

Left = tuple[str | None, int | None]


class Around(NamedTuple):
    """Who held a dossier just before a step's hour, and who since."""

    before: Held
    since: Held


def steps_of(moment: Moment, part: UUID) -> list[Step]:
    """The versions of a part that have taken effect, by their hours. BadRequest where none has."""
    known = [step for step in moment.organisation.steps if step.part_id == part]
    if not known:
        raise BadRequest("not_scheduled", "the part is not scheduled: approve it twice and schedule it first")
    come = [step for step in known if step.hour <= moment.now]
    if not come:
        hour = told_at(known[0].hour)
        raise BadRequest("before_the_hour", f"the part takes effect at {hour}: transfer after it")
    return come


def until(organisation: Organisation, step: Step) -> Steps:
    """The steps that count at a step's hour."""
    return organisation.steps.until(step.hour)


def handed_over_at(steps: Steps, step: Step, known: DossierHistory) -> Around | None:
    """Who held around the step's hour, by the facts of `known` recorded before it; None where the step does
    not move the dossier. A fact recorded in that very instant comes after it. `steps`: `until` the step."""
    sets = tuple(fact for fact in known.holder_sets if fact.at < step.hour)
    if not sets:
        return None
    walked = links(DossierHistory(sets, known.places, known.statuses), steps)
    for before, since in pairwise(walked):
        if since.by == step.key:
            return None if since.ended_here else Around(before, since)
    return None


def moved_at(steps: Steps, hour: datetime, known: DossierHistory) -> dict[StepKey, Around]:
    """What `handed_over_at` says of every step of one hour, in one walk. `steps`: `until` any of them."""
    sets = tuple(fact for fact in known.holder_sets if fact.at < hour)
    if not sets:
        return {}
    walked = links(DossierHistory(sets, known.places, known.statuses), steps)
    here = {step.key for step in steps if step.hour == hour}
    return {
        since.by: Around(before, since)
        for before, since in pairwise(walked)
        if since.by in here and not since.ended_here
    }


def statement(
    organisation: Organisation, steps: Steps, step: Step, facts: Sequence[Recorded[Fact]]
) -> dict[str, Any] | None:
    """What the `HandedOver` of a dossier says, from its facts recorded before the step's hour; None where
    the step does not move it. All as at the hour."""
    if not facts:
        return None
    known = timeline(facts)
    around = handed_over_at(steps, step, known)
    return None if around is None else _fields(organisation, step, known, around, facts)


def _fields(
    organisation: Organisation,
    step: Step,
    known: DossierTimeline,
    around: Around,
    facts: Sequence[Recorded[Fact]],
) -> dict[str, Any]:
    dossier = known.dossier
    left = _left_at(organisation, dossier, step.hour)
    own = [f.leaf for f in facts if f.fact.originator_id == known.dossier_id]
    return {
        "dossier": known.dossier_id,
        "code": dossier.code or "",
        "part": step.part_id,
        "part_version": step.part_version,
        "effective_at": step.hour,
        "from_agency": around.before.agency,
        "to_agency": around.since.agency,
        "rule": around.since.rule,
        "provisional": around.since.provisional,
        "status": dossier.status,
        "revision": dossier.version,
        "remaining_unit": left[0],
        "remaining_amount": left[1],
        "history_digest": history_digest(own),
        "components_digest": components_digest(dossier.components),
    }


def _left_at(organisation: Organisation, dossier: Dossier, hour: datetime) -> Left:
    """What is left of its limit at the hour, as known before it; of a clock that stands, what it stands
    with (in days: what is left of hours is no whole number of them)."""
    standing = dossier.clock_left
    if standing is not None:
        return (None, None) if standing.unit in EXACTLY else (standing.unit, standing.amount)
    if not dossier.statutory_due or not dossier.limit_unit:
        return None, None
    calendar, hours = organisation.calendar_known_before(hour), None
    if dossier.limit_unit == WORKING_HOUR:
        schedule = terms_of(dossier, organisation, hour).clock.schedule
        hours = organisation.hours_known_before(hour, schedule)
        if hours is None:
            return None, None
    return _left(dossier.limit_unit, dossier.statutory_due, hour, calendar, hours)


@lru_cache(maxsize=16_384)
def _left(
    unit: str, due: datetime, hour: datetime, calendar: WorkingCalendar, hours: WorkingHours | None
) -> Left:
    """Most dossiers of an hour are due at one of few midnights."""
    with suppress(CalendarUnknown):  # the calendar known at the hour may not reach that far: not stated
        return remaining(unit, due, hour, calendar, hours)
    return None, None


def moves(steps: Steps, known: DossierHistory) -> dict[StepKey, Around]:
    """Every step that moved the dossier, as `handed_over_at` says of each, in one walk from every fact that
    set a holder."""
    found: dict[StepKey, Around] = {}
    sets = known.holder_sets
    for number, following in enumerate((*sets[1:], None), start=1):
        walked = links(DossierHistory(sets[:number], known.places, known.statuses), steps)
        for before, since in pairwise(walked):
            if following is not None and since.since > following.at:
                break
            if since.by is not None and not since.ended_here:
                found[since.by] = Around(before, since)
    return found
