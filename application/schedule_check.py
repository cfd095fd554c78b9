"""What scheduling a part, or an amendment of one, is judged on beside its own approvals: nothing begins twice
or beside what is still valid, nothing is ended twice, no act is in force twice, and all that the part names
is there. And what cancelling a part is judged on: that nothing else builds on it.

Drafts block nothing: the check is made on the moment, whose append is refused when anything newer was
recorded about units, agencies or handovers, so two parts cannot slip past each other. Drafting makes those of
these checks that do not depend on what else will be scheduled, so that a file's fault is told at its line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from application.organisation import Organisation
from domain import handover_rules as rules
from domain import organisation_rules
from domain.agency import Agency
from domain.handover_act import HandoverAct
from domain.handover_draft import PartDraft
from domain.handover_part import HandoverPart
from domain.holding import Step
from domain.local_time import day_start
from domain.refusals import Refused
from domain.unit import Unit


def check_number(organisation: Organisation, number: str) -> None:
    """Raises Refused (handover.act_number) while another draft with this number has a part that is not
    cancelled."""
    for act in organisation.acts.values():
        if act.number == number and any(not organisation.parts[p].cancelled for p in act.parts):
            raise Refused(rules.ACT_NUMBER, number=number, handover=str(act.id))


def check_draft(
    organisation: Organisation,
    part_id: UUID,
    draft: PartDraft,
    new: Iterable[Unit] = (),
    ended: Collection[UUID] = (),
) -> None:
    """What a draft meets that is there already. `new`: units that begin by it and are not recorded yet;
    `ended`: units that the act's other parts end.

    Raises Refused (handover.ends_once, handover.overlaps, handover.same_stays, organisation.half_open) with
    the item's place in the part's document.
    """
    units = {unit.id: unit for unit in new}
    others = _ended_by_others(organisation, part_id)
    for number, unit in enumerate(draft.ends):
        _ends_once(organisation, organisation.units[unit], draft.effective_at, others, f"/ends/{number}")
    gone = {*draft.ends, *ended}
    for number, unit_id in enumerate(draft.begins):
        unit_begun = units.get(unit_id) or organisation.units[unit_id]
        _overlaps(organisation, unit_begun, draft.effective_at, gone, f"/begins/{number}/code")
    _agencies(organisation, part_id, draft)


def check_schedulable(organisation: Organisation, part: HandoverPart, now: datetime) -> None:
    """Raises Refused (handover.act_number, handover.begins_once, handover.never_begins,
    handover.receives_open, handover.needed_by, handover.founded_goes_on, handover.restored_open and those of
    `check_draft`) naming what is in the way."""
    draft = part.draft_of()
    scheduled = [other for other in _scheduled(organisation) if other.id != part.id]
    _act(organisation, organisation.acts[draft.act], scheduled)
    _begins(organisation, draft)
    parts = organisation.acts[draft.act].parts
    siblings = [organisation.parts[p] for p in parts if p != part.id and not organisation.parts[p].cancelled]
    check_draft(organisation, part.id, draft, (), {u for other in siblings for u in other.draft_of().ends})
    _names(organisation, part.id, draft)
    _founded(organisation, part, draft, now)
    hour = max(part.effective_at, now)
    _restored(organisation, part, draft, hour)
    _receivers(organisation, part, draft, hour)


def check_cancellable(organisation: Organisation, part: HandoverPart, now: datetime) -> None:
    """Raises Refused (handover.needed_by) while another scheduled part ends, names or hands to what this one
    begins, or begins a unit in the place of one that this one ends."""
    if part.scheduled is None:
        return
    draft = part.draft_of(part.scheduled)
    begun = {*draft.begins, *(draft.founds or ())}
    begun |= {a.id for a in organisation.agencies.values() if a.begins_by == part.id}
    ended = {(organisation.units[u].code, organisation.units[u].level) for u in draft.ends}
    for other in _scheduled(organisation):
        if other.id == part.id:
            continue
        for version in {other.scheduled, other.part_version if other.amending else other.scheduled}:
            theirs = other.draft_of(version)
            units, agencies = _named(theirs)
            needed = begun & (units | agencies)
            later = theirs.effective_at and draft.effective_at and theirs.effective_at >= draft.effective_at
            after = [organisation.units[u] for u in theirs.begins if later and u not in draft.ends]
            coded = {(unit.code, unit.level) for unit in after}
            if needed or ended & coded:
                what = _told(organisation, next(iter(needed))) if needed else min(ended & coded)[0]
                raise Refused(rules.NEEDED_BY, part=str(other.id), name=theirs.name, needs=what)


def _scheduled(organisation: Organisation) -> list[HandoverPart]:
    return [p for p in organisation.parts.values() if p.scheduled is not None and not p.cancelled]


def _ended_by_others(organisation: Organisation, part_id: UUID) -> dict[UUID, Step]:
    """Units and agencies that other scheduled parts end, by law and in force."""
    found: dict[UUID, Step] = {}
    for step in organisation.known_acts.laws:
        if step.part_id != part_id:
            found |= dict.fromkeys(step.rules.ended_units, step)
            found |= dict.fromkeys(step.rules.heirs, step)
    return found


def _ends_once(
    organisation: Organisation,
    unit: Unit,
    effective_at: datetime | None,
    others: dict[UUID, Step],
    pointer: str,
) -> None:
    other = others.get(unit.id)
    if other is not None:
        raise Refused(rules.ENDS_ONCE, pointer=pointer, unit=unit.reference, part=str(other.part_id))
    begins = organisation.known_acts.unit_begins.get(unit.id)
    if begins is not None and effective_at is not None and effective_at <= begins:
        raise Refused(organisation_rules.HALF_OPEN, pointer=pointer, unit=unit.reference)


def _overlaps(
    organisation: Organisation,
    unit: Unit,
    effective_at: datetime | None,
    gone: Collection[UUID],
    pointer: str,
) -> None:
    """No other unit with this code and level may be valid at the hour, or begin after it while this one is
    (an amendment may name what later acts have ended since)."""
    if effective_at is None:
        return
    own_end = organisation.known_acts.unit_ends.get(unit.id)
    for known in organisation.units_with_code(unit.code):
        if known.id == unit.id or known.level != unit.level or known.id in gone:
            continue
        begins = organisation.known_acts.unit_begins.get(known.id)
        later = begins is not None and begins >= effective_at and (own_end is None or begins < own_end)
        if later or organisation.unit_valid_at(known, effective_at):
            raise Refused(rules.OVERLAPS, pointer=pointer, unit=unit.reference, valid=known.reference)


def _agencies(organisation: Organisation, part_id: UUID, draft: PartDraft) -> None:
    others = _ended_by_others(organisation, part_id) if draft.closings else {}
    same = {link.from_ for link in draft.links if link.kind == "same" and not link.disputed}
    for number, closing in enumerate(draft.closings):
        agency, at = organisation.agencies[closing.agency], f"/agencies/ends/{number}"
        if agency.id in others:
            by = str(others[agency.id].part_id)
            raise Refused(rules.ENDS_ONCE, pointer=f"{at}/agency", agency=agency.identifier, part=by)
        own = agency.unit if draft.effective_at is None else organisation.unit_of(agency, draft.effective_at)
        if same & {agency.unit, own}:
            raise Refused(rules.SAME_STAYS, pointer=f"{at}/agency", agency=agency.identifier)


def _act(organisation: Organisation, act: HandoverAct, scheduled: Iterable[HandoverPart]) -> None:
    for other in scheduled:
        if other.act != act.id and organisation.acts[other.act].number == act.number:
            raise Refused(rules.ACT_NUMBER, number=act.number, handover=str(other.act))


def _begins(organisation: Organisation, draft: PartDraft) -> None:
    for unit_id in draft.begins:
        unit = organisation.units[unit_id]
        for known in organisation.units_with_code(unit.code):
            if known.id != unit_id and known.reference == unit.reference:
                raise Refused(rules.BEGINS_ONCE, unit=unit.reference)
    for agency_id in draft.founds or ():
        agency = organisation.agencies[agency_id]
        known_agency = organisation.agency_with_identifier(agency.identifier)
        if known_agency is not None and known_agency.id != agency_id:
            raise Refused(rules.BEGINS_ONCE, agency=agency.identifier)


def receiving(draft: PartDraft) -> set[UUID]:
    """The agencies to which something goes by a draft."""
    found = {c.heir for c in draft.closings} | {r.agency for r in draft.receivers}
    found |= {move.agency for move in draft.postings}
    return found | {one.to for one in draft.exceptions if one.to is not None}


def _receivers(organisation: Organisation, part: HandoverPart, draft: PartDraft, hour: datetime) -> None:
    """Who receives is open when this moves holders; and nothing moves later to whom this ends."""
    for agency_id in sorted(receiving(draft)):
        agency = organisation.agencies[agency_id]
        if not _opens(organisation, part, draft, agency, hour):
            raise Refused(rules.RECEIVES_OPEN, agency=agency.identifier, at=hour.isoformat())
    ending = {closing.agency for closing in draft.closings}
    for step in organisation.steps:
        if step.part_id == part.id or step.hour < hour or not ending:
            continue
        needed = ending & receiving(organisation.parts[step.part_id].draft_of(step.part_version))
        if needed:
            what = organisation.agencies[next(iter(needed))].identifier
            raise Refused(rules.NEEDED_BY, part=str(step.part_id), needs=what)


def _restored(organisation: Organisation, part: HandoverPart, draft: PartDraft, hour: datetime) -> None:
    """What the version before ended and this one does not holds again what it held: it, and its unit, must
    not have ended otherwise since."""
    before = organisation.known_acts.at(hour).parts.get(part.id)
    if before is None:
        return
    others = _ended_by_others(organisation, part.id)
    for agency_id in sorted(before.rules.heirs.keys() - {closing.agency for closing in draft.closings}):
        agency = organisation.agencies[agency_id]
        unit = organisation.units[organisation.unit_of(agency, hour)]
        gone = unit.until is not None and hour >= day_start(unit.until)
        other = others.get(unit.id)
        gone = gone or (other is not None and other.effective_at <= hour)
        if gone or not _opens(organisation, part, draft, agency, hour):
            raise Refused(rules.RESTORED_OPEN, agency=agency.identifier, at=hour.isoformat())


def _opens(
    organisation: Organisation, part: HandoverPart, draft: PartDraft, agency: Agency, hour: datetime
) -> bool:
    """Whether an agency is open then, leaving aside what this part itself ends."""
    own = agency.begins_by == part.id and (draft.founds is None or agency.id in draft.founds)
    steps = organisation.known_acts.at(hour).parts.values()
    closed = any(step.rules.ends(agency.id) for step in steps if step.part_id != part.id)
    begun = own or organisation.agency_founded_at(agency, hour)
    return begun and not closed and organisation.agency_dated_at(agency, hour)


def _named(draft: PartDraft) -> tuple[set[UUID], set[UUID]]:
    """The units and the agencies that a draft builds on."""
    units = {draft.province, *draft.ends, *(r.unit for r in draft.receivers)}
    units |= {one.place for one in draft.exceptions if one.place is not None}
    return units, {closing.agency for closing in draft.closings} | receiving(draft)


def _names(organisation: Organisation, part_id: UUID, draft: PartDraft) -> None:
    unit_ids, agency_ids = _named(draft)
    for unit in (organisation.units[u] for u in unit_ids):
        if unit.begins_by != part_id and not organisation.unit_counts(unit):
            raise Refused(rules.NEVER_BEGINS, unit=unit.reference)
    for agency in (organisation.agencies[a] for a in agency_ids):
        if agency.begins_by != part_id and not organisation.agency_counts(agency):
            raise Refused(rules.NEVER_BEGINS, agency=agency.identifier)


def _founded(organisation: Organisation, part: HandoverPart, draft: PartDraft, now: datetime) -> None:
    """What began by the version in force and no longer begins has to end with an heir: it may hold
    something."""
    if part.scheduled is None or draft.founds is None or now < part.effective_at:
        return
    kept = {*draft.founds, *(closing.agency for closing in draft.closings)}
    standing = organisation.known_acts.at(now)
    for agency in organisation.agencies.values():
        if agency.begins_by == part.id and agency.id not in kept and standing.founded(agency.id, part.id):
            raise Refused(rules.FOUNDED_GOES_ON, agency=agency.identifier)


def _told(organisation: Organisation, id: UUID) -> str:
    unit = organisation.units.get(id)
    return unit.reference if unit is not None else organisation.agencies[id].identifier
