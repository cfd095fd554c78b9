"""Whoever asks while a statement is on its way shares the next one with all who wait."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest

from infra.gathering import Gathering

MOST = 10


class Work:
    """A statement that takes as long as the test lets it."""

    def __init__(self) -> None:
        self.calls: list[list[UUID]] = []
        self.may_go_on = asyncio.Event()
        self.breaks = False

    async def __call__(self, ids: list[UUID]) -> None:
        self.calls.append(ids)
        await self.may_go_on.wait()
        if self.breaks:
            raise RuntimeError("the database is away")


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_who_comes_while_one_is_on_its_way_shares_the_next() -> None:
    work = Work()
    gathering, ids = Gathering(work, MOST), [uuid4() for _ in range(6)]
    first = asyncio.create_task(gathering.want(ids[:1]))
    await settled()
    others = [asyncio.create_task(gathering.want([each])) for each in ids[1:]]
    await settled()
    assert work.calls == [ids[:1]]
    assert not first.done()
    work.may_go_on.set()
    await asyncio.gather(first, *others)
    assert work.calls == [ids[:1], sorted(ids[1:])]


async def test_more_than_a_statement_takes_goes_in_several() -> None:
    work = Work()
    work.may_go_on.set()
    gathering, ids = Gathering(work, MOST), [uuid4() for _ in range(25)]
    await asyncio.gather(*[gathering.want([each]) for each in ids])
    assert [len(call) for call in work.calls] == [10, 10, 5]
    assert sorted(each for call in work.calls for each in call) == sorted(ids)


async def test_each_hears_what_went_wrong_and_the_next_is_tried_anew() -> None:
    work = Work()
    work.may_go_on.set()
    work.breaks = True
    gathering = Gathering(work, MOST)
    told = await asyncio.gather(*[gathering.want([uuid4()]) for _ in range(3)], return_exceptions=True)
    assert [str(each) for each in told] == ["the database is away"] * 3
    work.breaks = False
    await gathering.want([uuid4()])
    assert len(work.calls) == 2


async def test_who_leaves_takes_nobody_along() -> None:
    work = Work()
    gathering, ids = Gathering(work, MOST), [uuid4(), uuid4()]
    one, two = (asyncio.create_task(gathering.want([each])) for each in ids)
    await settled()
    one.cancel()
    await settled()
    work.may_go_on.set()
    await two
    with pytest.raises(asyncio.CancelledError):
        await one
    assert work.calls == [sorted(ids)]
