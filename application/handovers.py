"""The handover, one function per step of its life, up to its hour; what comes after is in transfer.py.

One file describes one legal act: number, dates, and for each part the units that end and begin, links,
agencies, rules, postings. Nothing is half drafted: a file
that is refused anywhere records nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from application.draft_file import draft_parts
from application.ids import new_id
from application.ledger import Command, Ledger
from application.moment import Moment, OrganisationReader, decide
from application.organisation import Organisation
from application.policy import Acting, Identity, allow
from application.refusals import NotFound, within
from application.schedule_check import check_cancellable, check_draft, check_number, check_schedulable
from domain.facts import Envelope, Personal
from domain.handover_act import HandoverAct
from domain.handover_part import HandoverPart

PAGE = 1000

PartStep = Callable[[HandoverPart, Envelope, datetime], None]


@dataclass(frozen=True, slots=True)
class OpenDossier:
    """What placing needs of an open dossier, as shown by a read model."""

    dossier: UUID
    holder: UUID
    place: UUID | None
    procedure_code: str | None
    status: int | None
    due: datetime | None


class DossierIndex(Protocol):
    """Which dossiers an agency holds, by a read model; pages by dossier id."""

    async def shown(self, position: int) -> None:
        """Wait until the read model includes this position."""
        ...

    async def placed_shown(self, position: int) -> None:
        """The same, and what the coordination placed: what `held_by` reads."""
        ...

    async def open_at(
        self, agencies: tuple[UUID, ...], at: datetime, after: UUID | None, limit: int
    ) -> list[OpenDossier]: ...

    async def moving_by(self, part: UUID, part_version: int, after: UUID | None, limit: int) -> list[UUID]:
        """Dossiers whose holder this part ended at its hour."""
        ...

    async def held_by(
        self, part: UUID, agency: UUID, at: datetime, after: UUID | None, limit: int
    ) -> list[UUID]:
        """Dossiers that an agency holds at `at` because this part moved or placed them there."""
        ...


@dataclass(frozen=True, slots=True)
class Handovers:
    """What the functions below work with; wiring makes one."""

    ledger: Ledger
    reader: OrganisationReader
    index: DossierIndex


@dataclass(frozen=True, slots=True)
class StepAnswer:
    """What a step's caller gets. `counts`: what was simulated, transferred or reconciled."""

    handover: UUID
    part: UUID | None
    position: int
    counts: Mapping[str, Any]
    repeated: bool = False


async def draft(
    office: Handovers, identity: Identity, document: Mapping[str, Any], command: Command | None = None
) -> StepAnswer:
    """Draft an act with its parts: new units and agencies that begin by it, and the part's rules. All or
    none."""
    if repeated := await office.ledger.repeated(command):
        return StepAnswer(repeated.versions[0][0], None, repeated.last, {}, True)

    async def decision(moment: Moment) -> StepAnswer:
        acting = allow(identity, "draft-handover", moment)
        with within("/number"):
            check_number(moment.organisation, document["number"])
        envelope = envelope_of(acting, moment)
        act = HandoverAct.empty(new_id(moment.now))
        said = document["effective_at"]
        effective_at = datetime.fromisoformat(said) if said else None
        drafted = draft_parts(moment, envelope, act.id, effective_at, document["parts"])
        ended = {unit for d in drafted for unit in d.part.draft_of().ends}
        for number, d in enumerate(drafted):
            with within(f"/parts/{number}"):
                check_draft(moment.organisation, d.part.id, d.part.draft_of(), d.units, ended)
        act.draft(
            envelope,
            number=document["number"],
            title=document["title"],
            issued_on=date.fromisoformat(document["issued_on"]),
            effective_at=effective_at,
            reference=document["reference"],
            parts=tuple(d.part.id for d in drafted),
            kind=document.get("kind", "other"),
            corrects=_corrected(moment.organisation, document.get("corrects")),
        )
        aggregates = [a for d in drafted for a in d.aggregates]
        receipt = await office.ledger.append(
            act,
            *aggregates,
            command=command,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(),
        )
        return StepAnswer(
            act.id, drafted[0].part.id, receipt.last, {"parts": [str(d.part.id) for d in drafted]}
        )

    return await decide(office.reader, decision)


