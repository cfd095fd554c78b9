"""Small fact types with every kind of field, and keys without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

from application.ports import NewEvent, StoredFact
from domain.facts import Actor, Category, Envelope, Fact, Personal, PersonalText, Sealed
from infra.sealing import unseal

STREAM = UUID("01970000-0000-7000-8000-000000000001")
SUBJECT = UUID("01970000-0000-7000-8000-000000000002")
OTHER = UUID("01970000-0000-7000-8000-000000000003")
AT = datetime(2025, 6, 1, 1, 2, 3, 4, tzinfo=UTC)
ENVELOPE = Envelope(Actor("officer", "o-1"), AT, posting_id=OTHER, rules=("intake.complete",))


@dataclass(frozen=True, kw_only=True)
class ThingNoted(Fact):
    """One field of each kind."""

    TOPIC: ClassVar[str] = "thing.noted.v2"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    text: str
    number: int
    flag: bool
    from_: UUID | None
    at: datetime
    day: date | None
    name: PersonalText
    phone: PersonalText | None
    words: tuple[str, ...]
    tree: tuple[dict[str, Any], ...]


def thing(**changes: Any) -> ThingNoted:
    values: dict[str, Any] = {
        "originator_id": STREAM,
        "originator_version": 1,
        "envelope": ENVELOPE,
        "text": "Hồ sơ",
        "number": 7,
        "flag": True,
        "from_": OTHER,
        "at": AT,
        "day": date(2025, 7, 1),
        "name": Personal(SUBJECT, "Nguyễn Thị Hoa"),
        "phone": None,
        "words": ("a", "b"),
        "tree": ({"key": "org:resource", "value": Personal(OTHER, "Trần Văn Bình")},),
    }
    return ThingNoted(**(values | changes))


@dataclass
class KeysInMemory:
    """A key per subject, made from its id; `destroyed` ones are gone."""

    destroyed: set[UUID] = field(default_factory=set)

    def key_of(self, subject: UUID) -> bytes:
        return sha256(b"test" + subject.bytes).digest()

    def open(self, sealed: object) -> str | None:
        assert isinstance(sealed, Sealed)
        return None if sealed.subject in self.destroyed else unseal(sealed, self.key_of(sealed.subject))


def counting_random(size: int) -> bytes:
    """Always the same bytes: for golden payloads only."""
    return bytes(range(size))


def stored(event: NewEvent, **changes: Any) -> StoredFact:
    values: dict[str, Any] = {
        "position": 1,
        "stream_id": event.stream_id,
        "version": event.version,
        "category": event.category,
        "topic": event.topic,
        "payload": event.payload,
        "recorded_at": AT,
        "leaf": bytes(32),
    }
    return StoredFact(**(values | changes))


def opened(value: Any, keys: KeysInMemory) -> Any:
    """The same value with every sealed text opened again."""
    if isinstance(value, Sealed):
        text = keys.open(value)
        return None if text is None else Personal(value.subject, text)
    if isinstance(value, dict):
        return {key: opened(member, keys) for key, member in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(opened(member, keys) for member in value)
    return value
