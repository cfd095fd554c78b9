"""Works out again what is recorded of linked groups: that each was declared first and under rules that held
then, its due date by the rules and the calendar known then, and that each step's dossier is there and of this
group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from application.linked_known import whole_due
from application.organisation import Organisation
from domain.calendar import CalendarUnknown
from domain.facts import Recorded
from domain.linked_facts import LinkedDeclared, LinkedStepBegun, LinkedVerifying
from domain.linked_group import LinkedGroup
from domain.local_time import local_date
from domain.refusals import Refused

Wrong = tuple[Recorded[Any], str]


def begun_in(facts: Sequence[Recorded[Any]]) -> list[UUID]:
    """The dossiers that these facts begin."""
    return [recorded.fact.dossier for recorded in facts if isinstance(recorded.fact, LinkedStepBegun)]


def wrong_group(
    facts: Sequence[Recorded[Any]], organisation: Organisation, groups: Mapping[UUID, UUID | None]
) -> Iterator[Wrong]:
    """What does not follow, and steps whose dossier is not there or is of another group. `groups`: by
    dossier, the group that its first fact names."""
    group = LinkedGroup.empty(facts[0].fact.originator_id)
    for number, recorded in enumerate(facts):
        fact = recorded.fact
        if isinstance(fact, LinkedDeclared) != (number == 0):
            yield recorded, "declares no linked group, or declares one again"
        if isinstance(fact, LinkedDeclared):
            for step in fact.steps:
                if step.agency not in organisation.agencies:
                    yield recorded, f"names the agency {step.agency}, which is not there"
        if isinstance(fact, LinkedStepBegun):
            if fact.step in group.begun:
                yield recorded, f"begins the step {fact.step} again"
            if groups.get(fact.dossier) != group.id:
                yield recorded, f"begins the dossier {fact.dossier}, which is none of this group"
        group.replay(fact)


def wrong_group_due(facts: Sequence[Recorded[Any]], organisation: Organisation) -> Iterator[Wrong]:
    """A declaration or a verification whose due date does not come out again."""
    declared = next((r.fact for r in facts if isinstance(r.fact, LinkedDeclared)), None)
    for recorded in facts:
        fact = recorded.fact
        if declared is None or not isinstance(fact, LinkedDeclared | LinkedVerifying):
            continue
        try:
            expected, number = _expected(fact, declared, organisation)
        except (CalendarUnknown, Refused) as unknown:
            yield recorded, f"counts on what was not known then: {unknown}"
            continue
        if number != declared.rules_from:
            yield recorded, f"states the rules {declared.rules_from}, those that held then are {number}"
        elif expected != fact.due:
            yield recorded, f"states the due date {fact.due}, what was known then gives {expected}"


def _expected(
    fact: LinkedDeclared | LinkedVerifying, declared: LinkedDeclared, organisation: Organisation
) -> tuple[datetime | None, int | None]:
    day, known = local_date(declared.envelope.occurred_at), declared.calendar_position
    terms = organisation.linked_rules.on(declared.kind, day, known)
    verified = isinstance(fact, LinkedVerifying)
    limit = (terms.verified if verified else terms.limit) if terms else None
    due = whole_due(limit, declared.counted_from, organisation, fact.calendar_position)
    return due, terms.number if terms else None
