"""Which waiting items go into one batch together, and what is known of each before the database sees it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from application.ports import Item, Receipt
from domain.facts import Category
from infra.binary import Array, ByteaArray, UuidArray
from infra.encoding import encode

MOST_EVENTS_PER_ITEM = 10_000
_HEADER_BYTES = 200  # of an event beside its payload, for the limits


class Answering(Protocol):
    """Where an item's outcome goes: a future, or a place in a bulk append."""

    def done(self) -> bool: ...

    def set_result(self, result: Receipt, /) -> None: ...

    def set_exception(self, exception: Exception, /) -> None: ...


class Pending:
    """An item on its way, where its answer goes, and what the limits count."""

    __slots__ = ("answer", "events", "item", "size", "versions")

    def __init__(self, item: Item, answer: Answering, first_version: int = 1) -> None:
        events = item.events
        self.item = item
        self.answer = answer
        self.events = len(events)
        if self.events == 1:
            event = events[0]
            if event.version < first_version:
                raise ValueError(f"versions begin at {first_version}, not {event.version}")
            self.size = len(event.payload) + _HEADER_BYTES
            self.versions: tuple[tuple[UUID, int], ...] = ((event.stream_id, event.version),)
        else:
            self.size = sum(len(event.payload) + _HEADER_BYTES for event in events)
            self.versions = _last_versions(item, first_version)
        if item.command_id is not None or item.request_digest is not None:
            if item.command_id is None or item.request_digest is None:
                raise ValueError("a command id and a request digest come together or not at all")
            if len(item.command_id) != 32 or len(item.request_digest) != 32:
                raise ValueError("a command id and a request digest are 32 bytes each")
        if item.nothing_newer is not None and any(c >= 100 for c in item.nothing_newer.categories):
            raise ValueError(f"'nothing newer' knows deciding categories only (below {Category.DOSSIER})")

    def succeed(self, receipt: Receipt) -> None:
        if not self.answer.done():
            self.answer.set_result(receipt)

    def fail(self, error: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


def _last_versions(item: Item, first_version: int) -> tuple[tuple[UUID, int], ...]:
    if not 0 < len(item.events) <= MOST_EVENTS_PER_ITEM:
        raise ValueError(f"an item has 1 to {MOST_EVENTS_PER_ITEM} events, not {len(item.events)}")
    last: dict[UUID, int] = {}
    for event in item.events:
        before = last.get(event.stream_id)
        if event.version < first_version or (before is not None and event.version != before + 1):
            raise ValueError(f"the versions of stream {event.stream_id} in one item do not follow each other")
        last[event.stream_id] = event.version
    return tuple(last.items())


class Batch(list[Pending]):
    """Items that are appended together."""

    __slots__ = ("_encoded",)

    def __init__(self, pendings: Iterable[Pending] = ()) -> None:
        super().__init__(pendings)
        self._encoded: list[Array] | None = None

    def encoded(self) -> list[Array]:
        """The parameters of their append, worked out once: call this when the batch is whole."""
        if self._encoded is None:
            self._encoded = encode([pending.item for pending in self])
        return self._encoded

    def new_keys(self) -> list[Array]:
        """The parameters of the keys to make; empty where there are none."""
        keys = [key for pending in self for key in pending.item.new_keys]
        if not keys:
            return []
        return [UuidArray([key.subject for key in keys]), ByteaArray([key.wrapped for key in keys])]

    def succeed(self, base: int, recorded_at: datetime) -> None:
        """All were recorded, densely after `base`: answer each."""
        position = base
        for pending in self:
            first = position + 1
            position += pending.events
            pending.succeed(Receipt(first, position, recorded_at, pending.versions))


class Unanswered(Batch):
    """Once it is recorded, answered by `answer`: the database has not to wait for that, and begins what comes
    next."""

    __slots__ = ("_recorded",)

    def __init__(self, pendings: Iterable[Pending] = ()) -> None:
        super().__init__(pendings)
        self._recorded: tuple[int, datetime] | None = None

    def succeed(self, base: int, recorded_at: datetime) -> None:
        self._recorded = (base, recorded_at)

    def answer(self, most: int | None = None) -> None:
        """Answer those in front, at most so many, and forget them. Nothing is to be done for a batch that was
        answered item by item, since it was not recorded whole."""
        if self._recorded is None:
            self.clear()
            return
        base, recorded_at = self._recorded
        some = Batch(self[:most])
        del self[:most]
        some.succeed(base, recorded_at)
        self._recorded = (base + sum(pending.events for pending in some), recorded_at)


def take(queue: deque[Pending], most_events: int, most_bytes: int) -> Batch:
    """Take the next batch from the queue's head; what has to wait for the batch after stays, in its order.

    In one batch each stream, command id and claim occurs once, and no item asks 'nothing newer' of a stream
    or a category that an earlier item writes. An item that waits keeps later writers of its streams waiting
    too.
    """
    batch = Batch()
    waiting: list[Pending] = []
    streams: set[UUID] = set()
    categories: set[int] = set()
    keys: set[object] = set()
    events = size = 0
    while queue:
        pending = queue[0]
        if batch and (events + pending.events > most_events or size + pending.size > most_bytes):
            break
        queue.popleft()
        if _waits(pending, streams, categories, keys):
            waiting.append(pending)
            streams.update(stream for stream, _ in pending.versions)
            if len(waiting) >= most_events:
                break
            continue
        batch.append(pending)
        events += pending.events
        size += pending.size
        item = pending.item
        for event in item.events:
            streams.add(event.stream_id)
            if event.category < 100:
                categories.add(event.category)
        if item.command_id is not None:
            keys.add(item.command_id)
        if item.claims:
            keys.update((claim.kind, claim.value) for claim in item.claims)
    queue.extendleft(reversed(waiting))
    return batch


def _waits(pending: Pending, streams: set[UUID], categories: set[int], keys: set[object]) -> bool:
    item = pending.item
    if any(stream in streams for stream, _ in pending.versions):
        return True
    if item.command_id is not None and item.command_id in keys:
        return True
    if item.claims and any((claim.kind, claim.value) in keys for claim in item.claims):
        return True
    newer = item.nothing_newer
    return newer is not None and (
        not streams.isdisjoint(newer.streams)
        or not categories.isdisjoint(newer.categories)
        or any(stream in streams for stream, _ in newer.streams_at)
    )
