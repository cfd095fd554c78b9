"""After the transfer, what people say: the receiving agency acknowledges or refuses, the coordination places.

Each says it in a stream beside the dossier, so that the dossier's revision never moves. A refuser remains
the holder, and its time runs, until a decision is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from application.coordinators import allow_coordinating, allow_deciding
from application.handovers import Handovers, StepAnswer, envelope_of
from application.ledger import Command
from application.moment import TRIES, Moment, decide
from application.policy import Identity, allow
from application.ports import HourPassed, Item, LedgerError, NewerFacts, Overloaded, Receipt, StaleVersion
from application.received import Received, load_received
from application.refusals import NotFound, Refused
from application.transfer import step_of
from domain import handover_rules as rules
from domain.facts import Envelope, Personal

Say = Callable[[Received, Envelope], None]


@dataclass(frozen=True, slots=True)
class Answered:
    """How many dossiers this command answered, recorded up to `position`. `before`: the rule's refusal, where
    one had been answered before it, which is left as it is."""

    count: int
    position: int
    before: Refused | None = None


@dataclass(slots=True)
class _Progress:
    """One command that answers many dossiers: when it was first decided, what it recorded, up to where."""

    command: Command | None
    agency: UUID
    begun: datetime | None = None
    finishing: bool = False
    before: Refused | None = None
    done: set[UUID] = field(default_factory=set)
    position: int = 0


async def acknowledge(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    agency_id: UUID,
    dossiers: Sequence[UUID],
    *,
    papers: str = "none",
    command: Command | None = None,
) -> Answered:
    """The receiving agency acknowledges these dossiers (some thousand at most); what was answered already
    stays. NotFound for what is no dossier, Refused for what the part did not move or another agency holds,
    and for papers `confirmed` of which the checked inventory misses some."""

    def say(found: Received, envelope: Envelope) -> None:
        if papers == "confirmed":
            found.papers.judge_confirmed()
        found.placement.acknowledge(
            envelope,
            dossier=found.history.dossier_id,
            part=part_id,
            agency=agency_id,
            papers=papers,
            moved=found.moved,
        )

    return await _answer(
        office, identity, "acknowledge-transfer", part_id, dossiers, say, _Progress(command, agency_id)
    )


async def refuse(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    agency_id: UUID,
    dossiers: Sequence[UUID],
    *,
    reason: str,
    suggests: UUID | None = None,
    command: Command | None = None,
) -> Answered:
    """The receiving agency refuses these dossiers with a reason; they go to the coordination queue and stay
    with it meanwhile. `suggests`: the agency that it holds competent. Raises as `acknowledge` does."""
    if suggests is not None:
        moment = await office.reader.moment(fresh=True)
        if suggests not in moment.organisation.agencies:
            raise NotFound("unknown_agency", f"there is no agency {suggests}: name one of GET /v1/agencies")

    def say(found: Received, envelope: Envelope) -> None:
        dossier = found.history.dossier_id
        found.placement.refuse(
            envelope,
            dossier=dossier,
            part=part_id,
            agency=agency_id,
            reason=Personal(dossier, reason),
            suggests=suggests,
            moved=found.moved,
        )

    return await _answer(
        office, identity, "refuse-transfer", part_id, dossiers, say, _Progress(command, agency_id)
    )


async def _answer(
    office: Handovers,
    identity: Identity,
    act: str,
    part_id: UUID,
    dossiers: Sequence[UUID],
    say: Say,
    progress: _Progress,
) -> Answered:
    """Answer for each dossier under the conditions of the moment; one on which something came between is
    answered again on a fresh one. The command stands with the first item; repeated, it finishes what a stop
    left and answers as it did."""
    asked = list(dict.fromkeys(dossiers))
    left = await _left_of_repeated(office, part_id, asked, progress)
    for _ in range(TRIES):
        if not left:
            break
        moment = await office.reader.moment(fresh=True)
        acting = allow(identity, act, moment, agency=progress.agency)
        step_of(moment, part_id)
        progress.begun = progress.begun or moment.now
        progress.position = progress.position or moment.read_up_to
        envelope = replace(envelope_of(acting, moment), occurred_at=progress.begun)
        items = await _answers(office, moment, envelope, part_id, left, say, progress)
        if not items and await office.ledger.repeated(progress.command):  # answered by this one's first try
            left = await _left_of_repeated(office, part_id, asked, progress)
            continue
        outcomes = await _appended(office, list(items.values()), progress.command)
        left = []
        for dossier, outcome in zip(items, outcomes, strict=True):
            if isinstance(outcome, (NewerFacts, HourPassed)):
                left.append(dossier)
            elif isinstance(outcome, Receipt) and outcome.repeated:
                # The same command was recorded beside this one: this one ends it.
                left = await _left_of_repeated(office, part_id, asked, progress)
                break
            elif isinstance(outcome, Receipt):
                progress.command = None
                progress.done.add(dossier)
                progress.position = max(progress.position, outcome.last)
            elif not isinstance(outcome, StaleVersion):
                raise outcome
    if left:
        raise Overloaded(retry_after=1)
    return Answered(len(progress.done), progress.position, progress.before)


async def _appended(
    office: Handovers, items: list[Item], command: Command | None
) -> list[Receipt | LedgerError]:
    """The outcome of each. What the command stands with goes alone and before the others: so the same command
    recorded twice at once never stands half by one try and half by the other."""
    if command is None or not items:
        return await office.ledger.recorder.append_many(items)
    first = await office.ledger.recorder.append_many(items[:1])
    if not isinstance(first[0], Receipt) or first[0].repeated:
        return [*first, *(NewerFacts() for _ in items[1:])]
    return [*first, *await office.ledger.recorder.append_many(items[1:])]


async def _left_of_repeated(
    office: Handovers, part_id: UUID, dossiers: list[UUID], progress: _Progress
) -> list[UUID]:
    """The dossiers to answer: all, or for a command recorded before only those that it never came to."""
    repeated = await office.ledger.repeated(progress.command)
    if repeated is None:
        return dossiers
    moment = await office.reader.moment(fresh=True)
    streams = {d: moment.organisation.placement_stream(part_id, d) for d in dossiers}
    said = await office.ledger.facts_of(list(streams.values()))
    first = next(r.fact for r in said if r.position == repeated.first)
    own = {
        r.fact.originator_id: r.position
        for r in said
        if r.fact.envelope.actor == first.envelope.actor
        and r.fact.envelope.occurred_at == first.envelope.occurred_at
        and getattr(r.fact, "agency", None) == progress.agency
    }
    touched = {r.fact.originator_id for r in said}
    progress.command, progress.begun, progress.finishing = None, first.envelope.occurred_at, True
    progress.done = {d for d in dossiers if streams[d] in own}
    progress.position = max(own.values())
    return [d for d in dossiers if streams[d] not in touched]


async def _answers(
    office: Handovers,
    moment: Moment,
    envelope: Envelope,
    part_id: UUID,
    dossiers: Sequence[UUID],
    say: Say,
    progress: _Progress,
) -> dict[UUID, Item]:
    known = await _load(office, moment, part_id, dossiers)
    items: dict[UUID, Item] = {}
    for dossier, found in known.items():
        if found.placement.answered_by == progress.agency:
            said = {"dossier": str(dossier), "answer": found.placement.answer}
            progress.before = Refused(rules.ANSWERED, agency=str(progress.agency), **said)
            continue
        if progress.finishing and (found.moved is None or found.held.agency != progress.agency):
            continue  # it went on since: the first try would not have been stopped by it
        say(found, replace(envelope, holder=found.held.agency))
        items[dossier] = await office.ledger.item(
            found.placement,
            command=None if items else progress.command,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(found.streams),
        )
    return items


async def _load(
    office: Handovers, moment: Moment, part_id: UUID, dossiers: Sequence[UUID]
) -> dict[UUID, Received]:
    """These dossiers with all that decides who holds them. NotFound for one that is none."""
    known: dict[UUID, Received] = {}
    for dossier, found in (await load_received(office, moment, [part_id], dossiers)).items():
        if isinstance(found, NotFound):
            raise found
        known[dossier] = found
    return known


async def place(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    dossier_id: UUID,
    to_agency: UUID,
    ground: str,
    command: Command | None = None,
) -> StepAnswer:
    """A person of the coordination queue decides who holds a dossier that the part moved and that no rule
    placed, or that was refused. NotFound for what is no dossier or no agency; Refused as `Placement.place`
    says."""
    if repeated := await office.ledger.repeated(command):
        return await _placed_before(office, repeated)

    async def decision(moment: Moment) -> StepAnswer:
        allow_coordinating(identity, moment, [part_id], "place-dossier")
        step_of(moment, part_id)
        organisation = moment.organisation
        if to_agency not in organisation.agencies:
            raise NotFound("unknown_agency", f"there is no agency {to_agency}: name one of GET /v1/agencies")
        to = organisation.heir_of(to_agency, moment.now)
        found = (await _load(office, moment, part_id, [dossier_id]))[dossier_id]
        acting = allow_deciding(identity, moment, found)
        found.placement.place(
            replace(envelope_of(acting, moment), holder=to),
            dossier=dossier_id,
            part=part_id,
            from_agency=found.held.agency,
            to_agency=to,
            ground=Personal(dossier_id, ground),
            moved=found.moved,
            to_is_open=organisation.agency_open_at(organisation.agencies[to], moment.now),
        )
        receipt = await office.ledger.append(
            found.placement,
            command=command,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(found.streams),
        )
        if receipt.repeated:
            return await _placed_before(office, receipt)
        return StepAnswer(part_id, part_id, receipt.last, {"holder": str(to)})

    return await decide(office.reader, decision, versions_too=True)


async def _placed_before(office: Handovers, repeated: Receipt) -> StepAnswer:
    """The first answer of a decision that was recorded before."""
    stream_id, _ = repeated.versions[0]
    for recorded in await office.ledger.facts_of([stream_id]):
        if recorded.position == repeated.last:
            part = getattr(recorded.fact, "part", stream_id)
            counts = {"holder": str(recorded.fact.envelope.holder)}
            return StepAnswer(part, part, repeated.last, counts, True)
    raise NotFound("unknown_part", "the decision that this key names is not there")
