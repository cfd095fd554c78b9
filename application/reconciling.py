"""Reconciling a part: every dossier of the log is walked through by the definition of the holder, and the
counts must add up. No read model is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from application.handovers import Handovers, StepAnswer, envelope_of
from application.ledger import Command
from application.moment import Moment, decide
from application.policy import Identity, allow
from application.refusals import BadRequest
from application.statement import handed_over_at, until
from application.transfer import step_of
from domain.dossier_timeline import timeline
from domain.facts import Category, Recorded
from domain.handed_over import Placement, stream_id
from domain.handover_part import HandoverPart
from domain.holding import CONCLUDED, Step, holder

PAGE = 1000
CHUNK = 500


async def reconcile(
    office: Handovers, identity: Identity, part_id: UUID, command: Command | None = None
) -> StepAnswer:
    """Every dossier that moves has exactly one holder and one `HandedOver`; count who acknowledged. Refused
    while a transfer is missing."""
    if repeated := await office.ledger.repeated(command):
        return await _before(office, part_id, repeated.last)
    moment = await office.reader.moment(fresh=True)
    acting = allow(identity, "reconcile-handover", moment)
    step = step_of(moment, part_id)
    counts: Counter[str] = Counter(
        moved=0, handed_over=0, holders_other_than_one=0, acknowledged=0, refused=0
    )
    async for chunk in _dossiers(office, moment):
        await _count(office, moment, step, chunk, counts)
    if counts["handed_over"] != counts["moved"]:
        missing = counts["moved"] - counts["handed_over"]
        raise BadRequest(
            "transfer_missing", f"{missing} dossiers have no transfer yet: run the transfer again"
        )

    async def decision(again: Moment) -> StepAnswer:
        part = await office.ledger.load(HandoverPart, part_id)
        part.reconcile(envelope_of(acting, again), counts=dict(counts))
        receipt = await office.ledger.append(part, command=command)
        if receipt.repeated:
            return await _before(office, part_id, receipt.last)
        return StepAnswer(part.act, part_id, receipt.last, dict(counts))

    return await decide(office.reader, decision, versions_too=True)


async def _before(office: Handovers, part_id: UUID, position: int) -> StepAnswer:
    """The answer that was recorded at this position."""
    facts = await office.ledger.facts_of([part_id])
    part = HandoverPart.empty(part_id)
    for recorded in facts:
        part.replay(recorded.fact)
    counts = next((getattr(r.fact, "counts", {}) for r in facts if r.position == position), {})
    return StepAnswer(part.act, part_id, position, dict(counts), True)


async def _dossiers(office: Handovers, moment: Moment) -> AsyncIterator[list[UUID]]:
    """The ids of all dossiers recorded up to the moment, in chunks."""
    chunk: list[UUID] = []
    after = 0
    while after < moment.read_up_to:
        page = await office.ledger.recorder.events_after(after, PAGE, (Category.DOSSIER,))
        for stored in page:
            if stored.version == 1 and stored.position <= moment.read_up_to:
                chunk.append(stored.stream_id)
                if len(chunk) == CHUNK:
                    yield chunk
                    chunk = []
        if len(page) < PAGE:
            break
        after = page[-1].position
    if chunk:
        yield chunk


async def _count(
    office: Handovers, moment: Moment, step: Step, dossiers: Sequence[UUID], counts: Counter[str]
) -> None:
    organisation = moment.organisation
    stated = {stream_id(step.part_id, step.part_version, d, step.hour): d for d in dossiers}
    own = {organisation.placement_stream(step.part_id, d) for d in dossiers}
    of = {s: d for d in dossiers for s in organisation.placement_streams(d, moment.now)}
    facts: dict[UUID, list[Recorded[Any]]] = {d: [] for d in dossiers}
    transferred: Counter[UUID] = Counter()
    placements: dict[UUID, Placement] = {}
    for recorded in await office.ledger.facts_of([*dossiers, *of, *stated]):
        stream = recorded.fact.originator_id
        if stream in stated:
            transferred[stated[stream]] += 1
            continue
        facts[of.get(stream, stream)].append(recorded)
        if stream in own:
            placements.setdefault(of[stream], Placement.empty(stream)).replay(recorded.fact)
    for dossier, known in facts.items():
        if handed_over_at(until(organisation, step), step, timeline(known)) is None:
            counts["handed_over"] += transferred[dossier]  # none, or one too many: then nothing adds up
            continue
        counts["moved"] += 1
        counts["handed_over"] += transferred[dossier]
        counts["holders_other_than_one"] += not _held_by_one(moment, known)
        answer = placements[dossier].answer if dossier in placements else None
        if answer is not None:
            counts[answer] += 1


def _held_by_one(moment: Moment, known: Sequence[Recorded[Any]]) -> bool:
    """By the definition there is one answer for a dossier and an instant; it counts when that agency is
    there and open (or the dossier was concluded and ended with it)."""
    history = timeline(known)
    held = holder(history, moment.organisation.steps, max(moment.now, known[-1].recorded_at))
    if held is None:
        return False
    agency = moment.organisation.agencies.get(held.agency)
    if agency is None:
        return False
    concluded = history.dossier.status in CONCLUDED
    return held.ended_here or concluded or moment.organisation.agency_open_at(agency, moment.now)
