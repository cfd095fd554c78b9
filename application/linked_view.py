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
from application.moment import Moment
from domain.calendar import CalendarUnknown
from domain.dossier_facts import (
    DossierAccepted,
    DossierApologised,
    DossierFinished,
    DossierStopped,
    DossierWithdrawn,
    IntakeRefused,
    SupplementRequested,
)
from domain.facts import Fact, Recorded
from domain.linked_facts import (
    DeclaredStep,
    LinkedCorrected,
    LinkedDeclared,
    LinkedResultPassed,
    LinkedReturnedToIssuer,
    LinkedStepBegun,
)
from domain.linked_group import DONE, REJECTED, LinkedGroup, StepStands
from domain.linked_terms import LinkedTerms
from domain.refusals import Refused
from domain.suspension import Interval, union
from domain.transitions import SUPPLEMENT_REQUESTED
from domain.working_hours import OFFICE

Json = dict[str, Any]
RECEPTION = (DossierAccepted, IntakeRefused, SupplementRequested)
ENDINGS = (DossierFinished, IntakeRefused, DossierStopped, DossierWithdrawn)


class View:
    def __init__(
        self,
        group: LinkedGroup,
        recorded: Sequence[Recorded[Fact]],
        known: Mapping[str, Known],
        moment: Moment,
        up_to: int | None,
    ) -> None:
        assert group.declared is not None
        self.group, self.recorded, self.known, self.moment = group, recorded, known, moment
        self.declared: LinkedDeclared = group.declared
        self.terms: LinkedTerms | None = terms_of_group(group, moment.organisation)
        self.out = left_out(moment.organisation.outages, group.id)
        self.facts = {
            step: [r for r in one.facts if up_to is None or r.position <= up_to]
            for step, one in known.items()
        }
        self.stands: dict[str, StepStands] = {
            step: stands_of(one.dossier, self.terms.step(step) if self.terms else None)
            for step, one in known.items()
        }

    def shown(self) -> Json:
        steps = [self._step(said) for said in self.declared.steps]
        ended = self._ended(steps)
        due = self._due()
        late = [*(line for step in steps for line in self._late(step)), *self._whole_late(due, ended)]
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
        needs = self.group.needs(step, self.terms)
        waits = [n.step for n in needs if not self._done(n.step, n.passes)]
        blocked = next((n for n in waits if self._stands(n) == REJECTED), None)
        settled = [self._settled(n.step) for n in needs]
        come = [at for at in settled if at is not None]
        ready = max(come) if come and len(come) == len(settled) else None
        sent = next((r.recorded_at for r in self.recorded if _begins(r.fact, step)), None)
        dossier = known.dossier if known else None
        return {
            "step": step,
            "agency": self._agency(known.held.agency if known else said.agency),
            "procedure": said.procedure,
            "case": said.case,
            "dossier": dossier.id if dossier else None,
            "code": dossier.code if dossier else None,
            "status": dossier.status if dossier else None,
            "state": self._state(step, waits, blocked),
            "waits_for": waits,
            "blocked_by": {"step": blocked, "why": self.stands[blocked].why} if blocked else None,
            "ready_at": ready,
            "pass_on_by": self._pass_on_by(ready),
            "sent_at": sent,
            "take_up_by": self._take_up_by(sent),
            "taken_up_at": next((r.recorded_at for r in facts if isinstance(r.fact, RECEPTION)), None),
            "due": dossier.due if dossier else None,
            "finished_at": dossier.finished_at if dossier else None,
            "outcome": dossier.outcome if dossier else None,
            "returned_at": dossier.returned_at if dossier else None,
            "apologies": [self._apology(r) for r in facts if isinstance(r.fact, DossierApologised)],
        }

    def _stands(self, step: str) -> str | None:
        return self.stands[step].stands if step in self.stands else None

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

    def _settled(self, step: str) -> datetime | None:
        """When the step's procedure was settled first: its result was ready."""
        facts = self.facts.get(step, [])
        return next((r.recorded_at for r in facts if isinstance(r.fact, DossierFinished)), None)

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

    def _apology(self, recorded: Recorded[Any]) -> Json:
        envelope = recorded.fact.envelope
        return {
            "at": envelope.occurred_at,
            "agency": self._agency(envelope.acting_agency or envelope.holder),
            "expected": recorded.fact.expected,
        }

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
        ends = [r.recorded_at for facts in self.facts.values() for r in facts if isinstance(r.fact, ENDINGS)]
        return max(ends, default=None)

    def _whole_late(self, due: datetime | None, ended: datetime | None) -> Iterator[Json]:
        at = ended or self.moment.now
        if due is not None and at >= due:
            yield self._line("whole", None, None, due, ended)

    def _late(self, step: Json) -> Iterator[Json]:
        """Where its time has passed: to be passed on (by who settled last before it), to be taken up, and to
        be done by the step's own date."""
        before = self.group.needs(step["step"], self.terms)
        for what, by, done in (
            ("pass_on", step["pass_on_by"], step["sent_at"]),
            ("take_up", step["take_up_by"], step["taken_up_at"]),
            ("step", step["due"], step["finished_at"]),
        ):
            over = step["state"] == "blocked" or (what == "step" and self._stands(step["step"]) == REJECTED)
            if by is None or (done or self.moment.now) < by or over:
                continue
            whose = step["agency"]
            if what == "pass_on" and before:
                last = max(before, key=lambda n: self._settled(n.step) or by)
                whose = self._agency(self.known[last.step].held.agency)
            yield self._line(what, step, whose, by, done)

    def _line(
        self, what: str, step: Json | None, whose: Json | None, by: datetime, done: datetime | None
    ) -> Json:
        apologised = None
        if step is not None and whose is not None:
            own = [a for a in step["apologies"] if a["agency"]["agency"] == whose["agency"]]
            apologised = own[0]["at"] if own else None
        seconds = int(((done or self.moment.now) - by).total_seconds())
        return {
            "what": what,
            "step": step["step"] if step else None,
            "agency": whose,
            "by": by,
            "done_at": done,
            "late_seconds": seconds,
            "apologised_at": apologised,
        }

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
            }

    def _agency(self, id: UUID | None) -> Json | None:
        known = self.moment.organisation.agencies.get(id) if id else None
        return {"agency": id, "identifier": known.identifier if known else None} if id else None


def _begins(fact: Fact, step: str) -> bool:
    return isinstance(fact, LinkedStepBegun) and fact.step == step


def _known(counted: Callable[[], datetime | None]) -> datetime | None:
    """None where a year's calendar, or when offices are open, is not known."""
    try:
        return counted()
    except (CalendarUnknown, Refused):
        return None
