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
from domain.holding import Held, Step, Steps, holder

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


class OneMore:
    """Once this step, too, has taken effect, just after everything else. The steps are worked out anew only
    where the instant differs, which it hardly ever does."""

    def __init__(self, steps: Steps, step: Step) -> None:
        self._before = steps
        self._step = step
        self._now: datetime | None = None
        self._steps = Steps()

    def holder_of(self, walked: Walked) -> Held:
        """Who would hold it then."""
        last = max(walked.now, self._step.hour) + MICROSECOND
        if walked.now != self._now:
            self._steps = Steps((*self._before.until(walked.now), replace(self._step, hour=last)))
            self._now = walked.now
        return holder(walked.history, self._steps, last) or walked.held


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
