"""What every act on a linked group has in common: the group is found, it is known how its dossiers stand, and
the facts of both are appended together, all or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from application.beginning import CODE_TRIES, new_code
from application.dossiers import Dossiers, load_by_id
from application.ledger import Command
from application.linked_known import stands_of
from application.moment import Moment
from application.policy import Acting, agency_then
from application.ports import ClaimTaken, Receipt
from application.refusals import BadRequest, NotFound
from domain.dossier import Dossier
from domain.facts import Category, Envelope
from domain.linked_facts import LinkedStepBegun
from domain.linked_group import LinkedGroup, StepStands
from domain.linked_terms import LinkedTerms


@dataclass(frozen=True, slots=True)
class GroupAnswer:
    """What a command's caller gets: the group, its revision, the position of the last fact, and by step the
    codes of the dossiers that have begun."""

    group: UUID
    revision: int
    position: int
    codes: Mapping[str, str]
    repeated: bool = False


async def known_group(office: Dossiers, group_id: UUID) -> LinkedGroup:
    """NotFound for one that is not there."""
    first = await office.ledger.recorder.first_of([group_id])
    if not first or first[0].category != Category.LINKED:
        raise NotFound("unknown_group", f"there is no linked group {group_id}: see GET /v1/linked-groups")
    return await office.ledger.load(LinkedGroup, group_id)


async def stand(
    office: Dossiers, group: LinkedGroup, steps: set[str], terms: LinkedTerms | None, moment: Moment
) -> tuple[dict[str, StepStands], list[UUID]]:
    """How the dossiers of these steps stand, and their streams, nothing newer in which the append demands."""
    begun = {step: group.begun[step].dossier for step in steps if step in group.begun}
    found: dict[str, StepStands] = {}
    for step, dossier_id in begun.items():
        known = await load_by_id(office, dossier_id, moment)
        found[step] = stands_of(known.dossier, terms.step(step) if terms else None)
    return found, list(begun.values())


async def append(
    office: Dossiers,
    group: LinkedGroup,
    dossiers: Sequence[Dossier],
    moment: Moment,
    command: Command | None,
    streams: Sequence[UUID] = (),
    people: Sequence[tuple[UUID, int]] = (),
) -> GroupAnswer:
    """The group's facts and those of its dossiers, all or none; dossiers that begin claim their codes."""
    begun = {fact.dossier for fact in group.pending_events if isinstance(fact, LinkedStepBegun)}
    new = [dossier for dossier in dossiers if dossier.id in begun]
    try:
        receipt = await office.ledger.append(
            group,
            *dossiers,
            command=command,
            claims=[office.ledger.claim("dossier_code", dossier.code, dossier.id) for dossier in new],
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(streams, people),
        )
    except ClaimTaken:
        raise _no_code() from None
    return await again(office, receipt)


async def free_code(office: Dossiers, moment: Moment, agency: UUID) -> str:
    """A code of the agency that receives which no dossier has. BadRequest (no_code_free)."""
    for _ in range(CODE_TRIES):
        code = await new_code(office, moment, agency)
        if await office.ledger.find("dossier_code", code) is None:
            return code
    raise _no_code()


def _no_code() -> BadRequest:
    return BadRequest("no_code_free", "a code was taken: the counter is behind the log, tell the operator")


async def again(office: Dossiers, receipt: Receipt) -> GroupAnswer:
    """What a command is answered, the first time and repeated: the group as that command left it."""
    group_id, revision = receipt.versions[0]
    group = await office.ledger.load(LinkedGroup, group_id)
    begun = {b.dossier: step for step, b in group.begun.items() if b.originator_version <= revision}
    codes = {}
    for stored in await office.ledger.recorder.first_of(list(begun)) if begun else ():
        fact = office.ledger.codec.decode(stored).fact
        codes[begun[fact.originator_id]] = str(getattr(fact, "code", ""))
    return GroupAnswer(group_id, revision, receipt.last, codes, receipt.repeated)


def envelope(acting: Acting, moment: Moment, when: datetime | None = None) -> Envelope:
    at = when or moment.now
    return Envelope(
        actor=acting.actor,
        occurred_at=at,
        posting_id=acting.posting_id,
        acting_agency=agency_then(acting, moment, at),
    )
