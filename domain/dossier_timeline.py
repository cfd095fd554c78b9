"""What the definition of the holder reads of one dossier: which facts set a holder, where its place was,
and its status, each at its recorded time.

The aggregate knows versions only; times and positions are the ledger's. A coordination decision
(`handover.dossier_placed.v1`), recorded in a stream of its own, sets a holder too: pass it among the
dossier's own facts, in the order of positions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from domain.dossier import Dossier
from domain.dossier_facts import SETS_HOLDER
from domain.facts import Category, Fact, Recorded
from domain.transitions import CONCLUDED

TOPICS_SETTING_HOLDER = frozenset(fact.TOPIC for fact in SETS_HOLDER) | {"handover.dossier_placed.v1"}


@dataclass(frozen=True, slots=True)
class HolderSet:
    """A fact of H: `agency` holds from `recorded_at` on. `revision` is the dossier's after it (a placement
    does not move it)."""

    agency: UUID
    recorded_at: datetime
    position: int
    revision: int


@dataclass(frozen=True, slots=True)
class PlaceRead:
    """The place that decides and the procedure, as from this fact on. `place` None: not known as a unit."""

    place: UUID | None
    place_code: str | None
    procedure_id: UUID | None
    procedure_code: str | None
    recorded_at: datetime
    position: int
    revision: int


@dataclass(frozen=True, slots=True)
class StatusRead:
    """The status after a fact of the dossier's own stream; None: unknown. There is one for each fact, so
    `revision` can be read off too."""

    status: int | None
    recorded_at: datetime
    position: int
    revision: int

    @property
    def concluded(self) -> bool:
        """Ended with its holder: 3, 7, 8 or 10."""
        return self.status in CONCLUDED


@dataclass(frozen=True, slots=True)
class DossierTimeline:
    """One dossier over recorded time. Each tuple is in the order of positions."""

    dossier_id: UUID
    code: str | None
    quarantined: bool
    holders: tuple[HolderSet, ...]
    places: tuple[PlaceRead, ...]
    statuses: tuple[StatusRead, ...]

    def place_as_recorded_before(self, instant: datetime) -> PlaceRead:
        """The place recorded before `instant`; for a dossier first recorded later, that of its first fact."""
        return _before(self.places, instant) or self.places[0]

    def status_as_recorded_before(self, instant: datetime) -> StatusRead | None:
        """The status (and revision) recorded before `instant`; None if nothing was."""
        return _before(self.statuses, instant)


class _Read(Protocol):
    @property
    def recorded_at(self) -> datetime: ...


TRead = TypeVar("TRead", bound=_Read)


def _before(reads: tuple[TRead, ...], instant: datetime) -> TRead | None:
    found = None
    for read in reads:
        if read.recorded_at >= instant:
            break
        found = read
    return found


def timeline(recorded: Iterable[Recorded[Fact]]) -> DossierTimeline:
    """Read the facts of one dossier, in the order of positions; ValueError if there are none of its own
    stream first."""
    dossier: Dossier | None = None
    holders: list[HolderSet] = []
    places: list[PlaceRead] = []
    statuses: list[StatusRead] = []
    for item in recorded:
        fact, at, position = item.fact, item.recorded_at, item.position
        own = fact.CATEGORY == Category.DOSSIER
        if dossier is None:
            if not own:
                raise ValueError("a timeline begins with a fact of the dossier's own stream")
            dossier = Dossier.empty(fact.originator_id)
        if own:
            dossier.replay(fact)
            statuses.append(StatusRead(dossier.status, at, position, dossier.version))
            place = _place(dossier, at, position)
            if not places or _what(places[-1]) != _what(place):
                places.append(place)
        if fact.TOPIC in TOPICS_SETTING_HOLDER and fact.envelope.holder is not None:
            holders.append(HolderSet(fact.envelope.holder, at, position, dossier.version))
    if dossier is None:
        raise ValueError("a timeline of no facts")
    return DossierTimeline(
        dossier.id, dossier.code, dossier.quarantined, tuple(holders), tuple(places), tuple(statuses)
    )


def _place(dossier: Dossier, at: datetime, position: int) -> PlaceRead:
    return PlaceRead(
        place=dossier.place,
        place_code=dossier.place_code,
        procedure_id=dossier.procedure_id,
        procedure_code=dossier.procedure_code,
        recorded_at=at,
        position=position,
        revision=dossier.version,
    )


def _what(read: PlaceRead) -> tuple[UUID | None, str | None, UUID | None, str | None]:
    return read.place, read.place_code, read.procedure_id, read.procedure_code
