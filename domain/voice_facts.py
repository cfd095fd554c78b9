"""The facts of a voice: what somebody says of an agency's work, as feedback or as a complaint, with a clock
of its own; one stream for each. Its texts are sealed under the citizen who speaks, where nobody is named
under the stream's own id. Beside them the fact that sets the limit within which a kind is answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class VoiceReceived(Fact):
    """Said of `agency`, which has to answer; `by`: the citizen, null where nobody is named. The limit and
    `due` (exclusive) are null together: nobody had set a limit. `calendar_position`: up to where limits and
    calendar were known."""

    TOPIC: ClassVar[str] = "voice.received.v1"
    CATEGORY: ClassVar[int] = Category.VOICE

    kind: str
    agency: UUID
    dossier: UUID | None
    procedure_code: str | None
    by: UUID | None
    way: str
    text: PersonalText
    limit_amount: int | None
    limit_unit: str | None
    counted_from: datetime
    due: datetime | None
    calendar_position: int


@dataclass(frozen=True, kw_only=True)
class VoicePassedOn(Fact):
    """Another agency has to answer from now on; the clock runs on."""

    TOPIC: ClassVar[str] = "voice.passed_on.v1"
    CATEGORY: ClassVar[int] = Category.VOICE

    from_agency: UUID
    to_agency: UUID
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class VoiceAnswered(Fact):
    """The agency that had to has answered, late or not: nothing follows."""

    TOPIC: ClassVar[str] = "voice.answered.v1"
    CATEGORY: ClassVar[int] = Category.VOICE

    agency: UUID
    outcome: str
    text: PersonalText


@dataclass(frozen=True, kw_only=True)
class VoiceWithdrawn(Fact):
    """Taken back by whoever said it."""

    TOPIC: ClassVar[str] = "voice.withdrawn.v1"
    CATEGORY: ClassVar[int] = Category.VOICE

    reason: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class VoiceLimitSet(Fact):
    """Within what a kind is answered that is received from a day on (null: from the beginning)."""

    TOPIC: ClassVar[str] = "voice.limit_set.v1"
    CATEGORY: ClassVar[int] = Category.VOICE_LIMIT

    kind: str
    amount: int
    unit: str
    valid_from: date | None
    source: str
