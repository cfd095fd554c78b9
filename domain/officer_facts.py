"""The facts of an officer, as docs/events.md has them. All instants are aware UTC; a posting is valid from
`from_` until `until`, half-open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class OfficerAppointed(Fact):
    TOPIC: ClassVar[str] = "officer.appointed.v1"
    CATEGORY: ClassVar[int] = Category.OFFICER

    name: PersonalText


@dataclass(frozen=True, kw_only=True)
class OfficerPosted(Fact):
    """The officer serves in an agency in these roles. With `begins_by` the posting stands only if that
    handover part comes into effect."""

    TOPIC: ClassVar[str] = "officer.posted.v1"
    CATEGORY: ClassVar[int] = Category.OFFICER

    posting_id: UUID
    agency: UUID
    roles: tuple[str, ...]
    from_: datetime
    until: datetime | None
    begins_by: UUID | None


@dataclass(frozen=True, kw_only=True)
class PostingEnded(Fact):
    TOPIC: ClassVar[str] = "officer.posting_ended.v1"
    CATEGORY: ClassVar[int] = Category.OFFICER

    posting_id: UUID
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OfficerSuspended(Fact):
    TOPIC: ClassVar[str] = "officer.suspended.v1"
    CATEGORY: ClassVar[int] = Category.OFFICER

    from_: datetime
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class OfficerReinstated(Fact):
    TOPIC: ClassVar[str] = "officer.reinstated.v1"
    CATEGORY: ClassVar[int] = Category.OFFICER

    from_: datetime


@dataclass(frozen=True, kw_only=True)
class AbsenceSet(Fact):
    """The officer is away from `from_` until `until` (null: until it is ended), half-open."""

    TOPIC: ClassVar[str] = "officer.absence_set.v1"
    CATEGORY: ClassVar[int] = Category.OFFICER

    from_: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class AbsenceEnded(Fact):
    TOPIC: ClassVar[str] = "officer.absence_ended.v1"
    CATEGORY: ClassVar[int] = Category.OFFICER

    at: datetime


@dataclass(frozen=True, kw_only=True)
class OfficerDelegated(Fact):
    """Another officer may act through one posting of this one, from `from_` until `until`."""

    TOPIC: ClassVar[str] = "officer.delegated.v1"
    CATEGORY: ClassVar[int] = Category.OFFICER

    delegation_id: UUID
    posting_id: UUID
    to_officer: UUID
    from_: datetime
    until: datetime


@dataclass(frozen=True, kw_only=True)
class DelegationEnded(Fact):
    TOPIC: ClassVar[str] = "officer.delegation_ended.v1"
    CATEGORY: ClassVar[int] = Category.OFFICER

    delegation_id: UUID
    at: datetime
