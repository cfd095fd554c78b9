"""The facts of a handover, as docs/events.md has them: the act's and its parts'. Those of one
dossier are in handed_over_facts.py.

A part's draft is several bounded facts (at most `CHUNK` members each) of one `part_version`; a new
`part_drafted` begins the next version. There is no "effective" fact: the hour itself is the change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Link:
    """Succession of a unit. `kind`: whole, part or same; `default`: who provisionally stands for the place
    when it was split. For a part: `decided_by` says what decides (`places`, `streets`, `person`), `basis`
    which (public names of territory); `disputed`: sources disagree about this link."""

    from_: UUID
    to: UUID
    kind: str
    default: bool
    decided_by: str | None = None
    basis: str = ""
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """A dissolved agency, its default heir, and the officer whom the act names to close its books."""

    agency: UUID
    heir: UUID
    closed_by: UUID


@dataclass(frozen=True, slots=True)
class Receiver:
    """The agency that receives for a unit at a level (`commune` or `province`)."""

    unit: UUID
    level: str
    agency: UUID


@dataclass(frozen=True, slots=True)
class LevelRule:
    """A procedure's level after the hour: `commune`, `province`, `abolished`, or `independent` of territory.
    `procedure` is its code; `origin`: sourced or assumed."""

    rule: str
    procedure: str
    level: str
    origin: str


@dataclass(frozen=True, slots=True)
class RoutingException:
    """A named rule that goes before all others. It fits a dossier of this procedure (code), place (unit) and
    agency (who held), null: any; `to`: who receives, null: a person decides."""

    name: str
    procedure: str | None
    place: UUID | None
    agency: UUID | None
    to: UUID | None


@dataclass(frozen=True, slots=True)
class PostingMove:
    """A posting that goes on in another agency, under the same id."""

    posting: UUID
    agency: UUID


@dataclass(frozen=True, kw_only=True)
class ActDrafted(Fact):
    """`effective_at` None: the act does not say yet; such an act is never scheduled. `kind`: resolution,
    decree, decision or other; `corrects`: another act."""

    TOPIC: ClassVar[str] = "handover.act_drafted.v2"
    CATEGORY: ClassVar[int] = Category.HANDOVER_ACT

    number: str
    title: str
    issued_on: date
    effective_at: datetime | None
    reference: str
    parts: tuple[UUID, ...]
    kind: str
    corrects: UUID | None


@dataclass(frozen=True, kw_only=True)
class PartDrafted(Fact):
    """Begins a version of the draft; its lists follow in facts of the same version."""

    TOPIC: ClassVar[str] = "handover.part_drafted.v2"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    act: UUID
    name: str
    part_version: int
    province: UUID
    effective_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class UnitsListed(Fact):
    TOPIC: ClassVar[str] = "handover.units_listed.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    ends: tuple[UUID, ...]
    begins: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class LinksListed(Fact):
    TOPIC: ClassVar[str] = "handover.links_listed.v2"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    links: tuple[Link, ...]


@dataclass(frozen=True, kw_only=True)
class AgenciesListed(Fact):
    """`begins`: agencies that begin by this version; None where they were not listed (before v2): then by
    their own `begins_by`."""

    TOPIC: ClassVar[str] = "handover.agencies_listed.v2"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    ends: tuple[Closing, ...]
    receivers: tuple[Receiver, ...]
    begins: tuple[UUID, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class RulesListed(Fact):
    """Levels of procedures after the hour."""

    TOPIC: ClassVar[str] = "handover.rules_listed.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    rules: tuple[LevelRule, ...]


@dataclass(frozen=True, kw_only=True)
class ExceptionsListed(Fact):
    """In their order: the first that fits decides."""

    TOPIC: ClassVar[str] = "handover.exceptions_listed.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    exceptions: tuple[RoutingException, ...]


@dataclass(frozen=True, kw_only=True)
class PostingsListed(Fact):
    TOPIC: ClassVar[str] = "handover.postings_listed.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    postings: tuple[PostingMove, ...]


@dataclass(frozen=True, kw_only=True)
class PartSimulated(Fact):
    """What would happen, as at a position. Changes nothing; binds nothing."""

    TOPIC: ClassVar[str] = "handover.part_simulated.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    digest: str
    at_position: int
    counts: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class PartApproved(Fact):
    """One officer (the actor of the envelope) approves what the digest stands for."""

    TOPIC: ClassVar[str] = "handover.part_approved.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class PartScheduled(Fact):
    """Carries the hour. Recorded before it, the version is in force at the hour; recorded later, from its own
    recording on."""

    TOPIC: ClassVar[str] = "handover.part_scheduled.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    digest: str
    effective_at: datetime


@dataclass(frozen=True, kw_only=True)
class PartCancelled(Fact):
    """Leaves nothing behind. `reason` may name somebody: its subject is the part."""

    TOPIC: ClassVar[str] = "handover.part_cancelled.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    reason: PersonalText


@dataclass(frozen=True, kw_only=True)
class TransferFinished(Fact):
    """Every dossier that moves has its `DossierHandedOver`. `digest`: of the list of transferred dossiers."""

    TOPIC: ClassVar[str] = "handover.transfer_finished.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    handed_over: int
    digest: str


@dataclass(frozen=True, kw_only=True)
class PartReconciled(Fact):
    TOPIC: ClassVar[str] = "handover.part_reconciled.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    counts: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class CoordinatorNamed(Fact):
    """The officer responsible for what persons still have to decide of the part; `agency`: of what this one
    held before (None: of all the rest). Named again, the last one counts. `escalates_to`: whose turn it is
    when nothing happens."""

    TOPIC: ClassVar[str] = "handover.coordinator_named.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    officer: UUID
    agency: UUID | None
    escalates_to: UUID | None


@dataclass(frozen=True, kw_only=True)
class CoordinatorEnded(Fact):
    """A naming ends, that of this officer for `agency` (None: for the part): from here on it gives no power;
    what was decided by it stays."""

    TOPIC: ClassVar[str] = "handover.coordinator_ended.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    officer: UUID
    agency: UUID | None


@dataclass(frozen=True, kw_only=True)
class PartClosed(Fact):
    """All who must have signed: the part's books are closed. `certificate`: its stream; `digest`: of its
    document."""

    TOPIC: ClassVar[str] = "handover.part_closed.v1"
    CATEGORY: ClassVar[int] = Category.HANDOVER_PART

    part_version: int
    certificate: UUID
    digest: str
