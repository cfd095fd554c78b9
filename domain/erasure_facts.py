"""The facts of erasures, legal holds and retention. Ids, words of lists and numbers of decisions alone: why a
person asks, and who they are, stands in none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from domain.facts import Category, Fact


@dataclass(frozen=True, kw_only=True)
class ErasureRequested(Fact):
    """Somebody's personal data are to be erased. `kind`: citizen, or dossier for an imported one that no
    citizen owns; `subject`: its id; `citizens`: every record of the person; `run`: the retention run that
    asks."""

    TOPIC: ClassVar[str] = "erasure.requested.v1"
    CATEGORY: ClassVar[int] = Category.ERASURE

    kind: str
    subject: UUID
    citizens: tuple[UUID, ...]
    ground: str
    decision: str
    run: UUID | None


@dataclass(frozen=True, kw_only=True)
class ErasureWithdrawn(Fact):
    """It is not carried out: `ground` says why."""

    TOPIC: ClassVar[str] = "erasure.withdrawn.v1"
    CATEGORY: ClassVar[int] = Category.ERASURE

    ground: str


@dataclass(frozen=True, kw_only=True)
class ErasureCarriedOut(Fact):
    """From now on nothing opens what concerns `subjects` (records of the person, and their dossiers), whose
    keys are destroyed with it; `beside`: dossiers of others to which the person brought files; `dossiers`:
    how many of both; `files`: how many files go."""

    TOPIC: ClassVar[str] = "erasure.carried_out.v1"
    CATEGORY: ClassVar[int] = Category.ERASURE

    subjects: tuple[UUID, ...]
    beside: tuple[UUID, ...]
    dossiers: int
    files: int


@dataclass(frozen=True, kw_only=True)
class HoldPlaced(Fact):
    """Nothing of this citizen or dossier is erased while it stands."""

    TOPIC: ClassVar[str] = "hold.placed.v1"
    CATEGORY: ClassVar[int] = Category.RETENTION

    kind: str
    held: UUID
    ground: str
    decision: str


@dataclass(frozen=True, kw_only=True)
class HoldLifted(Fact):
    """The hold is over."""

    TOPIC: ClassVar[str] = "hold.lifted.v1"
    CATEGORY: ClassVar[int] = Category.RETENTION

    decision: str


@dataclass(frozen=True, kw_only=True)
class RetentionPeriodSet(Fact):
    """How long dossiers of a procedure (null: of each that has no period of its own) are kept after they were
    concluded, as judged from the day `valid_from` on (null: from the beginning). `amount` and `unit` are null
    together: for ever. `source`: the act and article that say so."""

    TOPIC: ClassVar[str] = "retention.period_set.v1"
    CATEGORY: ClassVar[int] = Category.RETENTION

    procedure: str | None
    amount: int | None
    unit: str | None
    valid_from: date | None
    source: str


@dataclass(frozen=True, kw_only=True)
class RetentionRunBegun(Fact):
    """Who is due on the day `cut_off` is erased from here on, by the periods as recorded up to a position."""

    TOPIC: ClassVar[str] = "retention.run_begun.v1"
    CATEGORY: ClassVar[int] = Category.RETENTION

    cut_off: date
    periods_position: int
    decision: str


@dataclass(frozen=True, kw_only=True)
class RetentionRunEnded(Fact):
    """What came of it: how many persons and dossiers were erased, and how many were not, by the first rule
    that kept each: {rule, count}."""

    TOPIC: ClassVar[str] = "retention.run_ended.v1"
    CATEGORY: ClassVar[int] = Category.RETENTION

    looked_at: int
    erased: int
    kept: tuple[dict[str, Any], ...]
