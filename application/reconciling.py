"""Reconciling: every dossier that moves has exactly one holder and one `HandedOver`, and the counts add up.
One pass over the log serves all parts of an act; each version of each part gets its own fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.handovers import Handovers, StepAnswer, envelope_of
from application.ledger import Command
from application.moment import Moment, decide
from application.policy import Acting, Identity, allow
from application.reconciling_counts import StepCounts, count
from application.refusals import BadRequest, NotFound, Refusal, Refused
from application.statement import steps_of
from domain.handover_part import HandoverPart
from domain.holding import Step, StepKey

Progress = Callable[[int, int], None]
Counted = Mapping[StepKey, StepCounts]


@dataclass(frozen=True, slots=True)
class PartReconciled:
    """One part of an act: its answer, or why it is not reconciled (`before`: it was already;
    `failed`: it was ready, and is not reconciled all the same)."""

    part: UUID
    name: str
    answer: StepAnswer | None = None
    problem: Refusal | Refused | None = None
    before: bool = False
    failed: bool = False


def _nobody(position: int, last: int) -> None:
    pass


async def reconcile(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    command: Command | None = None,
    *,
    progress: Progress = _nobody,
    busy: float = 1.0,
) -> StepAnswer:
    """One part, every version of it that took effect and is not reconciled; the answer's counts are the last
    one's. `busy`: the share of its time that this may work while others append. Refused while a transfer is
    missing."""
    if repeated := await office.ledger.repeated(command):
        return await _before(office, part_id, repeated.last)
    moment = await office.reader.moment(fresh=True)
    acting = allow(identity, "reconcile-handover", moment)
    come = steps_of(moment, part_id)
    part = moment.organisation.parts[part_id]
    wanted = [step for step in come if step.part_version not in part.reconciled] or come[-1:]
    counted = await count(office, moment, wanted, progress, busy)
    return await _record(office, acting, part_id, wanted, counted, command)


async def reconcile_act(
    office: Handovers,
    identity: Identity,
    act_id: UUID,
    *,
    progress: Progress = _nobody,
    busy: float = 1.0,
) -> list[PartReconciled]:
    """Every part of an act but the cancelled, in one pass over the log; one that cannot be reconciled keeps
    no other from it. NotFound for what is no act."""
    moment = await office.reader.moment(fresh=True)
    acting = allow(identity, "reconcile-handover", moment)
    act = moment.organisation.acts.get(act_id)
    if act is None:
        raise NotFound("unknown_handover", f"there is no handover {act_id}: see GET /v1/handovers")
    wanted: dict[UUID, list[Step]] = {}
    found: dict[UUID, PartReconciled] = {}
    for part_id in act.parts:
        part = moment.organisation.parts[part_id]
        if part.cancelled:
            continue
        name = part.draft_of().name
        try:
            come = steps_of(moment, part_id)
        except BadRequest as problem:
            found[part_id] = PartReconciled(part_id, name, problem=problem)
            continue
        left = [step for step in come if step.part_version not in part.reconciled]
        if not left:
            found[part_id] = PartReconciled(part_id, name, before=True)
        elif any(step.part_version not in part.finished for step in left):
            missing = BadRequest("transfer_missing", "its transfer is not finished: run the transfer first")
            found[part_id] = PartReconciled(part_id, name, problem=missing)
        else:
            wanted[part_id] = left
    if wanted:
        counted = await count(office, moment, [s for steps in wanted.values() for s in steps], progress, busy)
        for part_id, steps in wanted.items():
            name = moment.organisation.parts[part_id].draft_of().name
            try:
                answer = await _record(office, acting, part_id, steps, counted, None)
                found[part_id] = PartReconciled(part_id, name, answer)
            except (Refusal, Refused) as refused:
                found[part_id] = PartReconciled(part_id, name, problem=refused, failed=True)
    return [found[part_id] for part_id in act.parts if part_id in found]


async def _record(
    office: Handovers,
    acting: Acting,
    part_id: UUID,
    steps: Sequence[Step],
    counted: Counted,
    command: Command | None,
) -> StepAnswer:
    """One fact for each version, all in one append."""
    counts: dict[str, Any] = {}
    for step in steps:
        counts = counted[step.key].as_dict()
        if counts["handed_over"] < counts["moved"]:
            missing = counts["moved"] - counts["handed_over"]
            raise BadRequest(
                "transfer_missing", f"{missing} dossiers have no transfer yet: run the transfer again"
            )

    async def decision(moment: Moment) -> StepAnswer:
        part = await office.ledger.load(HandoverPart, part_id)
        envelope = envelope_of(acting, moment)
        for step in steps:
            found = counted[step.key].as_dict()
            part.reconcile(envelope, counts=found, part_version=step.part_version)
        receipt = await office.ledger.append(part, command=command)
        if receipt.repeated:
            return await _before(office, part_id, receipt.last)
        return StepAnswer(part.act, part_id, receipt.last, counts)

    return await decide(office.reader, decision, versions_too=True)


async def _before(office: Handovers, part_id: UUID, position: int) -> StepAnswer:
    """The answer that was recorded at this position."""
    facts = await office.ledger.facts_of([part_id])
    part = HandoverPart.empty(part_id)
    for recorded in facts:
        part.replay(recorded.fact)
    counts = next((getattr(r.fact, "counts", {}) for r in facts if r.position == position), {})
    return StepAnswer(part.act, part_id, position, dict(counts), True)
