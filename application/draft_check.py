"""What a draft is judged on beside itself: no unit or agency is ended twice, none begins beside another of
its code. Against what is scheduled, and within the file; drafts of other files block nothing.

The same is judged again when a part is scheduled (schedule_check.py): between the two, others may be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from application.organisation import Organisation
from domain import handover_rules as rules
from domain.handover_draft import PartDraft
from domain.handover_part import HandoverPart
from domain.refusals import Refused
from domain.unit import Unit


@dataclass(slots=True)
class Ended:
    """Which part ends which unit and agency."""

    units: dict[UUID, UUID] = field(default_factory=dict)
    agencies: dict[UUID, UUID] = field(default_factory=dict)

    def add(self, part: UUID, draft: PartDraft) -> None:
        self.units.update(dict.fromkeys(draft.ends, part))
        self.agencies.update(dict.fromkeys((closing.agency for closing in draft.closings), part))


def check_drafts(
    organisation: Organisation, parts: Sequence[HandoverPart], made: Mapping[UUID, Unit]
) -> None:
    """`parts`: of one file, just drafted; `made`: the units that it begins. Raises Refused
    (handover.ends_once, handover.overlaps, handover.begins_once) with the pointer in the file."""
    drafted = {part.id for part in parts}
    ended = Ended()
    for other in organisation.parts.values():
        if other.scheduled is not None and not other.cancelled and other.id not in drafted:
            ended.add(other.id, other.draft_of(other.scheduled))
    ending = {unit for part in parts for unit in part.draft_of().ends}
    begun: set[str] = set()
    for number, part in enumerate(parts):
        draft, pointer = part.draft_of(), f"/parts/{number}"
        _ends(organisation, draft, ended, pointer)
        _begins(organisation, draft, made, ending, ended, begun, pointer)
        ended.add(part.id, draft)


def _ends(organisation: Organisation, draft: PartDraft, ended: Ended, pointer: str) -> None:
    for number, unit in enumerate(draft.ends):
        if unit in ended.units:
            reference, part = organisation.units[unit].reference, str(ended.units[unit])
            raise Refused(rules.ENDS_ONCE, pointer=f"{pointer}/ends/{number}", unit=reference, part=part)
    for number, closing in enumerate(draft.closings):
        if closing.agency in ended.agencies:
            at = f"{pointer}/agencies/ends/{number}/agency"
            identifier = organisation.agencies[closing.agency].identifier
            by = str(ended.agencies[closing.agency])
            raise Refused(rules.ENDS_ONCE, pointer=at, agency=identifier, part=by)


def _begins(
    organisation: Organisation,
    draft: PartDraft,
    made: Mapping[UUID, Unit],
    ending: set[UUID],
    ended: Ended,
    begun: set[str],
    pointer: str,
) -> None:
    for number, unit_id in enumerate(draft.begins):
        unit = made.get(unit_id)
        if unit is None:
            continue
        at = f"{pointer}/begins/{number}/code"
        if unit.reference in begun:
            raise Refused(rules.BEGINS_ONCE, pointer=at, unit=unit.reference)
        begun.add(unit.reference)
        beside = _beside(organisation, unit, draft.effective_at, ending, ended)
        if beside is not None:
            raise Refused(rules.OVERLAPS, pointer=at, unit=unit.reference, beside=beside.reference)


def _beside(
    organisation: Organisation, unit: Unit, effective_at: datetime | None, ending: set[UUID], ended: Ended
) -> Unit | None:
    """A unit with the code and level of one that begins, which is still valid then and which the file does
    not end."""
    for known in organisation.units_with_code(unit.code):
        if known.id == unit.id or known.level != unit.level or known.id in ending:
            continue
        if effective_at is None:
            if known.id not in ended.units:
                return known
        elif organisation.unit_valid_at(known, effective_at):
            return known
    return None
