"""The facts of an obstacle, as docs/events.md has them; one stream per obstacle, which is the subject of its
own texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText

KINDS = ("papers", "account", "premises", "equipment", "data", "rule", "other")


@dataclass(frozen=True, kw_only=True)
class ObstacleReported(Fact):
    """Something keeps `agency` from going on with what the part gave it; `dossier`: where it is about one."""

    TOPIC: ClassVar[str] = "obstacle.reported.v1"
    CATEGORY: ClassVar[int] = Category.OBSTACLE

    part: UUID
    agency: UUID
    dossier: UUID | None
    kind: str
    description: PersonalText


@dataclass(frozen=True, kw_only=True)
class ObstacleAssigned(Fact):
    TOPIC: ClassVar[str] = "obstacle.assigned.v1"
    CATEGORY: ClassVar[int] = Category.OBSTACLE

    officer: UUID


@dataclass(frozen=True, kw_only=True)
class ObstacleEscalated(Fact):
    TOPIC: ClassVar[str] = "obstacle.escalated.v1"
    CATEGORY: ClassVar[int] = Category.OBSTACLE

    to_officer: UUID
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class ObstacleResolved(Fact):
    TOPIC: ClassVar[str] = "obstacle.resolved.v1"
    CATEGORY: ClassVar[int] = Category.OBSTACLE

    resolution: PersonalText
