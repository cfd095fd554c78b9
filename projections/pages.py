"""Pages of the log as the views get them: each row is decoded once, whatever the number of views, and the
next page is read and decoded while the one before is being written. Two pages are in memory, never more."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from contextlib import aclosing, contextmanager

from domain.facts import Fact, Recorded
from projections.cancelling import end
from projections.view import Log, Stored

PAGE = 5000
"""How many facts a page may have. Near the head it has as many as there are; far behind, more facts in one
transaction cost less."""

CARRIED = ("handover.part_scheduled.", "handover.part_cancelled.")
BETWEEN = 250  # facts decoded before others get their turn
COLLECTED_AFTER = 500_000  # objects more than before, some 50 MiB


class Page:
    """A contiguous page, `rows`, and the facts of its rows as far as somebody asked for them."""

    def __init__(self, rows: Sequence[Stored], log: Log) -> None:
        self.rows = rows
        self._log = log
        self._facts: dict[int, Recorded[Fact] | Exception] = {}

    @property
    def first(self) -> int:
        return self.rows[0].position

    @property
    def last(self) -> int:
        return self.rows[-1].position

    def fact(self, stored: Stored) -> Recorded[Fact] | Exception:
        """The fact of one of the rows, or why it cannot be read."""
        known = self._facts.get(stored.position)
        if known is None:
            try:
                known = self._log.decode(stored)
            except Exception as error:  # the view that needs it parks its dossier
                known = error
            self._facts[stored.position] = known
        return known

    async def decode(self, categories: Collection[int]) -> None:
        """Decode the rows of these categories, bit by bit."""
        for number, stored in enumerate(self.rows):
            if stored.category in categories:
                self.fact(stored)
            if number % BETWEEN == BETWEEN - 1:
                await asyncio.sleep(0)


async def read_ahead(
    log: Log, position: int, categories: Collection[int], size: int = PAGE
) -> AsyncGenerator[Page, None]:
    """The pages after `position`, for ever; while one is used the next is read and decoded. Close it with
    `aclosing`."""
    async with aclosing(_decoded(log, position, categories, size)) as pages:
        upcoming = asyncio.create_task(_next(pages))
        try:
            while True:
                await asyncio.wait(
                    (upcoming,)
                )  # not itself: a cancellation that it loses must not be lost here
                page = upcoming.result()
                if page is None:
                    return
                upcoming = asyncio.create_task(_next(pages))
                yield page
        finally:
            await end(upcoming)


async def _next(pages: AsyncGenerator[Page, None]) -> Page | None:
    return await anext(pages, None)


async def _decoded(
    log: Log, position: int, categories: Collection[int], size: int
) -> AsyncGenerator[Page, None]:
    async with aclosing(log.follow(position, size)) as pages:  # type: ignore[type-var]
        async for rows in pages:
            for part in cut(rows):
                page = Page(part, log)
                await page.decode(categories)
                yield page


def cut(rows: Sequence[Stored]) -> Iterator[Sequence[Stored]]:
    """A page in parts, each of which ends with the fact that concerns very many dossiers, if there is one:
    when an act is scheduled, its provinces are shown one after another and not all together in the end."""
    start = 0
    for number, stored in enumerate(rows, start=1):
        if stored.topic.startswith(CARRIED):
            yield rows[start:number]
            start = number
    if start < len(rows):
        yield rows[start:] if start else rows


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """While pages are applied. The many objects of a page hold no cycles and are gone after it; looking
    through them for some again and again took a fifth of the time."""
    before = gc.get_threshold()
    if before[0]:  # 0: somebody switched it off
        gc.set_threshold(max(before[0], COLLECTED_AFTER), *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