def _corrected(organisation: Organisation, number: str | None) -> UUID | None:
    """The act with this number that is not cancelled; NotFound."""
    if number is None:
        return None
    for act in organisation.acts.values():
        if act.number == number and any(not organisation.parts[part].cancelled for part in act.parts):
            return act.id
    text = f"there is no act {number} to correct: see `hoso handover status`"
    raise NotFound("unknown_handover", text, pointer="/corrects")


async def approve(
    office: Handovers, identity: Identity, part_id: UUID, digest: str, command: Command | None = None
) -> StepAnswer:
    """Approve the part with this digest (of the act, the rules and the exceptions, not of counts); a
    second, different officer is needed."""
    return await _step(
        office,
        identity,
        part_id,
        "approve-handover",
        command,
        lambda part, e, now: part.approve(e, digest=digest),
    )


async def schedule(
    office: Handovers, identity: Identity, part_id: UUID, command: Command | None = None
) -> StepAnswer:
    """Schedule the part for its hour: from here on the hour needs nobody. Raises Refused also for what
    another scheduled part, or a unit or agency that is there, stands in the way of."""
    return await _step(
        office,
        identity,
        part_id,
        "schedule-handover",
        command,
        lambda part, e, now: part.schedule(e, digest=part.digest()),
        check_schedulable,
    )


async def cancel(
    office: Handovers, identity: Identity, part_id: UUID, reason: str, command: Command | None = None
) -> StepAnswer:
    """Cancel the part before its hour; nothing of it is left behind."""
    return await _step(
        office,
        identity,
        part_id,
        "cancel-handover",
        command,
        lambda part, e, now: part.cancel(e, now=now, reason=Personal(part_id, reason)),
        check_cancellable,
    )


async def _step(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    act: str,
    command: Command | None,
    step: PartStep,
    check: Callable[[Organisation, HandoverPart, datetime], None] | None = None,
) -> StepAnswer:
    if repeated := await office.ledger.repeated(command):
        return await again(office, repeated.versions[0][0], repeated.last)

    async def decision(moment: Moment) -> StepAnswer:
        acting = allow(identity, act, moment)
        part_of(moment, part_id)
        part = await office.ledger.load(HandoverPart, part_id)
        step(part, envelope_of(acting, moment), moment.now)
        if check is not None:
            check(moment.organisation, part, moment.now)
        receipt = await office.ledger.append(
            part, command=command, recorded_before=moment.next_hour, nothing_newer=moment.nothing_newer()
        )
        return StepAnswer(part.act, part_id, receipt.last, {})

    return await decide(office.reader, decision, versions_too=True)


async def again(office: Handovers, part_id: UUID, position: int) -> StepAnswer:
    """The first answer of a step that was recorded at this position."""
    part, counts = HandoverPart.empty(part_id), {}
    for recorded in await office.ledger.facts_of([part_id]):
        part.replay(recorded.fact)
        if recorded.position == position:
            counts = dict(getattr(recorded.fact, "counts", {}))
    return StepAnswer(part.act, part_id, position, counts, True)


def part_of(moment: Moment, part_id: UUID) -> HandoverPart:
    """The part as known at the moment; NotFound."""
    part = moment.organisation.parts.get(part_id)
    if part is None:
        raise NotFound("unknown_part", f"there is no handover part {part_id}: see GET /v1/handovers")
    return part


def envelope_of(acting: Acting, moment: Moment) -> Envelope:
    return Envelope(
        actor=acting.actor, occurred_at=moment.now, posting_id=acting.posting_id, acting_agency=acting.agency
    )
