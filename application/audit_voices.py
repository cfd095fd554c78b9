"""Works out again what is recorded of feedback and complaints: the due date by the limit and the calendar
known then, and that each is answered, or passed on, by whoever had to answer it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from application.organisation import Organisation
from domain.calendar import CalendarUnknown
from domain.deadlines import due
from domain.facts import Recorded
from domain.local_time import local_date
from domain.refusals import Refused
from domain.voice_facts import VoiceAnswered, VoicePassedOn, VoiceReceived
from domain.working_hours import OFFICE

Wrong = tuple[Recorded[Any], str]


def wrong_order(facts: Sequence[Recorded[Any]], organisation: Organisation) -> Iterator[Wrong]:
    """What does not follow the facts before it: a second receipt, anything after the end, an answer of
    another agency than had to."""
    agency, ended = None, False
    for number, recorded in enumerate(facts):
        fact = recorded.fact
        if isinstance(fact, VoiceReceived) != (number == 0):
            yield recorded, "begins no feedback or complaint, or begins one again"
        elif ended:
            yield recorded, "goes on with what was answered or withdrawn"
        if isinstance(fact, VoicePassedOn | VoiceAnswered) and agency is not None:
            had_to = organisation.heir_of(agency, fact.envelope.occurred_at)
            by = fact.from_agency if isinstance(fact, VoicePassedOn) else fact.agency
            if by != had_to:
                yield recorded, f"is of the agency {by}, and {had_to} had to answer"
        if isinstance(fact, VoiceReceived):
            agency = fact.agency
        elif isinstance(fact, VoicePassedOn):
            agency = fact.to_agency
        else:
            ended = True


def wrong_due(facts: Sequence[Recorded[Any]], organisation: Organisation) -> Iterator[Wrong]:
    """A receipt whose limit or due date does not come out again."""
    for recorded in facts:
        if isinstance(recorded.fact, VoiceReceived):
            try:
                said = _judged(recorded.fact, organisation)
            except (CalendarUnknown, Refused) as unknown:
                said = f"counts on what was not known then: {unknown}"
            if said is not None:
                yield recorded, said


def _judged(fact: VoiceReceived, organisation: Organisation) -> str | None:
    known = fact.calendar_position
    limit = organisation.voice_limits.on(fact.kind, local_date(fact.counted_from), known)
    if limit is None:
        if (fact.limit_amount, fact.limit_unit, fact.due) == (None, None, None):
            return None
        return f"states the due date {fact.due}, and no limit was set then"
    if (fact.limit_amount, fact.limit_unit) != (limit.amount, limit.unit):
        return (
            f"states a limit of {fact.limit_amount} {fact.limit_unit}, "
            f"the one that held then is {limit.amount} {limit.unit}"
        )
    hours = organisation.hours_known_at(known, OFFICE)
    expected = due(limit.amount, limit.unit, fact.counted_from, organisation.calendar_known_at(known), hours)
    if expected != fact.due:
        return f"states the due date {fact.due}, the calendar known then gives {expected}"
    return None
