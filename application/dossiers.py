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
from application.ledger import Command, Ledger
from application.moment import Moment, OrganisationReader, decide
from application.policy import Acting, Identity, allow
from application.ports import ClaimTaken, Receipt
from application.refusals import BadRequest, NotFound, StaleRevision
from domain.dossier import Dossier
from domain.dossier_code import check_acceptable, issue
from domain.dossier_timeline import timeline
from domain.facts import Envelope, Fact, Personal, Recorded
from domain.holding import DossierHistory, Held, custodian, holder
from domain.local_time import local_date

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


@dataclass(frozen=True, slots=True)
class Dossiers:
    """What the functions below work with; wiring makes one."""

    ledger: Ledger
    reader: OrganisationReader
    counters: Counters


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
    if agency not in organisation.agencies:
        raise NotFound("unknown_agency", f"there is no agency {agency}: name one of GET /v1/agencies")
    place = organisation.unit_by_reference(filed.place, moment.now) if filed.place else None
    for step in organisation.steps:
        if step.hour <= moment.now and step.rules.ends(agency):
            agency = step.rules.place(agency, place.id if place else None, filed.procedure).agency
    return agency


def filed_dossier(identity: Identity, filed: Submission, moment: Moment, code: str) -> Dossier:
    """A new dossier with this code, filed (and accepted, where that was asked) as judged at the moment; not
    recorded yet."""
    organisation = moment.organisation
    procedure = organisation.procedure_by_code(filed.procedure)
    receiving = receiving_agency(filed, moment)
    acting = allow(
        identity, "submit", moment, agency=receiving, parties=frozenset({filed.owner, filed.submitter})
    )
    place = organisation.unit_by_reference(filed.place, moment.now) if filed.place else None
    if place is not None and place.level != "commune":
        raise BadRequest(
            "place_not_commune", f"{filed.place} is no commune: a dossier's place is a commune or none"
        )
    today = local_date(moment.now)
    if procedure.version_at(today) is None:
        raise BadRequest("procedure_not_in_force", f"procedure {procedure.code} is not in force today")
    envelope = _envelope(acting, moment.now, receiving)
    dossier = Dossier.empty(new_id(moment.now))
    dossier.submit(
        envelope,
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
        returning_agency=filed.returning_agency or receiving,
        components=filed.components,
        linked_group=filed.linked_group,
        matter=Personal(filed.owner, filed.matter) if filed.matter else None,
    )
    if filed.accept:
        acted = Acted(dossier, moment, acting, receiving, moment.now)
        dossier.accept(envelope, **ACTS["accept"].prepare(acted, {}).fields)
    return dossier


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
        answerable = custodian(known.held, moment.organisation.steps, moment.now)
        acting = allow(identity, name, moment, holder=answerable, parties=known.parties)
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
    method(_envelope(acted.acting, acted.occurred_at, prepared.holder), **prepared.fields)
    return prepared.holder


def _envelope(acting: Acting, when: datetime, holder_after: UUID) -> Envelope:
    return Envelope(
        actor=acting.actor,
        occurred_at=when,
        posting_id=acting.posting_id,
        acting_agency=acting.agency,
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
