"""What the definition of the holder reads of one dossier, taken from its recorded facts: see
`domain.holding`.

The aggregate knows versions only; times and positions are the ledger's. A coordination decision
(`handover.dossier_placed.v1`), recorded in a stream of its own, sets a holder too: pass it among the
dossier's own facts, in the order of positions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.dossier import Dossier
from domain.dossier_facts import SETS_HOLDER
from domain.facts import Category, Fact, Recorded
from domain.handed_over_facts import DossierPlaced
from domain.holding import DossierHistory, HolderSet, PlaceKnown, StatusKnown


@dataclass(frozen=True, slots=True)
class DossierTimeline(DossierHistory):
    """One dossier over recorded time, each tuple in the order of positions.

    `statuses` has one entry for each fact of the dossier's own stream, so the n-th is the status at
    revision n; `places` has the first fact and each change. `dossier` is the aggregate as replayed.
    """

    dossier_id: UUID
    code: str
    quarantined: bool
    dossier: Dossier = field(compare=False, repr=False)

    def revision_before(self, instant: datetime) -> int:
        """The revision as recorded before `instant`; 0: nothing was."""
        return sum(known.at < instant for known in self.statuses)


def timeline(recorded: Iterable[Recorded[Fact]]) -> DossierTimeline:
    """Read the facts of one dossier, in the order of positions; ValueError if none is of its own
    stream."""
    dossier: Dossier | None = None
    holder_sets: list[HolderSet] = []
    places: list[PlaceKnown] = []
    statuses: list[StatusKnown] = []
    for item in recorded:
        fact, at, position = item.fact, item.recorded_at, item.position
        if fact.CATEGORY == Category.DOSSIER:
            dossier = dossier or Dossier.empty(fact.originator_id)
            dossier.replay(fact)
            statuses.append(StatusKnown(dossier.status, at, position))
            place = PlaceKnown(dossier.place, dossier.procedure_code, at, position)
            if not places or (places[-1].place, places[-1].procedure_code) != (
                place.place,
                place.procedure_code,
            ):
                places.append(place)
        if type(fact) in SETS_HOLDER or isinstance(fact, DossierPlaced):
            assert fact.envelope.holder is not None, "a fact that sets the holder names it"
            holder_sets.append(HolderSet(fact.envelope.holder, at, position))
    if dossier is None:
        raise ValueError("a timeline needs facts of the dossier's own stream")
    return DossierTimeline(
        tuple(holder_sets),
        tuple(places),
        tuple(statuses),
        dossier.id,
        dossier.code,
        dossier.quarantined,
        dossier,
    )
