"""The people of a coordination queue: who is named for a part or for what one agency held, what a naming lets
them do, and naming them and ending it.

Whoever is named for one agency decides for what it held before, and for nothing else; whoever is named for
the part decides for all of it. Reminders and obstacles are the whole part's: any of its coordinators sees to
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from application.handovers import Handovers, StepAnswer, envelope_of, part_of
from application.ledger import Command
from application.moment import Moment, decide
from application.policy import Acting, Identity, allow
from application.received import Received
from application.refusals import NotAllowed, NotFound
from domain.coordination import agencies_of, end_coordinator, may_decide, name_coordinator, responsible
from domain.handover_facts import CoordinatorNamed
from domain.handover_part import HandoverPart


def coordinators(moment: Moment, part: UUID) -> Mapping[UUID | None, CoordinatorNamed]:
    """Who is named now: by the agency that held before; None: for the part."""
    return moment.organisation.coordinators.get(part, {})


def responsible_for(moment: Moment, part: UUID, held_before: UUID | None) -> CoordinatorNamed | None:
    """Whoever is named for what this agency held, else for the part; None: nobody."""
    return responsible(coordinators(moment, part), held_before)


def is_coordinator(moment: Moment, part: UUID, officer: UUID | None) -> bool:
    """Named for the part, or for what any agency held."""
    return any(officer == named.officer for named in coordinators(moment, part).values())


# What a naming lets do


def allow_coordinating(identity: Identity | None, moment: Moment, parts: Iterable[UUID], act: str) -> Acting:
    """An operator, or whoever is named coordinator of one of these parts, for whatever. Raises NotAllowed."""
    if identity is not None and any(is_coordinator(moment, part, identity.uuid) for part in parts):
        return allow(identity, "coordinate", moment)
    return allow(identity, act, moment)


def coordinated(identity: Identity | None, moment: Moment, parts: Iterable[UUID], act: str) -> list[UUID]:
    """Those of the parts on which the identity may do this: all for an operator, their own for a
    coordinator. Raises NotAllowed where there are none."""
    allowed: list[UUID] = []
    refusal: NotAllowed | None = None
    for part in parts:
        try:
            allow_coordinating(identity, moment, [part], act)
            allowed.append(part)
        except NotAllowed as refused:
            refusal = refused
    if refusal is not None and not allowed:
        raise refusal
    return allowed


def allow_deciding(identity: Identity, moment: Moment, found: Received) -> Acting:
    """To decide on this dossier of the part: an operator, or who is named for what held it before the part
    moved it, or for the part. What the part did not move is left to its rule. Raises NotAllowed
    (not_coordinator for who is named for something else of the part)."""
    part, officer, before = found.part, identity.uuid, found.held_before
    if before is None:
        return allow_coordinating(identity, moment, [part], "place-dossier")
    if officer is not None and may_decide(coordinators(moment, part), officer, before):
        return allow(identity, "coordinate", moment)
    try:
        return allow(identity, "place-dossier", moment)
    except NotAllowed:
        if not is_coordinator(moment, part, officer):
            raise
    agency = moment.organisation.agencies[before].identifier
    raise NotAllowed(
        "not_coordinator",
        f"you are not named for what {agency} held: its coordinator or an operator decides this dossier",
    )


def scope(identity: Identity, moment: Moment, part: UUID, act: str) -> tuple[UUID, ...] | None:
    """Of what agencies held, `coordinated` lets the identity do this; None: of all of the part."""
    officer = identity.uuid
    own = agencies_of(coordinators(moment, part), officer) if officer is not None else ()
    if own is None or not own:
        return None
    try:
        allow(identity, act, moment)
    except NotAllowed:
        return own
    return None


# Naming


async def name(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    officer: UUID,
    *,
    agency: UUID | None = None,
    escalates_to: UUID | None = None,
    command: Command | None = None,
) -> StepAnswer:
    """Name who is responsible for the part's queue, or for what one agency held; the last naming counts.
    NotFound for an officer or an agency that is not there; Refused (handover.coordinator_open)."""

    def step(part: HandoverPart, acting: Acting, moment: Moment) -> None:
        check_officers(moment, officer, escalates_to)
        _check_agency(moment, agency)
        named = envelope_of(acting, moment)
        name_coordinator(part, named, officer=officer, agency=agency, escalates_to=escalates_to)

    return await _step(office, identity, part_id, step, {"named": 1}, command)


async def end(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    officer: UUID,
    *,
    agency: UUID | None = None,
    command: Command | None = None,
) -> StepAnswer:
    """End the officer's naming for what this agency held, or (None) for the part: from here on it lets them
    do nothing. What they decided stays, and another naming of theirs too. NotFound for an officer or an
    agency that is not there; Refused (handover.coordinator_stands)."""

    def step(part: HandoverPart, acting: Acting, moment: Moment) -> None:
        check_officers(moment, officer)
        _check_agency(moment, agency)
        named = coordinators(moment, part_id)
        end_coordinator(part, envelope_of(acting, moment), named, officer=officer, agency=agency)

    return await _step(office, identity, part_id, step, {"ended": 1}, command)


async def _step(
    office: Handovers,
    identity: Identity,
    part_id: UUID,
    step: Callable[[HandoverPart, Acting, Moment], None],
    counts: dict[str, int],
    command: Command | None,
) -> StepAnswer:
    repeated = await office.ledger.repeated(command)

    async def decision(moment: Moment) -> StepAnswer:
        acting = allow(identity, "name-coordinator", moment)
        known = part_of(moment, part_id)
        if repeated is not None:
            return StepAnswer(known.act, part_id, repeated.last, counts, True)
        part = await office.ledger.load(HandoverPart, part_id)
        step(part, acting, moment)
        receipt = await office.ledger.append(
            part, command=command, recorded_before=moment.next_hour, nothing_newer=moment.nothing_newer()
        )
        return StepAnswer(part.act, part_id, receipt.last, counts)

    return await decide(office.reader, decision, versions_too=True)


def check_officers(moment: Moment, *officers: UUID | None) -> None:
    """NotFound for one who was never appointed."""
    for officer in officers:
        if officer is not None and officer not in moment.organisation.officers:
            raise NotFound("unknown_officer", f"there is no officer {officer}: see GET /v1/officers")


def _check_agency(moment: Moment, agency: UUID | None) -> None:
    if agency is not None and agency not in moment.organisation.agencies:
        raise NotFound("unknown_agency", f"there is no agency {agency}: name one of GET /v1/agencies")
