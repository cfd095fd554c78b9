"""After the hour: stating each transfer, acknowledging, refusing, placing, reconciling.

The hour itself needed nobody: whoever reads after it sees the new holder. Here the ledger only *states* it,
dossier by dossier, in streams of their own, so a run that is stopped anywhere and started again writes
the same facts and none twice, and no dossier's revision moves.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from application.handovers import PAGE, Handovers, envelope_of, part_of
from application.moment import Moment, decide
from application.organisation import Organisation
from application.policy import Acting, Identity, allow
from application.ports import Item, Receipt, StaleVersion
from application.refusals import BadRequest
from domain.deadlines import remaining
from domain.dossier_timeline import timeline
from domain.facts import Actor, Envelope, Fact, Recorded
from domain.handed_over import (
    HandedOver,
    components_digest,
    history_digest,
    stream_id,
)
from domain.handover_part import HandoverPart
from domain.holding import Step, holder

CHUNK = 250
SYSTEM = Actor("system", "transfer")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a transfer is: dossiers written now, found written already, and to write in all."""

    written: int
    found: int
    total: int


async def transfer(office: Handovers, identity: Identity, part_id: UUID) -> AsyncGenerator[Progress, None]:
    """Write a `HandedOver` for each dossier that the part moves, in the order of their stream ids; the last
    progress says that it is finished.

    Resumable and repeatable; several at once only find each other's facts written. BadRequest before the
    hour.
    """
    moment = await office.reader.moment(fresh=True)
    acting = allow(identity, "transfer-handover", moment)
    step = step_of(moment, part_id)
    await office.index.shown(moment.read_up_to)
    found_moving = [d async for d in moving(office, step)]
    ordered = sorted(
        found_moving, key=lambda d: stream_id(step.part_id, step.part_version, d, step.hour).bytes
    )
    written = found = 0
    for start in range(0, len(ordered), CHUNK):
        now_written, now_found = await _transfer_chunk(office, moment, step, ordered[start : start + CHUNK])
        written, found = written + now_written, found + now_found
        yield Progress(written, found, len(ordered))
    await _finish(office, acting, step, ordered)
    yield Progress(written, found, len(ordered))


def step_of(moment: Moment, part_id: UUID) -> Step:
    part_of(moment, part_id)
    for step in moment.organisation.steps:
        if step.part_id == part_id:
            if step.hour > moment.now:
                raise BadRequest(
                    "before_the_hour", f"the part takes effect at {step.hour.isoformat()}: transfer after it"
                )
            return step
    raise BadRequest("not_scheduled", "the part is not scheduled: approve it twice and schedule it first")


async def moving(office: Handovers, step: Step) -> AsyncIterator[UUID]:
    after: UUID | None = None
    while page := await office.index.moving_by(step.part_id, step.part_version, after, PAGE):
        for dossier in page:
            yield dossier
        after = page[-1]


async def _transfer_chunk(
    office: Handovers, moment: Moment, step: Step, dossiers: Sequence[UUID]
) -> tuple[int, int]:
    """Written and found-written of one chunk. What a dossier was at the hour is read from the log, never
    from a read model."""
    steps = moment.organisation.steps
    earlier = [s for s in steps if s.hour < step.hour]
    streams = {d: [moment.organisation.placement_stream(s.part_id, d) for s in earlier] for d in dossiers}
    recorded = await office.ledger.facts_of(
        [*dossiers, *(p for placements in streams.values() for p in placements)], recorded_before=step.hour
    )
    of_dossier: dict[UUID, list[Recorded[Fact]]] = {d: [] for d in dossiers}
    owner = {p: d for d, placements in streams.items() for p in placements} | {d: d for d in dossiers}
    for fact in recorded:
        of_dossier[owner[fact.fact.originator_id]].append(fact)
    items = [
        item
        for d, facts in of_dossier.items()
        if (item := await _handed_over(office, moment.organisation, step, d, facts))
    ]
    outcomes = await office.ledger.recorder.append_many(items)
    written = sum(isinstance(o, Receipt) for o in outcomes)
    found = sum(isinstance(o, StaleVersion) for o in outcomes)
    for outcome in outcomes:
        if not isinstance(outcome, (Receipt, StaleVersion)):
            raise outcome
    return written, found


async def _handed_over(
    office: Handovers,
    organisation: Organisation,
    step: Step,
    dossier_id: UUID,
    facts: Sequence[Recorded[Fact]],
) -> Item | None:
    """The item that states this dossier's transfer, or None when by the log it does not move (a read model
    ran ahead of a correction)."""
    own = [f for f in facts if f.fact.originator_id == dossier_id]
    known = timeline(facts)
    dossier = known.dossier
    before = holder(known, [s for s in organisation.steps if s.hour < step.hour], step.hour)
    if before is None or before.ended_here or not step.rules.ends(before.agency):
        return None
    at_hour = holder(known, organisation.steps, step.hour)
    if at_hour is None or at_hour.ended_here:
        return None
    left = (
        remaining(dossier.limit_unit, dossier.statutory_due, step.hour, organisation.calendar)
        if dossier.statutory_due and dossier.limit_unit
        else None
    )
    stated = HandedOver.empty(stream_id(step.part_id, step.part_version, dossier_id, step.hour))
    stated.hand_over(
        Envelope(actor=SYSTEM, occurred_at=step.hour, holder=at_hour.agency, rules=(at_hour.rule,)),
        dossier=dossier_id,
        code=dossier.code or "",
        part=step.part_id,
        part_version=step.part_version,
        effective_at=step.hour,
        from_agency=before.agency,
        to_agency=at_hour.agency,
        rule=at_hour.rule,
        provisional=at_hour.provisional,
        status=dossier.status,
        revision=dossier.version,
        remaining_unit=left[0] if left else None,
        remaining_amount=left[1] if left else None,
        history_digest=history_digest([f.leaf for f in own]),
        components_digest=components_digest(dossier.components),
    )
    return await office.ledger.item(stated)


async def _finish(office: Handovers, acting: Acting, step: Step, ordered: Sequence[UUID]) -> None:
    """Record once that every dossier that moves has its fact."""
    digest = hashlib.sha256(b"".join(d.bytes for d in ordered)).hexdigest()

    async def decision(moment: Moment) -> None:
        part = await office.ledger.load(HandoverPart, step.part_id)
        if part.finished is not None:
            return
        part.finish_transfer(
            envelope_of(acting, moment), now=moment.now, handed_over=len(ordered), digest=digest
        )
        await office.ledger.append(part)

    await decide(office.reader, decision, versions_too=True)
