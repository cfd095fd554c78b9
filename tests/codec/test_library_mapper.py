"""The library's own EventStore and Repository over our recorder and codec: same bytes, same log."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest
from eventsourcing.application import AggregateNotFoundError, ProcessingEvent, Repository
from eventsourcing.persistence import (
    EventStore,
    IntegrityError,
    MapperDeserialisationError,
    StoredEvent,
)

from domain.citizen import Citizen
from domain.facts import Actor, Envelope, Personal, Sealed
from infra.codec import JsonCodec
from infra.fact_types import domain_fact_types
from infra.library_mapper import LedgerMapper, replayed
from infra.library_recorder import LibraryRecorder
from tests.codec.facts_for_tests import STREAM, KeysInMemory
from tests.codec.opened_ledger import open_ledger
from tests.support import Database

ENVELOPE = Envelope(Actor("officer", "o-1"), datetime(2025, 6, 2, 1, tzinfo=UTC))
CODEC = JsonCodec(domain_fact_types(), KeysInMemory())


def identified() -> Citizen:
    citizen = Citizen.empty(STREAM)
    citizen.identify(
        ENVELOPE,
        kind="person",
        name=Personal(STREAM, "Nguyễn Thị Hoa"),
        number_kind="none",
        number=None,
        phone=Personal(STREAM, "0912345678"),
        address=None,
    )
    citizen.verify(ENVELOPE, level="2", source="national_database")
    return citizen


def category_of(event: StoredEvent) -> int:
    return CODEC.types.category_of(event.topic)


async def test_an_aggregate_saved_the_librarys_way_is_read_back_by_both(database: Database) -> None:
    recorder = LibraryRecorder.open(database.app_dsn, category_of=category_of)
    try:
        events: EventStore[UUID] = EventStore(LedgerMapper(CODEC), recorder)
        saved: ProcessingEvent[UUID] = ProcessingEvent()
        saved.collect_events(identified())
        recordings = await asyncio.to_thread(events.put, saved.events)
        assert [r.notification.id for r in recordings] == [2, 3]

        repository: Repository[UUID] = Repository(events)
        citizen = await asyncio.to_thread(
            repository.get, STREAM, projector_func=replayed(Citizen), version=None
        )
        assert (citizen.id, citizen.version, citizen.verified_level) == (STREAM, 2, "2")
        assert isinstance(citizen.name, Sealed)
        assert KeysInMemory().open(citizen.name) == "Nguyễn Thị Hoa"

        with pytest.raises(AggregateNotFoundError):
            await asyncio.to_thread(repository.get, UUID(int=1), projector_func=replayed(Citizen))
        with pytest.raises(IntegrityError):
            await asyncio.to_thread(events.put, saved.events)
    finally:
        recorder.close()
    async with open_ledger(database.app_dsn) as opened:
        again = await opened.ledger.load(Citizen, STREAM)
        stored = await opened.recorder.events_of(STREAM)
    assert (again.version, again.name) == (2, citizen.name)
    assert [(s.position, s.category, s.topic) for s in stored] == [
        (2, 101, "citizen.identified.v1"),
        (3, 101, "citizen.verified.v1"),
    ]


def test_what_is_no_fact_and_what_cannot_be_read_says_so() -> None:
    mapper = LedgerMapper(CODEC)
    with pytest.raises(TypeError, match="the ledger records facts"):
        mapper.to_stored_event(object())  # type: ignore[arg-type]
    for topic in ("citizen.verified.v1", "citizen.unheard_of.v1"):
        with pytest.raises(MapperDeserialisationError, match=topic):
            mapper.to_domain_event(StoredEvent(STREAM, 1, topic, b"{}"))
