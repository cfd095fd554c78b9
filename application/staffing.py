"""Whether somebody is there at the hour who can receive: an agency that gets dossiers without anybody who may
work on them would hold what nobody can open. An operator alone is nobody: the role opens no dossier.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import datetime
from typing import Any
from uuid import UUID

from application.organisation import Organisation
from application.postings import where_posted
from domain.holding import Step, Steps

MOST_NAMED = 200
WORKING = frozenset(("desk", "handler", "decider"))

Json = dict[str, Any]


def staffed(organisation: Organisation, step: Step, at: datetime | None = None) -> set[UUID]:
    """Agencies where somebody who receives or handles dossiers is posted at the step's hour (or later, `at`),
    the step (scheduled or not yet) having moved them. Who is suspended does not count."""
    t = at or step.hour
    known = organisation.steps
    new = all(other.key != step.key for other in known)
    steps = Steps(sorted((*known, step), key=lambda s: s.hour)) if new else known
    there: set[UUID] = set()
    for officer in organisation.officers.values():
        if officer.suspended_at(t):
            continue
        for posting in officer.postings_at(t):
            begins = posting.begins_by
            begun = begins == step.part_id or organisation.begun(begins, t)
            if begun and not WORKING.isdisjoint(posting.roles):
                there.add(where_posted(posting, steps, t))
    return there


def receivers_without_officers(organisation: Organisation, step: Step, there: Set[UUID]) -> Json:
    """Agencies that may receive by this step, by an exception of the act too, and are not `staffed`:
    `amount`, and the first identifiers as `agencies`."""
    rules = step.rules
    receiving = {*rules.receivers.values(), *rules.heirs.values()}
    receiving.update(exception.to for exception in rules.exceptions if exception.to is not None)
    if rules.province_desk is not None:
        receiving.add(rules.province_desk)
    names = sorted(organisation.agencies[agency].identifier for agency in receiving - there)
    return {"amount": len(names), "agencies": names[:MOST_NAMED]}


def nobody_to_receive(
    organisation: Organisation, arriving: Mapping[UUID, int], there: Set[UUID]
) -> dict[str, int]:
    """Of the agencies to which so many dossiers go, those that are not `staffed`: identifier to dossiers, the
    most first."""
    empty = {organisation.agencies[a].identifier: n for a, n in arriving.items() if n and a not in there}
    return dict(sorted(empty.items(), key=lambda one: (-one[1], one[0])))
