"""The facts of a unit (territory), as docs/events.md has them. Units begin and end by a scheduled act;
`unit.dissolved` is for an end without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class UnitEstablished(Fact):
    """A unit exists from `valid_from` (day in Vietnam; null: unknown, then `known_valid_on` is a day on which
    it did), or from the hour of `begins_by`."""

    TOPIC: ClassVar[str] = "unit.established.v1"
    CATEGORY: ClassVar[int] = Category.UNIT

    code: str
    name: str
    level: str
    kind: str
    parent: UUID | None
    valid_from: date | None
    known_valid_on: date | None
    begins_by: UUID | None
    source: str
    origin: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class UnitRenamed(Fact):
    """The unit has another name or kind from a day on; it stays the same unit (succession of kind *same*
    needs no new one)."""

    TOPIC: ClassVar[str] = "unit.renamed.v1"
    CATEGORY: ClassVar[int] = Category.UNIT

    name: str
    kind: str
    from_: date
    act: str | None


@dataclass(frozen=True, kw_only=True)
class UnitDissolved(Fact):
    """The unit's last day is the one before `until`. `reason` may name somebody: its subject is the
    unit."""

    TOPIC: ClassVar[str] = "unit.dissolved.v1"
    CATEGORY: ClassVar[int] = Category.UNIT

    until: date
    reason: PersonalText
