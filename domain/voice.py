"""A voice: feedback or a complaint about an agency's work, from its receipt to its answer.

received -> passed on (again and again) -> answered, or withdrawn

Its clock is set once, when it is received, and nothing moves it: not passing it on, nor a handover, nor a
limit that is set later. Whether it was late is told by when its answer was recorded.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from domain import clear_text
from domain import voice_rules as rules
from domain.clear_text import judge_one_of
from domain.facts import Aggregate, Envelope, Fact, PersonalText
from domain.refusals import Refused
from domain.voice_facts import VoiceAnswered, VoicePassedOn, VoiceReceived, VoiceWithdrawn


class Voice(Aggregate):
    """`received`: the receipt, None before; `agency`: who has to answer, as last stated: where that one has
    ended, its heir has to."""

    received: VoiceReceived | None = None
    agency: UUID | None = None
    answered: bool = False
    withdrawn: bool = False

    @property
    def subject(self) -> UUID:
        """Under whose key its texts are sealed."""
        return (self.received.by if self.received else None) or self.id

    def receive(
        self,
        envelope: Envelope,
        *,
        kind: str,
        agency: UUID,
        way: str,
        text: PersonalText,
        counted_from: datetime,
        calendar_position: int,
        dossier: UUID | None = None,
        procedure_code: str | None = None,
        by: UUID | None = None,
        limit: tuple[int, str] | None = None,
        due: datetime | None = None,
    ) -> None:
        """`limit`: (amount, unit), with the `due` (exclusive) that it gives. Raises Refused
        (voice.received_once, voice.limit_whole, value.one_of)."""
        if self.received is not None:
            raise Refused(rules.VOICE_ONCE, voice=str(self.id))
        judge_one_of("kind", kind, clear_text.VOICE_KINDS)
        judge_one_of("way", way, clear_text.VOICE_WAYS)
        if (limit is None) != (due is None) or (due is not None and due <= counted_from):
            raise Refused(rules.VOICE_LIMIT_WHOLE, voice=str(self.id))
        self.record(
            VoiceReceived,
            envelope,
            kind=kind,
            agency=agency,
            dossier=dossier,
            procedure_code=procedure_code,
            by=by,
            way=way,
            text=text,
            limit_amount=limit[0] if limit else None,
            limit_unit=limit[1] if limit else None,
            counted_from=counted_from,
            due=due,
            calendar_position=calendar_position,
        )

    def pass_on(
        self, envelope: Envelope, *, from_agency: UUID, to_agency: UUID, reason: PersonalText
    ) -> None:
        """Another agency has to answer. Raises Refused (voice.known, voice.open, voice.to_another_agency)."""
        self._must_be_open()
        if from_agency == to_agency:
            raise Refused(rules.VOICE_TO_ANOTHER, agency=str(to_agency))
        self.record(VoicePassedOn, envelope, from_agency=from_agency, to_agency=to_agency, reason=reason)

    def answer(self, envelope: Envelope, *, agency: UUID, outcome: str, text: PersonalText) -> None:
        """Raises Refused (voice.known, voice.open, value.one_of)."""
        self._must_be_open()
        judge_one_of("outcome", outcome, clear_text.VOICE_OUTCOMES)
        self.record(VoiceAnswered, envelope, agency=agency, outcome=outcome, text=text)

    def withdraw(self, envelope: Envelope, *, reason: PersonalText | None = None) -> None:
        """Whoever said it takes it back; an officer does it for them with a reason. Raises Refused
        (voice.known, voice.open, voice.withdrawn_by_somebody, voice.withdrawn_with_a_reason)."""
        self._must_be_open()
        if self.received is not None and self.received.by is None:
            raise Refused(rules.VOICE_BY_SOMEBODY, voice=str(self.id))
        if envelope.actor.kind == "officer" and reason is None:
            raise Refused(rules.VOICE_TAKEN_BACK_FOR, voice=str(self.id))
        self.record(VoiceWithdrawn, envelope, reason=reason)

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, VoiceReceived):
            self.received, self.agency = fact, fact.agency
        elif isinstance(fact, VoicePassedOn):
            self.agency = fact.to_agency
        elif isinstance(fact, VoiceAnswered):
            self.answered = True
        elif isinstance(fact, VoiceWithdrawn):
            self.withdrawn = True

    def _must_be_open(self) -> None:
        if self.received is None:
            raise Refused(rules.VOICE_KNOWN, voice=str(self.id))
        if self.answered or self.withdrawn:
            raise Refused(rules.VOICE_OPEN, voice=str(self.id))


def judge_said_now(envelope: Envelope, now: datetime) -> None:
    """Refuse an earlier day of somebody who speaks for themself."""
    if envelope.actor.kind == "applicant" and envelope.occurred_at < now:
        raise Refused(rules.VOICE_SAID_NOW)


def is_late(due: datetime | None, ended_at: datetime | None, now: datetime) -> bool | None:
    """Whether it is, or was, past its due date: `ended_at` is when its answer or withdrawal was recorded
    (None: neither). None where nobody had set a limit."""
    return None if due is None else (ended_at or now) >= due
