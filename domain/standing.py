"""Which versions of which parts stand at an instant: by law, and for holders.

The two differ for what was recorded after the act's instant. A unit begins and ends by law; what an agency
holds, and where an officer is posted, moves at the hour and never before.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from domain.holding import Step


def law(steps: Iterable[Step]) -> tuple[Step, ...]:
    """What is law as far as these steps are known: of each part the newest version, in the order of the acts'
    instants."""
    newest = {step.part_id: step for step in sorted(steps, key=lambda step: step.hour)}
    return tuple(sorted(newest.values(), key=lambda step: (step.effective_at, step.hour)))


def in_force(steps: Iterable[Step], t: datetime) -> tuple[Step, ...]:
    """What moves holders at `t`: of each part the last version whose hour has come, in the order of the
    parts' first hours."""
    found: dict[UUID, Step] = {}
    for step in sorted(steps, key=lambda step: step.hour):
        if step.hour <= t:
            found[step.part_id] = step
    return tuple(found.values())
