"""After the transfer, what people say: the receiving agency acknowledges or refuses, the coordination
places, the operator reconciles.

Each says it in a stream beside the dossier, so that the dossier's revision never moves. A refuser remains
the holder, and its time runs, until a decision is recorded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from application.handovers import PAGE, Handovers, StepAnswer, envelope_of
from application.ledger import Command
from application.moment import TRIES, Moment, decide
from application.policy import Identity, allow
from application.ports import HourPassed, Item, NewerFacts, Overloaded, Receipt, StaleVersion
from application.refusals import BadRequest
from application.transfer import moving, step_of
from domain.dossier_timeline import timeline
from domain.facts import Envelope, Personal, Recorded
from domain.handed_over import Placement, stream_id
from domain.handover_part import HandoverPart
from domain.holding import Step, holder

Say = Callable[[Placement, Envelope, UUID], None]


async def acknowledge(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    agency_id: UUID,
    dossiers: Sequence[UUID],
    *,
    papers: str = "none",
) -> int:
    """The receiving agency acknowledges these dossiers (some thousand at most); what was answered already
    stays. Answers how many were recorded now."""

    def say(placement: Placement, envelope: Envelope, dossier: UUID) -> None:
        placement.acknowledge(envelope, dossier=dossier, part=part_id, agency=agency_id, papers=papers)

    return await _answer(office, identity, "acknowledge-transfer", part_id, agency_id, dossiers, say)


async def refuse(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    agency_id: UUID,
    dossiers: Sequence[UUID],
    *,
    reason: str,
) -> int:
    """The receiving agency refuses these dossiers with a reason; they go to the coordination queue and stay
    with it meanwhile."""

    def say(placement: Placement, envelope: Envelope, dossier: UUID) -> None:
        placement.refuse(
            envelope, dossier=dossier, part=part_id, agency=agency_id, reason=Personal(dossier, reason)
        )

    return await _answer(office, identity, "refuse-transfer", part_id, agency_id, dossiers, say)


async def _answer(
    office: Handovers,
    identity: Identity,
    act: str,
    part_id: UUID,
    agency_id: UUID,
    dossiers: Sequence[UUID],
    say: Say,
) -> int:
    """Answer for each dossier under the conditions of the moment; one on which something came between is
    answered again on a fresh one."""
    recorded_now, left = 0, list(dossiers)
    for _ in range(TRIES):
        moment = await office.reader.moment(fresh=True)
        acting = allow(identity, act, moment, agency=agency_id)
        step_of(moment, part_id)
        items = await _answers(office, moment, envelope_of(acting, moment), part_id, left, say)
        outcomes = await office.ledger.recorder.append_many(list(items.values()))
        left = []
        for dossier, outcome in zip(items, outcomes, strict=True):
            if isinstance(outcome, (NewerFacts, HourPassed)):
                left.append(dossier)
            elif isinstance(outcome, Receipt):
                recorded_now += 1
            elif not isinstance(outcome, StaleVersion):
                raise outcome
        if not left:
            return recorded_now
    raise Overloaded(retry_after=1)


async def _answers(
    office: Handovers, moment: Moment, envelope: Envelope, part_id: UUID, dossiers: Sequence[UUID], say: Say
) -> dict[UUID, Item]:
    organisation = moment.organisation
    streams = {d: organisation.placement_stream(part_id, d) for d in dossiers}
    dossier_of = {p: d for d, p in streams.items()}
    facts: dict[UUID, list[Recorded[Any]]] = {d: [] for d in dossiers}
    for recorded in await office.ledger.facts_of([*dossiers, *streams.values()]):
        stream = recorded.fact.originator_id
        facts[dossier_of.get(stream, stream)].append(recorded)
    items: dict[UUID, Item] = {}
    for dossier, known in facts.items():
        held = holder(timeline(known), organisation.steps, moment.now) if known else None
        placement = Placement.empty(streams[dossier])
        for recorded in known:
            if recorded.fact.originator_id == placement.id:
                placement.replay(recorded.fact)
        if placement.answer is None:
            say(placement, replace(envelope, holder=held.agency if held else None), dossier)
            items[dossier] = await office.ledger.item(
                placement,
                recorded_before=moment.next_hour,
                nothing_newer=moment.nothing_newer((dossier,)),
            )
    return items


async def reconcile(
    office: Handovers, identity: Identity, part_id: UUID, command: Command | None = None
) -> StepAnswer:
    """Every dossier that moves has exactly one holder and one `HandedOver`; count who acknowledged. Refused
    while a transfer is missing."""
    moment = await office.reader.moment(fresh=True)
    acting = allow(identity, "reconcile-handover", moment)
    step = step_of(moment, part_id)
    await office.index.shown(moment.read_up_to)
    counts: Counter[str] = Counter(
        moved=0, handed_over=0, holders_other_than_one=0, acknowledged=0, refused=0
    )
    page: list[UUID] = []
    async for dossier in moving(office, step):
        page.append(dossier)
        if len(page) == PAGE:
            await _count(office, moment, step, page, counts)
            page.clear()
    if page:
        await _count(office, moment, step, page, counts)
    if counts["handed_over"] != counts["moved"]:
        missing = counts["moved"] - counts["handed_over"]
        raise BadRequest(
            "transfer_missing", f"{missing} dossiers have no transfer yet: run the transfer again"
        )

    async def decision(again: Moment) -> StepAnswer:
        part = await office.ledger.load(HandoverPart, part_id)
        part.reconcile(envelope_of(acting, again), counts=dict(counts))
        receipt = await office.ledger.append(part, command=command)
        return StepAnswer(part.act, part_id, receipt.last, dict(counts))

    return await decide(office.reader, decision, versions_too=True)


async def _count(
    office: Handovers, moment: Moment, step: Step, dossiers: Sequence[UUID], counts: Counter[str]
) -> None:
    stated = {stream_id(step.part_id, step.part_version, d, step.hour) for d in dossiers}
    placed = {moment.organisation.placement_stream(step.part_id, d) for d in dossiers}
    recorded: list[Recorded[Any]] = list(await office.ledger.facts_of([*stated, *placed]))
    loaded: dict[UUID, Placement] = {}
    for fact in recorded:
        id_ = fact.fact.originator_id
        if id_ in placed:
            loaded.setdefault(id_, Placement.empty(id_)).replay(fact.fact)
    counts["moved"] += len(dossiers)
    counts["handed_over"] += len(recorded) - sum(p.version for p in loaded.values())
    counts["acknowledged"] += sum(p.answer == "acknowledged" for p in loaded.values())
    counts["refused"] += sum(p.answer == "refused" for p in loaded.values())


async def place(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    dossier_id: UUID,
    to_agency: UUID,
    ground: str,
    command: Command | None = None,
) -> StepAnswer:
    """A person of the coordination queue decides who holds a dossier that no rule placed, or that was
    refused."""
    if repeated := await office.ledger.repeated(command):
        return StepAnswer(part_id, part_id, repeated.last, {}, True)

    async def decision(moment: Moment) -> StepAnswer:
        acting = allow(identity, "place-dossier", moment)
        step_of(moment, part_id)
        placement = await office.ledger.load(
            Placement, moment.organisation.placement_stream(part_id, dossier_id)
        )
        to = moment.organisation.heir_of(to_agency, moment.now)
        before = await _held_now(office, moment, dossier_id)
        placement.place(
            replace(envelope_of(acting, moment), holder=to),
            dossier=dossier_id,
            part=part_id,
            from_agency=before,
            to_agency=to,
            ground=ground,
        )
        receipt = await office.ledger.append(
            placement,
            command=command,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer((dossier_id,)),
        )
        return StepAnswer(part_id, part_id, receipt.last, {"holder": str(to)})

    return await decide(office.reader, decision, versions_too=True)


async def _held_now(office: Handovers, moment: Moment, dossier_id: UUID) -> UUID:
    streams = [dossier_id, *moment.organisation.placement_streams(dossier_id, moment.now)]
    known = timeline(await office.ledger.facts_of(streams))
    held = holder(known, moment.organisation.steps, moment.now)
    if held is None:
        raise BadRequest("unknown_dossier", f"there is no dossier {dossier_id} to place")
    return held.agency
