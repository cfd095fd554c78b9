"""Who holds a dossier: the definition, as code.

For a dossier, a log up to position p and an instant t <= the ledger's time at p (everything below reads "at
positions <= p"):

1. (u, v) = the last fact that set a holder, recorded at or before t.
2. The step with the smallest hour k, v < k <= t, that ends u's competence. A step does so when its part
dissolves u; an amendment also does so where its own part had placed the dossier and its rule now names
another. No step: u holds.
3. If the dossier was concluded (3, 7, 8, 10) by a fact recorded before k, it ended with u. Stop.
4. Else u = what the step's rule says for the procedure and the place, as recorded before k; v = k; again from
2.

So acts apply one after another, an heir that has itself ended passes on, a place corrected after the hour
moves nothing, and who held at a past instant never changes, whatever is recorded later. A place that an
earlier part ended is read as the unit that stands for it since; when that was a split, what follows stays
provisional.

Pure: no clock and no I/O. All instants are aware UTC; `at` is the ledger's `recorded_at`, never
`occurred_at`.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from domain.facts import Recorded
from domain.handover_facts import PartCancelled, PartScheduled
from domain.handover_rules import (
    CONCLUDED_HERE,
    HELD_BY_FACT,
    RESTORED,
)
from domain.placing import placing_by
from domain.routing import PartRules, Placing

CONCLUDED = frozenset((3, 7, 8, 10))


@dataclass(frozen=True, slots=True)
class HolderSet:
    """A fact that set the holder (H): submitted, imported, arrived, forwarded, recalled, sent back, placed by
    the coordination."""

    agency: UUID
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class PlaceKnown:
    """A fact that said which place counts, and the procedure (null: unknown): the first one, and each
    correction."""

    place: UUID | None
    procedure_code: str | None
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class StatusKnown:
    """A fact that set the status (null: imported without one)."""

    status: int | None
    at: datetime
    position: int


@dataclass(frozen=True, slots=True)
class DossierHistory:
    """What the definition reads of a dossier, each tuple in order of position."""

    holder_sets: tuple[HolderSet, ...]
    places: tuple[PlaceKnown, ...]
    statuses: tuple[StatusKnown, ...]

    def up_to(self, position: int) -> DossierHistory:
        return DossierHistory(
            tuple(fact for fact in self.holder_sets if fact.position <= position),
            tuple(fact for fact in self.places if fact.position <= position),
            tuple(fact for fact in self.statuses if fact.position <= position),
        )


class StepKey(NamedTuple):
    part_id: UUID
    part_version: int


@dataclass(frozen=True, slots=True)
class Step:
    """One version of one part taking effect. `hour`: when it moves holders, agencies and postings: the act's
    instant, or the recording of what came after it. `effective_at`: the act's instant by law; units begin and
    end by it, whenever the act was recorded."""

    hour: datetime
    part_id: UUID
    part_version: int
    rules: PartRules
    effective_at: datetime

    @property
    def key(self) -> StepKey:
        return StepKey(self.part_id, self.part_version)


@dataclass(frozen=True, slots=True)
class Held:
    """`agency` holds from `since` on. `by`: the step that made it so, None for a recorded fact. `ended_here`:
    a step dissolved the agency at `since` after the dossier was concluded, so it ended with it (`custodian`
    says who keeps the copies)."""

    agency: UUID
    since: datetime
    by: StepKey | None
    rule: str
    provisional: bool
    ended_here: bool


class Steps(tuple[Step, ...]):
    """Steps in the order of their hours, which know for each agency and part the few of them that could move
    what it holds: one walk of a million dossiers asks them a million times."""

    @cached_property
    def _ending(self) -> dict[UUID, list[int]]:
        found: dict[UUID, list[int]] = {}
        for number, step in enumerate(self):
            for agency in step.rules.heirs:
                found.setdefault(agency, []).append(number)
        return found

    @cached_property
    def _of_part(self) -> dict[UUID, list[int]]:
        parts = {step.part_id for step in self}
        return {part: [n for n, step in enumerate(self) if step.part_id == part] for part in parts}

    @cached_property
    def _until(self) -> dict[int, Steps]:
        return {}

    def until(self, t: datetime) -> Steps:
        """Those whose hour has come by `t`; with all that they know, kept for the next who asks."""
        number = bisect_right(self, t, key=lambda step: step.hour)
        if number == len(self):
            return self
        if number not in self._until:
            self._until[number] = Steps(self[:number])
        return self._until[number]

    def concerning(self, agency: UUID, part: UUID | None) -> list[int]:
        """Numbers of the steps that dissolve the agency, and of those of the part that moved it there."""
        ending = self._ending.get(agency, [])
        if part is None:
            return ending
        return sorted({*ending, *self._of_part.get(part, [])})


def steps_from_parts(
    scheduled: Iterable[Recorded[PartScheduled]],
    cancelled: Iterable[Recorded[PartCancelled]],
    rules: Callable[[UUID, int], PartRules],
    position: int | None = None,
) -> Steps:
    """Steps(p), in order of hours: for every part scheduled and not cancelled at positions <= `position`
    (None: all), the version last recorded before its hour T, at T, and each version recorded at or after T,
    when it was recorded. `rules(part id, version)` gives a version's rules."""
    facts: list[Recorded[PartScheduled] | Recorded[PartCancelled]] = [*scheduled, *cancelled]
    found: dict[UUID, dict[datetime, tuple[int, PartScheduled]]] = {}
    for recorded in sorted(facts, key=lambda r: r.position):
        fact = recorded.fact
        if position is not None and recorded.position > position:
            continue
        if isinstance(fact, PartCancelled):
            found.pop(fact.originator_id, None)
            continue
        hour = max(fact.effective_at, recorded.recorded_at)
        found.setdefault(fact.originator_id, {})[hour] = (recorded.position, fact)
    taking = [(hour, *by) for hours in found.values() for hour, by in hours.items()]
    taking.sort(key=lambda by: by[:2])
    named = ((hour, fact, fact.originator_id, fact.part_version) for hour, _, fact in taking)
    return Steps(
        Step(h, part, version, rules(part, version), f.effective_at) for h, f, part, version in named
    )


