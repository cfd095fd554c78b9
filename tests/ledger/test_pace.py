"""How a bulk append finds its pace: chunks of the size that the lock's budget allows, rests beside others."""

from __future__ import annotations

import pytest

from infra.pace import SMALLEST, TRAFFIC_SECONDS, Holds, Pace


def pace(**other: float) -> Pace:
    settings = {"budget": 0.002, "budget_alone": 0.010, "share": 0.25} | other
    return Pace(most_events=1000, **settings)


def settled(pace: Pace, per_event: float, fixed: float, *, gentle: bool) -> float:
    """Seconds that a chunk holds the lock after two hundred of them, where an event takes `per_event`."""
    now = held = 0.0
    for _ in range(200):
        now += 0.5 * TRAFFIC_SECONDS
        if gentle:
            pace.others(now)
        size = pace.size(now)
        held = fixed + per_event * size
        pace.held(size, held, now)
    return held


@pytest.mark.parametrize("per_event", [5e-6, 1e-5, 2e-5])
def test_beside_others_a_chunk_comes_to_stay_below_its_budget(per_event: float) -> None:
    assert 0.0008 < settled(pace(), per_event, 0.0003, gentle=True) < 0.002


def test_alone_a_chunk_grows_to_the_budget_for_that() -> None:
    assert 0.004 < settled(pace(), 1e-5, 0.0003, gentle=False) < 0.010


def test_where_the_commit_alone_is_slower_than_the_budget_chunks_do_not_dwindle() -> None:
    slow = pace()
    settled(slow, 1e-5, 0.050, gentle=True)
    assert slow.size(100.0) == SMALLEST[True]


def test_beside_others_it_rests_so_that_the_lock_is_held_for_its_share_of_the_time() -> None:
    resting = pace()
    resting.others(10.0)
    resting.held(100, 0.002, 10.0)
    assert resting.rest(10.0) == pytest.approx(0.006)
    assert resting.rest(10.007) == 0
    assert resting.gentle(10.9)
    assert not resting.gentle(11.1)


def test_alone_it_never_rests() -> None:
    resting = pace()
    resting.held(1000, 0.010, 10.0)
    assert resting.rest(10.0) == 0


def test_a_short_last_chunk_makes_the_next_no_larger() -> None:
    short = pace()
    before = short.size(0.0)
    short.held(1, 0.0001, 0.0)
    assert short.size(0.0) == before


def test_quantiles_of_holds_are_right_to_four_per_cent() -> None:
    holds = Holds()
    for number in range(1, 1001):
        holds.add(10, number / 1e6)
    told = holds.told()
    assert (told.chunks, told.events, told.max_ms) == (1000, 10_000, 1.0)
    assert told.p50_ms == pytest.approx(0.5, rel=0.04)
    assert told.p99_ms == pytest.approx(0.99, rel=0.04)
