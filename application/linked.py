"""Linked groups: declared with the dossiers of their first steps, each further step begun with what the one
before passes on, errors returned to their issuer; all of one command in one append.

Each step's dossier is one like any other: its agency accepts, asks, decides and returns it by the acts of
`application.dossiers`. `linked_reading` says of a group what it waits for and what is late.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from application.linked_known import calendar_missing, place_now, terms_of_group, whole_due
from application.linked_recording import GroupAnswer, again, append, envelope, free_code, known_group, stand
from application.living import may_begin
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
        return await again(office, repeated)

    async def decision(moment: Moment) -> GroupAnswer:
        acting = allow(identity, "declare-linked", moment)
        people = {said.declarant, *said.subjects, *(s.owner for s in said.steps if s.owner)}
        await office.citizens.check(office.ledger.recorder, people)
        read = await may_begin(office.ledger, people, moment)
        terms = moment.organisation.linked_rules.on(said.kind, local_date(moment.now))
        group = _declared(said, acting, moment, terms)

        made = []
        for step in said.steps:
            filed = _filed(group, step, moment, said)
            if group.needs(step.step, terms):
                _judge_later(filed, moment)
            else:
                made.append(await _begin(office, group, filed, acting, moment, terms))
        return await append(office, group, made, moment, command, people=read)

    return await decide(office.reader, decision)


def _declared(said: Declaration, acting: Acting, moment: Moment, terms: LinkedTerms | None) -> LinkedGroup:
    organisation = moment.organisation
    place = organisation.unit_by_reference(said.place, moment.now) if said.place else None
    try:
        since = counting_starts(moment.now, LINKED_GROUP, organisation.calendar)
        ends = whole_due(terms.limit if terms else None, since, organisation)
    except CalendarUnknown as unknown:
        raise calendar_missing(unknown) from None
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


def _filed(
    group: LinkedGroup, step: StepSaid, moment: Moment, said: Declaration | None = None
) -> tuple[str, Beginning]:
    """The step's dossier as it is filed with the step's own agency. `said`: with the declaration itself;
    later the place is the one that was named then, or what stands for it now."""
    assert group.declared is not None
    known = group.said(step.step)
    return step.step, Beginning(
        procedure=known.procedure,
        channel=group.declared.channel,
        owner=known.owner,
        place=said.place if said else place_now(group.declared, known.agency, moment),
        receiving_agency=known.agency,
        case=known.case,
        components=step.components,
        linked_group=group.id,
        matter=said.matter if said else None,
    )


def _judge_later(filed: tuple[str, Beginning], moment: Moment) -> None:
    """Refuse with the declaration what could not be filed later: an agency that is not there, a procedure
    that is not in force, a case that it does not have. Papers of a later step come when it begins."""
    step, beginning = filed
    if beginning.components:
        raise BadRequest("papers_later", f"components of {step}: give them when that step begins")
    receiving = receiving_agency(beginning, moment)
    matter_of(beginning, moment, receiving, "", origin_of_code(receiving, moment))


async def _begin(
    office: Dossiers,
    group: LinkedGroup,
    filed: tuple[str, Beginning],
    acting: Acting,
    moment: Moment,
    terms: LinkedTerms | None,
    stands: Mapping[str, StepStands] | None = None,
) -> Dossier:
    """The step's dossier, for whoever declared, under a code of the agency that receives it."""
    assert group.declared is not None
    step, beginning = filed
    dossier = Dossier.empty(new_id(moment.now))
    group.begin_step(
        envelope(acting, moment), step=step, dossier=dossier.id, terms=terms, stands=stands or {}
    )
    receiving = receiving_agency(beginning, moment)
    origin = origin_of_code(receiving, moment)
    matter = matter_of(beginning, moment, receiving, await free_code(office, moment, receiving), origin)
    dossier.submit(
        received(acting, beginning, moment, receiving),
        **matter,
        submitter=group.declared.declarant,
        helping_agency=acting.agency if acting.agency != receiving else None,
        keyed_by="officer" if acting.actor.kind == "officer" else "system",
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
        return await again(office, repeated)

    async def decision(moment: Moment) -> GroupAnswer:
        acting = allow(identity, "begin-linked-step", moment)
        group = await known_group(office, group_id)
        terms = terms_of_group(group, moment.organisation)
        said = group.said(step)
        needed = {one.step for one in group.needs(step, terms)}
        stands, streams = await stand(office, group, needed, terms, moment)
        documents = await documents_of(office.ledger, said.owner)
        asked = StepSaid(step, said.agency, components=components)
        filed = _filed(group, asked, moment)
        dossier = await _begin(office, group, filed, acting, moment, terms, stands)
        for passed in group.passed:
            if passed.to_step == step:
                take(dossier, group, terms, step, passed.document, documents, acting, moment)
        return await append(office, group, [dossier], moment, command, (*streams, *documents.read))

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