def holder(
    history: DossierHistory, steps: Sequence[Step], t: datetime, position: int | None = None
) -> Held | None:
    """Who held at `t`, as known at `position` (None: all of the history). `steps` are those of the same
    position. None: no dossier yet."""
    known = history if position is None else history.up_to(position)
    known = replace(known, holder_sets=tuple(fact for fact in known.holder_sets if fact.at <= t))
    come = in_order(steps).until(t)
    walked = links(known, come)
    return walked[-1] if walked else None


def links(history: DossierHistory, steps: Sequence[Step]) -> list[Held]:
    """From the last fact that set a holder through all steps, hours to come included: each Held is valid
    until the next one's `since`, the last without end. A read model stores these rows once; no hour then
    costs more than a comparison. Ties in `steps` are taken in their order."""
    return _walk(history, history.holder_sets[-1], in_order(steps)) if history.holder_sets else []


def in_order(steps: Sequence[Step]) -> Steps:
    """The steps in the order of their hours. Who asks about many dossiers makes them once and keeps them:
    what they know of agencies is worked out at the first question."""
    return steps if isinstance(steps, Steps) else Steps(sorted(steps, key=lambda step: step.hour))


def _walk(history: DossierHistory, fact: HolderSet, ordered: Steps) -> list[Held]:
    """From one fact that set a holder through all steps that come after it."""
    held = Held(fact.agency, fact.at, None, HELD_BY_FACT.id, provisional=False, ended_here=False)
    walked = [held]
    source = fact.agency
    number = -1
    while (following := _following(ordered, number, held)) is not None:
        number = following
        step = ordered[number]
        dissolved = step.rules.ends(held.agency)
        source = held.agency if dissolved else source
        placing = _placing(history, source, step, ordered)
        if not dissolved and placing.agency == held.agency:
            continue
        if _concluded_before(history, step.hour):
            walked.append(
                Held(held.agency, step.hour, step.key, CONCLUDED_HERE.id, held.provisional, ended_here=True)
            )
            break
        held = Held(placing.agency, step.hour, step.key, placing.rule, placing.provisional, ended_here=False)
        walked.append(held)
    return walked


def _following(ordered: Steps, number: int, held: Held) -> int | None:
    """The next step after `number` that dissolves the holder or is of the part that made it holder."""
    for candidate in ordered.concerning(held.agency, held.by.part_id if held.by is not None else None):
        step = ordered[candidate]
        if (
            candidate > number
            and step.hour > held.since
            and (step.rules.ends(held.agency) or (held.by is not None and held.by.part_id == step.part_id))
        ):
            return candidate
    return None


def spells(history: DossierHistory, steps: Sequence[Step]) -> list[Held]:
    """Everyone who held, in order of `since`, each until the next one's: the same walk from every fact that
    set a holder. Time held is counted on this."""
    ordered = in_order(steps)
    held: list[Held] = []
    for fact in history.holder_sets:
        while held and held[-1].since >= fact.at:
            held.pop()
        held += _walk(history, fact, ordered)
    return held


def custodian(held: Held, steps: Sequence[Step], t: datetime) -> UUID:
    """Who answers at `t` for copies, corrections and complaints: the holder, or for what ended with a
    dissolved agency its default heir, through all acts."""
    agency = held.agency
    if not held.ended_here:
        return agency
    for step in sorted(steps, key=lambda step: step.hour):
        if held.since <= step.hour <= t and step.rules.ends(agency):
            agency = step.rules.heirs[agency]
    return agency


def _concluded_before(history: DossierHistory, hour: datetime) -> bool:
    known = [fact.status for fact in history.statuses if fact.at < hour]
    return bool(known) and known[-1] in CONCLUDED


def _placing(history: DossierHistory, source: UUID, step: Step, steps: Sequence[Step]) -> Placing:
    """What the step's rule says of a dossier that `source` held, by the place recorded before its hour
    (recorded later: by the first)."""
    if not step.rules.ends(source):
        return Placing(source, RESTORED.id, provisional=False)
    known = [fact for fact in history.places if fact.at < step.hour] or list(history.places[:1])
    place, procedure = (known[-1].place, known[-1].procedure_code) if known else (None, None)
    return placing_by(step, steps, source, place, procedure)
