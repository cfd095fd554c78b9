"""The key of a subject whose own stream begins with an append is made in its transaction: nothing sealed with
a key that is not there is ever recorded.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from application.ledger import Command, Ledger
from application.ports import Receipt, StaleVersion, SubjectErased
from domain.facts import Actor, Aggregate, Category, Envelope, Fact, Personal, PersonalText, Sealed
from infra.codec import JsonCodec
from infra.fact_types import FactTypes
from infra.keyring import KeyNotLoaded, PostgresKeyring
from infra.recorder import PostgresRecorder
from tests.ledger.making import key, new_id
from tests.support import Database

NOW = datetime(2025, 6, 1, tzinfo=UTC)
ENVELOPE = Envelope(Actor("system", "test"), NOW)
TOGETHER = """
SELECT e.xmin::text::bigint - k.xmin::text::bigint FROM event e JOIN subject_key k ON k.subject = e.stream_id
"""
"""1: events are inserted in a subtransaction of the transaction that made the key; it has the next number."""


@dataclass(frozen=True, kw_only=True)
class Noted(Fact):
    TOPIC: ClassVar[str] = "test.noted.v1"
    CATEGORY: ClassVar[int] = Category.CITIZEN

    text: PersonalText


class Person(Aggregate):
    def apply(self, fact: Fact) -> None: ...

    def say(self, text: str, of: UUID | None = None) -> Person:
        self.record(Noted, ENVELOPE, text=Personal(of or self.id, text))
        return self


@dataclass
class Office:
    """A process of its own: recorder, keyring and ledger."""

    recorder: PostgresRecorder
    keyring: PostgresKeyring
    ledger: Ledger

    async def read(self, stream: UUID) -> list[str | None]:
        facts = [recorded.fact for recorded in await self.ledger.facts_of([stream])]
        sealed = [fact.text for fact in facts if isinstance(fact, Noted)]
        await self.keyring.load(sorted({each.subject for each in sealed}))
        assert all(isinstance(each, Sealed) for each in sealed)
        return [self.keyring.open(each) for each in sealed]


async def open_office(database: Database) -> AsyncIterator[Office]:
    async with AsyncConnectionPool(
        database.app_dsn, min_size=1, max_size=2, open=False, kwargs={"autocommit": True}
    ) as pool:
        keyring = PostgresKeyring(pool, bytes(32))
        recorder = await PostgresRecorder.open(database.app_dsn)
        yield Office(recorder, keyring, Ledger(recorder, JsonCodec(FactTypes([Noted], {}), keyring), keyring))
        await recorder.close()


@pytest.fixture
async def one(database: Database) -> AsyncIterator[Office]:
    async for office in open_office(database):
        yield office


@pytest.fixture
async def two(database: Database) -> AsyncIterator[Office]:
    async for office in open_office(database):
        yield office


async def told(*appends: Awaitable[Receipt]) -> list[type]:
    return [type(each) for each in await asyncio.gather(*appends, return_exceptions=True)]


async def test_key_and_fact_are_made_in_one_transaction(database: Database, one: Office, two: Office) -> None:
    people = [Person.empty(new_id()) for _ in range(20)]
    await asyncio.gather(*[one.ledger.append(person.say("Hoa")) for person in people])
    with psycopg.connect(database.owner_dsn) as connection:
        assert connection.execute(TOGETHER).fetchall() == [(1,)] * 20
    assert [await two.read(person.id) for person in people] == [["Hoa"]] * 20
    assert one.keyring.key_of(people[0].id) == two.keyring.key_of(people[0].id)


async def test_the_next_fact_is_sealed_with_the_same_key(one: Office, two: Office) -> None:
    person = Person.empty(new_id())
    await one.ledger.append(person.say("Hoa"))
    await one.ledger.append(person.say("Lan"), command=Command(key(), key()))
    assert await two.read(person.id) == ["Hoa", "Lan"]


async def test_a_key_that_is_there_already_is_used_and_neighbours_are_recorded(
    one: Office, two: Office
) -> None:
    known, others = Person.empty(new_id()), [Person.empty(new_id()) for _ in range(9)]
    await two.keyring.ensure([known.id])
    found = await told(
        *[one.ledger.append(person.say("Hoa")) for person in [*others[:4], known, *others[4:]]]
    )
    assert found == [Receipt] * 10
    assert one.keyring.key_of(known.id) == two.keyring.key_of(known.id)
    assert [await two.read(person.id) for person in (known, *others)] == [["Hoa"]] * 10


async def test_nothing_is_recorded_of_a_subject_that_was_erased(one: Office, two: Office) -> None:
    gone, other = Person.empty(new_id()), Person.empty(new_id())
    await two.keyring.destroy([gone.id], NOW)
    found = await told(one.ledger.append(gone.say("Hoa")), one.ledger.append(other.say("Lan")))
    assert found == [SubjectErased, Receipt]
    assert await one.recorder.events_of(gone.id) == []
    assert await two.read(other.id) == ["Lan"]


async def test_of_two_that_begin_one_stream_at_once_one_is_recorded_and_readable(
    one: Office, two: Office
) -> None:
    ids = [new_id() for _ in range(12)]
    found = await told(
        *[
            office.ledger.append(Person.empty(id_).say(text))
            for id_ in ids
            for office, text in ((one, "Hoa"), (two, "Lan"))
        ]
    )
    assert sorted(found, key=str) == [Receipt] * 12 + [StaleVersion] * 12
    for id_ in ids:
        assert await one.read(id_) in (["Hoa"], ["Lan"])
        assert await one.read(id_) == await two.read(id_)


async def test_the_same_command_again_is_told_its_first_answer(one: Office, two: Office) -> None:
    person, command = new_id(), Command(key(), key())
    first = await one.ledger.append(Person.empty(person).say("Hoa"), command=command)
    again = await two.ledger.append(Person.empty(person).say("Hoa"), command=command)
    assert (again.first, again.repeated) == (first.first, True)
    assert await two.read(person) == ["Hoa"]


async def test_a_key_whose_fact_was_refused_is_not_kept_in_memory(one: Office, two: Office) -> None:
    begun, other = Person.empty(new_id()), Person.empty(new_id())
    await two.ledger.append(begun.say("Lan", of=other.id))  # a stream that begins without a key of its own
    with pytest.raises(StaleVersion):
        await one.ledger.append(Person.empty(begun.id).say("Hoa"))
    with pytest.raises(KeyNotLoaded):
        one.keyring.key_of(begun.id)
    await one.ledger.append(begun.say("Mai"))
    assert await two.read(begun.id) == ["Lan", "Mai"]


async def test_others_of_whom_the_facts_speak_have_their_keys_before(one: Office, two: Office) -> None:
    person, other = Person.empty(new_id()), new_id()
    await one.ledger.append(person.say("Hoa").say("Lan", of=other))
    assert await two.read(person.id) == ["Hoa", "Lan"]
