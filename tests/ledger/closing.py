"""Partitions closed in between, for tests: before appends of one recorder, or beside everything else.

Run as a program (`python -m tests.ledger.closing OWNER_DSN`) it closes the open partition once and waits for
a line before each step, so that it can be killed there.
"""

from __future__ import annotations

import asyncio
import random
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from application.ports import Item, LedgerError, Receipt
from infra import partitions
from infra.recorder import PostgresRecorder
from tests.support import Database


class ClosingRecorder(PostgresRecorder):
    """Closes the open partition before about every second append."""

    owner_dsn: str
    chance: random.Random
    turn: asyncio.Lock

    def begin(self, owner_dsn: str) -> None:
        self.owner_dsn, self.chance, self.turn = owner_dsn, random.Random(1), asyncio.Lock()

    async def append(self, item: Item) -> Receipt:
        await self._perhaps()
        return await super().append(item)

    async def append_many(self, items: Sequence[Item]) -> list[Receipt | LedgerError]:
        await self._perhaps()
        return await super().append_many(items)

    async def _perhaps(self) -> None:
        """Whoever comes meanwhile waits, so that all append in the order in which they came."""
        async with self.turn:
            if self.chance.random() < 0.5:
                await partitions.close(self.owner_dsn)


@contextmanager
def closed_now_and_then(owner_dsn: str, seed: int = 1) -> Iterator[list[str]]:
    """Partitions are closed by a thread of its own while this is open; their names."""
    names: list[str] = []
    over = threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        chance = random.Random(seed)
        try:
            while not over.wait(chance.uniform(0.01, 0.3)):
                done = asyncio.run(partitions.close(owner_dsn))
                if done.name is not None:
                    names.append(done.name)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=work, name="closing")
    thread.start()
    try:
        yield names
    finally:
        over.set()
        thread.join()
    assert not failed, failed


async def closed(database: Database) -> None:
    """Close the open partition, which holds something, and freeze it."""
    done = await partitions.close(database.owner_dsn)
    assert done.name is not None
    assert done.frozen == (done.name,)


def _step(doing: str) -> None:
    print(doing, flush=True)
    sys.stdin.readline()


def main() -> None:
    done: Any = asyncio.run(partitions.close(sys.argv[1], tell=_step))
    print(f"closed {done.name}", flush=True)


if __name__ == "__main__":
    main()
