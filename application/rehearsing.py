"""The rehearsal: the whole act on a copy of the ledger, from whatever state it is in to reconciled, with the
clock at its hour, by the very functions that do it in earnest.

Two stand-in officers, who exist on the copy alone, simulate, approve and schedule what is not scheduled yet.
What comes out is counted from the facts that were recorded, as `outcome` counts them on the real ledger
afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from application.clock import DemoClock, move_clock
from application.handovers import Handovers, approve, schedule
from application.ids import new_id
from application.ledger import Ledger
from application.moment import Moment
from application.organisation import Organisation
from application.policy import Identity
from application.ports import LedgerError
from application.reconciling import reconcile, reconcile_act
from application.refusals import BadRequest, NotFound, Refusal
from application.registry import Registry, load_officers
from application.rehearsal_findings import judge
from application.rehearsed import Rehearsed, outcomes
from application.simulating import simulate
from application.transfer import transfer
from domain.handover_facts import PartReconciled, PartSimulated
from domain.handover_part import APPROVALS, HandoverPart
from domain.refusals import Refused

STAND_IN: Final = Identity("system", "rehearsal")
BEFORE_THE_HOUR: Final = frozenset(("drafted", "simulated", "approved", "scheduled"))
FAILS: Final = (Refused, Refusal, LedgerError)

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Copy:
    """The open copy as the steps use it. `catch_up`: bring its read models up to a position."""

    ledger_id: UUID
    ledger: Ledger
    handovers: Handovers
    registry: Registry
    clock: DemoClock
    catch_up: Callable[[int], Awaitable[None]]
    tell: Tell


def parts_to_rehearse(organisation: Organisation, act_id: UUID, part_id: UUID | None) -> list[UUID]:
    """The act's parts, or the one that was named. Raises NotFound, BadRequest (not_to_rehearse)."""
    act = organisation.acts.get(act_id)
    if act is None:
        raise NotFound("unknown_handover", f"there is no act {act_id}: see `hoso handover status`")
    if part_id is not None and part_id not in act.parts:
        raise NotFound("unknown_part", f"the act {act.number} has no part {part_id}")
    parts = [part_id] if part_id is not None else [p for p in act.parts if not _over(organisation.parts[p])]
    if not parts or any(_over(organisation.parts[p]) for p in parts):
        raise BadRequest(
            "not_to_rehearse", "what was named is cancelled or closed: there is nothing to rehearse"
        )
    for part in parts:
        if organisation.parts[part].draft_of().effective_at is None:
            raise BadRequest(
                "not_to_rehearse",
                "the act does not say yet when it takes effect: draft it with a date, then rehearse",
            )
    return parts


def _over(part: HandoverPart) -> bool:
    return part.cancelled or part.closed


def _to_schedule(part: HandoverPart) -> bool:
    """Its latest draft, an amendment too, is not scheduled yet."""
    return part.scheduled is None or part.amending


async def rehearse(
    copy: Copy, parts: Sequence[UUID], operator: Identity, agency: UUID, act_id: UUID | None = None
) -> list[Rehearsed]:
    """Bring each part to its hour and through it, in order, as `operator`; `agency`: where the stand-ins are
    posted; `act_id`: these are all its parts, so one pass over the log reconciles them. A step that is
    refused is a finding of its part, and the others go on."""
    moment = await _shown(copy)
    rehearsed = [_begun(moment, part) for part in parts]
    for number, one in enumerate(rehearsed):
        copy.tell("Simulating", number, len(rehearsed))
        await _simulate(copy, one, operator)
    if any(_to_schedule(moment.organisation.parts[part]) for part in parts):
        officers = await _stand_ins(copy, moment, agency)
        for number, one in enumerate(rehearsed):
            copy.tell("Scheduling", number, len(rehearsed))
            await _schedule(copy, one, officers)
    moment = await _shown(copy)
    hour = max(moment.organisation.parts[one.part].effective_at for one in rehearsed)
    if hour > moment.now:
        with _timed(rehearsed[0], "hour"):
            await move_clock(copy.ledger, copy.clock, copy.handovers.reader, copy.ledger_id, STAND_IN, hour)
    moment = await _shown(copy)
    begins = moment.read_up_to
    for one in rehearsed:
        await _transfer(copy, one, operator)
    if act_id is None:
        for one in rehearsed:
            await _reconcile(copy, one, operator)
    else:
        await _reconcile_act(copy, rehearsed, operator, act_id)
    found = await outcomes(copy.ledger, parts, after=_first(rehearsed, begins))
    moment = await _shown(copy)
    for one in rehearsed:
        one.outcome = found[one.part]
        judge(moment, one)
    return rehearsed


def _first(rehearsed: Sequence[Rehearsed], begins: int) -> int:
    """Where the transfers begin: at the hour, unless some were recorded before the copy was made."""
    fresh = all(one.state in BEFORE_THE_HOUR for one in rehearsed)
    return begins if fresh else 0


