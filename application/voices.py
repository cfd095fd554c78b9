"""What citizens say of an agency's work, as feedback or as a complaint: received with a due date where a
limit is known, passed on, answered or withdrawn, one function each. voice_reading.py has who reads it.

Whoever has to answer is the agency as last stated, or its heir where an act has ended that one: a handover
leaves nothing with nobody, and moves no due date.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from application.ids import new_id
from application.ledger import Command, Ledger
from application.living import may_begin
from application.moment import Moment, OrganisationReader, decide
from application.persons import records_of
from application.policy import Acting, Identity, agency_then, allow
from application.refusals import BadRequest, NotFound
from application.succession import open_agency
from domain.calendar import CalendarUnknown
from domain.deadlines import due
from domain.facts import Category, Envelope, Personal
from domain.local_time import local_date
from domain.voice import Voice, judge_said_now
from domain.working_hours import OFFICE

Row = dict[str, Any]
Step = Callable[[Voice, Envelope, Moment], None]


class VoiceIndex(Protocol):
    """What was said, as a view shows it; pages are bounded."""

    async def shown(self, position: int) -> None:
        """Wait until the view includes this position."""
        ...

    async def page(
        self,
        agencies: Sequence[UUID] | None,
        at: datetime,
        *,
        open_only: bool,
        late_only: bool,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[Row]:
        """By (received_at, voice): the columns of the view's table, of these agencies (None: of all). Late:
        its due date had passed at its end, or at `at` where it has none."""
        ...


@dataclass(frozen=True, slots=True)
class Voices:
    """What the functions on voices work with."""

    ledger: Ledger
    reader: OrganisationReader
    index: VoiceIndex


@dataclass(frozen=True, slots=True)
class Said:
    """What is received. `agency`: of which it is said; `by`: an identified citizen, None where nobody is
    named; `occurred_at`: when it came, where that was earlier than now."""

    kind: str
    agency: UUID
    way: str
    text: str
    by: UUID | None = None
    dossier: UUID | None = None
    procedure_code: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VoiceAnswer:
    """What a command's caller gets: the voice, its stream's last version, its last fact's position."""

    voice: UUID
    revision: int
    position: int
    repeated: bool = False


async def receive(
    office: Voices, identity: Identity, said: Said, command: Command | None = None
) -> VoiceAnswer:
    """By an officer of any agency, a portal, or the citizen themself.

    What is said of an agency that has ended is its heir's. Raises NotFound for an agency, dossier, procedure
    or citizen that is not there; BadRequest (calendar_unknown, in_the_future); Refused (voice.said_now).
    """
    if repeated := await office.ledger.repeated(command):
        return VoiceAnswer(*repeated.versions[0], repeated.last, True)

    async def decision(moment: Moment) -> VoiceAnswer:
        speaks = frozenset({said.by}) if said.by else frozenset()
        acting = allow(identity, "receive-voice", moment, parties=speaks)
        when = said.occurred_at or moment.now
        if when > moment.now:
            raise BadRequest("in_the_future", "occurred_at lies after the ledger's time: it has come already")
        envelope = _envelope(acting, moment, when)
        if said.occurred_at is not None:
            judge_said_now(envelope, moment.now)
        agency = open_agency(moment.organisation, said.agency, moment.now)
        await _check_named(office.ledger, moment, said)
        people = await may_begin(office.ledger, [said.by] if said.by else [], moment)
        voice = Voice.empty(new_id(moment.now))
        limit, ends = _due(moment, said.kind, when)
        voice.receive(
            envelope,
            kind=said.kind,
            agency=agency,
            way=said.way,
            text=Personal(said.by or voice.id, said.text),
            counted_from=when,
            calendar_position=moment.read_up_to,
            dossier=said.dossier,
            procedure_code=said.procedure_code,
            by=said.by,
            limit=limit,
            due=ends,
        )
        return await _append(office, voice, moment, command, people)

    return await decide(office.reader, decision)


async def pass_on(
    office: Voices,
    identity: Identity,
    id: UUID,
    to_agency: UUID,
    reason: str,
    command: Command | None = None,
) -> VoiceAnswer:
    """By the agency that has to answer, or an operator; the clock runs on."""

    def step(voice: Voice, envelope: Envelope, moment: Moment) -> None:
        to = open_agency(moment.organisation, to_agency, moment.now)
        sealed = Personal(voice.subject, reason)
        voice.pass_on(envelope, from_agency=answering(voice, moment), to_agency=to, reason=sealed)

    return await _step(office, identity, id, "pass-on-voice", step, command)


