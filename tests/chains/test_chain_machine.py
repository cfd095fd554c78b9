"""Random chains of acts on a real ledger: merged, split, renamed, corrected, cancelled, late; with traffic,
stopped and repeated transfers, and processes that lose their memory. At the end the six invariants hold at
every position of the log, against a naive replay of its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from infra.embedded import APP, OWNER, Cluster
from tests.chains.machine import ChainMachine
from tests.chains.office import Country
from tests.support import Database

_numbers = count(1)


@pytest.fixture(scope="module")
def furnished(cluster: Cluster, template: str) -> Iterator[str]:
    """A template with the made-up country in it."""
    cluster.create_database("template_country", template=template)
    made = Database(
        "template_country", cluster.dsn("template_country", OWNER), cluster.dsn("template_country", APP)
    )
    Country(made, furnished=False).close()
    yield "template_country"
    cluster.drop_database("template_country")


def run(cluster: Cluster, furnished: str, examples: int, steps: int) -> None:
    class OnDatabase(ChainMachine):
        def __init__(self) -> None:
            super().__init__()
            self.name = f"country_{next(_numbers)}"
            cluster.create_database(self.name, template=furnished)
            dsns = cluster.dsn(self.name, OWNER), cluster.dsn(self.name, APP)
            self.country = Country(Database(self.name, *dsns), furnished=True)

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


def test_a_few_chains_of_acts_keep_the_six_invariants(cluster: Cluster, furnished: str) -> None:
    run(
        cluster,
        furnished,
        examples=4,
        steps=20,
    )


@pytest.mark.slow
def test_many_chains_of_acts_keep_the_six_invariants(cluster: Cluster, furnished: str) -> None:
    run(cluster, furnished, examples=60, steps=35)
