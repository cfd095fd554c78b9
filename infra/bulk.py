"""One caller's many items on their way into the log, chunk by chunk, and their outcomes in order.

Nothing is made per item before its chunk is taken, and nobody awaits an item alone: a million items cost
what a chunk costs.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence

from application.ports import Item, LedgerError, Receipt
from infra.batch import Pending, Unanswered, take


class Answer:
    """Where one item's outcome goes; what a future would be for a single caller."""

    __slots__ = ("_bulk", "_index")

    def __init__(self, bulk: Bulk, index: int) -> None:
        self._bulk = bulk
        self._index = index

    def done(self) -> bool:
        return self._bulk.outcomes[self._index] is not None

    def set_result(self, receipt: Receipt) -> None:
        self._bulk.settle(self._index, receipt)

    def set_exception(self, error: Exception) -> None:
        known = error if isinstance(error, LedgerError) else LedgerError(f"the append failed: {error}")
        self._bulk.settle(self._index, known)


class Bulk:
    """`done` when every item has its outcome."""

    def __init__(self, items: Sequence[Item], done: asyncio.Future[None], first_version: int) -> None:
        self._items = items
        self._taken = 0
        self._waiting: deque[Pending] = deque()
        self._ready: Unanswered | None = None
        self._sent: Unanswered | None = None
        self._left = len(items)
        self._first_version = first_version
        self.outcomes: list[Receipt | LedgerError | None] = [None] * len(items)
        self.done = done
        if not items:
            done.set_result(None)

    @property
    def waiting(self) -> bool:
        """Whether some items are not on their way yet."""
        return bool(self._ready) or bool(self._waiting) or self._taken < len(self._items)

    def take(self, most_events: int, most_bytes: int) -> Unanswered:
        """The next chunk, prepared before or now; one that was prepared too large goes back."""
        ready, self._ready = self._ready, None
        if ready and sum(pending.events for pending in ready) <= 1.25 * most_events:
            return ready
        self._waiting.extendleft(reversed(ready or ()))
        return self._chunk(most_events, most_bytes)

    def sent(self, chunk: Unanswered, most_events: int, most_bytes: int) -> None:
        """While the database works on a chunk: answer the one before, make the one after."""
        self.answer()
        self._sent = chunk
        if self._ready is None and self.waiting:
            self._ready = self._chunk(most_events, most_bytes)
            self._ready.encoded()

    def answer(self) -> None:
        """Answer what was recorded and is not answered yet."""
        sent, self._sent = self._sent, None
        if sent is not None:
            sent.answer()

    def _chunk(self, most_events: int, most_bytes: int) -> Unanswered:
        """An item that cannot be recorded at all is answered here."""
        while len(self._waiting) < most_events and self._taken < len(self._items):
            index, answer = self._taken, Answer(self, self._taken)
            self._taken += 1
            try:
                self._waiting.append(Pending(self._items[index], answer, self._first_version))
            except ValueError as error:
                answer.set_exception(error)
        return Unanswered(take(self._waiting, most_events, most_bytes))

    def settle(self, index: int, outcome: Receipt | LedgerError) -> None:
        self.outcomes[index] = outcome
        self._left -= 1
        if self._left == 0 and not self.done.done():
            self.done.set_result(None)

    def drop(self) -> None:
        """The caller left: take nothing more."""
        self._taken = len(self._items)
        self._waiting.clear()
        self._ready = None

    def answered(self) -> list[Receipt | LedgerError]:
        """Every outcome, in the order of the items."""
        return [outcome for outcome in self.outcomes if outcome is not None]
