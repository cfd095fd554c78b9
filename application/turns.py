"""Commands of one process that miss each other at one store go on one after the other.

A command is first decided without waiting. Where another one was recorded first in the store that it read or
keeps in, it waits for its turn and is decided once more; who comes meanwhile waits too. It saves deciding
again and again, and decides nothing: the log's conditions stand, and other processes do not wait here.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self
from uuid import UUID
from weakref import WeakValueDictionary


class Turns:
    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    def busy(self, key: UUID) -> bool:
        lock = self._locks.get(key)
        return lock is not None and lock.locked()

    def of(self, key: UUID) -> asyncio.Lock:
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock


class Turn:
    """One command's: taken once at most, and given back when the command ends."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._held: asyncio.Lock | None = None

    async def take(self, key: UUID) -> None:
        if self._held is None:
            lock = self._turns.of(key)
            await lock.acquire()
            self._held = lock

    def waits(self, key: UUID) -> bool:
        """Whether another command has it now."""
        return self._held is None and self._turns.busy(key)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._held is not None:
            self._held.release()
            self._held = None
