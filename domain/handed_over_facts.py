"""The facts of one dossier in a handover, each in a stream beside the dossier's own: what the transfer
states, and what people decide and answer. docs/events.md has their fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from domain.facts import Category, Fact, PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierHandedOver(Fact):
    """States who held a dossier at the hour and who holds it since, all as at the hour. It sets no holder.
    `status` None: imported without one."""

    TOPIC: ClassVar[str] = "handover.dossier_handed_over.v1"
    CATEGORY: ClassVar[int] = Category.HANDED_OVER

    dossier: UUID
    code: str
    part: UUID
    part_version: int
    effective_at: datetime
    from_agency: UUID
    to_agency: UUID
    rule: str
    provisional: bool
    status: int | None
    revision: int
    remaining_unit: str | None
    remaining_amount: int | None
    history_digest: str
    components_digest: str


@dataclass(frozen=True, kw_only=True)
class DossierPlaced(Fact):
    """A person of the coordination queue decides who holds the dossier. Sets the holder (H).
    `ground` may name somebody: its subject is the dossier."""

    TOPIC: ClassVar[str] = "handover.dossier_placed.v1"
    CATEGORY: ClassVar[int] = Category.PLACEMENT

    dossier: UUID
    part: UUID
    from_agency: UUID
    to_agency: UUID
    ground: PersonalText


@dataclass(frozen=True, kw_only=True)
class DossierAcknowledged(Fact):
    """The receiving agency confirms. `papers`: confirmed, missing or none."""

    TOPIC: ClassVar[str] = "handover.dossier_acknowledged.v1"
    CATEGORY: ClassVar[int] = Category.PLACEMENT

    dossier: UUID
    part: UUID
    agency: UUID
    papers: str


@dataclass(frozen=True, kw_only=True)
class DossierTransferRefused(Fact):
    """The receiving agency refuses with a reason; it stays the holder until a decision is recorded.
    `suggests`: the agency that it holds competent."""

    TOPIC: ClassVar[str] = "handover.dossier_refused.v2"
    CATEGORY: ClassVar[int] = Category.PLACEMENT

    dossier: UUID
    part: UUID
    agency: UUID
    reason: PersonalText
    suggests: UUID | None = None
