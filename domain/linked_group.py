"""A linked group: one declaration of a birth or a death, and what went from step to step.

declared -> each step begun -> results passed on, an error returned to its issuer, corrected, passed on anew

Each step is a dossier of its own, with its own code, agency, clock and result; the group's stream says only
what none of them can say. Nothing here changes a dossier, and none is recalled or sent back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain import linked_rules as rules
from domain.clear_text import COMPONENT, WORD, judge_form, judge_one_of
from domain.facts import Aggregate, Envelope, Fact, Personal
from domain.linked_facts import (
    DeclaredStep,
    LinkedCorrected,
    LinkedDeclared,
    LinkedResultPassed,
    LinkedReturnedToIssuer,
    LinkedStepBegun,
    LinkedVerifying,
)
from domain.linked_terms import KINDS, LinkedStep, LinkedTerms
from domain.refusals import Refused

DONE, REJECTED, RUNNING = "done", "rejected", "running"


@dataclass(frozen=True, slots=True)
class StepStands:
    """What is known of a begun step's dossier: `stands` is `done` (granted), `rejected` or `running`;
    `why`: how it was rejected; `document`: its standing result of the code that it passes on, in the store,
    made of the fact `issued`."""

    stands: str
    why: str | None = None
    document: UUID | None = None
    issued: int | None = None


class LinkedGroup(Aggregate):
    """`declared`: the declaration, None before; `begun`: by step, its dossier; `due`: of the whole, as last
    stated."""

    def __init__(self, id: UUID) -> None:
        super().__init__(id)
        self.declared: LinkedDeclared | None = None
        self.begun: dict[str, LinkedStepBegun] = {}
        self.passed: list[LinkedResultPassed] = []
        self.returned: list[LinkedReturnedToIssuer] = []
        self.open_returns: dict[tuple[str, str], LinkedReturnedToIssuer] = {}
        self.due: datetime | None = None
        self.verifying = False

    def declare(
        self,
        envelope: Envelope,
        *,
        terms: LinkedTerms | None,
        kind: str,
        declarant: UUID,
        subjects: tuple[UUID, ...],
        channel: str,
        place_code: str | None,
        steps: Sequence[Mapping[str, Any]],
        counted_from: datetime,
        due: datetime | None,
        calendar_position: int,
    ) -> None:
        """`terms`: what holds on the day, None where nothing is known. A step: {step, agency, owner,
        procedure, case}; procedure and case of the rules go first. Raises Refused."""
        if self.declared is not None:
            raise Refused(rules.DECLARED_ONCE, group=str(self.id))
        judge_one_of("kind", kind, KINDS)
        named = [step["step"] for step in steps]
        for name in named:
            judge_form("step", name, WORD)
        needed = [step.step for step in terms.steps if not step.optional] if terms else named[:1]
        offered = {step.step for step in terms.steps} if terms else set(named)
        if len(set(named)) < len(named) or not set(needed) <= set(named) <= offered or not needed:
            raise Refused(rules.STEPS, kind=kind, needed=tuple(needed), offered=tuple(sorted(offered)))
        self.record(
            LinkedDeclared,
            envelope,
            kind=kind,
            declarant=declarant,
            subjects=subjects,
            channel=channel,
            place_code=place_code,
            steps=tuple(_declared_step(step, terms) for step in steps),
            rules_from=terms.number if terms else None,
            counted_from=counted_from,
            due=due,
            calendar_position=calendar_position,
        )

    def begin_step(
        self,
        envelope: Envelope,
        *,
        step: str,
        dossier: UUID,
        terms: LinkedTerms | None,
        stands: Mapping[str, StepStands],
    ) -> None:
        """The step's dossier begins, and gets what the steps that it needs pass on. `stands`: of each begun
        step. Raises Refused."""
        self.said(step)
        if step in self.begun:
            raise Refused(rules.STEP_ONCE, step=step)
        for needed in self.needs(step, terms):
            self._judge_done(step, needed, terms, stands.get(needed.step))
        self.record(LinkedStepBegun, envelope, step=step, dossier=dossier, sent_at=envelope.occurred_at)
        for needed in self.needs(step, terms):
            found = stands[needed.step].document
            if needed.passes is not None and found is not None:
                self.record(LinkedResultPassed, envelope, from_step=needed.step, to_step=step, document=found)

    def pass_on(
        self,
        envelope: Envelope,
        *,
        from_step: str,
        to_step: str,
        terms: LinkedTerms | None,
        stands: StepStands | None,
    ) -> None:
        """Pass a corrected result on to a step that has begun: what was returned for it is settled by that.
        Raises Refused."""
        self.said(to_step)
        needed = next((s for s in self.needs(to_step, terms) if s.step == from_step), None)
        if needed is None or to_step not in self.begun:
            raise Refused(rules.PASSED_ON, from_step=from_step, to_step=to_step)
        if stands is None or stands.document is None or stands.issued is None:
            raise Refused(rules.STEP_WAITS, step=to_step, needs=from_step)
        if any(p.document == stands.document and p.to_step == to_step for p in self.passed):
            raise Refused(rules.PASSED_ON, from_step=from_step, to_step=to_step)
        if (to_step, from_step) in self.open_returns:
            self.record(LinkedCorrected, envelope, step=from_step, issued=stands.issued)
        self.record(
            LinkedResultPassed, envelope, from_step=from_step, to_step=to_step, document=stands.document
        )

    def return_to_issuer(
        self, envelope: Envelope, *, found_at: str, to_step: str, component: str | None, reason: Personal
    ) -> None:
        """An error found downstream goes back to whoever issued it. Raises Refused."""
        self.said(found_at)
        judge_form("component", component, COMPONENT)
        passed = any(p.from_step == to_step and p.to_step == found_at for p in self.passed)
        if not passed or (found_at, to_step) in self.open_returns:
            raise Refused(rules.RETURN, found_at=found_at, to_step=to_step)
        self.record(
            LinkedReturnedToIssuer,
            envelope,
            found_at=found_at,
            to_step=to_step,
            component=component,
            reason=reason,
        )

    def verify(
        self, envelope: Envelope, *, due: datetime | None, calendar_position: int, reason: Personal
    ) -> None:
        """Something has to be verified: the whole is due later, once. Raises Refused."""
        if self.declared is None:
            raise Refused(rules.GROUP_KNOWN)
        if self.verifying or self.due is None or due is None:
            raise Refused(rules.VERIFY_ONCE)
        self.record(LinkedVerifying, envelope, due=due, calendar_position=calendar_position, reason=reason)

    def said(self, step: str) -> DeclaredStep:
        """What was declared of a step. Raises Refused (linked.known, linked.steps_of_kind)."""
        if self.declared is None:
            raise Refused(rules.GROUP_KNOWN)
        found = next((said for said in self.declared.steps if said.step == step), None)
        if found is None:
            names = tuple(said.step for said in self.declared.steps)
            raise Refused(rules.STEPS, kind=self.declared.kind, offered=names)
        return found

    def needs(self, step: str, terms: LinkedTerms | None) -> list[LinkedStep]:
        """The declared steps that must be done before this one; none where no rules are known."""
        known = terms.step(step) if terms else None
        declared = {said.step for said in self.declared.steps} if self.declared else set()
        before = known.after if known else ()
        return [s for s in (terms.steps if terms else ()) if s.step in before and s.step in declared]

    def _judge_done(
        self, step: str, needed: LinkedStep, terms: LinkedTerms | None, stands: StepStands | None
    ) -> None:
        if stands is not None and stands.stands == REJECTED:
            raise Refused(rules.STEP_BLOCKED, step=step, needs=needed.step, why=stands.why)
        if stands is None or stands.stands != DONE or (needed.passes and stands.document is None):
            raise Refused(rules.STEP_WAITS, step=step, needs=needed.step, passes=needed.passes)

    def apply(self, fact: Fact) -> None:
        if isinstance(fact, LinkedDeclared):
            self.declared, self.due = fact, fact.due
        elif isinstance(fact, LinkedStepBegun):
            self.begun = {**self.begun, fact.step: fact}
        elif isinstance(fact, LinkedResultPassed):
            self.passed = [*self.passed, fact]
        elif isinstance(fact, LinkedReturnedToIssuer):
            self.returned = [*self.returned, fact]
            self.open_returns = {**self.open_returns, (fact.found_at, fact.to_step): fact}
        elif isinstance(fact, LinkedCorrected):
            self.open_returns = {k: v for k, v in self.open_returns.items() if k[1] != fact.step}
        elif isinstance(fact, LinkedVerifying):
            self.due, self.verifying = fact.due, True


def out_of_reach(needs: Mapping[str, Iterable[str]], rejected: Collection[str]) -> set[str]:
    """The steps that cannot begin any more, since they need a rejected one, or one that cannot either.
    `needs`: of each step."""
    found: set[str] = set()
    while more := {s for s, n in needs.items() if s not in found and (found | {*rejected}).intersection(n)}:
        found |= more
    return found


def _declared_step(said: Mapping[str, Any], terms: LinkedTerms | None) -> DeclaredStep:
    known = terms.step(said["step"]) if terms else None
    procedure = (known.procedure if known else None) or said.get("procedure")
    if procedure is None:
        raise Refused(rules.STEP_PROCEDURE, step=said["step"])
    case = (known.case if known else None) or said.get("case")
    return DeclaredStep(said["step"], said["agency"], said["owner"], procedure, case)
