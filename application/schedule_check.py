"""What scheduling a part is judged on beside its own approvals: nothing begins twice, nothing is ended twice,
no act is in force twice, and all that the part names is there.

Drafts block nothing: the check is made on the moment, whose append is refused when anything newer was
recorded about units, agencies or handovers, so two parts cannot slip past each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from application.organisation import Organisation
from domain import handover_rules as rules
from domain.handover_act import HandoverAct
from domain.handover_draft import PartDraft
from domain.handover_part import HandoverPart
from domain.refusals import Refused


def check_number(organisation: Organisation, number: str) -> None:
    """Raises Refused (handover.act_number) while another draft with this number has a part that is not
    cancelled."""
    for act in organisation.acts.values():
        if act.number == number and any(not organisation.parts[p].cancelled for p in act.parts):
            raise Refused(rules.ACT_NUMBER, number=number, handover=str(act.id))


def check_schedulable(organisation: Organisation, part: HandoverPart) -> None:
    """Raises Refused (handover.act_number, handover.begins_once, handover.ends_once,
    handover.never_begins) naming what is in the way."""
    draft = part.draft_of()
    scheduled = [
        other
        for other in organisation.parts.values()
        if other.id != part.id and other.scheduled is not None and not other.cancelled
    ]
    _act(organisation, organisation.acts[draft.act], scheduled)
    _begins(organisation, part.id, draft)
    for other in scheduled:
        _ends(organisation, draft, other)
    _names(organisation, part.id, draft)


def _act(organisation: Organisation, act: HandoverAct, scheduled: Iterable[HandoverPart]) -> None:
    for other in scheduled:
        if other.act != act.id and organisation.acts[other.act].number == act.number:
            raise Refused(rules.ACT_NUMBER, number=act.number, handover=str(other.act))


def _begins(organisation: Organisation, part_id: UUID, draft: PartDraft) -> None:
    for unit_id in draft.begins:
        unit = organisation.units[unit_id]
        for known in organisation.units_with_code(unit.code):
            if known.id != unit_id and known.reference == unit.reference:
                raise Refused(rules.BEGINS_ONCE, unit=unit.reference)
    for agency in organisation.agencies.values():
        if agency.begins_by != part_id:
            continue
        known_agency = organisation.agency_with_identifier(agency.identifier)
        if known_agency is not None and known_agency.id != agency.id:
            raise Refused(rules.BEGINS_ONCE, agency=agency.identifier)


def _ends(organisation: Organisation, draft: PartDraft, other: HandoverPart) -> None:
    others = other.rules(other.scheduled)
    for unit in draft.ends:
        if unit in others.ended_units:
            raise Refused(rules.ENDS_ONCE, unit=organisation.units[unit].reference, part=str(other.id))
    for closing in draft.closings:
        if others.ends(closing.agency):
            identifier = organisation.agencies[closing.agency].identifier
            raise Refused(rules.ENDS_ONCE, agency=identifier, part=str(other.id))


def _names(organisation: Organisation, part_id: UUID, draft: PartDraft) -> None:
    units = {draft.province, *draft.ends, *(r.unit for r in draft.receivers)}
    agencies = {c.agency for c in draft.closings} | {c.heir for c in draft.closings}
    agencies |= {r.agency for r in draft.receivers} | {m.agency for m in draft.postings}
    for unit in (organisation.units[u] for u in units):
        if unit.begins_by != part_id and not organisation.counts(unit.begins_by):
            raise Refused(rules.NEVER_BEGINS, unit=unit.reference)
    for agency in (organisation.agencies[a] for a in agencies):
        if agency.begins_by != part_id and not organisation.counts(agency.begins_by):
            raise Refused(rules.NEVER_BEGINS, agency=agency.identifier)
