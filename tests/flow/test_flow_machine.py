"""The six numbers against a naive replay, over random histories with acts, amendments and cancellations: for
random periods, as known at random positions; and what was known of a past that is over never changes."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from application.flow import Flow
from application.organisation import Organisation
from tests.domain.test_holding_machine import GRID, START, HoldingMachine
from tests.flow.naive_flow import naive_flow

SIX = ("opening", "received", "handed_in", "settled", "open", "handed_out")
Counts = Counter[tuple[UUID, str]]


class FlowMachine(HoldingMachine):
    """The histories of the holder's machine; what is compared is stock and flow."""

    def counted(self, from_: datetime, until: datetime, p: int, known_until: datetime) -> tuple[Flow, Counts]:
        flow = Flow([from_, until], self.steps(p), known_until)
        for d in self.dossiers:
            flow.add(self.history(d).up_to(p))
        of_agency = flow.of_period(1).items()
        return flow, Counter({(a, name): getattr(n, name) for a, n in of_agency for name in SIX})

    @precondition(lambda self: self.log)
    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        p = data.draw(st.integers(1, self.position), label="known at position")
        at_p = [e[1] for e in self.log if e[0] <= p][-1]
        known_until = (
            data.draw(st.sampled_from([at_p, self.now]), label="known until") if p == self.position else at_p
        )
        instants = sorted({e[1] for e in self.log} | {START + n * GRID / 2 for n in range(-1, 14)})
        from_ = data.draw(st.sampled_from([t for t in instants if t <= known_until] or [known_until]))
        until = data.draw(st.sampled_from([t for t in instants if t > from_] or [from_ + GRID]))
        flow, counts = self.counted(from_, until, p, known_until)

        assert +counts == +naive_flow(self.log, self.contents, from_, until, p, known_until)
        assert list(flow.unbalanced(Organisation())) == []
        for n in flow.of_period(1).values():
            assert n.handed_in == n.by_act_in + n.placed_in + n.forwarded_in
            assert n.handed_out == n.by_act_out + n.placed_out + n.forwarded_out
            assert n.settled == n.settled_3 + n.settled_7 + n.settled_8 + n.settled_9 + n.settled_10
        if until <= known_until:
            assert self.counted(from_, until, self.position, self.now)[1] == counts

    def teardown(self) -> None:
        """The holder's own comparison is another test's."""


COMMON = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def test_each_of_the_six_numbers_is_that_of_a_naive_replay() -> None:
    run_state_machine_as_test(
        FlowMachine,
        settings=settings(max_examples=250, stateful_step_count=40, **COMMON),  # type: ignore[arg-type]
    )


@pytest.mark.slow
def test_each_of_the_six_numbers_is_that_of_a_naive_replay_over_many_more_histories() -> None:
    run_state_machine_as_test(
        FlowMachine,
        settings=settings(max_examples=2500, stateful_step_count=60, **COMMON),  # type: ignore[arg-type]
    )
