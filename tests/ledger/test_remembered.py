"""What was read before is not read again, and what another process recorded since is never missed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from application.ids import new_id
from application.ledger import Ledger
from application.ports import Recorder, StoredFact
from application.remembered import Remembered
from domain.document_store import RESULT, DocumentStore, store_stream
from domain.facts import Actor, Envelope
from tests.codec.opened_ledger import OpenedLedger, open_ledger
from tests.support import Database

AT = datetime(2026, 11, 2, 3, tzinfo=UTC)
ENVELOPE = Envelope(Actor("system", "test"), AT)


@pytest.fixture
async def opened(database: Database) -> AsyncIterator[OpenedLedger]:
    async with open_ledger(database.app_dsn) as found:
        yield found


@dataclass
class Counting:
    """The log, counting the facts that are read of it."""

    recorder: Recorder
    read: list[int] = field(default_factory=list)

    async def events_of(
        self, stream_id: UUID, after_version: int = 0, limit: int | None = None
    ) -> list[StoredFact]:
        found = await self.recorder.events_of(stream_id, after_version, limit)
        self.read.append(len(found))
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self.recorder, name)


def documents_in(store: DocumentStore) -> int:
    return len(store.documents)


def kept(store: DocumentStore, owner: UUID, number: int) -> None:
    store.keep(
        ENVELOPE,
        owner=owner,
        kept_as=RESULT,
        kind="KQ.G15.000031",
        dossier=uuid4(),
        dossier_version=number,
        issuer=uuid4(),
    )


async def a_store(ledger: Ledger, documents: int = 3) -> UUID:
    owner = new_id(AT)
    store = DocumentStore.empty(store_stream(owner))
    for number in range(1, documents + 1):
        kept(store, owner, number)
    await ledger.append(store)
    return owner


async def test_only_what_was_recorded_since_is_read_again(opened: OpenedLedger) -> None:
    elsewhere = opened.ledger
    owner = await a_store(elsewhere)
    log = Counting(opened.recorder)
    remembered = Remembered(log, opened.codec)
    for _ in range(2):
        store = await remembered.read(DocumentStore, store_stream(owner), documents_in)
        assert len(store.documents) == 3
    kept(store, owner, 9)
    await elsewhere.append(store)  # what another process recorded
    again = await remembered.read(DocumentStore, store_stream(owner), documents_in)
    assert (again.version, len(again.documents)) == (4, 4)
    assert [one.dossier_version for one in again.of_kind("KQ.G15.000031")] == [9, 3, 2, 1]
    assert log.read == [3, 0, 1]


async def test_what_is_decided_and_not_recorded_is_nobody_elses(opened: OpenedLedger) -> None:
    owner = await a_store(opened.ledger)
    remembered = Remembered(opened.recorder, opened.codec)
    mine = await remembered.read(DocumentStore, store_stream(owner), documents_in)
    kept(mine, owner, 7)
    mine.withdraw(ENVELOPE, document=next(iter(mine.documents)), ground="revoked", reason=None)
    another = await remembered.read(DocumentStore, store_stream(owner), documents_in)
    assert (another.version, len(another.documents)) == (3, 3)
    assert len(list(another.of_kind("KQ.G15.000031"))) == 3
    assert not any(one.withdrawn for one in another.documents.values())


async def test_the_least_read_are_forgotten_and_a_large_one_counts_for_more(opened: OpenedLedger) -> None:
    ledger = opened.ledger
    owners = [await a_store(ledger, documents) for documents in (2, 5, 1)]
    log = Counting(opened.recorder)
    remembered = Remembered(log, opened.codec, room=9)
    for owner in owners:
        await remembered.read(DocumentStore, store_stream(owner), documents_in)
    assert remembered.parts == 8
    for owner in reversed(owners):
        await remembered.read(DocumentStore, store_stream(owner), documents_in)
    assert log.read == [2, 5, 1, 0, 0, 2]
