"""A linked group against a naive model of it: steps begin, end, issue, are passed on and returned in any
order, and the group lets happen exactly what the model does. The model knows nothing of facts: it is a few
tables."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from domain import linked_rules as rules
from domain.linked_group import DONE, REJECTED, RUNNING, LinkedGroup, StepStands, out_of_reach
from domain.linked_terms import LinkedRules
from domain.refusals import Refused, Rule
from tests.domain.situations import an_id
from tests.domain.test_linked import BY, WHY, declare, step

# A gives B and C what they need; D needs B, which passes nothing on, and C.
NEEDS: dict[str, tuple[str, ...]] = {"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}
PASSES = {"a": "KQ.G15.000031", "b": None, "c": "KQ.G15.000034", "d": None}
NAMES = st.sampled_from(sorted(NEEDS))


class LinkedMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        known = LinkedRules.empty(an_id(9))
        own: dict[str, Any] = {"valid_from": date(2026, 9, 1), "limit_amount": None, "limit_unit": None}
        further: dict[str, Any] = {"verified_amount": None, "sync_minutes": 10, "acknowledge_hours": 2}
        steps = tuple(step(name, after, passes=PASSES[name]) for name, after in NEEDS.items())
        known.set(BY, kind="birth", steps=steps, source="tests", **own, **further)
        self.terms = known.terms[0]
        self.group = LinkedGroup.empty(an_id(100))
        declare(self.group, *NEEDS, by=self.terms)
        # The model: how each begun step stands and its newest paper; what each step got; open returns.
        self.state: dict[str, str] = {}
        self.paper: dict[str, int | None] = {}
        self.got: dict[tuple[str, str], list[int]] = {}
        self.open: set[tuple[str, str]] = set()
        self.papers = 0

    def stands(self, name: str) -> StepStands | None:
        if name not in self.state:
            return None
        paper = self.paper[name] if self.state[name] == DONE else None
        found = an_id(1000 + paper) if paper is not None else None
        return StepStands(self.state[name], "refused", found, paper)

    def expect(self, wanted: Rule | None, doing: Callable[[], None]) -> None:
        if wanted is None:
            doing()
            return
        with pytest.raises(Refused) as caught:
            doing()
        assert caught.value.rule == wanted

    @rule(name=NAMES)
    def begin(self, name: str) -> None:
        wanted: Rule | None = rules.STEP_ONCE if name in self.state else None
        for needed in NEEDS[name] if wanted is None else ():
            if self.state.get(needed) == REJECTED:
                wanted = wanted or rules.STEP_BLOCKED
            elif self.state.get(needed) != DONE or (PASSES[needed] and self.paper[needed] is None):
                wanted = wanted or rules.STEP_WAITS
        known = {n: found for n in NEEDS[name] if (found := self.stands(n)) is not None}
        dossier = an_id(50 + len(self.state))
        self.expect(
            wanted,
            lambda: self.group.begin_step(BY, step=name, dossier=dossier, terms=self.terms, stands=known),
        )
        if wanted is None:
            self.state[name], self.paper[name] = RUNNING, None
            for needed in NEEDS[name]:
                if PASSES[needed]:
                    self.got.setdefault((needed, name), []).append(self.paper[needed] or 0)

    @rule(name=NAMES, granted=st.booleans())
    def settle(self, name: str, granted: bool) -> None:
        if self.state.get(name) == RUNNING:
            self.state[name] = DONE if granted else REJECTED

    @rule(name=NAMES, linked=st.booleans())
    def issue(self, name: str, linked: bool) -> None:
        """A result, or one in place of it that is not linked yet."""
        if PASSES[name] and name in self.state:
            self.papers += 1
            self.paper[name] = self.papers if linked else None

    @rule(giver=NAMES, taker=NAMES)
    def pass_on(self, giver: str, taker: str) -> None:
        paper = self.paper.get(giver) if self.state.get(giver) == DONE else None
        wanted: Rule | None = None
        if giver not in NEEDS[taker] or taker not in self.state:
            wanted = rules.PASSED_ON
        elif paper is None:
            wanted = rules.STEP_WAITS
        elif paper in self.got.get((giver, taker), []):
            wanted = rules.PASSED_ON
        own: dict[str, Any] = {"from_step": giver, "to_step": taker, "terms": self.terms}
        self.expect(wanted, lambda: self.group.pass_on(BY, stands=self.stands(giver), **own))
        if wanted is None:
            assert paper is not None
            self.got.setdefault((giver, taker), []).append(paper)
            if (taker, giver) in self.open:  # corrected for all who returned it
                self.open = {pair for pair in self.open if pair[1] != giver}

    @rule(finder=NAMES, issuer=NAMES)
    def return_to_issuer(self, finder: str, issuer: str) -> None:
        refused = not self.got.get((issuer, finder)) or (finder, issuer) in self.open
        own: dict[str, Any] = {"found_at": finder, "to_step": issuer, "component": None, "reason": WHY}
        self.expect(rules.RETURN if refused else None, lambda: self.group.return_to_issuer(BY, **own))
        if not refused:
            self.open.add((finder, issuer))

    @invariant()
    def the_group_is_the_model(self) -> None:
        assert set(self.group.begun) == set(self.state)
        assert set(self.group.open_returns) == self.open
        assert len(self.group.passed) == sum(len(papers) for papers in self.got.values())
        again = LinkedGroup.empty(self.group.id)
        for fact in self.group.pending_events:
            again.replay(fact)
        assert (again.begun, again.passed, again.open_returns) == (
            self.group.begun,
            self.group.passed,
            self.group.open_returns,
        )

    @invariant()
    def what_is_out_of_reach_never_begins(self) -> None:
        rejected = {name for name, how in self.state.items() if how == REJECTED}
        blocked = out_of_reach(NEEDS, rejected)
        assert not blocked & set(self.state)
        for name in set(NEEDS) - set(self.state):
            seen, waits = set[str](), [name]
            while waits:
                more = [n for n in NEEDS[waits.pop()] if n not in seen]
                seen.update(more)
                waits += more
            assert (name in blocked) == bool(seen & rejected)


def run(examples: int, steps: int) -> None:
    unhurried = list(HealthCheck)
    run_state_machine_as_test(
        LinkedMachine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=unhurried
        ),
    )


def test_a_group_lets_happen_what_a_naive_model_of_it_does() -> None:
    run(80, 30)


@pytest.mark.slow
def test_a_group_lets_happen_what_a_naive_model_of_it_does_for_long() -> None:
    run(2000, 60)
