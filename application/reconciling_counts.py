"""What reconciling counts: every dossier of the log is walked through by the definition of the holder, once
for all versions of all parts. No read model is asked, and memory holds one chunk of dossiers."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from application.handovers import Handovers
from application.moment import Moment
from application.standing_back import BesideReads, Rest
from application.statement import Around, moves
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Category, Recorded
from domain.handed_over import Placement, stream_id
from domain.handed_over_facts import DossierHandedOver
from domain.holding import CONCLUDED, Step, StepKey, holder

PAGE = 5_000
CHUNK = {True: 64, False: 500}
"""Dossiers counted at once, by whether others append."""
LARGEST = 50
"""Receivers whose counts are kept apart, the largest first."""
ANSWERS = ("acknowledged", "refused", "silent", "provisional")

Facts = list[Recorded[Any]]


@dataclass(slots=True)
class StepCounts:
    """Of one version of a part. `moved`: by the definition; `handed_over`: facts that state it;
    `assigned_elsewhere`: open ones whose officer has no posting at the holder; `silent`: not answered;
    `provisional`: a person still has to decide."""

    counts: Counter[str] = field(
        default_factory=lambda: Counter(
            dict.fromkeys(
                ("moved", "handed_over", "holders_other_than_one", "assigned_elsewhere", *ANSWERS), 0
            )
        )
    )
    receivers: defaultdict[UUID, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def as_dict(self) -> dict[str, Any]:
        """As the fact holds it: the totals, how many agencies received, and the largest of them."""
        ordered = sorted(self.receivers.items(), key=lambda pair: (-pair[1]["moved"], pair[0].bytes))
        largest = {
            str(agency): {name: counted[name] for name in ("moved", *ANSWERS)}
            for agency, counted in ordered[:LARGEST]
        }
        return dict(self.counts) | {"receivers": len(self.receivers), "by_receiver": largest}


async def count(
    office: Handovers,
    moment: Moment,
    wanted: Sequence[Step],
    progress: Callable[[int, int], None],
    busy: float = 1.0,
) -> dict[StepKey, StepCounts]:
    """Count for each of these steps, over the log up to the moment. `progress` gets the position reached and
    the last one; `busy`: the share of its time that this may work while others append."""
    counting = _Counting(office, moment, wanted)
    rest = Rest(busy, BesideReads(office.ledger.recorder))
    async for position, chunk in _dossiers(office, moment, counting, rest):
        await counting.add(chunk)
        progress(position, moment.read_up_to)
        await rest.after()
    if counting.stated != counting.matched:
        await counting.recount()
    return counting.by_step


async def _dossiers(
    office: Handovers, moment: Moment, counting: _Counting, rest: Rest
) -> AsyncIterator[tuple[int, list[UUID]]]:
    """The ids of all dossiers recorded up to the moment, in chunks; what states transfers is only counted."""
    chunk: list[UUID] = []
    size = await rest.step(CHUNK)
    after = 0
    while after < moment.read_up_to:
        page = await office.ledger.recorder.streams_after(after, PAGE, Category.DOSSIER, Category.HANDED_OVER)
        for position, category, stream in page:
            if position > moment.read_up_to:
                break
            if category == Category.HANDED_OVER:
                counting.stated += 1
                continue
            chunk.append(stream)
            if len(chunk) >= size:
                yield position, chunk
                chunk, size = [], await rest.step(CHUNK)
        if len(page) < PAGE:
            break
        after = page[-1][0]
    yield moment.read_up_to, chunk


class _Counting:
    """`stated`: facts in the log that state a transfer; `matched`: those of dossiers that moved so."""

    def __init__(self, office: Handovers, moment: Moment, wanted: Sequence[Step]) -> None:
        self._office = office
        self._moment = moment
        self._steps = moment.organisation.steps.until(moment.now)
        self._hours = {step.key: step.hour for step in self._steps}
        self._posted: dict[UUID, frozenset[UUID]] = {}
        self._open: dict[UUID, bool] = {}
        self.by_step = {step.key: StepCounts() for step in wanted}
        self.stated = 0
        self.matched = 0

    async def add(self, dossiers: Sequence[UUID]) -> None:
        """Count these dossiers."""
        facts = await self._own(dossiers)
        known: dict[UUID, tuple[DossierTimeline, dict[StepKey, Around]]] = {}
        for dossier, own in facts.items():
            history = timeline(own)
            if moved := moves(self._steps, history):
                known[dossier] = history, moved
            await asyncio.sleep(0)
        placements = await self._placements(facts, known)
        stated = await self._stated(known)
        for dossier, (history, moved) in known.items():
            for key in moved:
                count = self.by_step.get(key)
                if count is not None:
                    answer = placements.get((dossier, key.part_id))
                    self._one(count, key, history, facts[dossier], moved[key], answer)
                    count.counts["handed_over"] += (dossier, key) in stated

    async def _own(self, dossiers: Sequence[UUID]) -> dict[UUID, Facts]:
        facts: dict[UUID, Facts] = {d: [] for d in dossiers}
        for recorded in await self._read(dossiers):
            facts[recorded.fact.originator_id].append(recorded)
        return facts

    async def _read(self, streams: Iterable[UUID]) -> Facts:
        ledger, last = self._office.ledger, self._moment.read_up_to
        stored = await ledger.recorder.events_of_many(list(streams))
        facts: Facts = []
        for number, row in enumerate(stored):
            if row.position <= last:
                facts.append(ledger.codec.decode(row))
            if number % 8 == 0:
                await asyncio.sleep(0)
        return facts

    async def _placements(
        self, facts: dict[UUID, Facts], known: dict[UUID, tuple[DossierTimeline, dict[StepKey, Around]]]
    ) -> dict[tuple[UUID, UUID], Placement]:
        """What was said of each dossier for each part that moved it. A decision sets a holder, whom a later
        part may have moved on: then `known` is walked again."""
        organisation = self._moment.organisation
        found: dict[tuple[UUID, UUID], Placement] = {}
        unread = {(d, key.part_id) for d, (_, moved) in known.items() for key in moved}
        while unread:
            streams = {organisation.placement_stream(part, d): (d, part) for d, part in unread}
            for stream, about in streams.items():
                found[about] = Placement.empty(stream)
            touched = set()
            for recorded in await self._read(streams):
                dossier, part = streams[recorded.fact.originator_id]
                found[dossier, part].replay(recorded.fact)
                facts[dossier].append(recorded)
                touched.add(dossier)
            for dossier in touched:
                facts[dossier].sort(key=lambda r: r.position)
                history = timeline(facts[dossier])
                known[dossier] = history, moves(self._steps, history)
            unread = {(d, key.part_id) for d in touched for key in known[d][1]} - found.keys()
        return found

    async def _stated(
        self, known: dict[UUID, tuple[DossierTimeline, dict[StepKey, Around]]]
    ) -> set[tuple[UUID, StepKey]]:
        streams = {
            stream_id(*key, dossier, self._hours[key]): (dossier, key)
            for dossier, (_, moved) in known.items()
            for key in moved
        }
        if not streams:
            return set()
        found = await self._office.ledger.recorder.positions_of(list(streams))
        stated = {streams[s] for s, position in found.items() if position <= self._moment.read_up_to}
        self.matched += len(stated)
        return stated

    def _one(
        self,
        count: StepCounts,
        key: StepKey,
        history: DossierTimeline,
        facts: Facts,
        around: Around,
        placement: Placement | None,
    ) -> None:
        organisation, now = self._moment.organisation, self._moment.now
        held = holder(history, self._steps, max(now, facts[-1].recorded_at))
        concluded = history.dossier.status in CONCLUDED
        there = held is not None and (held.ended_here or concluded or self._is_open(held.agency))
        answer = (placement.answer if placement else None) or "silent"
        undecided = held is not None and held.by == key and held.provisional and not concluded
        officer = history.dossier.officer
        counts, receiver = count.counts, count.receivers[around.since.agency]
        for counted in (counts, receiver):
            counted["moved"] += 1
            counted[answer] += 1
            counted["provisional"] += undecided
        counts["holders_other_than_one"] += not there
        if officer is not None and held is not None and not concluded:
            if officer not in self._posted:
                self._posted[officer] = frozenset(a for _, a in organisation.posted(officer, now))
            counts["assigned_elsewhere"] += held.agency not in self._posted[officer]

    def _is_open(self, agency: UUID) -> bool:
        """By the definition there is one answer for a dossier and an instant; it counts when that agency is
        there and open."""
        if agency not in self._open:
            known = self._moment.organisation.agencies.get(agency)
            at = self._moment.now
            self._open[agency] = known is not None and self._moment.organisation.agency_open_at(known, at)
        return self._open[agency]

    async def recount(self) -> None:
        """Some fact states a transfer that was none, or states one again: count them all by what they say."""
        ledger, last, after = self._office.ledger, self._moment.read_up_to, 0
        for count in self.by_step.values():
            count.counts["handed_over"] = 0
        while page := await ledger.recorder.events_after(after, PAGE, (Category.HANDED_OVER,)):
            for stored in page:
                fact = ledger.codec.decode(stored).fact
                assert isinstance(fact, DossierHandedOver)
                count_of = self.by_step.get(StepKey(fact.part, fact.part_version))
                if count_of is not None and stored.position <= last:
                    count_of.counts["handed_over"] += 1
            after = page[-1].position
