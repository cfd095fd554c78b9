"""Closing the books: what the officer whom the act names may do for a dissolved agency, and the part's end.

That officer, from the hour until the part is closed and for that agency alone, reads its list and its counts,
lists its papers, reports obstacles and signs for the handing side (`policy.closes`); nothing else, nothing
afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from application.certificates import steps_come, versions
from application.handovers import Handovers, StepAnswer, again, envelope_of, part_of
from application.ledger import Command
from application.moment import Moment, decide
from application.policy import Identity, allow, closes
from application.ports import Receipt
from application.refusals import NotFound
from domain.certificate import close as close_part
from domain.handover_part import HandoverPart

Json = dict[str, Any]


async def close(
    office: Handovers, identity: Identity, part_id: UUID, command: Command | None = None
) -> StepAnswer:
    """Record that the part is closed: no amendment follows, and the closing officers' power ends.

    Raises Refused (handover.part_closed, certificate.not_reconciled, certificate.not_issued,
    handover.signatures_missing with who is missing), BadRequest before the hour.
    """
    if repeated := await office.ledger.repeated(command):
        return await _closed_before(office, repeated)

    async def decision(moment: Moment) -> StepAnswer:
        acting = allow(identity, "close-handover", moment)
        part = await office.ledger.load(HandoverPart, part_id)
        organisation = moment.organisation
        known = await versions(office, moment, part_id)
        certificates = {step.part_version: certificate for step, certificate in known}
        close_part(
            part,
            envelope_of(acting, moment),
            certificates,
            lambda agency: organisation.agencies[agency].identifier,
        )
        receipt = await office.ledger.append(
            part,
            command=command,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer([c.id for c in certificates.values()]),
        )
        if receipt.repeated:
            return await _closed_before(office, receipt)
        return StepAnswer(part.act, part_id, receipt.last, {"certificates": len(certificates)})

    closed = await decide(office.reader, decision, versions_too=True)
    await office.reader.moment(fresh=True)
    return closed


async def _closed_before(office: Handovers, repeated: Receipt) -> StepAnswer:
    """The first answer; no version takes effect after the close, so there are as many certificates."""
    closed = await again(office, repeated.versions[0][0], repeated.last)
    assert closed.part is not None, "a part was closed"
    come = steps_come(await office.reader.moment(fresh=True), closed.part)
    return replace(closed, counts={"certificates": len(come)})


@dataclass(frozen=True, slots=True)
class Books:
    """Which books may be read: a dissolved agency's of a part, all versions. `moment`: the ledger's time."""

    part: UUID
    agency: UUID
    identifier: str
    moment: Moment


async def may_read(office: Handovers, identity: Identity, part_id: UUID, identifier: str) -> Books:
    """For the closing officer until the part is closed, for operators and auditors always. NotAllowed;
    NotFound where the part does not end the agency."""
    moment = await office.reader.moment(fresh=True)
    part_of(moment, part_id)
    agency = moment.organisation.agency_by_identifier(identifier)
    steps = [s for s in moment.organisation.steps if s.part_id == part_id and s.rules.ends(agency.id)]
    allow(identity, "read-closing", moment, agency=agency.id)
    if not steps:
        raise NotFound("unknown_agency", f"the part does not end the agency {identifier}")
    return Books(part_id, agency.id, identifier, moment)


def books_of(moment: Moment, officer: UUID) -> list[Json]:
    """The agencies whose books the officer closes now: agency, identifier, part, name of the part, number of
    the act."""
    organisation = moment.organisation
    found: dict[UUID, Json] = {}
    for step in organisation.steps:
        part = organisation.parts[step.part_id]
        draft = part.draft_of(step.part_version)
        for closing in draft.closings:
            if closing.closed_by == officer and closes(moment, officer, closing.agency) == part.id:
                found[closing.agency] = {
                    "agency": closing.agency,
                    "identifier": organisation.agencies[closing.agency].identifier,
                    "part": part.id,
                    "name": draft.name,
                    "act": organisation.acts[draft.act].number,
                }
    return list(found.values())
