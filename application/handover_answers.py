"""Questions asked afterwards, answered from the log alone: who held this dossier on that day, and what a
simulation promised beside what came. Lateness is in lateness.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from application.certificate_document import Told, handed_over
from application.dossiers import Dossiers, Known, load
from application.handovers import Handovers
from application.moment import Moment, position_at
from application.organisation import Organisation
from application.policy import Identity, allow
from application.refusals import NotFound
from application.statement import handed_over_at, until
from domain.dossier_timeline import timeline
from domain.facts import Category, Fact, Recorded
from domain.handover_facts import PartSimulated
from domain.holding import Held, Step, Steps, spells
from domain.local_time import local_date

PAGE = 1000
CHUNK = 250
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
    allow(identity, "read-dossier", moment, parties=known.parties)
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
    return spells(history, [s for s in then.organisation.steps if s.hour <= then.now])


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


@dataclass(slots=True)
class _Compared:
    came: Counter[str] = field(default_factory=Counter)
    gone: dict[str, Counter[str]] = field(default_factory=dict)
    """Reason to group to how many that were promised did not come."""
    more: dict[str, Counter[str]] = field(default_factory=dict)


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
    parts = []
    for part in act.parts:
        steps = [s for s in moment.organisation.steps if s.part_id == part and s.hour <= moment.now]
        for step in steps:
            parts.append(await _compare_step(office, moment, step, told))
    totals = {name: sum(one[name] for one in parts) for name in ("promised", "came", "unexplained")}
    return {"handover": act_id, "number": act.number, "totals": totals, "parts": parts}


async def _compare_step(office: Handovers, moment: Moment, step: Step, told: Told) -> Json:
    simulated = await _simulated(office, step)
    compared = _Compared()
    async for codes in _moved(office, moment, step):
        compared.came.update(codes)
    promised: Counter[str] = Counter()
    said: Json = {"part": step.part_id, "part_version": step.part_version, "simulated_at": None}
    if simulated is not None:
        promised.update(simulated.counts["moves"])
        await _between(office, moment, step, simulated.at_position, compared, told)
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


async def _simulated(office: Handovers, step: Step) -> PartSimulated | None:
    """The last simulation of this version before its hour."""
    found = None
    for recorded in await office.ledger.facts_of([step.part_id]):
        fact = recorded.fact
        if isinstance(fact, PartSimulated) and recorded.recorded_at < step.hour:
            found = fact if fact.part_version == step.part_version else found
    return found


async def _moved(office: Handovers, moment: Moment, step: Step) -> AsyncIterator[list[str]]:
    """The groups of what was handed over, some hundred at once."""
    chunk = []
    async for fact in handed_over(office, [step], moment.read_up_to):
        chunk.append(fact)
        if len(chunk) == PAGE:
            yield await _groups(office, moment, chunk)
            chunk = []
    if chunk:
        yield await _groups(office, moment, chunk)


async def _groups(office: Handovers, moment: Moment, facts: Sequence[Any]) -> list[str]:
    procedures = {}
    for stored in await office.ledger.recorder.first_of([fact.dossier for fact in facts]):
        first = office.ledger.codec.decode(stored).fact
        procedures[stored.stream_id] = getattr(first, "procedure_code", None)
    named = moment.organisation.agencies
    return [
        _group(
            named[f.from_agency].identifier,
            named[f.to_agency].identifier,
            procedures.get(f.dossier),
            f.status,
        )
        for f in facts
    ]


def _group(from_: str, to: str, procedure: str | None, status: int | None) -> str:
    """As a simulation names it."""
    return f"{from_} > {to} | {procedure} | {status}"


async def _between(
    office: Handovers, moment: Moment, step: Step, simulated_at: int, compared: _Compared, told: Told
) -> None:
    """Go through the dossiers that had a fact between the simulation and the hour: all others came as they
    were promised."""
    end = await position_at(office.ledger.recorder, step.hour)
    after, read = simulated_at, 0
    while after < end:
        page = await office.ledger.recorder.events_after(after, PAGE, (Category.DOSSIER, Category.PLACEMENT))
        touched: dict[UUID, int] = {}
        for stored in page:
            if stored.position <= end and stored.category == Category.DOSSIER:
                touched.setdefault(stored.stream_id, stored.position)
        await _judge(office, moment, step, simulated_at, touched, compared)
        read += len(page)
        told(read)
        if len(page) < PAGE:
            return
        after = page[-1].position


async def _judge(
    office: Handovers,
    moment: Moment,
    step: Step,
    simulated_at: int,
    touched: dict[UUID, int],
    compared: _Compared,
) -> None:
    facts: dict[UUID, list[Recorded[Fact]]] = {dossier: [] for dossier in touched}
    placements = {s: d for d in touched for s in moment.organisation.placement_streams(d, step.hour)}
    if not touched:
        return
    organisation, steps = moment.organisation, until(moment.organisation, step)
    for recorded in await office.ledger.facts_of([*touched, *placements], recorded_before=step.hour):
        stream = recorded.fact.originator_id
        facts[placements.get(stream, stream)].append(recorded)
    for dossier, known in facts.items():
        own = [r for r in known if r.fact.originator_id == dossier]
        newer = [r.position for r in own if r.position > simulated_at]
        if not newer or newer[0] != touched[dossier]:
            continue  # counted where its first fact of that time stood
        before = _would_go(organisation, steps, step, [r for r in known if r.position <= simulated_at])
        after = _would_go(organisation, steps, step, known)
        if before == after:
            continue
        reason = _reason(own[0].position > simulated_at, before, after, known)
        if before is not None:
            compared.gone.setdefault(reason, Counter())[before] += 1
        if after is not None:
            compared.more.setdefault(reason, Counter())[after] += 1


def _would_go(
    organisation: Organisation, steps: Steps, step: Step, facts: Sequence[Recorded[Fact]]
) -> str | None:
    """The group of a dossier by these facts; None where the step does not move it."""
    if not any(r.fact.CATEGORY == Category.DOSSIER for r in facts):
        return None
    history = timeline(facts)
    around = handed_over_at(steps, step, history)
    if around is None:
        return None
    named = organisation.agencies
    dossier = history.dossier
    return _group(
        named[around.before.agency].identifier,
        named[around.since.agency].identifier,
        dossier.procedure_code,
        dossier.status,
    )


def _reason(new: bool, before: str | None, after: str | None, known: Sequence[Recorded[Fact]]) -> str:
    if new:
        return "filed"
    if before is not None and after is not None:
        return "changed"
    if before is None:
        return "came_from_elsewhere"
    return "concluded" if timeline(known).dossier.status in (3, 7, 8, 10) else "went_elsewhere"
