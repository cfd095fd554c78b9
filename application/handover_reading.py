"""What is to be read of handovers: acts and parts as known at the ledger's time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from application.coordinators import coordinators
from application.handovers import Handovers, part_of
from application.moment import Moment
from application.policy import Identity, allow
from application.refusals import NotFound
from application.then import KnownAt, moment_then
from domain.handover_act import HandoverAct

Json = dict[str, Any]


async def acts(
    office: Handovers,
    identity: Identity,
    after: UUID | None = None,
    limit: int = 100,
    *,
    valid_at: datetime | None = None,
    known_at: KnownAt = None,
) -> list[Json]:
    """A page of the acts, the newest first; `after`: the last one of the page before. As known now, or as
    known then, at an instant. NotAllowed, BadRequest."""
    moment = await _moment(office, identity, valid_at, known_at)
    known = moment.organisation.acts
    ordered = sorted(known.values(), key=_newest_first)
    last = known.get(after) if after else None
    if last is not None:
        ordered = [act for act in ordered if _newest_first(act) > _newest_first(last)]
    return [_act(moment, act) for act in ordered[:limit]]


async def act(
    office: Handovers,
    identity: Identity,
    act_id: UUID,
    *,
    valid_at: datetime | None = None,
    known_at: KnownAt = None,
) -> Json:
    """One act with its parts, in the same way. NotFound, NotAllowed, BadRequest."""
    moment = await _moment(office, identity, valid_at, known_at)
    found = moment.organisation.acts.get(act_id)
    if found is None:
        raise NotFound("unknown_handover", f"there is no handover {act_id}: see GET /v1/handovers")
    return _act(moment, found)


async def _moment(
    office: Handovers, identity: Identity, valid_at: datetime | None, known_at: KnownAt
) -> Moment:
    """Who may read it is judged now."""
    moment = await office.reader.moment(fresh=True)
    allow(identity, "read-handover", moment)
    if valid_at is None and known_at is None:
        return moment
    return await moment_then(office.reader, valid_at, known_at)


async def part_in_act(office: Handovers, act_id: UUID, part_id: UUID) -> None:
    """NotFound unless the part is one of the act's."""
    moment = await office.reader.moment(fresh=True)
    if part_of(moment, part_id).act != act_id:
        raise NotFound("unknown_part", f"handover {act_id} has no part {part_id}: see GET /v1/handovers")


async def parts_of(office: Handovers, act_id: UUID) -> list[UUID]:
    """The parts of an act just drafted."""
    drafted = await office.ledger.load(HandoverAct, act_id)
    return list(drafted.parts)


def _newest_first(found: HandoverAct) -> tuple[int, int]:
    """What says no date yet stands first."""
    at = found.effective_at
    return (-int(at.timestamp()) if at is not None else -(10**12), -found.id.int)


def _act(moment: Moment, found: HandoverAct) -> Json:
    return {
        "id": found.id,
        "number": found.number,
        "title": found.title,
        "issued_on": found.issued_on,
        "effective_at": found.effective_at,
        "kind": found.kind,
        "corrects": found.corrects,
        "reference": found.reference,
        "parts": [_part(moment, part) for part in found.parts],
    }


def _part(moment: Moment, part_id: UUID) -> Json:
    part = moment.organisation.parts[part_id]
    draft, amendment = part.draft_of(), part.amendment_state()
    units = moment.organisation.units
    return {
        "id": part_id,
        "name": draft.name,
        "province": units[draft.province].reference,
        "state": part.state_at(moment.now).value,
        "amendment": amendment.value if amendment is not None else None,
        "part_version": part.part_version,
        "scheduled_version": part.scheduled,
        "digest": part.digest(),
        "effective_at": draft.effective_at,
        "approvals": list(part.approvals),
        "units_ending": len(draft.ends),
        "units_beginning": len(draft.begins),
        "agencies_ending": len(draft.closings),
        "coordinators": _coordinators(moment, part_id),
    }


def _coordinators(moment: Moment, part_id: UUID) -> list[Json]:
    """The namings that stand: the part's first (agency null), then by the agency that held."""
    agencies = moment.organisation.agencies
    named = [
        {
            "officer": one.officer,
            "agency": one.agency,
            "identifier": agencies[one.agency].identifier if one.agency is not None else None,
            "escalates_to": one.escalates_to,
        }
        for one in coordinators(moment, part_id).values()
    ]
    return sorted(named, key=lambda one: str(one["identifier"] or ""))