@contextmanager
def _timed(one: Rehearsed, step: str) -> Iterator[None]:
    """Adds how long the block took to a step of a part."""
    begun = time.monotonic()
    try:
        yield
    finally:
        one.seconds[step] = one.seconds.get(step, 0.0) + time.monotonic() - begun


def _begun(moment: Moment, part_id: UUID) -> Rehearsed:
    part = moment.organisation.parts[part_id]
    return Rehearsed(part_id, part.draft_of().name, part.state_at(moment.now).value)


async def _shown(copy: Copy) -> Moment:
    """The present moment, the read models brought up to it."""
    moment = await copy.handovers.reader.moment(fresh=True)
    await copy.catch_up(moment.read_up_to)
    return moment


async def _stand_ins(copy: Copy, moment: Moment, agency: UUID) -> list[Identity]:
    """Two operators whom only the copy knows."""
    identifier = moment.organisation.agencies[agency].identifier
    identities = []
    for number in range(APPROVALS):
        name = f"rehearsal-{number + 1}-{new_id(moment.now)}"
        entry = {
            "number": name,
            "name": "Rehearsal",
            "postings": [{"agency": identifier, "roles": ["operator"]}],
        }
        await load_officers(copy.registry, STAND_IN, [entry])
        identities.append(Identity("officer", str(await copy.ledger.find("officer", name))))
    return identities


async def _simulate(copy: Copy, one: Rehearsed, operator: Identity) -> None:
    """Simulate; what is scheduled already: what its simulation said then."""
    moment = await _shown(copy)
    try:
        if not _to_schedule(moment.organisation.parts[one.part]):
            one.simulated = await _said(copy, one.part, PartSimulated)
            return
        with _timed(one, "simulate"):
            one.simulated = (await simulate(copy.handovers, operator, one.part)).counts
    except FAILS as refused:
        one.findings.append(f"it cannot be simulated: {refused}")


async def _schedule(copy: Copy, one: Rehearsed, officers: Sequence[Identity]) -> None:
    """Approve and schedule what is not scheduled yet."""
    moment = await _shown(copy)
    part = moment.organisation.parts[one.part]
    if not _to_schedule(part) or one.findings:
        return
    try:
        with _timed(one, "approve"):
            for officer in officers[: max(APPROVALS - len(part.approvals), 0)]:
                await approve(copy.handovers, officer, one.part, part.digest())
        with _timed(one, "schedule"):
            await schedule(copy.handovers, officers[0], one.part)
        with _timed(one, "show"):
            await _shown(copy)
    except FAILS as refused:
        one.findings.append(f"it cannot be scheduled: {refused}")


async def _transfer(copy: Copy, one: Rehearsed, operator: Identity) -> None:
    with _timed(one, "show"):
        moment = await _shown(copy)
    if moment.organisation.parts[one.part].scheduled is None:
        return
    refused = 0
    try:
        with _timed(one, "transfer"):
            async for progress in transfer(copy.handovers, operator, one.part):
                copy.tell(f"Transferring {one.name}", progress.done, progress.total)
                refused = progress.refused
    except FAILS as problem:
        one.findings.append(f"its transfer is refused: {problem}")
    if refused:
        one.findings.append(f"{refused} transfers were refused: `hoso handover transfer --outcomes` says why")


async def _reconcile(copy: Copy, one: Rehearsed, operator: Identity) -> None:
    moment = await copy.handovers.reader.moment(fresh=True)
    part = moment.organisation.parts[one.part]
    if part.scheduled is None:
        return
    try:
        if part.scheduled in part.reconciled:
            one.reconciled = await _said(copy, one.part, PartReconciled)
            return
        with _timed(one, "reconcile"):
            done = await reconcile(
                copy.handovers, operator, one.part,
                progress=lambda read, last: copy.tell("Reconciling", read, last),
            )  # fmt: skip
            one.reconciled = done.counts
    except FAILS as refused:
        one.findings.append(f"it does not reconcile: {refused}")


async def _reconcile_act(
    copy: Copy, rehearsed: Sequence[Rehearsed], operator: Identity, act_id: UUID
) -> None:
    """All parts in one pass; its time stands with the first of them."""
    wanted = {one.part: one for one in rehearsed}
    with _timed(rehearsed[0], "reconcile"):
        done = await reconcile_act(
            copy.handovers, operator, act_id,
            progress=lambda read, last: copy.tell("Reconciling", read, last),
        )  # fmt: skip
    for each in done:
        one = wanted.get(each.part)
        if one is None:
            continue
        if each.problem is not None:
            if not one.findings:
                one.findings.append(f"it does not reconcile: {each.problem}")
        else:
            one.reconciled = (
                each.answer.counts if each.answer else await _said(copy, one.part, PartReconciled)
            )


async def _said(
    copy: Copy, part: UUID, kind: type[PartSimulated] | type[PartReconciled]
) -> Mapping[str, Any]:
    """The counts of the last fact of this kind."""
    counts: Mapping[str, Any] = {}
    for recorded in await copy.ledger.facts_of([part]):
        if isinstance(recorded.fact, kind):
            counts = recorded.fact.counts
    return counts
