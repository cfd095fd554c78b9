"""Filing a dossier: who may, at which agency, for which place, under which code; at the counter accepted at
once. Decided on a moment and appended under its conditions, as every act is (`application.dossiers`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from application.acts import Acted
from application.dossiers import Answer, Dossiers, answer_again, envelope_of, perform
from application.ids import new_id
from application.ledger import Command
from application.moment import Moment, decide
from application.policy import Acting, Identity, allow
from application.ports import ClaimTaken
from application.refusals import BadRequest
from application.succession import abolished_for, living_unit, open_agency
from domain import anomalies
from domain.dossier import Dossier
from domain.dossier_code import issue
from domain.dossier_filing import judge_foreign_code, judge_not_abolished
from domain.facts import Personal
from domain.local_time import local_date
from domain.placing import placing_by
from domain.unit import Unit

CODE_TRIES = 5


@dataclass(frozen=True, slots=True)
class Submission:
    """What an applicant files. `place`: CODE@DATE or CODE of the commune that decides where the matter
    belongs; `competent_agency`: who decides, where that is not who receives; `code`: only where it was issued
    elsewhere."""

    procedure: str
    channel: str
    owner: UUID
    submitter: UUID
    place: str | None
    receiving_agency: UUID
    case: str | None = None
    code: str | None = None
    competent_agency: UUID | None = None
    returning_agency: UUID | None = None
    components: tuple[dict[str, Any], ...] = ()
    linked_group: UUID | None = None
    matter: str | None = None
    accept: bool = False


async def submit(
    office: Dossiers, identity: Identity, submission: Submission, command: Command | None = None
) -> Answer:
    """Record a new dossier; with `accept` (filing at the counter) receipt and acceptance are one act
    (Decree 61/2018 Art 17.1)."""
    if repeated := await office.ledger.repeated(command):
        return await answer_again(office, repeated)

    async def decision(moment: Moment) -> Answer:
        return await _submit(office, identity, submission, command, moment)

    return await decide(office.reader, decision)


async def _submit(
    office: Dossiers, identity: Identity, filed: Submission, command: Command | None, moment: Moment
) -> Answer:
    receiving = receiving_agency(filed, moment)
    for _ in range(CODE_TRIES):
        code = filed.code or await _new_code(office, moment, receiving)
        dossier = filed_dossier(identity, filed, moment, code)
        await office.citizens.check(office.ledger.recorder, (filed.owner, filed.submitter))
        try:
            receipt = await office.ledger.append(
                dossier,
                command=command,
                claims=[office.ledger.claim("dossier_code", code, dossier.id)],
                recorded_before=moment.next_hour,
                nothing_newer=moment.nothing_newer(),
            )
        except ClaimTaken as taken:
            if filed.code and taken.kind == "dossier_code":
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


def receiving_agency(filed: Submission, moment: Moment) -> UUID:
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


def filed_dossier(identity: Identity, filed: Submission, moment: Moment, code: str) -> Dossier:
    """A new dossier with this code, filed (and accepted, where that was asked) as judged at the moment; not
    recorded yet. That owner and submitter exist is for the caller to check. Filed under a version that should
    have been posted and is not, it is filed all the same, and the fact names the rule."""
    organisation = moment.organisation
    procedure = organisation.procedure_by_code(filed.procedure)
    receiving = receiving_agency(filed, moment)
    acting = _may_file(identity, filed, moment, receiving)
    place = _place(filed, moment, receiving)
    today = local_date(moment.now)
    version = procedure.version_at(today)
    if version is None:
        raise BadRequest("procedure_not_in_force", f"procedure {procedure.code} is not in force today")
    abolished = abolished_for(organisation, procedure.code, receiving, moment.now)
    judge_not_abolished(procedure.code, abolished=abolished or version.level == "abolished")
    version.judge_filing(filed.channel, filed.case, filed.components)
    competent, returning = filed.competent_agency, filed.returning_agency
    envelope = envelope_of(acting, moment, moment.now, receiving)
    dossier = Dossier.empty(new_id(moment.now))
    dossier.submit(
        replace(envelope, rules=anomalies.of_receipt(procedure, version.number, today)),
        code=code,
        code_origin=_code_origin(filed, organisation.agencies[receiving].on(today).origin),
        procedure=procedure.id,
        procedure_code=procedure.code,
        case=filed.case,
        channel=filed.channel,
        owner=filed.owner,
        submitter=filed.submitter,
        place=place.id if place else None,
        place_code=place.code if place else None,
        receiving_agency=receiving,
        competent_agency=open_agency(organisation, competent, moment.now) if competent else receiving,
        returning_agency=open_agency(organisation, returning, moment.now) if returning else receiving,
        components=filed.components,
        linked_group=filed.linked_group,
        matter=Personal(filed.owner, filed.matter) if filed.matter else None,
    )
    if filed.accept:
        accepting = allow(identity, "accept", moment, holder=receiving)
        perform(Acted(dossier, moment, accepting, receiving, moment.now), "accept", {})
    return dossier


def _may_file(identity: Identity, filed: Submission, moment: Moment, receiving: UUID) -> Acting:
    """As whom this is filed. A code from elsewhere and a linked group are no applicant's to name, and no code
    that this ledger could issue is anybody's."""
    parties = frozenset({filed.owner, filed.submitter})
    acting = allow(identity, "submit", moment, agency=receiving, parties=parties)
    if filed.linked_group is not None:
        allow(identity, "name-linked-group", moment, agency=receiving)
    if filed.code is not None:
        allow(identity, "name-code", moment, agency=receiving)
        known = moment.organisation.agency_with_identifier
        judge_foreign_code(filed.code, lambda identifier: known(identifier) is not None)
    return acting


def _place(filed: Submission, moment: Moment, receiving: UUID) -> Unit | None:
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


def _code_origin(filed: Submission, agency_origin: Mapping[str, str]) -> str:
    if filed.code:
        return "elsewhere"
    return "assumed" if agency_origin.get("identifier") == "assumed" else "issued"


async def _new_code(office: Dossiers, moment: Moment, agency_id: UUID) -> str:
    day = local_date(moment.now)
    number = await office.counters.next(agency_id, day)
    return issue(moment.organisation.agencies[agency_id].identifier, day, number)
