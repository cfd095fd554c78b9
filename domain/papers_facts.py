"""The facts of a dossier's paper originals in a handover, as docs/events.md has them: one stream per part and
dossier."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact


@dataclass(frozen=True, slots=True)
class Original:
    """So many originals of one component."""

    component: str
    count: int


@dataclass(frozen=True, kw_only=True)
class PapersListed(Fact):
    """`agency`, which hands over, says what lies in which box. Listed again it replaces what was listed."""

    TOPIC: ClassVar[str] = "papers.listed.v1"
    CATEGORY: ClassVar[int] = Category.PAPERS

    dossier: UUID
    part: UUID
    agency: UUID
    box: str
    originals: tuple[Original, ...]


@dataclass(frozen=True, kw_only=True)
class PapersChecked(Fact):
    """`agency`, which holds the dossier now, says what it found in which box, and what it misses."""

    TOPIC: ClassVar[str] = "papers.checked.v1"
    CATEGORY: ClassVar[int] = Category.PAPERS

    dossier: UUID
    part: UUID
    agency: UUID
    box: str
    found: tuple[Original, ...]
    missing: tuple[Original, ...]
