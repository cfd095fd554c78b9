"""What the registers beside a handover work with: the handovers' office, and the views in which they are
shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from application.handovers import Handovers

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A dossier that waits for a decision. `held_before`: who held it before the part's hour (zeros: not
    stated yet); `refused_by`: None where it is held provisionally; `place`: CODE@DATE."""

    part: UUID
    dossier: UUID
    code: str
    status: int | None
    procedure: str | None
    place: str | None
    held_before: UUID
    since: datetime
    holder: UUID | None
    rule: str | None
    refused_by: UUID | None
    suggests: UUID | None


class Segment(NamedTuple):
    """Of a part, what agencies held before: only these (None: all), and none of `without`; beginning after
    (held before, since, dossier)."""

    part: UUID
    only: tuple[UUID, ...] | None = None
    without: tuple[UUID, ...] = ()
    after: tuple[UUID, datetime, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    """A receiver that has not answered for `waiting` dossiers, the oldest since `oldest`; how often it was
    reminded and escalated, and when last. `listed`: where it stands in the order of pages, at or before
    `oldest`, since what went on without an answer keeps its place there."""

    part: UUID
    agency: UUID
    waiting: int
    oldest: datetime
    reminders: int
    reminded_at: datetime | None
    escalations: int
    escalated_at: datetime | None
    escalated_to: UUID | None
    listed: datetime


class RegisterIndex(Protocol):
    """The registers as the views show them; all pages are bounded and ordered."""

    async def shown(self, position: int) -> None:
        """Wait until the views include this position."""
        ...

    async def waiting(
        self, segment: Segment, at: datetime, limit: int, place: UUID | None = None
    ) -> list[QueueRow]:
        """What waits for a decision at `at`, by (held before, since, dossier); `place`: only with it."""
        ...

    async def silent(
        self,
        parts: Sequence[UUID],
        before: datetime,
        at: datetime,
        after: tuple[datetime, UUID, UUID] | None,
        limit: int,
    ) -> list[Silent]:
        """Receivers whose oldest came at or before `before`, by (listed, part, agency), counted by what they
        hold at `at`; fewer than `limit`: the last page."""
        ...

    async def obstacles(
        self,
        parts: Sequence[UUID],
        *,
        resolved_too: bool,
        agency: UUID | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> list[Row]:
        """By (reported_at, obstacle): the columns of the view's table `obstacle`."""
        ...

    async def papers(
        self,
        part: UUID,
        *,
        agency: UUID | None,
        box: str | None,
        missing: bool,
        after: tuple[UUID, str, UUID] | None,
        limit: int,
    ) -> list[Row]:
        """By (agency, box, dossier): the columns of the view's table `papers`, and the dossier's code."""
        ...

    async def boxes(
        self, part: UUID, *, agency: UUID | None, after: tuple[UUID, str] | None, limit: int
    ) -> list[Row]:
        """By (agency, box): the columns of the view's table `paper_box`."""
        ...


@dataclass(frozen=True, slots=True)
class Registers:
    """What the functions on registers work with; `interfaces.registers.registers_of` makes one."""

    office: Handovers
    index: RegisterIndex
