"""The answers about an act worked out step by step and dossier by dossier, from the whole log each time: what
the project reads in one pass has to come to the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from application.moment import Moment
from application.statement import handed_over_at, until
from domain.dossier_timeline import timeline
from domain.facts import Category, Fact, Recorded
from domain.handed_over_facts import DossierHandedOver
from domain.handover_facts import PartSimulated
from domain.holding import Step, spells
from tests.office.world import Office

SETTLED, CONCLUDED = (3, 7, 8, 9, 10), (3, 7, 8, 10)
REASONS = ("filed", "concluded", "went_elsewhere", "came_from_elsewhere", "changed")
Facts = list[Recorded[Any]]


async def everything(office: Office) -> tuple[dict[UUID, Facts], Facts, Facts]:
    """Facts by dossier with the placements of any part, transfers, and facts of parts."""
    by_dossier: dict[UUID, Facts] = {}
    transfers, parts = [], []
    for stored in await office.opened.recorder.events_after(0, 100_000):
        recorded: Recorded[Any] = office.opened.codec.decode(stored)
        category = recorded.fact.CATEGORY
        if category == Category.DOSSIER:
            by_dossier.setdefault(recorded.fact.originator_id, []).append(recorded)
        elif category == Category.PLACEMENT:
            by_dossier[recorded.fact.dossier].append(recorded)
        elif category == Category.HANDED_OVER:
            transfers.append(recorded)
        elif category == Category.HANDOVER_PART:
            parts.append(recorded)
    return by_dossier, transfers, parts


async def compared(office: Office, moment: Moment, act_id: UUID) -> dict[str, Any]:
    by_dossier, transfers, part_facts = await everything(office)
    act = moment.organisation.acts[act_id]
    told = []
    for part in act.parts:
        for step in moment.organisation.steps:
            if step.part_id == part and step.hour <= moment.now:
                told.append(_step(moment, step, by_dossier, transfers, part_facts))
    totals = {name: sum(one[name] for one in told) for name in ("promised", "came", "unexplained")}
    return {"handover": act_id, "number": act.number, "totals": totals, "parts": told}


def _step(
    moment: Moment, step: Step, by_dossier: dict[UUID, Facts], transfers: Facts, part_facts: Facts
) -> dict[str, Any]:
    simulated = None
    for r in part_facts:
        ours = r.fact.originator_id == step.part_id and isinstance(r.fact, PartSimulated)
        if ours and r.recorded_at < step.hour and r.fact.part_version == step.part_version:
            simulated = r.fact
    named = moment.organisation.agencies
    came: Counter[str] = Counter()
    for r in transfers:
        f: DossierHandedOver = r.fact
        if (f.part, f.part_version) == step.key:
            first = by_dossier[f.dossier][0].fact
            procedure = getattr(first, "procedure_code", None)
            pair = f"{named[f.from_agency].identifier} > {named[f.to_agency].identifier}"
            came[f"{pair} | {procedure} | {f.status}"] += 1
    promised: Counter[str] = Counter(simulated.counts["moves"] if simulated else {})
    gone: dict[str, Counter[str]] = {}
    more: dict[str, Counter[str]] = {}
    if simulated:
        _between(moment, step, simulated.at_position, by_dossier, gone, more)
    assert "others" not in promised
    differ: list[dict[str, Any]] = []
    for group in sorted(promised.keys() | came.keys()):
        rose = {reason: n[group] for reason, n in more.items() if n[group]}
        fell = {reason: n[group] for reason, n in gone.items() if n[group]}
        left = came[group] - promised[group] - sum(rose.values()) + sum(fell.values())
        differ.append(
            {"group": group, "promised": promised[group], "came": came[group], "more": rose, "fewer": fell}
            | {"left": left}
        )
    changed = [d for d in differ if d["promised"] != d["came"]]
    return {
        "part": step.part_id,
        "part_version": step.part_version,
        "simulated_at": simulated.at_position if simulated else None,
        "promised": sum(promised.values()),
        "came": sum(came.values()),
        "groups_not_listed": 0,
        "reasons": {
            reason: {
                "more": sum(more.get(reason, Counter()).values()),
                "fewer": sum(gone.get(reason, Counter()).values()),
            }
            for reason in REASONS
        },
        "unexplained": sum(abs(d["left"]) for d in differ),
        "differences": sorted(changed, key=lambda d: -abs(d["came"] - d["promised"])),
        "differences_in_all": len(changed),
    }


def _between(
    moment: Moment,
    step: Step,
    simulated_at: int,
    by_dossier: dict[UUID, Facts],
    gone: dict[str, Counter[str]],
    more: dict[str, Counter[str]],
) -> None:
    touched = []
    for facts in by_dossier.values():
        known = [r for r in facts if r.recorded_at < step.hour]
        own = [r.position for r in known if r.fact.CATEGORY == Category.DOSSIER]
        newer = [position for position in own if position > simulated_at]
        if newer:
            touched.append((newer[0], own[0], known))
    for _, first, known in sorted(touched, key=lambda one: one[0]):
        before = _goes(moment, step, [r for r in known if r.position <= simulated_at])
        after = _goes(moment, step, known)
        if before == after:
            continue
        if first > simulated_at:
            reason = "filed"
        elif before and after:
            reason = "changed"
        elif after:
            reason = "came_from_elsewhere"
        else:
            status = timeline(known).dossier.status
            reason = "concluded" if status in CONCLUDED else "went_elsewhere"
        if before:
            gone.setdefault(reason, Counter())[before] += 1
        if after:
            more.setdefault(reason, Counter())[after] += 1


def _goes(moment: Moment, step: Step, facts: Sequence[Recorded[Fact]]) -> str | None:
    if not facts:
        return None
    history = timeline(facts)
    around = handed_over_at(until(moment.organisation, step), step, history)
    if around is None:
        return None
    named, dossier = moment.organisation.agencies, history.dossier
    before, since = named[around.before.agency].identifier, named[around.since.agency].identifier
    return f"{before} > {since} | {dossier.procedure_code} | {dossier.status}"


async def late(office: Office, moment: Moment, part: UUID) -> dict[str, Counter[str]]:
    """The figures of `lateness` by agency's identifier."""
    by_dossier, transfers, _ = await everything(office)
    named = moment.organisation.agencies
    found: dict[str, Counter[str]] = {}
    seen: set[UUID] = set()

    def count(agency: UUID, figure: str) -> None:
        found.setdefault(named[agency].identifier, Counter())[figure] += 1

    for r in transfers:
        f: DossierHandedOver = r.fact
        if f.part != part:
            continue
        first = f.dossier not in seen
        seen.add(f.dossier)
        facts = by_dossier[f.dossier]
        history = timeline(facts)
        due = history.dossier.due
        if due is None:
            continue
        if due < f.effective_at and f.status not in SETTLED:
            count(f.to_agency, "inherited_overdue")
            count(f.from_agency, "handed_over_overdue")
        own = [one for one in facts if one.fact.CATEGORY == Category.DOSSIER]
        settled = None
        for one, known in zip(own, history.statuses, strict=True):
            if known.status not in SETTLED:
                settled = None
            elif settled is None:
                settled = one.fact.envelope
        if (settled.occurred_at if settled else moment.now) <= due or not first:
            continue
        walked = [s for s in spells(history, moment.organisation.steps) if s.since <= moment.now]
        held = [s for s in walked if s.since <= due] or walked[:1]
        count(held[-1].agency, "held_when_due")
        if settled is None:
            count(walked[-1].agency, "open_late")
        else:
            count(settled.acting_agency or settled.holder, "concluded_late")
    return found
