"""What the scheduled acts say of units and agencies, as known at one position.

Units begin and end by law: at the act's instant, by the newest version known of each part, whenever it was
recorded. Agencies open, close and pass on their postings at the hour: by the version in force at the instant
that is asked for.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from domain.holding import Step, Steps
from domain.standing import in_force, law


@dataclass(frozen=True, slots=True)
class Standing:
    """What moves holders at an instant. `heirs`: dissolved agency to its default heir; `parts`: the version
    in force of each part; `desks`: what `succession.desks_after` found, which every look-up asks again."""

    parts: dict[UUID, Step]
    heirs: dict[UUID, UUID]
    desks: dict[UUID, list[UUID]] = field(default_factory=dict)

    def founded(self, agency: UUID, begins_by: UUID) -> bool:
        """Whether the part by which an agency begins has begun it."""
        step = self.parts.get(begins_by)
        return step is not None and founds(step, agency)


def founds(step: Step, agency: UUID) -> bool:
    """Whether this version begins the agency: those of before it was listed begin all that name their
    part."""
    return step.rules.begun_agencies is None or agency in step.rules.begun_agencies


class ActsKnown:
    """Made anew for each tuple of steps; works out what is asked, once."""

    def __init__(self, steps: Steps | None = None) -> None:
        self.steps = Steps() if steps is None else steps
        self._standing: dict[int, Standing] = {}

    @cached_property
    def laws(self) -> tuple[Step, ...]:
        """The newest version known of each part, in the order of the acts' instants."""
        return law(self.steps)

    @cached_property
    def unit_begins(self) -> dict[UUID, datetime]:
        return {unit: step.effective_at for step in self.laws for unit in step.rules.begun_units}

    @cached_property
    def unit_ends(self) -> dict[UUID, datetime]:
        return {unit: step.effective_at for step in reversed(self.laws) for unit in step.rules.ended_units}

    @cached_property
    def ended_by(self) -> dict[UUID, UUID]:
        """Ended units, and the part that ends each."""
        return {unit: step.part_id for step in reversed(self.laws) for unit in step.rules.ended_units}

    @cached_property
    def _same(self) -> dict[UUID, tuple[UUID, datetime]]:
        found: dict[UUID, tuple[UUID, datetime]] = {}
        for step in self.laws:
            for unit in step.rules.successors:
                if (to := step.rules.same(unit)) is not None:
                    found[unit] = (to, step.effective_at)
        return found

    @cached_property
    def _same_before(self) -> dict[UUID, list[UUID]]:
        found: defaultdict[UUID, list[UUID]] = defaultdict(list)
        for unit, (to, _) in self._same.items():
            found[to].append(unit)
        return dict(found)

    def goes_on_as(self, unit: UUID, t: datetime) -> UUID:
        """The unit as which this one stands at `t`, through every act that left it the same."""
        seen = {unit}
        while unit in self._same:
            to, since = self._same[unit]
            if since > t or to in seen:
                break
            seen.add(to)
            unit = to
        return unit

    def went_on_as(self, unit: UUID) -> Iterator[UUID]:
        """The unit, and those that go on in it unchanged."""
        following, seen = [unit], {unit}
        while following:
            current = following.pop()
            yield current
            further = [one for one in self._same_before.get(current, ()) if one not in seen]
            following += further
            seen.update(further)

    @cached_property
    def _hours(self) -> list[datetime]:
        return sorted(step.hour for step in self.steps)

    def at(self, t: datetime) -> Standing:
        """What moves holders at `t`."""
        number = bisect_right(self._hours, t)
        known = self._standing.get(number)
        if known is None:
            taken = in_force(self.steps, t)
            heirs = {agency: heir for step in taken for agency, heir in step.rules.heirs.items()}
            known = self._standing[number] = Standing({step.part_id: step for step in taken}, heirs)
        return known

    @cached_property
    def parts(self) -> dict[UUID, list[Step]]:
        """The steps of each part, in the order of their hours."""
        found: defaultdict[UUID, list[Step]] = defaultdict(list)
        for step in self.steps:
            found[step.part_id].append(step)
        return dict(found)

    def begins_agency(self, agency: UUID, begins_by: UUID) -> bool:
        """Whether any version that takes, or took, effect begins the agency."""
        return any(founds(step, agency) for step in self.parts.get(begins_by, ()))

    def heir_of(self, agency: UUID, t: datetime) -> UUID:
        """The agency itself while none in force has dissolved it, else its default heir, through all acts."""
        heirs = self.at(t).heirs
        seen = {agency}
        while (heir := heirs.get(agency)) is not None and heir not in seen:
            seen.add(heir)
            agency = heir
        return agency
