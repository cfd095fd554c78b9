"""The facts of an agency (who holds dossiers), as docs/events.md has them. Agencies begin and end by a
scheduled act; `agency.dissolved` is for an end without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class AgencyFounded(Fact):
    """An agency exists from `valid_from` (day in Vietnam; null: unknown), or from the hour of `begins_by`.
    `origin`: sourced or assumed, per field."""

    TOPIC: ClassVar[str] = "agency.founded.v1"
    CATEGORY: ClassVar[int] = Category.AGENCY

    identifier: str
    name: str
    kind: str
    unit: UUID
    parent: UUID | None
    address: str
    hotline: str
    hours: str
    legal_form: str
    valid_from: date | None
    begins_by: UUID | None
    origin: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class AgencyChanged(Fact):
    """Some of name, address, hotline, hours and legal form are others from a day on. `changes`: field to its
    new text."""

    TOPIC: ClassVar[str] = "agency.changed.v1"
    CATEGORY: ClassVar[int] = Category.AGENCY

    from_: date
    changes: dict[str, str]
    origin: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class AgencyDissolved(Fact):
    """The agency's last day is the one before `until`. `reason` may name somebody: its subject is the
    agency."""

    TOPIC: ClassVar[str] = "agency.dissolved.v1"
    CATEGORY: ClassVar[int] = Category.AGENCY

    until: date
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class KeyNamed(Fact):
    """The agency signs with this Ed25519 key from `from_` on. `public_key`: base64 of its 32 bytes; `key_id`:
    the first 8 bytes of their SHA-256, in hex."""

    TOPIC: ClassVar[str] = "agency.key_named.v1"
    CATEGORY: ClassVar[int] = Category.AGENCY

    key_id: str
    public_key: str
    from_: datetime


@dataclass(frozen=True, kw_only=True)
class KeyWithdrawn(Fact):
    """What is signed with the key at or after `at` counts for nothing."""

    TOPIC: ClassVar[str] = "agency.key_withdrawn.v1"
    CATEGORY: ClassVar[int] = Category.AGENCY

    key_id: str
    at: datetime
