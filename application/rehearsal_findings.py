"""What a rehearsal found that a person has to look at before the real hour."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from application.moment import Moment
from application.rehearsed import Rehearsed
from application.staffing import MOST_NAMED, nobody_to_receive, receivers_without_officers, staffed

POST = "post somebody there with the role desk, handler or decider"


def judge(moment: Moment, one: Rehearsed) -> None:
    """Add what a person has to look at before the real hour; `moment`: after it, on the copy."""
    _staff(moment, one)
    if one.reconciled.get("holders_other_than_one"):
        one.findings.append(f"{one.reconciled['holders_other_than_one']} dossiers have no holder or several")
    named = dict(list(one.nobody.items())[:MOST_NAMED])
    one.findings += [
        f"nobody can receive the dossiers that go to {agency} ({dossiers:,}): {POST}"
        for agency, dossiers in named.items()
    ]
    if more := len(one.nobody) - len(named):
        one.findings.append(f"nobody can receive at {more:,} more agencies where dossiers go")


def _staff(moment: Moment, one: Rehearsed) -> None:
    """Who has nobody to receive, after the hour on the copy: what a simulation of days ago said may have been
    put right since. Of a part that was never scheduled: what its simulation said."""
    organisation = moment.organisation
    step = organisation.known_acts.at(moment.now).parts.get(one.part)
    if step is None:
        one.nobody = one.simulated.get("nobody_to_receive", one.nobody)
        one.unstaffed = one.simulated.get("receivers_without_officers", one.unstaffed)
        return
    there = staffed(organisation, step, moment.now)
    arriving: Counter[UUID] = Counter()
    for agency, dossiers in one.outcome.by_receiver.items():
        arriving[organisation.heir_of(agency, moment.now)] += dossiers
    one.nobody = nobody_to_receive(organisation, arriving, there)
    one.unstaffed = receivers_without_officers(organisation, step, there)
