"""Read models replayed up to a position, held against a second way: each dossier's stream folded alone, by
what decides about dossiers, in no page and beside no other.

Bounded: a few hundred dossiers at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from application.dossier_facts import facts_with_placements
from application.ledger import Ledger
from application.moment import OrganisationReader
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Category, Fact, Recorded
from domain.holding import Steps, holder

AT_ONCE: Final = 200
MOST_FOUND: Final = 40
FIELDS: Final = (
    *("code", "status", "procedure_code", "procedure_version", "place", "place_code"),
    *("statutory_due", "promised", "extended_until", "quarantined"),
)
"""What a dossier and its row both say, by the same names."""
Progress = Callable[[int], None]


class Replayed(Protocol):
    """The tables of the view `status`, made again up to a position; `parked`: what it could not follow."""

    @property
    def parked(self) -> frozenset[UUID]: ...

    async def dossiers(self, dossiers: Sequence[UUID], at: datetime) -> Mapping[UUID, Any]:
        """Of each of these dossiers that it has: FIELDS, `revision` and the `holder` at an instant."""
        ...

    async def count(self) -> int:
        """How many dossiers it has."""
        ...


@dataclass(slots=True)
class Folded:
    """How many dossiers were folded alone, and what the replayed tables say otherwise: the first of it, and
    how many there are."""

    dossiers: int = 0
    differing: int = 0
    says: list[str] = field(default_factory=list)

    def differ(self, said: str) -> None:
        self.differing += 1
        if len(self.says) < MOST_FOUND:
            self.says.append(said)


async def by_stream(
    ledger: Ledger, reader: OrganisationReader, replayed: Replayed, position: int, progress: Progress
) -> Folded:
    """Every dossier recorded up to a position. `progress`: the position reached."""
    found, after = Folded(), 0
    at = (await ledger.recorder.events_after(position - 1, 1))[0].recorded_at
    while True:
        page = await ledger.recorder.streams_after(after, AT_ONCE, Category.DOSSIER, Category.LEDGER)
        dossiers = [stream for at_, kind, stream in page if kind == Category.DOSSIER and at_ <= position]
        if dossiers:
            await _compare(ledger, reader, replayed, dossiers, position, at, found)
        if len(page) < AT_ONCE or page[-1][0] >= position:
            break
        after = page[-1][0]
        progress(after)
    rows = await replayed.count()
    if rows != found.dossiers - len(replayed.parked) and not found.differing:
        found.differ(f"the replayed view status has {rows} dossiers, the log {found.dossiers}")
    return found


async def _compare(
    ledger: Ledger,
    reader: OrganisationReader,
    replayed: Replayed,
    dossiers: Sequence[UUID],
    position: int,
    at: datetime,
    found: Folded,
) -> None:
    organisation = (await reader.as_known(position)).organisation
    steps = organisation.steps_known_at(position)
    facts = await facts_with_placements(ledger, organisation, dossiers, at, up_to=position)
    rows = await replayed.dossiers(dossiers, at)
    for dossier, recorded in facts.items():
        found.dossiers += 1
        if dossier in replayed.parked:
            continue
        differs = list(_differences(recorded, rows.get(dossier), steps, at))
        if differs:
            found.differ(f"dossier {dossier}: {'; '.join(differs)}")


def _differences(recorded: Sequence[Recorded[Fact]], row: Any, steps: Steps, at: datetime) -> Iterator[str]:
    if row is None:
        yield "the replayed view status has no row"
        return
    known = timeline(recorded)
    for name in FIELDS:
        shown, true = getattr(row, name), getattr(known.dossier, name)
        if shown != true:
            yield f"{name} is {shown}, its stream alone gives {true}"
    if row.revision != known.dossier.version:
        yield f"revision is {row.revision}, its stream alone gives {known.dossier.version}"
    held = _holder(known, steps, at)
    if row.holder != held:
        yield f"holder is {row.holder}, its stream alone gives {held}"


def _holder(known: DossierTimeline, steps: Steps, at: datetime) -> UUID | None:
    held = None if known.quarantined else holder(known, steps, at)
    return held.agency if held else None
