"""Questions asked afterwards, answered from the log alone: who held this dossier on that day, and what a
simulation promised beside what came. Lateness is in lateness.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from application.certificate_document import Told
from application.dossiers import Dossiers, Known, load
from application.handovers import Handovers
from application.moment import Moment
from application.organisation import Organisation
from application.persons import speaking
from application.policy import Identity, allow
from application.promised import Compared, Promise, came, changed_since
from application.refusals import NotFound
from domain.handover_facts import PartSimulated
from domain.holding import Held, Step, StepKey, spells
from domain.local_time import local_date

MOST_GROUPS = 400
REASONS = ("filed", "concluded", "went_elsewhere", "came_from_elsewhere", "changed")
Json = dict[str, Any]


async def who_held(
    office: Dossiers,
    identity: Identity,
    code: str,
    at: datetime | None = None,
    known_at: int | datetime | None = None,
) -> Json:
    """Who held the dossier at an instant (None: now), as known at a position or an instant (None: now), and
    everyone who held it until then. NotFound before its first fact; NotAllowed as for reading it."""
    moment = await office.reader.moment(fresh=True)
    known = await load(office, code, moment)
    speaks = await speaking(office.ledger, identity, known.dossier, local_date(moment.now))
    allow(identity, "read-dossier", moment, parties=speaks.parties)
    then = await office.reader.as_known(known_at)
    asked = at or moment.now
    held = [s for s in _spells(then, known) if s.since <= asked]
    if not held:
        raise NotFound("not_known_yet", f"nobody held {code} then, as known at position {then.read_up_to}")
    rows = [
        _spell(then.organisation, spell, held[number + 1].since if number + 1 < len(held) else None)
        for number, spell in enumerate(held)
    ]
    return {"code": code, "at": asked, "known_at": then.read_up_to, "holder": rows[-1], "spells": rows}


def _spells(then: Moment, known: Known) -> list[Held]:
    history = known.history.up_to(then.read_up_to)
    return spells(history, then.organisation.steps.until(then.now))


def _spell(organisation: Organisation, held: Held, until: datetime | None) -> Json:
    agency = organisation.agencies[held.agency]
    act = organisation.acts[organisation.parts[held.by.part_id].act].number if held.by else None
    return {
        "agency": held.agency,
        "identifier": agency.identifier,
        "name": agency.on(local_date(held.since)).name,
        "since": held.since,
        "until": until,
        "rule": held.rule,
        "act": act,
        "part": held.by.part_id if held.by else None,
        "provisional": held.provisional,
        "ended_here": held.ended_here,
    }


async def compare(
    office: Handovers, identity: Identity, act_id: UUID, told: Told = lambda read: None
) -> Json:
    """For each version of each part of the act that has taken effect: its last simulation before its hour
    beside what was handed over by it, and the sums of all (`totals`), by
    "from > to | procedure | status", and the differences by what was recorded in between (filed,
    concluded, went elsewhere, came from elsewhere, changed). NotFound."""
    moment = await office.reader.moment(fresh=True)
    allow(identity, "read-handover", moment)
    act = moment.organisation.acts.get(act_id)
    if act is None:
        raise NotFound("unknown_handover", f"there is no handover {act_id}: see GET /v1/handovers")
    come = moment.organisation.steps.until(moment.now)
    steps = [step for part in act.parts for step in come if step.part_id == part]
    simulated = await _simulated(office, steps)
    compared = {step.key: Compared() for step in steps}
    await came(office, moment, steps, compared)
    promises = [Promise(s, simulated[s.key].at_position) for s in steps if s.key in simulated]
    await changed_since(office, moment, promises, compared, told)
    parts = [_told_of(step, simulated.get(step.key), compared[step.key]) for step in steps]
    totals = {name: sum(one[name] for one in parts) for name in ("promised", "came", "unexplained")}
    return {"handover": act_id, "number": act.number, "totals": totals, "parts": parts}


async def _simulated(office: Handovers, steps: Sequence[Step]) -> dict[StepKey, PartSimulated]:
    """The last simulation of each version before its hour."""
    found: dict[StepKey, PartSimulated] = {}
    hours = {step.key: step.hour for step in steps}
    for part in dict.fromkeys(step.part_id for step in steps):
        for recorded in await office.ledger.facts_of([part]):
            fact = recorded.fact
            if isinstance(fact, PartSimulated):
                hour = hours.get(StepKey(part, fact.part_version))
                if hour is not None and recorded.recorded_at < hour:
                    found[StepKey(part, fact.part_version)] = fact
    return found


def _told_of(step: Step, simulated: PartSimulated | None, compared: Compared) -> Json:
    promised: Counter[str] = Counter()
    said: Json = {"part": step.part_id, "part_version": step.part_version, "simulated_at": None}
    if simulated is not None:
        promised.update(simulated.counts["moves"])
        said["simulated_at"] = simulated.at_position
    others = promised.pop("others", 0)
    differ: list[Json] = []
    unexplained = 0
    for group in sorted(promised.keys() | compared.came.keys()):
        before, after = promised[group], compared.came[group]
        more = {reason: counts[group] for reason, counts in compared.more.items() if counts[group]}
        gone = {reason: counts[group] for reason, counts in compared.gone.items() if counts[group]}
        left = after - before - sum(more.values()) + sum(gone.values())
        unexplained += abs(left) if not others else 0
        if before != after:
            differ.append(
                {"group": group, "promised": before, "came": after, "more": more, "fewer": gone, "left": left}
            )
    return said | {
        "promised": sum(promised.values()) + others,
        "came": sum(compared.came.values()),
        "groups_not_listed": others,
        "reasons": {
            reason: {
                "more": sum(compared.more.get(reason, Counter()).values()),
                "fewer": sum(compared.gone.get(reason, Counter()).values()),
            }
            for reason in REASONS
        },
        "unexplained": unexplained,
        "differences": sorted(differ, key=lambda d: -abs(d["came"] - d["promised"]))[:MOST_GROUPS],
        "differences_in_all": len(differ),
    }
