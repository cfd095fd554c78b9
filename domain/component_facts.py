"""The facts of a dossier's papers, as docs/events.md has them: how each was provided, and what a check found.
Imported through `domain.dossier_facts`. A file is named by the SHA-256 of what is stored of it; `content` is
the SHA-256 of its clear bytes, under the key of whoever the file is sealed under: a party of the dossier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class ComponentUploaded(Fact):
    """A paper came as a file."""

    TOPIC: ClassVar[str] = "dossier.component_uploaded.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    component: str
    file: str
    media_type: str
    size: int
    content: PersonalText


@dataclass(frozen=True, kw_only=True)
class ComponentDigitised(Fact):
    """A paper was made a file by an officer: from an original, a certified copy or a plain one. `mark`: the
    conversion's mark, where the system that made it gives one."""

    TOPIC: ClassVar[str] = "dossier.component_digitised.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    component: str
    file: str
    media_type: str
    size: int
    content: PersonalText
    form: str
    mark: str | None
    digitised_by: UUID
    digitised_at: datetime


@dataclass(frozen=True, kw_only=True)
class ComponentReused(Fact):
    """A document of the owner's store stands for the paper: `kept_as` a result or a component, made of the
    fact `from_version` of `from_dossier`."""

    TOPIC: ClassVar[str] = "dossier.component_reused.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    component: str
    document: UUID
    kept_as: str
    from_dossier: UUID
    from_version: int


@dataclass(frozen=True, kw_only=True)
class ComponentChecked(Fact):
    """What the fact with version `provided` provided was looked at: `in_order`, or `unusable` for a
    reason."""

    TOPIC: ClassVar[str] = "dossier.component_checked.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    component: str
    provided: int
    outcome: str
    reason: PersonalText | None


@dataclass(frozen=True, kw_only=True)
class LookupRecorded(Fact):
    """What a database answered at the time of the look-up. `outcome`: `found`, `not_found`, `unavailable`,
    `inconsistent`. `looked_up_at`: null where an older version of the fact did not say. With a file the
    answer is kept as it was then."""

    TOPIC: ClassVar[str] = "dossier.lookup_recorded.v2"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    source: str
    outcome: str
    component: str | None
    result_digest: str | None
    looked_up_at: datetime | None
    file: str | None
    media_type: str | None
    size: int | None
    content: PersonalText | None
