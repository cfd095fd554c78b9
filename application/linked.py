"""Linked groups: declared with the dossiers of their first steps, each further step begun with what the one
before passes on, errors returned to their issuer; all of one command in one append.

Each step's dossier is one like any other: its agency accepts, asks, decides and returns it by the acts of
`application.dossiers`. `linked_reading` says of a group what it waits for and what is late.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from application.acted import Acted
from application.beginning import Beginning, matter_of, received, receiving_agency
from application.beginning import code_origin as origin_of_code
from application.dossiers import Dossiers, perform
from application.ids import new_id
from application.keeping import documents_of
from application.ledger import Command
from application.linked_known import terms_of_group, whole_due
from application.linked_recording import GroupAnswer, again, append, envelope, known_group, stand
from application.moment import Moment, decide
from application.policy import Acting, Identity, allow
from application.refusals import BadRequest
from domain.calendar import CalendarUnknown
from domain.dossier import Dossier
from domain.kept_documents import KeptDocuments
from domain.linked_group import LinkedGroup, StepStands
from domain.linked_terms import LinkedTerms
from domain.local_time import local_date
from domain.receipt_time import LINKED_GROUP, counting_starts

Papers = tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class StepSaid:
    """One step of a declaration. `owner`: whose dossier it is, absent: the first subject's; `procedure`,
    `case`: where the rules name none; `components`: what is filed with it."""

    step: str
    agency: UUID
    owner: UUID | None = None
    procedure: str | None = None
    case: str | None = None
    components: Papers = ()


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is declared once for all steps. `place`: as of a filing; `matter`: free text, sealed."""

    kind: str
    declarant: UUID
    subjects: tuple[UUID, ...]
    channel: str
    steps: tuple[StepSaid, ...]
    place: str | None = None
    matter: str | None = None


async def declare(
    office: Dossiers, identity: Identity, said: Declaration, command: Command | None = None
) -> GroupAnswer:
    """Record the declaration and begin the dossiers of the steps that need no other, in one append. Without
    rules for the day nothing is known of an order, so all begin. Raises Refused, NotFound, BadRequest."""
    if repeated := await office.ledger.repeated(command):
        return await again(office, repeated.versions[0][0], repeated.last)

    async def decision(moment: Moment) -> GroupAnswer:
        acting = allow(identity, "declare-linked", moment)
        people = {said.declarant, *said.subjects, *(s.owner for s in said.steps if s.owner)}
        await office.citizens.check(office.ledger.recorder, people)
        terms = moment.organisation.linked_rules.on(said.kind, local_date(moment.now))
        group = _declared(said, acting, moment, terms)

        def dossiers(codes: Callable[[UUID], str]) -> list[Dossier]:
            made = []
            for step in said.steps:
                if not group.needs(step.step, terms):
                    made.append(_begin(group, said.channel, said, step, acting, moment, terms, codes))
            return made

        return await append(office, group, dossiers, moment, command)

    return await decide(office.reader, decision)


def _declared(said: Declaration, acting: Acting, moment: Moment, terms: LinkedTerms | None) -> LinkedGroup:
    organisation = moment.organisation
    place = organisation.unit_by_reference(said.place, moment.now) if said.place else None
    try:
        since = counting_starts(moment.now, LINKED_GROUP, organisation.calendar)
        ends = whole_due(terms.limit if terms else None, since, organisation)
    except CalendarUnknown as unknown:
        raise BadRequest(
            "calendar_unknown", f"{unknown}: load it before declaring what runs into it"
        ) from None
    group = LinkedGroup.empty(new_id(moment.now))
    group.declare(
        envelope(acting, moment),
        terms=terms,
        kind=said.kind,
        declarant=said.declarant,
        subjects=said.subjects,
        channel=said.channel,
        place_code=place.code if place else None,
        steps=[
            {
                "step": step.step,
                "agency": step.agency,
                "owner": step.owner or said.subjects[0],
                "procedure": step.procedure,
                "case": step.case,
            }
            for step in said.steps
        ],
        counted_from=since,
        due=ends,
        calendar_position=moment.read_up_to,
    )
    return group


def _begin(
    group: LinkedGroup,
    channel: str,
    said: Declaration | None,
    step: StepSaid,
    acting: Acting,
    moment: Moment,
    terms: LinkedTerms | None,
    codes: Callable[[UUID], str],
    stands: Mapping[str, StepStands] | None = None,
) -> Dossier:
    """The step's dossier, filed with the step's own agency for whoever declared."""
    assert group.declared is not None
    known = group.said(step.step)
    place = said.place if said else group.declared.place_code
    filed = Beginning(
        procedure=known.procedure,
        channel=channel,
        owner=known.owner,
        place=place,
        receiving_agency=known.agency,
        case=known.case,
        components=step.components,
        linked_group=group.id,
        matter=said.matter if said else None,
    )
    receiving = receiving_agency(filed, moment)
    dossier = Dossier.empty(new_id(moment.now))
    matter = matter_of(filed, moment, receiving, codes(receiving), origin_of_code(receiving, moment))
    dossier.submit(
        received(acting, filed, moment, receiving),
        **matter,
        submitter=group.declared.declarant,
        helping_agency=acting.agency if acting.agency != receiving else None,
        keyed_by="officer" if acting.actor.kind == "officer" else "system",
    )
    group.begin_step(
        envelope(acting, moment), step=step.step, dossier=dossier.id, terms=terms, stands=stands or {}
    )
    return dossier


async def begin_step(
    office: Dossiers,
    identity: Identity,
    group_id: UUID,
    step: str,
    components: Papers = (),
    command: Command | None = None,
) -> GroupAnswer:
    """Pass a step on: its dossier begins at its agency, with what the steps before pass on as papers re-used
    from their owner's store, in one append. Raises Refused (linked.step_waits, linked.step_blocked, ...)."""
    if repeated := await office.ledger.repeated(command):
        return await again(office, group_id, repeated.last)

    async def decision(moment: Moment) -> GroupAnswer:
        acting = allow(identity, "begin-linked-step", moment)
        group = await known_group(office, group_id)
        terms = terms_of_group(group, moment.organisation)
        said = group.said(step)
        needed = {one.step for one in group.needs(step, terms)}
        stands, streams = await stand(office, group, needed, terms, moment)
        documents = await documents_of(office.ledger, said.owner)
        asked = StepSaid(step, said.agency, components=components)
        assert group.declared is not None
        channel = group.declared.channel

        def dossiers(codes: Callable[[UUID], str]) -> list[Dossier]:
            dossier = _begin(group, channel, None, asked, acting, moment, terms, codes, stands)
            for passed in group.passed:
                if passed.to_step == step:
                    take(dossier, group, terms, step, passed.document, documents, acting, moment)
            return [dossier]

        return await append(office, group, dossiers, moment, command, (*streams, *documents.read))

    return await decide(office.reader, decision, versions_too=True)


def take(
    dossier: Dossier,
    group: LinkedGroup,
    terms: LinkedTerms | None,
    step: str,
    document: UUID,
    documents: KeptDocuments,
    acting: Acting,
    moment: Moment,
    holder: UUID | None = None,
) -> None:
    """What was passed stands for the step's own paper, where the rules name one and it is of the same
    owner."""
    known = terms.step(step) if terms else None
    if known is None or known.as_component is None or documents.get(document) is None:
        return
    receiving = holder or dossier.receiving_agency
    assert receiving is not None
    acted = Acted(dossier, moment, acting, receiving, moment.now, documents)
    perform(acted, "reuse-component", {"component": known.as_component, "document": document})
