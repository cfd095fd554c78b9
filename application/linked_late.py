"""What is late in a linked group, since when, and whose that is: of whoever answered for the dossier when it
was done at last, or answers for it now. An act that moves a dossier in the middle so leaves what was done
late with the agency that did it late, and what is still not done with its heir.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from application.dossiers import Known
from application.moment import Moment
from domain.dossier_facts import (
    DossierApologised,
    DossierFinished,
    DossierStopped,
    DossierWithdrawn,
    IntakeRefused,
)
from domain.facts import Fact, Recorded
from domain.holding import custodian, holder
from domain.linked_terms import LinkedStep

Json = dict[str, Any]
Facts = Sequence[Recorded[Fact]]
ENDINGS = (DossierFinished, IntakeRefused, DossierStopped, DossierWithdrawn)


def settled_at(facts: Facts) -> datetime | None:
    """When the step's procedure was settled first: its result was ready."""
    return next((r.recorded_at for r in facts if isinstance(r.fact, DossierFinished)), None)


def ended_at(facts: Facts) -> datetime | None:
    """When its dossier ended, in whatever way."""
    return next((r.recorded_at for r in facts if isinstance(r.fact, ENDINGS)), None)


def answers(known: Known, moment: Moment, at: datetime) -> UUID:
    """The agency that answered for the dossier at an instant: its holder, or who stands for it."""
    held = holder(known.history, moment.organisation.steps, at) or known.held
    return custodian(held, moment.organisation.steps, at)


def agency_shown(moment: Moment, id: UUID | None) -> Json | None:
    known = moment.organisation.agencies.get(id) if id else None
    return {"agency": id, "identifier": known.identifier if known else None} if id else None


def apologies(facts: Facts, moment: Moment) -> list[Json]:
    return [
        {
            "at": r.fact.envelope.occurred_at,
            "agency": agency_shown(moment, r.fact.envelope.acting_agency or r.fact.envelope.holder),
            "expected": r.fact.expected,
        }
        for r in facts
        if isinstance(r.fact, DossierApologised)
    ]


class Lateness:
    """`known`, `facts`: of each begun step's dossier, as known."""

    def __init__(self, known: Mapping[str, Known], facts: Mapping[str, Facts], moment: Moment) -> None:
        self.known, self.facts, self.moment = known, facts, moment

    def of_step(self, step: Json, needs: Sequence[LinkedStep]) -> Iterator[Json]:
        """Where its time has passed: to be passed on (by who settled last before it), to be taken up, and to
        be done by the step's own date. What ended otherwise waits for nothing any more."""
        name: str = step["step"]
        ended = ended_at(self.facts.get(name, ()))
        before = {n.step: settled_at(self.facts.get(n.step, ())) for n in needs}
        last = max(before, key=lambda n: before[n] or self.moment.now) if before else name
        for what, own, by, done in (
            ("pass_on", last, step["pass_on_by"], step["sent_at"]),
            ("take_up", name, step["take_up_by"], step["taken_up_at"] or ended),
            ("step", name, step["due"], step["finished_at"] or ended),
        ):
            if by is not None and (done or self.moment.now) >= by and step["state"] != "blocked":
                yield self._line(what, name, own, by, done, step["ready_at"] if what == "pass_on" else None)

    def whole(self, due: datetime | None, ended: datetime | None) -> Iterator[Json]:
        if due is not None and (ended or self.moment.now) >= due:
            yield self._shown("whole", None, None, due, ended, None)

    def _line(
        self, what: str, step: str, own: str, by: datetime, done: datetime | None, since: datetime | None
    ) -> Json:
        """`own`: the step whose agency is late, on whose dossier it apologises; `since`: what was said before
        is about something else."""
        at = done or self.moment.now
        whose = answers(self.known[own], self.moment, at)
        said = [
            one["at"]
            for one in apologies(self.facts[own], self.moment)
            if one["agency"] and (since is None or one["at"] >= since)
            if one["agency"]["agency"] == whose or self._had_ended(one["agency"]["agency"], at)
        ]
        return self._shown(what, step, whose, by, done, said[0] if said else None)

    def _had_ended(self, agency: UUID, at: datetime) -> bool:
        """What an agency said of a dossier that then went to its heir, the heir need not say again."""
        known = self.moment.organisation.agencies.get(agency)
        return known is not None and not self.moment.organisation.agency_open_at(known, at)

    def _shown(
        self,
        what: str,
        step: str | None,
        whose: UUID | None,
        by: datetime,
        done: datetime | None,
        apologised: datetime | None,
    ) -> Json:
        return {
            "what": what,
            "step": step,
            "agency": agency_shown(self.moment, whose),
            "by": by,
            "done_at": done,
            "late_seconds": int(((done or self.moment.now) - by).total_seconds()),
            "apologised_at": apologised,
        }
