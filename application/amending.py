"""A next version of a part, from a file: while nothing is scheduled it replaces the draft, afterwards it is
an amendment. It is simulated, approved by two officers and scheduled like the first; the version in force
stays until then.

Before the hour a scheduled amendment takes the place of the version before it; recorded later, it moves
holders from its own recording on, and by law it stands since the act's instant. What was believed before
stays readable as known at a position.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from application.draft_file import draft_part
from application.handovers import Handovers, StepAnswer, envelope_of, part_of
from application.ledger import Command
from application.moment import Moment, decide
from application.organisation import Organisation
from application.policy import Identity, allow
from application.ports import Receipt
from application.refusals import BadRequest, within
from application.schedule_check import check_draft
from domain import handover_rules as rules
from domain.handover_act import HandoverAct
from domain.handover_part import HandoverPart
from domain.refusals import Refused

Document = Mapping[str, Any]


async def amend(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    document: Document,
    command: Command | None = None,
) -> StepAnswer:
    """Draft the part's next version. `document`: a part as in an act's file, or an act's whole file, of which
    the part of the same name counts (or its only one); `effective_at` there says the date of an act that did
    not say it before. `counts`: {"part_version"}.

    Raises as drafting does, with the pointer in the document; Refused also handover.draft_settled,
    handover.draft_hour, handover.part_closed.
    """
    if repeated := await office.ledger.repeated(command):
        return await _amended_before(office, repeated)

    async def decision(moment: Moment) -> StepAnswer:
        acting = allow(identity, "draft-handover", moment)
        part_of(moment, part_id)
        part = await office.ledger.load(HandoverPart, part_id)
        if part.cancelled:
            raise Refused(rules.DRAFT_SETTLED, part=str(part_id))
        before = part.draft_of()
        content, pointer = _part_in(document, before.name)
        effective_at = _instant(document, content) or before.effective_at
        envelope = envelope_of(acting, moment)
        others = _others(moment.organisation, part)
        also_ending = {closing.agency for other in others for closing in other.draft_of().closings}
        ended = {unit for other in others for unit in other.draft_of().ends}
        with within(pointer):
            drafted = draft_part(moment, envelope, before.act, effective_at, content, part, also_ending)
            check_draft(moment.organisation, part_id, part.draft_of(), drafted.units, ended)
        dated = await _dated(office, part, effective_at)
        if dated is not None and effective_at is not None:
            dated.date(envelope, effective_at)
        receipt = await office.ledger.append(
            part,
            *(one for one in drafted.aggregates if one is not part),
            *((dated,) if dated is not None else ()),
            command=command,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(),
        )
        if receipt.repeated:
            return await _amended_before(office, receipt)
        return StepAnswer(part.act, part_id, receipt.last, {"part_version": part.part_version})

    return await decide(office.reader, decision, versions_too=True)


async def _amended_before(office: Handovers, repeated: Receipt) -> StepAnswer:
    """The first answer of a draft that was recorded before."""
    part = HandoverPart.empty(repeated.versions[0][0])
    for recorded in await office.ledger.facts_of([part.id]):
        if recorded.position <= repeated.last:
            part.replay(recorded.fact)
    return StepAnswer(part.act, part.id, repeated.last, {"part_version": part.part_version}, True)


def _part_in(document: Document, name: str) -> tuple[Document, str]:
    """The part's own document, and where it stands in the file."""
    if "parts" not in document:
        return document, ""
    parts = document["parts"]
    named = [number for number, part in enumerate(parts) if part["name"] == name]
    if not named and len(parts) == 1:
        named = [0]
    if len(named) != 1:
        text = f"the file has no part of its own for {name}: name one part so, or give a file with it alone"
        raise BadRequest("unknown_part", text, pointer="/parts")
    return parts[named[0]], f"/parts/{named[0]}"


def _instant(*documents: Document) -> datetime | None:
    for document in documents:
        if said := document.get("effective_at"):
            return said if isinstance(said, datetime) else datetime.fromisoformat(said)
    return None


def _others(organisation: Organisation, part: HandoverPart) -> list[HandoverPart]:
    """The act's other parts that are not cancelled."""
    parts = (organisation.parts[other] for other in organisation.acts[part.act].parts)
    return [other for other in parts if other.id != part.id and not other.cancelled]


async def _dated(office: Handovers, part: HandoverPart, effective_at: datetime | None) -> HandoverAct | None:
    """The act, where this says its date for the first time."""
    if effective_at is None:
        return None
    act = await office.ledger.load(HandoverAct, part.act)
    return act if act.effective_at is None else None
