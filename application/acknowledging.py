"""Everything that an agency got by a part, acknowledged without listing it: in pages, each recorded as it is
read, so that it may be stopped anywhere and run again."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID

from application.handovers import Handovers
from application.policy import Identity, allow
from application.receiving import acknowledge
from application.refusals import Refusal, Refused
from application.statement import steps_of

PAGE = 500
MOST_REASONS = 20


@dataclass(slots=True)
class Acknowledged:
    """`listed`: dossiers that the agency holds by the part, as the read model shows; `count`: acknowledged
    now; `refused`: could not be, with the first reasons (dossier, why). The rest was answered before."""

    listed: int
    count: int
    refused: int
    position: int
    reasons: tuple[tuple[UUID, Refusal | Refused], ...] = ()


async def acknowledge_all(
    office: Handovers, identity: Identity, part_id: UUID, agency_id: UUID, *, papers: str = "none"
) -> AsyncGenerator[Acknowledged, None]:
    """Page by page; the last one is the whole. Raises as `receiving.acknowledge` does where nothing of a page
    could be judged; one dossier that went on meanwhile keeps no other from it."""
    moment = await office.reader.moment(fresh=True)
    allow(identity, "acknowledge-transfer", moment, agency=agency_id)
    steps_of(moment, part_id)
    await office.index.placed_shown(moment.read_up_to)
    done = Acknowledged(0, 0, 0, moment.read_up_to)
    after: UUID | None = None
    while page := await office.index.held_by(part_id, agency_id, moment.now, after, PAGE):
        after = page[-1]
        done.listed += len(page)
        try:
            answered = await acknowledge(office, identity, part_id, agency_id, page, papers=papers)
        except (Refusal, Refused):
            await _one_by_one(office, identity, part_id, agency_id, page, papers, done)
        else:
            done.count += answered.count
            done.position = max(done.position, answered.position)
        yield done
        if len(page) < PAGE:
            return
    yield done


async def _one_by_one(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    agency_id: UUID,
    page: list[UUID],
    papers: str,
    done: Acknowledged,
) -> None:
    for dossier in page:
        try:
            answered = await acknowledge(office, identity, part_id, agency_id, [dossier], papers=papers)
        except (Refusal, Refused) as why:
            done.refused += 1
            done.reasons = (*done.reasons, (dossier, why))[:MOST_REASONS]
        else:
            done.count += answered.count
            done.position = max(done.position, answered.position)
