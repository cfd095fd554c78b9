"""For random positions and instants the served state equals a naive replay, and the answer for a past pair
never changes as the ledger grows: over HTTP, on a real ledger that lives through random acts.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from infra.embedded import APP, OWNER, Cluster
from tests.chains.land import PROVINCE_DESK
from tests.chains.office import Country
from tests.support import Database
from tests.time_travel.machine import TimeMachine

_numbers = count(1)


@pytest.fixture(scope="module")
def furnished(cluster: Cluster, template: str) -> Iterator[str]:
    """A template with the made-up country in it."""
    name = "template_time_travel"
    cluster.create_database(name, template=template)
    Country(Database(name, cluster.dsn(name, OWNER), cluster.dsn(name, APP)), furnished=False).close()
    yield name
    cluster.drop_database(name)


def run(cluster: Cluster, furnished: str, examples: int, steps: int) -> int:
    """How many dossiers were compared."""
    compared: list[int] = []

    class OnDatabase(TimeMachine):
        def __init__(self) -> None:
            super().__init__()
            self.name = f"time_travel_{next(_numbers)}"
            cluster.create_database(self.name, template=furnished)
            dsns = cluster.dsn(self.name, OWNER), cluster.dsn(self.name, APP)
            self.country = Country(Database(self.name, *dsns), furnished=True)
            posting = {"agency": PROVINCE_DESK, "roles": ["auditor", "registrar"]}
            entry = {"number": "auditor of all", "name": "Kiểm toán viên", "postings": [posting]}
            self.auditor = self.country.run(self.office.appointed(entry))

        def teardown(self) -> None:
            compared.append(self.compared)
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
    return sum(compared)


def test_past_pairs_are_answered_as_a_naive_replay_says_and_always_the_same(
    cluster: Cluster, furnished: str
) -> None:
    assert run(cluster, furnished, examples=2, steps=20)


@pytest.mark.slow
def test_many_past_pairs(cluster: Cluster, furnished: str) -> None:
    assert run(cluster, furnished, examples=30, steps=40) > 10
