"""What counts and states in bulk stands back while people are at work: it works in small steps and for no
more than its share of the time. Alone it takes all the time there is.
"""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

from application.ports import Recorder

LOOKED_SECONDS = 1.0
LONGEST_REST = 10.0


class Others(Protocol):
    async def at_work(self) -> bool:
        """Whether somebody else appended lately."""
        ...


class BesideAppends:
    """Of a process that appends itself: its appends tell."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    async def at_work(self) -> bool:
        return self._recorder.crowded


class BesideReads:
    """Of a process that only reads meanwhile: when the log's head moves, that was somebody else."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._head = -1
        self._looked = -LOOKED_SECONDS
        self._found = False

    async def at_work(self) -> bool:
        now = time.monotonic()
        if now - self._looked >= LOOKED_SECONDS:
            _, head = await self._recorder.clock()
            self._found = head != self._head != -1
            self._head, self._looked = head, now
        return self._found


class Rest:
    """Of a bulk run. `busy`: its share of the time, above 0 and at most 1."""

    def __init__(self, busy: float, others: Others) -> None:
        self._idle_for = 1 / busy - 1
        self._others = others
        self._worked = time.thread_time()
        self._met = False
        """Whether others were at work during the last rest: a long one outlasts what appends tell."""

    async def step(self, sizes: dict[bool, int]) -> int:
        """How large the next step is: `sizes` by whether others are at work."""
        return sizes[self._met or await self._others.at_work()]

    async def after(self) -> None:
        """After a step."""
        worked = time.thread_time() - self._worked
        met, self._met = self._met, False
        if self._idle_for and (met or await self._others.at_work()):
            left = min(worked * self._idle_for, LONGEST_REST)
            while left > 0:
                await asyncio.sleep(min(left, LOOKED_SECONDS / 2))
                left -= LOOKED_SECONDS / 2
                self._met |= await self._others.at_work()
        self._worked = time.thread_time()
