"""What every way of beginning a dossier has in common: at which agency, for which place, under which code.
Decided on a moment and appended under its conditions, as every act is (`application.dossiers`).

Filing is `application.filing`, opening without a submission `application.opening`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from application.dossiers import Answer, Dossiers, answer_again, envelope_of
from application.keeping import documents_for
from application.ledger import Command
from application.living import may_begin
from application.moment import Moment, decide
from application.policy import Acting
from application.ports import ClaimTaken
from application.refusals import BadRequest
from application.succession import abolished_for, living_unit, open_agency
from domain import anomalies
from domain.dossier import Dossier
from domain.dossier_beginning import Matter
from domain.dossier_code import issue
from domain.dossier_filing import judge_not_abolished
from domain.facts import Envelope, Personal
from domain.kept_documents import KeptDocuments
from domain.local_time import local_date
from domain.placing import placing_by
from domain.procedure import Procedure, ProcedureVersion
from domain.unit import Unit

CODE_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is said of a dossier however it begins. `place`: CODE@DATE or CODE of the commune that decides
    where the matter belongs; `competent_agency`, `returning_agency`: who decides, and where the result is
    returned, where that is not who receives."""

    procedure: str
    channel: str
    owner: UUID
    place: str | None
    receiving_agency: UUID
    case: str | None = None
    competent_agency: UUID | None = None
    returning_agency: UUID | None = None
    components: tuple[dict[str, Any], ...] = ()
    linked_group: UUID | None = None
    matter: str | None = None


async def begin(
    office: Dossiers,
    beginning: Beginning,
    made: Callable[[Moment, str, KeptDocuments], Dossier],
    command: Command | None,
    given_code: str | None = None,
    read_first: Callable[[Moment], Awaitable[Sequence[UUID]]] | None = None,
) -> Answer:
    """Record a dossier that begins, under its own code or a new one. `made`: decides it on a moment, with
    its code and with the documents of its owner, where the procedure asks for any; `read_first`: judges what
    stands in other streams, and says in which nothing may be newer."""
    if repeated := await office.ledger.repeated(command):
        return await answer_again(office, repeated)

    async def decision(moment: Moment) -> Answer:
        read = await read_first(moment) if read_first else ()
        return await _begin(office, beginning, made, command, given_code, moment, read)

    return await decide(office.reader, decision)


async def _begin(
    office: Dossiers,
    beginning: Beginning,
    made: Callable[[Moment, str, KeptDocuments], Dossier],
    command: Command | None,
    given_code: str | None,
    moment: Moment,
    read: Sequence[UUID],
) -> Answer:
    receiving = receiving_agency(beginning, moment)
    documents = await _documents(office, beginning, moment)
    for _ in range(CODE_TRIES):
        code = given_code or await new_code(office, moment, receiving)
        dossier = made(moment, code, documents)
        parties = [party for party in (dossier.owner, dossier.submitter) if party]
        await office.citizens.check(office.ledger.recorder, parties)
        people = await may_begin(office.ledger, parties, moment)
        try:
            receipt = await office.ledger.append(
                dossier,
                command=command,
                claims=[office.ledger.claim("dossier_code", code, dossier.id)],
                recorded_before=moment.next_hour,
                nothing_newer=moment.nothing_newer((*documents.read, *read), people),
            )
        except ClaimTaken as taken:
            if given_code and taken.kind == "dossier_code":
                raise BadRequest(
                    "code_taken", f"the code {code} belongs to another dossier: check the code"
                ) from None
            continue
        if receipt.repeated:  # the same command was recorded while this one was being decided
            return await answer_again(office, receipt)
        return Answer(code, dossier.version, receipt.last, receipt.recorded_at)
    raise BadRequest(
        "no_code_free", "no free dossier code was found: the counter is behind the log, tell the operator"
    )


async def _documents(office: Dossiers, beginning: Beginning, moment: Moment) -> KeptDocuments:
    """What its owner has in store, where a version says which papers it asks for: accepted at once, what is
    held need not be handed in."""
    version = _version_of_today(moment.organisation.procedure_by_code(beginning.procedure), moment)
    owner = beginning.owner if version.terms.papers.papers else None
    return await documents_for(office.ledger, owner, keys=True)


