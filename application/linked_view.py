"""The view of one linked group, made of its facts and of its dossiers' facts: see `linked_reading`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from application.dossiers import Known
from application.linked_known import (
    due_now,
    left_out,
    minutes_after,
    stands_of,
    terms_of_group,
    working_hours_after,
)
from application.linked_late import Lateness, agency_shown, answers, apologies, ended_at, settled_at
from application.moment import Moment
from domain.calendar import CalendarUnknown
from domain.dossier_facts import DossierAccepted, IntakeRefused, SupplementRequested
from domain.facts import Fact, Recorded
from domain.linked_facts import (
    DeclaredStep,
    LinkedCorrected,
    LinkedDeclared,
    LinkedResultPassed,
    LinkedReturnedToIssuer,
    LinkedStepBegun,
)
from domain.linked_group import DONE, REJECTED, LinkedGroup, StepStands, out_of_reach
from domain.linked_terms import LinkedStep, LinkedTerms
from domain.refusals import Refused
from domain.suspension import Interval, union
from domain.transitions import SUPPLEMENT_REQUESTED
from domain.working_hours import OFFICE

Json = dict[str, Any]
RECEPTION = (DossierAccepted, IntakeRefused, SupplementRequested)


class View:
    def __init__(
        self,
        group: LinkedGroup,
        recorded: Sequence[Recorded[Fact]],
        known: Mapping[str, Known],
        moment: Moment,
    ) -> None:
        assert group.declared is not None
        self.group, self.recorded, self.known, self.moment = group, recorded, known, moment
        self.declared: LinkedDeclared = group.declared
        self.terms: LinkedTerms | None = terms_of_group(group, moment.organisation)
        self.out = left_out(moment.organisation.outages, group.id)
        self.facts = {step: one.facts for step, one in known.items()}
        self.stands: dict[str, StepStands] = {
            step: stands_of(one.dossier, self.terms.step(step) if self.terms else None)
            for step, one in known.items()
        }
        needs = {s.step: [n.step for n in self._needs(s.step)] for s in self.declared.steps}
        rejected = {step for step, found in self.stands.items() if found.stands == REJECTED}
        self.blocked = out_of_reach(needs, rejected)

    def shown(self) -> Json:
        steps = [self._step(said) for said in self.declared.steps]
        ended = self._ended(steps)
        due = self._due()
        lateness = Lateness(self.known, self.facts, self.moment)
        late = [line for step in steps for line in lateness.of_step(step, self._needs(step["step"]))]
        late += lateness.whole(due, ended)
        return {
            "group": self.group.id,
            "revision": self.group.version,
            "kind": self.declared.kind,
            "declarant": self.declared.declarant,
            "subjects": list(self.declared.subjects),
            "declared_at": self.recorded[0].recorded_at,
            "rules_known": self.terms is not None,
            "rules_from": self.terms.valid_from if self.terms else None,
            "verifying": self.group.verifying,
            "due": due,
            "ended_at": ended,
            "steps": steps,
            "passed": [self._passed(r) for r in self.recorded if isinstance(r.fact, LinkedResultPassed)],
            "returned": list(self._returned()),
            "late": late,
            "as_of": self.moment.now,
        }

    # -- one step

    def _step(self, said: DeclaredStep) -> Json:
        step = said.step
        known, facts = self.known.get(step), self.facts.get(step, [])
        needs = self._needs(step)
        waits = [n.step for n in needs if not self._done(n.step, n.passes)]
        blocked = next((n for n in waits if self._rejected(n)), None)
        settled = [settled_at(self.facts.get(n.step, ())) for n in needs]
        come = [at for at in settled if at is not None]
        ready = max(come) if come and len(come) == len(settled) else None
        sent = next((r.recorded_at for r in self.recorded if _begins(r.fact, step)), None)
        dossier = known.dossier if known else None
        return {
            "step": step,
            "agency": agency_shown(self.moment, known.held.agency if known else said.agency),
            "procedure": said.procedure,
            "case": said.case,
            "dossier": dossier.id if dossier else None,
            "code": dossier.code if dossier else None,
            "status": dossier.status if dossier else None,
            "state": self._state(step, waits, blocked),
            "waits_for": waits,
            "blocked_by": {"step": blocked, "why": self._why(blocked)} if blocked else None,
            "ready_at": ready,
            "pass_on_by": self._pass_on_by(ready),
            "sent_at": sent,
            "take_up_by": self._take_up_by(sent),
            "taken_up_at": next((r.recorded_at for r in facts if isinstance(r.fact, RECEPTION)), None),
            "due": dossier.due if dossier else None,
            "finished_at": dossier.finished_at if dossier else None,
            "outcome": dossier.outcome if dossier else None,
            "returned_at": dossier.returned_at if dossier else None,
            "apologies": apologies(facts, self.moment),
        }

    def _needs(self, step: str) -> list[LinkedStep]:
        return self.group.needs(step, self.terms)

    def _rejected(self, step: str) -> bool:
        """Or it cannot begin any more, since what it needs was."""
        return step in self.blocked or (step in self.stands and self.stands[step].stands == REJECTED)

    def _why(self, step: str) -> str | None:
        return "blocked" if step in self.blocked else self.stands[step].why

    def _done(self, step: str, passes: str | None) -> bool:
        found = self.stands.get(step)
        return found is not None and found.stands == DONE and (passes is None or found.document is not None)

    def _state(self, step: str, waits: Sequence[str], blocked: str | None) -> str:
        if step in self.known:
            found = self.stands[step]
            if found.stands == REJECTED:
                return found.why or REJECTED
            taken = any(isinstance(r.fact, RECEPTION) for r in self.facts[step])
            return "settled" if found.stands == DONE else "taken_up" if taken else "sent"
        return "blocked" if blocked else "waits" if waits else "ready"

    def _pass_on_by(self, ready: datetime | None) -> datetime | None:
        if ready is None or self.terms is None or self.terms.sync_minutes is None:
            return None
        return minutes_after(self.terms.sync_minutes, ready, self.out)

    def _take_up_by(self, sent: datetime | None) -> datetime | None:
        if sent is None or self.terms is None or self.terms.acknowledge_hours is None:
            return None
        hours, amount = self.moment.organisation.hours(OFFICE), self.terms.acknowledge_hours
        if hours is None:
            return None
        return _known(lambda: working_hours_after(amount, sent, hours, self.out))

    # -- the whole

    def _due(self) -> datetime | None:
        verified = self.group.verifying
        limit = (self.terms.verified if verified else self.terms.limit) if self.terms else None
        on = self.moment.organisation
        out = union([*self.out, *self._applicants_time()])
        since = self.declared.counted_from
        hours = on.hours(OFFICE)
        return _known(lambda: due_now(limit, since, self.group.due, out, on.calendar, hours))

    def _applicants_time(self) -> Iterator[Interval]:
        """While papers were awaited at a step: that time does not count (Art 3.4)."""
        for step, known in self.known.items():
            at = {r.position: r.recorded_at for r in self.facts[step]}
            since: datetime | None = None
            for told in known.history.statuses:
                if told.position not in at:
                    continue
                if since is not None and told.status != SUPPLEMENT_REQUESTED:
                    yield Interval(since, at[told.position])
                    since = None
                elif since is None and told.status == SUPPLEMENT_REQUESTED:
                    since = at[told.position]
            if since is not None:
                yield Interval(since, max(self.moment.now, since))

    def _ended(self, steps: Sequence[Json]) -> datetime | None:
        """When the last step was settled or rejected; None while one goes on."""
        if any(step["state"] in ("sent", "taken_up", "ready", "waits") for step in steps):
            return None
        ends = [ended_at(facts) for facts in self.facts.values()]
        return max((at for at in ends if at is not None), default=None)

    def _answers(self, step: str) -> UUID | None:
        """The agency that answers for the step's dossier: the heir where its holder has ended."""
        known = self.known.get(step)
        return answers(known, self.moment, self.moment.now) if known else None

    def _passed(self, recorded: Recorded[Any]) -> Json:
        fact = recorded.fact
        own = {"from_step": fact.from_step, "to_step": fact.to_step, "document": fact.document}
        return own | {"at": recorded.recorded_at}

    def _returned(self) -> Iterator[Json]:
        for recorded in self.recorded:
            fact = recorded.fact
            if not isinstance(fact, LinkedReturnedToIssuer):
                continue
            corrected = next(
                (
                    r.recorded_at
                    for r in self.recorded
                    if r.position > recorded.position
                    and isinstance(r.fact, LinkedCorrected)
                    and r.fact.step == fact.to_step
                ),
                None,
            )
            yield {
                "found_at": fact.found_at,
                "to_step": fact.to_step,
                "component": fact.component,
                "at": recorded.recorded_at,
                "corrected_at": corrected,
                "issuer": agency_shown(self.moment, self._answers(fact.to_step)),
            }


def _begins(fact: Fact, step: str) -> bool:
    return isinstance(fact, LinkedStepBegun) and fact.step == step


def _known(counted: Callable[[], datetime | None]) -> datetime | None:
    """None where a year's calendar, or when offices are open, is not known."""
    try:
        return counted()
    except (CalendarUnknown, Refused):
        return None
