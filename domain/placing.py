"""What a step's rule says of a place and a procedure, the place read through the acts before it: a part of
the definition of the holder (`domain.holding`), asked too where something is filed or simulated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from domain.handover_rules import SPLIT_DEFAULT, TO_OWN_PLACE, TO_SUCCESSOR
from domain.routing import PartRules, Placing

if TYPE_CHECKING:
    from domain.holding import Step


def placing_by(
    step: Step, steps: Sequence[Step], source: UUID, place: UUID | None, procedure: str | None
) -> Placing:
    """What the step's rule says of this place and procedure, the place read through the acts before it."""
    place, certain = _place_before(place, step, steps)
    placing = step.rules.place(source, place, procedure)
    if not certain and placing.rule in (TO_SUCCESSOR.id, TO_OWN_PLACE.id):
        return Placing(placing.agency, SPLIT_DEFAULT.id, provisional=True)
    return placing


def _place_before(place: UUID | None, step: Step, steps: Sequence[Step]) -> tuple[UUID | None, bool]:
    """The unit that stood for the place just before the step, by the other parts' succession in the order of
    their hours; and whether that is certain."""
    if place is None or place in step.rules.successors or place in step.rules.receivers:
        return place, True
    earlier: dict[UUID, PartRules] = {}
    for other in steps:
        if other.hour < step.hour and other.part_id != step.part_id:
            earlier[other.part_id] = other.rules
    certain = True
    for rules in earlier.values():
        if place is not None:
            place, sure = rules.successor(place)
            certain = certain and sure
    return place, certain
