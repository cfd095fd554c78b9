"""Submitting a dossier and every act on it, each one function call: what was recorded before is answered
first, then policy, revision and rules are judged
on a moment, then the fact is appended under that moment's conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from application.acts import ACTS, Acted
from application.ids import new_id
from application.known_citizens import KnownCitizens
from application.ledger import Command, Ledger
from application.moment import Moment, OrganisationReader, decide
from application.policy import Acting, Identity, agency_then, allow
from application.ports import ClaimTaken, Receipt
from application.refusals import BadRequest, NotFound, StaleRevision
from application.succession import abolished_for, living_unit, open_agency
from domain.dossier import Dossier
from domain.dossier_code import check_acceptable, issue
from domain.dossier_filing import judge_foreign_code, judge_not_abolished
from domain.dossier_timeline import timeline
from domain.facts import Envelope, Fact, Personal, Recorded
from domain.holding import DossierHistory, Held, custodian, holder, spells
from domain.local_time import local_date
from domain.unit import Unit

CODE_TRIES = 5


class Counters(Protocol):
    """Numbers for codes: atomic over all processes, gaps allowed."""

    async def next(self, agency: UUID, day: date) -> int: ...


@dataclass(frozen=True, slots=True)
class Submission:
    """What an applicant files. `place`: CODE@DATE or CODE of the commune that decides where the matter
    belongs; `code`: only where it was issued elsewhere."""

    procedure: str
    channel: str
    owner: UUID
    submitter: UUID
    place: str | None
    receiving_agency: UUID
    case: str | None = None
    code: str | None = None
    returning_agency: UUID | None = None
    components: tuple[dict[str, Any], ...] = ()
    linked_group: UUID | None = None
    matter: str | None = None
    accept: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command's caller gets: the code, the dossier's revision, the position of its last fact, and
    whether this was a repeat."""

    code: str
    revision: int
    position: int
    recorded_at: datetime
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A dossier as loaded: aggregate, its timeline, who holds it at the moment, and the further streams
    that were read for that."""

    dossier: Dossier
    history: DossierHistory
    held: Held
    streams: tuple[UUID, ...]
    facts: list[Recorded[Fact]] = field(repr=False)

    @property
    def parties(self) -> frozenset[UUID]:
        return frozenset(p for p in (self.dossier.owner, self.dossier.submitter) if p)

    def answerable(self, moment: Moment) -> UUID:
        """The holder, or who stands for it where the dossier ended with it."""
        return custodian(self.held, moment.organisation.steps, moment.now)

    def earlier_holders(self, moment: Moment) -> frozenset[UUID]:
        """Every agency that holds it now or held it before."""
        steps = [step for step in moment.organisation.steps if step.hour <= moment.now]
        return frozenset(held.agency for held in spells(self.history, steps))


@dataclass(frozen=True, slots=True)
class Dossiers:
    """What the functions below work with; wiring makes one."""

    ledger: Ledger
    reader: OrganisationReader
    counters: Counters
    citizens: KnownCitizens = field(default_factory=KnownCitizens)


async def submit(
    office: Dossiers, identity: Identity, submission: Submission, command: Command | None = None
) -> Answer:
    """Record a new dossier; with `accept` (filing at the counter) receipt and acceptance are one act
    (Decree 61/2018 Art 17.1)."""
    if repeated := await office.ledger.repeated(command):
        return await _answer_again(office, repeated)

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
            return await _answer_again(office, receipt)
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
        for step in organisation.steps:
            if step.hour <= moment.now and step.rules.ends(agency):
                agency = step.rules.place(agency, place.id if place else None, filed.procedure).agency
    return open_agency(organisation, agency, moment.now)


def filed_dossier(identity: Identity, filed: Submission, moment: Moment, code: str) -> Dossier:
    """A new dossier with this code, filed (and accepted, where that was asked) as judged at the moment; not
    recorded yet. That owner and submitter exist is for the caller to check."""
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
    returning = filed.returning_agency
    dossier = Dossier.empty(new_id(moment.now))
    dossier.submit(
        _envelope(acting, moment, moment.now, receiving),
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
        competent_agency=receiving,
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


async def act(
    office: Dossiers,
    identity: Identity,
    code: str,
    name: str,
    fields: Mapping[str, Any],
    *,
    command: Command | None = None,
    revision: int | None = None,
    occurred_at: datetime | None = None,
) -> Answer:
    """Do one act on the dossier with this code. `revision`: the one the officer read (If-Match); None for
    facts reported from outside.

    `occurred_at`: for a step done earlier and recorded now; it may lie before an hour, and is then handled
    by the heir.
    """
    if repeated := await office.ledger.repeated(command):
        return await _answer_again(office, repeated)

    async def decision(moment: Moment) -> Answer:
        known = await load(office, code, moment)
        acting = allow(identity, name, moment, holder=known.answerable(moment), parties=known.parties)
        if revision is not None and revision != known.dossier.version:
            raise StaleRevision(known.dossier.version)
        when = occurred_at or moment.now
        if when > moment.now:
            raise BadRequest(
                "in_the_future", "occurred_at lies after the ledger's time: a fact has happened already"
            )
        perform(Acted(known.dossier, moment, acting, known.held.agency, when), name, fields)
        receipt = await office.ledger.append(
            known.dossier,
            command=command,
            recorded_before=moment.next_hour,
            nothing_newer=moment.nothing_newer(known.streams),
        )
        if receipt.repeated:
            return await _answer_again(office, receipt)
        return Answer(code, known.dossier.version, receipt.last, receipt.recorded_at)

    return await decide(office.reader, decision, versions_too=revision is None)


def perform(acted: Acted, name: str, fields: Mapping[str, Any]) -> UUID:
    """Let the aggregate judge one act that the policy allowed, and keep its fact until it is appended. Gives
    the agency that holds the dossier afterwards."""
    prepared = ACTS[name].prepare(acted, dict(fields))
    method: Callable[..., None] = getattr(acted.dossier, name.replace("-", "_"))
    method(_envelope(acted.acting, acted.moment, acted.occurred_at, prepared.holder), **prepared.fields)
    return prepared.holder


def _envelope(acting: Acting, moment: Moment, when: datetime, holder_after: UUID) -> Envelope:
    return Envelope(
        actor=acting.actor,
        occurred_at=when,
        posting_id=acting.posting_id,
        acting_agency=agency_then(acting, moment, when),
        holder=holder_after,
    )


async def load(office: Dossiers, code: str, moment: Moment) -> Known:
    """The dossier with this code, who holds it at the moment's time, and what was read for that. NotFound
    where the code is unknown or malformed."""
    check_acceptable(code)
    dossier_id = await office.ledger.find("dossier_code", code)
    if dossier_id is None:
        raise NotFound("unknown_dossier", f"no dossier has the code {code}: check it against the slip")
    return await load_by_id(office, dossier_id, moment)


async def load_by_id(office: Dossiers, dossier_id: UUID, moment: Moment) -> Known:
    steps = moment.organisation.steps
    placements = moment.organisation.placement_streams(dossier_id, moment.now)
    facts = await office.ledger.facts_of((dossier_id, *placements))
    known = timeline(facts)
    # A moment from memory may lie before what was just read: then the ledger's time is at least that.
    held = holder(known, steps, max(moment.now, facts[-1].recorded_at))
    if held is None:
        raise NotFound("quarantined_dossier", "this dossier is quarantined: its code belongs to another one")
    return Known(known.dossier, known, held, placements, facts)


async def _answer_again(office: Dossiers, receipt: Receipt) -> Answer:
    """The original answer of a command that was recorded before."""
    stream_id, revision = receipt.versions[0]
    dossier = await office.ledger.load(Dossier, stream_id)
    return Answer(dossier.code or "", revision, receipt.last, receipt.recorded_at, True)
