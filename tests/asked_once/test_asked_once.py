"""Whatever was provided once, and neither found unusable, withdrawn nor over, is never needed again, and
asking for it is refused, at any agency: random walks on a real ledger against a naive model."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from infra.embedded import APP, OWNER, Cluster
from tests.asked_once.machine import AskedOnceMachine
from tests.support import Database

_numbers = count(1)


def run(cluster: Cluster, template: str, examples: int, steps: int) -> None:
    class OnDatabase(AskedOnceMachine):
        def database(self) -> Database:
            self.name = f"asked_once_{next(_numbers)}"
            cluster.create_database(self.name, template=template)
            return Database(self.name, cluster.dsn(self.name, OWNER), cluster.dsn(self.name, APP))

        def teardown(self) -> None:
            super().teardown()
            cluster.drop_database(self.name)

    run_state_machine_as_test(
        OnDatabase,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=(Phase.generate,),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_in_a_few_walks_nobody_is_asked_for_what_is_held(cluster: Cluster, template: str) -> None:
    run(cluster, template, examples=3, steps=30)


@pytest.mark.slow
def test_in_many_walks_nobody_is_asked_for_what_is_held(cluster: Cluster, template: str) -> None:
    run(cluster, template, examples=30, steps=50)