def receiving_agency(filed: Beginning, moment: Moment) -> UUID:
    """The agency that was named; where it has ended, the one that an act's rules name for the matter and
    its place: what is addressed to the dissolved goes to the heir. NotFound."""
    organisation = moment.organisation
    agency = filed.receiving_agency
    if agency in organisation.agencies:
        place = organisation.unit_by_reference(filed.place, moment.now) if filed.place else None
        for step in organisation.known_acts.at(moment.now).parts.values():
            if step.rules.ends(agency):
                place_id = place.id if place else None
                agency = placing_by(step, organisation.steps, agency, place_id, filed.procedure).agency
    return open_agency(organisation, agency, moment.now)


def received(acting: Acting, filed: Beginning, moment: Moment, receiving: UUID) -> Envelope:
    """The envelope of the first fact. Under a version that should have been posted and is not, a dossier
    begins all the same, and the fact names the rule. BadRequest (procedure_not_in_force)."""
    procedure = moment.organisation.procedure_by_code(filed.procedure)
    version = _version_of_today(procedure, moment)
    missed = anomalies.of_receipt(procedure, version.number, local_date(moment.now))
    return replace(envelope_of(acting, moment, moment.now, receiving), rules=missed)


def matter_of(filed: Beginning, moment: Moment, receiving: UUID, code: str, code_origin: str) -> Matter:
    """The fields that every beginning has, judged by the procedure's version of the day. BadRequest
    (procedure_not_in_force, place_not_commune), NotFound, Refused."""
    organisation = moment.organisation
    procedure = organisation.procedure_by_code(filed.procedure)
    place = _place(filed, moment, receiving)
    version = _version_of_today(procedure, moment)
    abolished = abolished_for(organisation, procedure.code, receiving, moment.now)
    judge_not_abolished(procedure.code, abolished=abolished or version.level == "abolished")
    version.judge_filing(filed.channel, filed.case, filed.components)
    return Matter(
        code=code,
        code_origin=code_origin,
        procedure=procedure.id,
        procedure_code=procedure.code,
        case=filed.case,
        channel=filed.channel,
        owner=filed.owner,
        place=place.id if place else None,
        place_code=place.code if place else None,
        receiving_agency=receiving,
        competent_agency=named(filed.competent_agency, moment) or receiving,
        returning_agency=named(filed.returning_agency, moment) or receiving,
        components=filed.components,
        linked_group=filed.linked_group,
        matter=Personal(filed.owner, filed.matter) if filed.matter else None,
    )


def _version_of_today(procedure: Procedure, moment: Moment) -> ProcedureVersion:
    version = procedure.version_at(local_date(moment.now))
    if version is None:
        raise BadRequest("procedure_not_in_force", f"procedure {procedure.code} is not in force today")
    return version


def named(agency: UUID | None, moment: Moment) -> UUID | None:
    """An agency that was named, or its heir; None where none was. NotFound."""
    return open_agency(moment.organisation, agency, moment.now) if agency else None


def _place(filed: Beginning, moment: Moment, receiving: UUID) -> Unit | None:
    """The commune that counts: one that is there now. Only a form addressed to an agency that has ended keeps
    the place that was there with it, by which it was routed."""
    if not filed.place:
        return None
    organisation = moment.organisation
    if receiving == filed.receiving_agency:
        place = living_unit(organisation, filed.place, moment.now)
    else:
        place = organisation.unit_by_reference(filed.place, moment.now)
    if place.level != "commune":
        raise BadRequest(
            "place_not_commune", f"{filed.place} is no commune: a dossier's place is a commune or none"
        )
    return place


def code_origin(receiving: UUID, moment: Moment) -> str:
    """Of a code that is issued here: whether the agency's identifier in it is known or assumed."""
    agency = moment.organisation.agencies[receiving].on(local_date(moment.now))
    return "assumed" if agency.origin.get("identifier") == "assumed" else "issued"


async def new_code(office: Dossiers, moment: Moment, agency_id: UUID) -> str:
    day = local_date(moment.now)
    number = await office.counters.next(agency_id, day)
    return issue(moment.organisation.agencies[agency_id].identifier, day, number)
