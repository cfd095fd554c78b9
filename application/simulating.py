"""Saying what a part would do before anybody approves it: which dossiers go where, which ones a person will
have to decide, who and what the draft forgets, and how late the dossiers are already. Nothing moves.

What is recorded of it is bounded, whatever the number of dossiers: the largest groups, the first so many
codes, and how many there are in all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from application.amended import MICROSECOND, OneMore, walked
from application.handovers import Handovers, OpenDossier, StepAnswer, again, envelope_of, part_of
from application.ledger import Command
from application.moment import Moment, decide
from application.organisation import Organisation
from application.policy import Identity, allow
from application.staffing import nobody_to_receive, receivers_without_officers, staffed
from domain.handover_part import HandoverPart
from domain.handover_rules import (
    PLACE_UNKNOWN,
    PROCEDURE_UNKNOWN,
    RECEIVER_UNKNOWN,
    SPLIT_DEFAULT,
    SPLIT_DESK,
    TO_PERSON,
)
from domain.holding import Step
from domain.placing import placing_by
from domain.routing import PartRules, Placing

PAGE = 1000
MOST_GROUPS = 400
MOST_NAMED = 200

NO_RULE = frozenset((PLACE_UNKNOWN.id, PROCEDURE_UNKNOWN.id, RECEIVER_UNKNOWN.id, TO_PERSON.id))
SEVERAL_RULES = frozenset((SPLIT_DEFAULT.id, SPLIT_DESK.id))

Json = dict[str, Any]


async def simulate(
    office: Handovers, identity: Identity, part_id: UUID, command: Command | None = None
) -> StepAnswer:
    """Say what would happen, and record that it was said. `counts`:

    total, provisional, overdue, due_after_the_hour; `rule ID`: how many that rule places; exceptions: how
    many each of the act's exceptions places, by name; moves: by "from > to | procedure | status"; no_rule,
    several_rules: how many no rule or more than one places; to_decide: codes of such dossiers, by rule;
    persons: by the officer named to coordinate (`nobody`: none is), how many; overdue_at: by holder, how many
    and the longest in days; officers_without_move: posted at an agency that ends, with no move named, so they
    go with its heir; desks_left: agencies that stay open although their unit or their parent ends;
    nobody_to_receive: agencies to which dossiers go and where nobody at the hour may open one, with how many
    (the finding); receivers_without_officers: all that may receive and have nobody. See `staffing`.

    Who holds is read just before the part's hour, so that what earlier scheduled acts bring first is counted.
    An act that does not say its day is simulated as at now; an amendment after its hour, by what it would
    move.
    """
    if repeated := await office.ledger.repeated(command):
        return await again(office, repeated.versions[0][0], repeated.last)
    moment = await office.reader.moment(fresh=True)
    acting = allow(identity, "simulate-handover", moment)
    part = part_of(moment, part_id)
    await office.index.shown(moment.read_up_to)
    hour = max(part.draft_of().effective_at or moment.now, moment.now)
    step = Step(hour, part.id, part.part_version, part.rules(), part.draft_of().effective_at or hour)
    counted = await _counted(office, moment, step)
    counts = await _told(office, counted) | _forgotten(moment.organisation, step.rules, hour)
    there = staffed(moment.organisation, step)
    nobody = nobody_to_receive(moment.organisation, counted.arriving, there)
    counts["nobody_to_receive"] = summed(Counter(nobody))
    counts["receivers_without_officers"] = receivers_without_officers(moment.organisation, step, there)

    async def decision(later: Moment) -> StepAnswer:
        fresh = await office.ledger.load(HandoverPart, part_id)
        fresh.simulate(envelope_of(acting, later), at_position=moment.read_up_to, counts=counts)
        receipt = await office.ledger.append(fresh, command=command, nothing_newer=later.nothing_newer())
        return StepAnswer(fresh.act, part_id, receipt.last, counts)

    return await decide(office.reader, decision, versions_too=True)


@dataclass(slots=True)
class _Counted:
    moves: Counter[str] = field(default_factory=Counter)
    arriving: Counter[UUID] = field(default_factory=Counter)
    total: Counter[str] = field(
        default_factory=lambda: Counter(
            total=0, provisional=0, overdue=0, due_after_the_hour=0, no_rule=0, several_rules=0
        )
    )
    exceptions: Counter[str] = field(default_factory=Counter)
    persons: Counter[str] = field(default_factory=Counter)
    overdue: Counter[str] = field(default_factory=Counter)
    longest: dict[str, timedelta] = field(default_factory=dict)
    to_decide: dict[UUID, str] = field(default_factory=dict)


async def _counted(office: Handovers, moment: Moment, step: Step) -> _Counted:
    """What leaves the agencies that end; for an amendment after its hour also what its earlier version moved
    and it would place otherwise."""
    organisation = moment.organisation
    others = [other for other in organisation.steps if other.part_id != step.part_id]
    counted = _Counted()
    after: UUID | None = None
    at = step.hour - MICROSECOND if step.hour > moment.now else moment.now
    while page := await office.index.open_at(tuple(step.rules.heirs), at, after, PAGE):
        for row in page:
            placing = placing_by(step, others, row.holder, row.place, row.procedure_code)
            _count(counted, organisation, step, row, placing, moment.now)
        after = page[-1].dossier
    before = organisation.known_acts.at(moment.now).parts.get(step.part_id)
    if before is not None:
        await _recounted(office, moment, step, before, counted)
    return counted


async def _recounted(office: Handovers, moment: Moment, step: Step, before: Step, counted: _Counted) -> None:
    organisation = moment.organisation
    with_it = OneMore(organisation.steps, step)
    after: UUID | None = None
    while page := await office.index.moving_by(before.part_id, before.part_version, after, PAGE):
        for found in await walked(office, moment, page):
            held, then = found.held, with_it.holder_of(found)
            if held.agency == then.agency or then.ended_here or held.agency in step.rules.heirs:
                continue
            row = OpenDossier(found.id, held.agency, found.place, found.procedure, found.status, found.due)
            placing = Placing(then.agency, then.rule, then.provisional)
            _count(counted, organisation, step, row, placing, moment.now)
        after = page[-1]


def _count(
    counted: _Counted,
    organisation: Organisation,
    step: Step,
    row: OpenDossier,
    placing: Placing,
    now: datetime,
) -> None:
    holder = organisation.agencies[row.holder].identifier
    to = organisation.agencies[placing.agency].identifier
    counted.moves[f"{holder} > {to} | {row.procedure_code} | {row.status}"] += 1
    counted.arriving[placing.agency] += 1
    total = counted.total
    total["total"] += 1
    total["provisional"] += placing.provisional
    total[f"rule {placing.rule}"] += 1
    total["no_rule"] += placing.rule in NO_RULE
    total["several_rules"] += placing.rule in SEVERAL_RULES
    if placing.exception is not None:
        counted.exceptions[placing.exception] += 1
    if placing.provisional:
        named = organisation.coordinators.get(step.part_id, {})
        person = named.get(row.holder) or named.get(None)
        counted.persons["nobody" if person is None else str(person.officer)] += 1
        if len(counted.to_decide) < MOST_NAMED:
            counted.to_decide[row.dossier] = placing.rule
    if row.due is None:
        return
    total["due_after_the_hour"] += row.due >= step.hour
    if row.due < now:
        total["overdue"] += 1
        counted.overdue[holder] += 1
        counted.longest[holder] = max(counted.longest.get(holder, timedelta()), now - row.due)


async def _told(office: Handovers, counted: _Counted) -> Json:
    """The counts as they are recorded, with the codes of what a person will have to decide."""
    to_decide: dict[str, list[str]] = {}
    for stored in await office.ledger.recorder.first_of(list(counted.to_decide)):
        first = office.ledger.codec.decode(stored).fact
        rule = counted.to_decide[stored.stream_id]
        to_decide.setdefault(rule, []).append(getattr(first, "code", str(stored.stream_id)))
    overdue_at = {
        holder: {"dossiers": amount, "longest_days": counted.longest[holder].days}
        for holder, amount in counted.overdue.most_common(MOST_GROUPS)
    }
    return {
        **counted.total,
        "moves": summed(counted.moves),
        "exceptions": summed(counted.exceptions),
        "persons": summed(counted.persons),
        "to_decide": {rule: sorted(codes) for rule, codes in to_decide.items()},
        "overdue_at": overdue_at,
    }


def summed(moves: Counter[str], most: int = MOST_GROUPS) -> dict[str, int]:
    """The largest groups, the rest in one: an event is bounded, whatever the number of procedures."""
    largest = dict(moves.most_common(most))
    rest = sum(moves.values()) - sum(largest.values())
    return largest | ({"others": rest} if rest else {})


def _forgotten(organisation: Organisation, rules: PartRules, hour: datetime) -> Json:
    """Officers and desks that the draft says nothing of although what they belong to ends. An agency follows
    a unit that goes on unchanged."""
    officers = sorted(
        str(officer.id)
        for officer in organisation.officers.values()
        if any(
            where in rules.heirs and posting.posting_id not in rules.posting_moves
            for posting, where in organisation.posted(officer.id, hour)
        )
    )
    gone = {unit for unit in rules.ended_units if rules.same(unit) is None}
    desks = sorted(
        agency.identifier
        for agency in organisation.agencies.values()
        if (agency.parent in rules.heirs or organisation.unit_of(agency, hour) in gone)
        and agency.id not in rules.heirs
        and organisation.agency_counts(agency)
        and organisation.agency_open_at(agency, hour)
    )
    return {
        "officers_without_move": {"amount": len(officers), "officers": officers[:MOST_NAMED]},
        "desks_left": {"amount": len(desks), "agencies": desks[:MOST_NAMED]},
    }
