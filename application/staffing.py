"""Whether somebody is there at the hour: an agency that receives without anybody posted would hold what
nobody can open."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from application.organisation import Organisation
from application.postings import where_posted
from domain.holding import Step

MOST_NAMED = 200
WORKING = frozenset(("desk", "handler", "decider"))

Json = dict[str, Any]


def receivers_without_officers(organisation: Organisation, step: Step) -> Json:
    """Agencies that receive by this step (scheduled or not yet), by an exception of the act too, and have
    nobody at its hour who receives or handles dossiers: `amount`, and the first identifiers as `agencies`.
    Who is suspended does not count."""
    rules = step.rules
    receiving = {*rules.receivers.values(), *rules.heirs.values()}
    receiving.update(exception.to for exception in rules.exceptions if exception.to is not None)
    if rules.province_desk is not None:
        receiving.add(rules.province_desk)
    known = organisation.steps
    new = all(other.key != step.key for other in known)
    steps = sorted((*known, step), key=lambda s: s.hour) if new else known
    staffed: set[UUID] = set()
    for officer in organisation.officers.values():
        if officer.suspended_at(step.hour):
            continue
        for posting in officer.postings_at(step.hour):
            begins = posting.begins_by
            if not WORKING.isdisjoint(posting.roles) and (
                begins == step.part_id or organisation.begun(begins, step.hour)
            ):
                staffed.add(where_posted(posting, steps, step.hour))
    names = sorted(organisation.agencies[agency].identifier for agency in receiving - staffed)
    return {"amount": len(names), "agencies": names[:MOST_NAMED]}
