"""Bulk work beside people: how it sees them, and that it rests for them and for nobody else."""

from __future__ import annotations

import time

import pytest

from application import standing_back
from application.standing_back import BesideReads, Rest
from tests.office.province import OLD_DESKS
from tests.office.world import Office

pytestmark = pytest.mark.anyio
SIZES = {True: 48, False: 400}


class Told:
    """Others as the test says."""

    def __init__(self, at_work: bool) -> None:
        self.working = at_work

    async def at_work(self) -> bool:
        return self.working


def work(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def rested(rest: Rest) -> float:
    began = time.monotonic()
    work(0.05)
    worked = time.monotonic() - began
    await rest.after()
    return time.monotonic() - began - worked


async def test_beside_others_it_works_a_fifth_of_the_time_in_small_steps() -> None:
    rest = Rest(0.2, Told(True))
    assert await rest.step(SIZES) == 48
    assert await rested(rest) >= 4 * 0.05


async def test_alone_it_does_not_rest_and_takes_large_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(seconds: float) -> None:
        raise AssertionError(f"it rested {seconds} s")

    monkeypatch.setattr("application.standing_back.asyncio.sleep", never)
    rest = Rest(0.2, Told(False))
    assert await rest.step(SIZES) == 400
    await rested(rest)


async def test_who_was_met_during_a_rest_still_counts_after_it_and_not_for_ever() -> None:
    others = Told(True)
    rest = Rest(0.2, others)
    await rested(rest)
    others.working = False
    assert await rest.step(SIZES) == 48
    await rested(rest)
    assert await rest.step(SIZES) == 400


async def test_who_only_reads_sees_others_by_the_logs_head(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing_back, "LOOKED_SECONDS", 0)
    others = BesideReads(office.opened.recorder)
    assert not await others.at_work(), "nothing to compare with yet"
    assert not await others.at_work()
    await office.filed(OLD_DESKS["07207"], "07207", "1.000001")
    assert await others.at_work()
    assert not await others.at_work()
