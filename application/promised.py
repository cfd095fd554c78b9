"""What came by each version of each part of an act, and what changed of it since its simulation: one pass
over the transfers and one over what was recorded in between, for all of them together.

Memory holds counts by group for each version, and the facts of a page's dossiers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from application.certificate_document import Told, handed_over
from application.dossier_facts import facts_with_placements
from application.handovers import Handovers
from application.moment import Moment, position_at
from application.organisation import Organisation
from application.statement import moved_at, until
from domain.dossier_timeline import timeline
from domain.facts import Category, Fact, Recorded
from domain.handed_over_facts import DossierHandedOver
from domain.holding import Step, StepKey, Steps

PAGE = 1000


@dataclass(slots=True)
class Compared:
    """Of one version: what came, by group; `gone`: reason to group to how many that were promised did not
    come; `more`: that came and were not promised."""

    came: Counter[str] = field(default_factory=Counter)
    gone: dict[str, Counter[str]] = field(default_factory=dict)
    more: dict[str, Counter[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Promise:
    """A version and the position at which it was simulated last before its hour."""

    step: Step
    simulated_at: int


async def came(
    office: Handovers, moment: Moment, steps: Collection[Step], compared: Mapping[StepKey, Compared]
) -> None:
    """Count what was handed over by each of these steps."""
    if not steps:
        return
    chunk: list[DossierHandedOver] = []
    async for fact in handed_over(office, steps, moment.read_up_to):
        chunk.append(fact)
        if len(chunk) == PAGE:
            await _count(office, moment, chunk, compared)
            chunk = []
    await _count(office, moment, chunk, compared)


async def _count(
    office: Handovers,
    moment: Moment,
    facts: Sequence[DossierHandedOver],
    compared: Mapping[StepKey, Compared],
) -> None:
    if not facts:
        return
    procedures: dict[UUID, str | None] = {}
    for stored in await office.ledger.recorder.first_of(list({fact.dossier for fact in facts})):
        first = office.ledger.codec.decode(stored).fact
        procedures[stored.stream_id] = getattr(first, "procedure_code", None)
    named = moment.organisation.agencies
    for fact in facts:
        group = _group(
            named[fact.from_agency].identifier,
            named[fact.to_agency].identifier,
            procedures.get(fact.dossier),
            fact.status,
        )
        compared[StepKey(fact.part, fact.part_version)].came[group] += 1


def _group(from_: str, to: str, procedure: str | None, status: int | None) -> str:
    """As a simulation names it."""
    return f"{from_} > {to} | {procedure} | {status}"


async def changed_since(
    office: Handovers,
    moment: Moment,
    promises: Sequence[Promise],
    compared: Mapping[StepKey, Compared],
    told: Told,
) -> None:
    """Go through the dossiers that had a fact between a simulation and its hour: all others came as they
    were promised."""
    by_hour: dict[datetime, list[Promise]] = {}
    for promise in promises:
        by_hour.setdefault(promise.step.hour, []).append(promise)
    ends = {hour: await position_at(office.ledger.recorder, hour) for hour in by_hour}
    after = min((promise.simulated_at for promise in promises), default=0)
    end, read = max(ends.values(), default=0), 0
    while after < end:
        page = await office.ledger.recorder.events_after(after, PAGE, (Category.DOSSIER,))
        dossiers = list(dict.fromkeys(stored.stream_id for stored in page))
        for hour, there in by_hour.items():
            wanted = [p for p in there if page and p.simulated_at < page[-1].position]
            if wanted and page[0].position <= ends[hour]:
                first, last = page[0].position, page[-1].position
                await _judge(office, moment, hour, wanted, dossiers, (first, last), compared)
        read += len(page)
        told(read)
        if len(page) < PAGE:
            return
        after = page[-1].position


class _Known:
    """One dossier's facts recorded before an hour, and which group each step of that hour moves it in as
    known at a position: one walk for all steps, and one for all positions between two of its facts."""

    def __init__(
        self, organisation: Organisation, steps: Steps, hour: datetime, facts: Sequence[Recorded[Fact]]
    ) -> None:
        self._organisation, self._steps, self._hour = organisation, steps, hour
        self.facts = facts
        self.positions = [recorded.position for recorded in facts]
        self.own = [r.position for r in facts if r.fact.CATEGORY == Category.DOSSIER]
        self._walked: dict[int, dict[StepKey, str]] = {}

    def goes(self, position: int) -> dict[StepKey, str]:
        known = bisect_right(self.positions, position)
        if known not in self._walked:
            self._walked[known] = self._walk(self.facts[:known])
        return self._walked[known]

    def _walk(self, facts: Sequence[Recorded[Fact]]) -> dict[StepKey, str]:
        if not any(recorded.fact.CATEGORY == Category.DOSSIER for recorded in facts):
            return {}
        history, named = timeline(facts), self._organisation.agencies
        dossier = history.dossier
        return {
            key: _group(
                named[around.before.agency].identifier,
                named[around.since.agency].identifier,
                dossier.procedure_code,
                dossier.status,
            )
            for key, around in moved_at(self._steps, self._hour, history).items()
        }


async def _judge(
    office: Handovers,
    moment: Moment,
    hour: datetime,
    promises: Sequence[Promise],
    dossiers: Sequence[UUID],
    page: tuple[int, int],
    compared: Mapping[StepKey, Compared],
) -> None:
    """Each dossier is counted where its first fact after the simulation stands."""
    organisation, steps = moment.organisation, until(moment.organisation, promises[0].step)
    read = await facts_with_placements(office.ledger, organisation, dossiers, hour, recorded_before=hour)
    known = [_Known(organisation, steps, hour, facts) for facts in read.values() if facts]
    for promise in promises:
        turned = []
        for number, one in enumerate(known):
            newer = bisect_right(one.own, promise.simulated_at)
            if newer < len(one.own) and page[0] <= one.own[newer] <= page[1]:
                turned.append((one.own[newer], number))
        for _, number in sorted(turned):
            _compare(promise, known[number], compared[promise.step.key])


def _compare(promise: Promise, known: _Known, compared: Compared) -> None:
    key = promise.step.key
    before, after = known.goes(promise.simulated_at).get(key), known.goes(known.positions[-1]).get(key)
    if before == after:
        return
    reason = _reason(known.own[0] > promise.simulated_at, before, after, known.facts)
    if before is not None:
        compared.gone.setdefault(reason, Counter())[before] += 1
    if after is not None:
        compared.more.setdefault(reason, Counter())[after] += 1


def _reason(new: bool, before: str | None, after: str | None, known: Sequence[Recorded[Fact]]) -> str:
    if new:
        return "filed"
    if before is not None and after is not None:
        return "changed"
    if before is None:
        return "came_from_elsewhere"
    return "concluded" if timeline(known).dossier.status in (3, 7, 8, 10) else "went_elsewhere"
