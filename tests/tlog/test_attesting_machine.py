"""Whatever happens, there is one history: random walks of a log that is attested, against a naive tree."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from infra.embedded import APP, OWNER, Cluster
from tests.support import Database
from tests.tlog.machine import AttestingMachine

_numbers = count(1)


def run(cluster: Cluster, template: str, examples: int, steps: int) -> None:
    class OnDatabase(AttestingMachine):
        def database(self) -> Database:
            self.name = f"attesting_{next(_numbers)}"
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


def test_in_a_few_walks_there_is_one_history(cluster: Cluster, template: str) -> None:
    run(cluster, template, examples=5, steps=25)


@pytest.mark.slow
def test_in_many_walks_there_is_one_history(cluster: Cluster, template: str) -> None:
    run(cluster, template, examples=60, steps=50)
