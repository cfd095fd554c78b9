"""Every act on a dossier, one function call: what was recorded before is answered first, then policy,
revision and rules are judged on a moment, then the fact is appended under that moment's conditions.

How a dossier begins stands in `application.beginning`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from application.acted import Acted
from application.acts import ACTS
from application.clocks import catch_up, follow
from application.duties import late_by
from application.file_ports import SealedFiles
from application.keeping import decided_by, documents_of_act, keep_after
from application.known_citizens import KnownCitizens
from application.ledger import Command, Ledger
from application.moment import Moment, OrganisationReader, decide
from application.named_files import NamedFiles, file_claims, file_taken, with_file
from application.persons import speaking
from application.policy import Acting, Identity, agency_then, allow
from application.ports import Claim, ClaimTaken, NewerFacts, NothingNewer, Receipt, StaleVersion
from application.refusals import BadRequest, NotFound, StaleRevision
from application.results import not_kept
from application.succession import agency_in_code
from application.turns import Turn, Turns
from domain.dossier import Dossier
from domain.dossier_code import check_acceptable
from domain.dossier_filing import judge_signed_then
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Envelope, Fact, Recorded
from domain.holding import DossierHistory, Held, custodian, holder, spells
from domain.local_time import local_date

SIGNED = frozenset(("finish", "stop", "time-passed", "issue-result"))
"""Acts by which an agency decides."""


class Counters(Protocol):
    """Numbers for codes: atomic over all processes, gaps allowed."""

    async def next(self, agency: UUID, day: date) -> int: ...


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
        steps = moment.organisation.steps.until(moment.now)
        return frozenset(held.agency for held in spells(self.history, steps))


@dataclass(frozen=True, slots=True)
class Dossiers:
    """What the functions below work with; wiring makes one."""

    ledger: Ledger
    reader: OrganisationReader
    counters: Counters
    files: SealedFiles
    citizens: KnownCitizens = field(default_factory=KnownCitizens)
    turns: Turns = field(default_factory=Turns)


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
        return await answer_again(office, repeated)

    named, turn = NamedFiles(office.files), Turn(office.turns)

    async def decision(moment: Moment) -> Answer:
        known = await load(office, code, moment)
        speaks = await speaking(office.ledger, identity, known.dossier, local_date(moment.now))
        acting = allow(
            identity, name, moment, holder=known.answerable(moment), parties=speaks.parties_to(name)
        )
        if revision is not None and revision != known.dossier.version:
            raise StaleRevision(known.dossier.version)
        when = _when(occurred_at, moment)
        if name in SIGNED:
            _judge_signed_then(acting, moment, known, when)
        documents = await documents_of_act(office.ledger, name, fields, known.dossier, moment)
        if documents.records and turn.waits(documents.records[0]):
            await turn.take(documents.records[0])
            raise NewerFacts
        told, records = await with_file(office.ledger, named, known.dossier, name, fields)
        acted = Acted(
            known.dossier,
            moment,
            acting,
            known.held.agency,
            when,
            documents,
            party=speaks.party,
            history=known.history,
        )
        read = (*known.streams, *decided_by(acted, name), *records, *speaks.streams)
        perform(acted, name, told)
        keep_after(office.ledger, acted, name)
        claims = file_claims(office.ledger, known.dossier, name, fields)
        receipt = await _append(office, acted, command, moment.nothing_newer(read), claims, turn)
        if receipt.repeated:
            return await answer_again(office, receipt)
        return Answer(code, known.dossier.version, receipt.last, receipt.recorded_at)

    async with turn:
        return await decide(office.reader, decision, versions_too=revision is None)


def _when(occurred_at: datetime | None, moment: Moment) -> datetime:
    if occurred_at is not None and occurred_at > moment.now:
        raise BadRequest(
            "in_the_future", "occurred_at lies after the ledger's time: a fact has happened already"
        )
    return occurred_at or moment.now


async def _append(
    office: Dossiers,
    acted: Acted,
    command: Command | None,
    nothing_newer: NothingNewer,
    claims: Sequence[Claim],
    turn: Turn,
) -> Receipt:
    """The dossier's facts and those of its owner's store, all or none. Where another act came first in the
    store, this one is decided again when its turn comes: the dossier itself has not moved on."""
    try:
        return await office.ledger.append(
            acted.dossier,
            *acted.documents.stores,
            command=command,
            claims=claims,
            recorded_before=acted.moment.next_hour,
            nothing_newer=nothing_newer,
        )
    except (NewerFacts, StaleVersion) as missed:
        if isinstance(missed, StaleVersion) and missed.stream_id not in acted.documents.streams:
            raise
        if acted.documents.records:
            await turn.take(acted.documents.records[0])
        raise NewerFacts from None
    except ClaimTaken as taken:
        raise file_taken(taken, acted.dossier) from None


def _judge_signed_then(acting: Acting, moment: Moment, known: Known, when: datetime) -> None:
    """A decision dated before an hour that has come since is signed by who could sign it then. Raises Refused
    (sign.agency_then)."""
    steps = moment.organisation.steps
    if acting.posting_id is None or not any(when < step.hour <= moment.now for step in steps):
        return
    held = holder(known.history, steps, when)
    if held is not None:
        officer = UUID(acting.actor.id)
        posted = [where for _, where in moment.organisation.acting(officer, when)]
        judge_signed_then(officer, posted, held.agency)


def perform(acted: Acted, name: str, fields: Mapping[str, Any]) -> UUID:
    """Let the aggregate judge one act that the policy allowed, and keep its fact until it is appended. Gives
    the agency that holds the dossier afterwards."""
    if acted.dossier.clock_runs:
        before = envelope_of(acted.acting, acted.moment, acted.occurred_at, acted.holder)
        # What comes from outside does not fail for a calendar that the office did not load.
        with suppress(BadRequest) if ACTS[name].from_outside else nullcontext():
            catch_up(acted.dossier, acted.moment, before)
    prepared = ACTS[name].prepare(acted, dict(fields))
    method: Callable[..., None] = getattr(acted.dossier, name.replace("-", "_"))
    late = late_by(acted.dossier, acted.moment, acted.holder, name, acted.occurred_at)
    envelope = replace(
        envelope_of(acted.acting, acted.moment, acted.occurred_at, prepared.holder),
        rules=tuple(rule.id for rule in (*late, *not_kept(acted, name, prepared.fields))),
    )
    method(envelope, **prepared.fields)
    follow(acted.dossier, acted.moment, envelope)
    return prepared.holder


def envelope_of(acting: Acting, moment: Moment, when: datetime, holder_after: UUID) -> Envelope:
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
    return await load_by_id(office, dossier_id, moment, _expected(moment, code, dossier_id))


async def load_by_id(
    office: Dossiers, dossier_id: UUID, moment: Moment, expected: Sequence[UUID] = ()
) -> Known:
    """`expected`: streams that will probably have to be read too, so that one question does."""
    steps = moment.organisation.steps
    read: dict[UUID, list[Recorded[Fact]]] = {}
    facts: list[Recorded[Fact]] = []
    placements, unread = set[UUID](), {dossier_id}
    while unread:
        wanted = list(unread - read.keys()) + ([] if read else list(expected))
        read |= {stream: [] for stream in wanted}
        for recorded in await office.ledger.facts_of(wanted) if wanted else ():
            read[recorded.fact.originator_id].append(recorded)
        facts = sorted([*facts, *(r for stream in unread for r in read[stream])], key=lambda r: r.position)
        known = timeline(facts)
        unread = placements_of(moment, known, facts[-1].recorded_at) - placements
        placements |= unread
    # A moment from memory may lie before what was just read: then the ledger's time is at least that.
    held = holder(known, steps, max(moment.now, facts[-1].recorded_at))
    if held is None:
        raise NotFound("quarantined_dossier", "this dossier is quarantined: its code belongs to another one")
    return Known(known.dossier, known, held, tuple(placements), facts)


def _expected(moment: Moment, code: str, dossier_id: UUID) -> list[UUID]:
    """The stream of the part that ended the agency named by the code: most moved once, from there."""
    organisation = moment.organisation
    named = agency_in_code(organisation, code)
    come = organisation.steps.until(moment.now)
    ended_by = come.concerning(named, None)[:1] if named is not None else []
    return [organisation.placement_stream(come[number].part_id, dossier_id) for number in ended_by]


def placements_of(moment: Moment, known: DossierTimeline, recorded_at: datetime) -> set[UUID]:
    """Where people decide about it: the streams of the parts that have moved it. A part that did not move it
    places nothing, so a country's act costs a dossier one stream more, not one for each province."""
    steps = moment.organisation.steps.until(max(moment.now, recorded_at))
    moved = {held.by.part_id for held in spells(known, steps) if held.by is not None}
    return {moment.organisation.placement_stream(part, known.dossier_id) for part in moved}


async def answer_again(office: Dossiers, receipt: Receipt) -> Answer:
    """The original answer of a command that was recorded before."""
    stream_id, revision = receipt.versions[0]
    dossier = await office.ledger.load(Dossier, stream_id)
    return Answer(dossier.code or "", revision, receipt.last, receipt.recorded_at, True)
