"""The `eventsourcing` library's own cases for recorders, inherited unchanged.

Left out: the case of a bare aggregate recorder, whose ids are None by contract; an application recorder
gives positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from uuid import UUID

import pytest
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import (
    DatetimeAsISO,
    EventStore,
    IntegrityError,
    JSONTranscoder,
    Mapper,
    UUIDAsHex,
)
from eventsourcing.tests.persistence import (
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from infra.library_recorder import LibraryRecorder
from tests.ledger.closing import closed_now_and_then
from tests.support import Database


class WithRecorder:
    closing = False
    """Whether partitions are closed meanwhile."""

    @pytest.fixture(autouse=True)
    def _open(self, bare_database: Database) -> Iterator[None]:
        self.recorder = LibraryRecorder.open(bare_database.app_dsn, first_version=0)
        with closed_now_and_then(bare_database.owner_dsn) if self.closing else nullcontext():
            yield
        self.recorder.close()

    def create_recorder(self) -> LibraryRecorder:
        return self.recorder


class TestApplicationRecorder(WithRecorder, ApplicationRecorderTestCase[LibraryRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestApplicationRecorderInPartitions(TestApplicationRecorder):
    closing = True


class TestNonInterleaving(WithRecorder, NonInterleavingNotificationIDsBaseCase):
    pass


class TestNonInterleavingInPartitions(TestNonInterleaving):
    closing = True


class Counter(Aggregate):
    """Its events are named by class path, as the library does by itself: for this test alone."""

    def __init__(self) -> None:
        self.number = 0

    @event("Incremented")
    def increment(self) -> None:
        self.number += 1


def test_the_librarys_event_store_writes_and_reads_through_it(database: Database) -> None:
    transcoder = JSONTranscoder()
    transcoder.register(UUIDAsHex())
    transcoder.register(DatetimeAsISO())
    recorder = LibraryRecorder.open(database.app_dsn)
    try:
        store: EventStore[UUID] = EventStore(Mapper(transcoder=transcoder), recorder)
        counter = Counter()
        counter.increment()
        store.put(counter.collect_events())
        stored = recorder.select_events(counter.id)
        assert [e.originator_version for e in stored] == [1, 2]
        assert [n.id for n in recorder.select_notifications(2, 10)] == [2, 3]
        with pytest.raises(IntegrityError, match="is at version 2"):
            recorder.insert_events(stored)
        assert recorder.max_notification_id() == 3
    finally:
        recorder.close()
    recorder.close()  # twice does no harm