async def answer(
    office: Voices, identity: Identity, id: UUID, outcome: str, text: str, command: Command | None = None
) -> VoiceAnswer:
    """By the agency that has to answer, now: a late answer is a late one."""

    def step(voice: Voice, envelope: Envelope, moment: Moment) -> None:
        sealed = Personal(voice.subject, text)
        voice.answer(envelope, agency=answering(voice, moment), outcome=outcome, text=sealed)

    return await _step(office, identity, id, "answer-voice", step, command)


async def withdraw(
    office: Voices, identity: Identity, id: UUID, reason: str | None = None, command: Command | None = None
) -> VoiceAnswer:
    """By whoever said it; for them by the desk that has to answer, with a reason, or by a portal."""

    def step(voice: Voice, envelope: Envelope, moment: Moment) -> None:
        why = (reason or "").strip()
        voice.withdraw(envelope, reason=Personal(voice.subject, why) if why else None)

    return await _step(office, identity, id, "withdraw-voice", step, command)


def answering(voice: Voice, moment: Moment) -> UUID:
    """The agency that has to answer at the moment."""
    assert voice.agency is not None
    return moment.organisation.heir_of(voice.agency, moment.now)


async def known_voice(ledger: Ledger, id: UUID) -> Voice:
    """NotFound for one that is not there."""
    first = await ledger.recorder.first_of([id])
    if not first or first[0].category != Category.VOICE:
        raise NotFound("unknown_voice", f"there is no feedback or complaint {id}: see GET /v1/voice")
    return await ledger.load(Voice, id)


def _due(moment: Moment, kind: str, when: datetime) -> tuple[tuple[int, str] | None, datetime | None]:
    """The limit of the day on which it came, and when it ends; (None, None) where nobody set one."""
    organisation = moment.organisation
    limit = organisation.voice_limits.on(kind, local_date(when))
    if limit is None:
        return None, None
    hours = organisation.hours(OFFICE)
    try:
        ends = due(limit.amount, limit.unit, when, organisation.calendar, hours)
    except CalendarUnknown as unknown:
        raise BadRequest(
            "calendar_unknown", f"{unknown}: load it before receiving what runs into it"
        ) from None
    return (limit.amount, limit.unit), ends


async def _check_named(ledger: Ledger, moment: Moment, said: Said) -> None:
    """Dossier, procedure and citizen are there."""
    if said.procedure_code is not None:
        moment.organisation.procedure_by_code(said.procedure_code)
    named = [id for id in (said.dossier, said.by) if id is not None]
    there = {row.stream_id: row.category for row in await ledger.recorder.first_of(named)} if named else {}
    if said.dossier is not None and there.get(said.dossier) != Category.DOSSIER:
        raise NotFound("unknown_dossier", f"there is no dossier {said.dossier}: check its code")
    if said.by is not None and there.get(said.by) != Category.CITIZEN:
        raise NotFound("unknown_citizen", f"there is no citizen {said.by}")


async def _step(
    office: Voices, identity: Identity, id: UUID, act: str, step: Step, command: Command | None
) -> VoiceAnswer:
    if repeated := await office.ledger.repeated(command):
        return VoiceAnswer(*repeated.versions[0], repeated.last, True)

    async def decision(moment: Moment) -> VoiceAnswer:
        voice = await known_voice(office.ledger, id)
        by = voice.received.by if voice.received else None
        speaks = await records_of(office.ledger, identity, by)
        acting = allow(identity, act, moment, agency=answering(voice, moment), parties=speaks)
        step(voice, _envelope(acting, moment, moment.now), moment)
        return await _append(office, voice, moment, command)

    return await decide(office.reader, decision, versions_too=True)


async def _append(
    office: Voices,
    voice: Voice,
    moment: Moment,
    command: Command | None,
    people: Sequence[tuple[UUID, int]] = (),
) -> VoiceAnswer:
    receipt = await office.ledger.append(
        voice,
        command=command,
        recorded_before=moment.next_hour,
        nothing_newer=moment.nothing_newer((), people),
    )
    return VoiceAnswer(*receipt.versions[0], receipt.last, receipt.repeated)


def _envelope(acting: Acting, moment: Moment, when: datetime) -> Envelope:
    return Envelope(
        actor=acting.actor,
        occurred_at=when,
        posting_id=acting.posting_id,
        acting_agency=agency_then(acting, moment, when),
    )
