"""What an amendment after its hour would do to dossiers that its part has moved already: read from the log,
dossier by dossier, by the definition of the holder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from application.dossier_facts import facts_with_placements
from application.handovers import Handovers
from application.moment import Moment
from domain.dossier_timeline import DossierTimeline, timeline
from domain.facts import Category
from domain.holding import Held, Step, holder

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Walked:
    """A dossier's history, to be asked who holds it without and with one more step."""

    id: UUID
    history: DossierTimeline
    held: Held
    now: datetime

    @property
    def place(self) -> UUID | None:
        return self.history.places[-1].place if self.history.places else None

    @property
    def procedure(self) -> str | None:
        return self.history.places[-1].procedure_code if self.history.places else None

    @property
    def status(self) -> int | None:
        return self.history.dossier.status

    @property
    def due(self) -> datetime | None:
        return self.history.dossier.statutory_due

    def after(self, step: Step, steps: Sequence[Step]) -> Held:
        """Who would hold it once this step, too, had taken effect (just after everything else)."""
        taken = [s for s in steps if s.hour <= self.now]
        last = max(self.now, step.hour) + MICROSECOND
        found = holder(self.history, [*taken, replace(step, hour=last)], last)
        return self.held if found is None else found


async def walked(office: Handovers, moment: Moment, dossiers: Sequence[UUID]) -> list[Walked]:
    """Those of these dossiers that somebody holds now."""
    organisation = moment.organisation
    facts = await facts_with_placements(office.ledger, organisation, dossiers, moment.now)
    found = []
    for dossier, known in facts.items():
        if not any(recorded.fact.CATEGORY == Category.DOSSIER for recorded in known):
            continue
        history = timeline(known)
        now = max(moment.now, known[-1].recorded_at)
        held = holder(history, organisation.steps, now)
        if held is not None and not held.ended_here:
            found.append(Walked(dossier, history, held, now))
    return found
