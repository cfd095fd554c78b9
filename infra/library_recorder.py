"""The `eventsourcing` library's `ApplicationRecorder` over the same log and the same queue.

A convenience for what is written for the library, which is synchronous: its loop runs in a thread of its
own. Routes use `PostgresRecorder` directly. Notification ids are positions, so they are dense and in the
order of the log.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self, TypeVar
from uuid import UUID

import uvloop
from eventsourcing import persistence
from eventsourcing.persistence import (
    ApplicationRecorder,
    ListenNotifySubscription,
    Notification,
    StoredEvent,
    Subscription,
)

from application.ports import Item, LedgerError, NewEvent, Rejected, Unavailable
from domain.facts import Category
from infra.binary import TextArray
from infra.limits import Limits
from infra.recorder import PostgresRecorder

TResult = TypeVar("TResult")

_EVENTS = """
SELECT stream_id, version, topic, payload FROM event
 WHERE stream_id = %s::uuid AND version > %s::bigint AND version <= %s::bigint
 ORDER BY version LIMIT %s::bigint
"""
_EVENTS_BACKWARDS = """
SELECT stream_id, version, topic, payload FROM event
 WHERE stream_id = %s::uuid AND version > %s::bigint AND version <= %s::bigint
 ORDER BY version DESC LIMIT %s::bigint
"""
_NOTIFICATIONS = """
SELECT stream_id, version, topic, payload, position FROM event
 WHERE position BETWEEN %s::bigint AND %s::bigint ORDER BY position LIMIT %s::bigint
"""
_NOTIFICATIONS_OF_TOPICS = """
SELECT stream_id, version, topic, payload, position FROM event
 WHERE position BETWEEN %s::bigint AND %s::bigint AND topic = ANY (%s::text[])
 ORDER BY position LIMIT %s::bigint
"""
_NO_LIMIT = 2**62


def _dossier(_: StoredEvent) -> int:
    return Category.DOSSIER


class LibraryRecorder(ApplicationRecorder):
    """Make one with `open`, leave with `close`.

    Any thread may call it, except the one that its loop runs in.
    """

    def __init__(
        self,
        recorder: PostgresRecorder,
        loop: asyncio.AbstractEventLoop,
        thread: threading.Thread,
        category_of: Callable[[StoredEvent], int],
    ) -> None:
        self._recorder = recorder
        self._loop = loop
        self._thread = thread
        self._category_of = category_of

    @classmethod
    def open(
        cls,
        dsn: str,
        limits: Limits | None = None,
        *,
        category_of: Callable[[StoredEvent], int] = _dossier,
        first_version: int = 1,
    ) -> Self:
        """Open the ledger in a loop of its own. `first_version` is 0 for aggregates that begin at 0."""
        loop = uvloop.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="hoso-recorder", daemon=True)
        thread.start()
        opening = PostgresRecorder.open(dsn, limits, first_version=first_version)
        try:
            recorder = asyncio.run_coroutine_threadsafe(opening, loop).result()
        except BaseException:
            _stop(loop, thread)
            raise
        return cls(recorder, loop, thread, category_of)

    def close(self) -> None:
        """Record what is queued and leave. Safe to call twice."""
        if not self._loop.is_closed():
            self._call(self._recorder.close())
            _stop(self._loop, self._thread)

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """Append all or none; their positions.

        Raises the library's IntegrityError when a stream has moved on.
        """
        if not stored_events:
            return []
        events = tuple(
            NewEvent(_uuid(e.originator_id), e.originator_version, self._category_of(e), e.topic, e.state)
            for e in stored_events
        )
        receipt = self._call(self._recorder.append(Item(events)))
        return list(range(receipt.first, receipt.last + 1))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        query = _EVENTS_BACKWARDS if desc else _EVENTS
        rows = self._fetch(
            query,
            (
                _uuid(originator_id),
                -1 if gt is None else gt,
                _NO_LIMIT if lte is None else lte,
                _NO_LIMIT if limit is None else limit,
            ),
        )
        return [StoredEvent(*row) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        first = 1 if start is None else start if inclusive_of_start else start + 1
        last = _NO_LIMIT if stop is None else stop
        if topics:
            rows = self._fetch(_NOTIFICATIONS_OF_TOPICS, (first, last, TextArray(topics), limit))
        else:
            rows = self._fetch(_NOTIFICATIONS, (first, last, limit))
        return [Notification(*row) for row in rows]

    def max_notification_id(self) -> int | None:
        return self._call(self._recorder.clock())[1] or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        return LedgerSubscription(self, gt=gt, topics=topics)

    def wait(self, seconds: float) -> None:
        """Until something was recorded, at most about `seconds`."""
        self._call(self._recorder.wait(seconds))

    def _fetch(self, query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._call(self._recorder.fetch(query, parameters))

    def _call(self, work: Coroutine[Any, Any, TResult]) -> TResult:
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result()
        except Rejected as error:
            raise persistence.IntegrityError(str(error)) from error
        except Unavailable as error:
            raise persistence.OperationalError(str(error)) from error
        except LedgerError as error:
            raise persistence.PersistenceError(str(error)) from error
        except ValueError as error:
            raise persistence.ProgrammingError(str(error)) from error


class LedgerSubscription(ListenNotifySubscription[LibraryRecorder]):
    """The library's subscription, woken by the ledger's bell and always by its poll."""

    def __init__(self, recorder: LibraryRecorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt=gt, topics=topics)
        self._bell_thread = threading.Thread(target=self._hear, name="hoso-subscription")
        self._bell_thread.start()

    def __exit__(self, *args: object, **kwargs: Any) -> None:
        try:
            super().__exit__(*args, **kwargs)
        finally:
            self._bell_thread.join()

    def _hear(self) -> None:
        try:
            while not self._has_been_stopped:
                self._recorder.wait(0.2)
                self._has_been_notified.set()
        except BaseException as error:
            self._thread_error = self._thread_error or error
            self.stop()


def _uuid(identifier: UUID | str) -> UUID:
    return identifier if isinstance(identifier, UUID) else UUID(identifier)


def _stop(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
