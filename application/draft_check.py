"""What the parts of one file may not do to each other: end or begin the same thing. What they meet that is
there already is judged part by part (schedule_check.py), as it is again when a part is scheduled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar
from uuid import UUID

from application.organisation import Organisation
from domain import handover_rules as rules
from domain.handover_part import HandoverPart
from domain.refusals import Refused, Rule
from domain.unit import Unit

T = TypeVar("T")


def check_parts(organisation: Organisation, parts: Sequence[HandoverPart], made: Mapping[UUID, Unit]) -> None:
    """`parts`: of one file, just drafted; `made`: the units that it begins. Raises Refused
    (handover.ends_once, handover.begins_once) with the pointer in the file."""
    ended: dict[UUID, UUID] = {}
    closed: dict[UUID, UUID] = {}
    begun: dict[str, UUID] = {}
    for number, part in enumerate(parts):
        draft, at = part.draft_of(), f"/parts/{number}"
        ends = ((f"{at}/ends/{n}", unit) for n, unit in enumerate(draft.ends))
        _once(rules.ENDS_ONCE, ended, part.id, ends, lambda u: {"unit": organisation.units[u].reference})
        closings = ((f"{at}/agencies/ends/{n}/agency", c.agency) for n, c in enumerate(draft.closings))
        _once(
            rules.ENDS_ONCE,
            closed,
            part.id,
            closings,
            lambda a: {"agency": organisation.agencies[a].identifier},
        )
        units = ((f"{at}/begins/{n}/code", made.get(unit)) for n, unit in enumerate(draft.begins))
        named = ((place, unit.reference) for place, unit in units if unit is not None)
        _once(rules.BEGINS_ONCE, begun, part.id, named, lambda reference: {"unit": reference})


def _once(
    rule: Rule,
    by: dict[T, UUID],
    part: UUID,
    items: Iterable[tuple[str, T]],
    told: Callable[[T], dict[str, str]],
) -> None:
    """Remember which part named each item; one that another part named is refused at its place."""
    for pointer, item in items:
        if by.setdefault(item, part) != part:
            raise Refused(rule, pointer=pointer, part=str(by[item]), **told(item))
