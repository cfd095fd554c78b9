"""Keys of subjects in a real database: made once, never in clear, gone for good when destroyed."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from application.ports import SubjectErased
from domain.facts import Personal, Sealed
from infra.codec import JsonCodec
from infra.fact_types import FactTypes
from infra.keyed_hashes import KeyedHashes
from infra.keyring import (
    ForeignMasterKey,
    KeyNotLoaded,
    KeyringError,
    Pool,
    PostgresKeyring,
)
from infra.person_index import PersonIndex
from tests.codec.facts_for_tests import ThingNoted, stored, thing
from tests.support import Database

MASTER = bytes(range(32))
NOW = datetime(2025, 6, 1, tzinfo=UTC)


class Clock:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@asynccontextmanager
async def pool_of(database: Database) -> AsyncIterator[Pool]:
    async with AsyncConnectionPool(database.app_dsn, min_size=1, max_size=4, open=False) as pool:
        yield pool


@asynccontextmanager
async def keyring_of(
    database: Database, master: bytes = MASTER, capacity: int = 1000, clock: Clock | None = None
) -> AsyncIterator[PostgresKeyring]:
    async with pool_of(database) as pool:
        yield PostgresKeyring(pool, master, capacity=capacity, monotonic=clock or Clock())


def in_memory(keyring: PostgresKeyring, subject: UUID) -> bool:
    try:
        return bool(keyring.key_of(subject))
    except KeyNotLoaded:
        return False


def sealed_for(keyring: PostgresKeyring, subject: UUID, text: str) -> Sealed:
    codec = JsonCodec(FactTypes([ThingNoted]), keyring)
    fact = codec.decode(stored(codec.encode(thing(name=Personal(subject, text), tree=())))).fact
    assert isinstance(fact, ThingNoted)
    assert isinstance(fact.name, Sealed)
    return fact.name


async def test_what_one_process_sealed_another_opens(database: Database) -> None:
    subject = uuid4()
    async with keyring_of(database) as one, keyring_of(database) as two:
        await one.ensure([subject])
        sealed = sealed_for(one, subject, "Nguyễn Thị Hoa")
        with pytest.raises(KeyNotLoaded):
            two.open(sealed)
        await two.load([subject])
        assert two.open(sealed) == "Nguyễn Thị Hoa"


async def test_thousands_of_keys_in_one_call_and_the_same_ones_again(database: Database) -> None:
    subjects = [uuid4() for _ in range(3000)]
    async with keyring_of(database, capacity=10_000) as one, keyring_of(database, capacity=10_000) as two:
        await one.ensure(subjects[:2000])
        await two.ensure(subjects[1000:])
        await one.ensure(subjects)
        await two.load(subjects)
        assert [one.key_of(s) for s in subjects] == [two.key_of(s) for s in subjects]
        assert len({one.key_of(s) for s in subjects}) == 3000


async def test_processes_that_make_the_same_keys_at_once_agree(database: Database) -> None:
    subjects = [uuid4() for _ in range(200)]
    async with keyring_of(database) as one, keyring_of(database) as two:
        await asyncio.gather(one.ensure(subjects), two.ensure(subjects[::-1]), one.ensure(subjects[50:]))
        assert [one.key_of(s) for s in subjects] == [two.key_of(s) for s in subjects]


async def test_no_key_stands_in_clear_in_the_database(database: Database) -> None:
    subject = uuid4()
    async with keyring_of(database) as keyring:
        await keyring.ensure([subject])
        key = keyring.key_of(subject)
    with psycopg.connect(database.owner_dsn) as connection:
        rows = connection.execute("SELECT wrapped FROM subject_key").fetchall()
    assert len(rows) == 1
    assert key not in rows[0][0]
    assert MASTER not in rows[0][0]


async def test_a_destroyed_key_opens_nothing_and_is_never_made_again(database: Database) -> None:
    subject, clock = uuid4(), Clock()
    async with keyring_of(database) as one, keyring_of(database, clock=clock) as two:
        await one.ensure([subject])
        sealed = sealed_for(one, subject, "Hoa")
        await two.load([subject])
        await one.destroy([subject], NOW)
        await one.destroy([subject], NOW)
        assert one.open(sealed) is None
        with pytest.raises(SubjectErased):
            await one.ensure([subject, uuid4()])
        with pytest.raises(SubjectErased):
            one.key_of(subject)
        clock.seconds += 61
        await two.load([subject])
        assert two.open(sealed) is None


async def test_a_key_that_nobody_asks_for_any_more_leaves_the_memory(database: Database) -> None:
    """Another process may have destroyed it; this one would never look again."""
    clock, subject = Clock(), uuid4()
    async with keyring_of(database, clock=clock) as one, keyring_of(database) as two:
        await one.ensure([subject])
        await two.destroy([subject], NOW)
        clock.seconds += 601
        assert one.key_of(subject), "not looked at yet"
        await one.load([uuid4()])
        with pytest.raises(KeyNotLoaded):
            one.key_of(subject)


async def test_who_asks_with_an_erased_subject_beside_others_is_refused_alone(database: Database) -> None:
    gone, there = uuid4(), [uuid4() for _ in range(5)]
    async with keyring_of(database) as keyring:
        await keyring.destroy([gone], NOW)
    async with keyring_of(database) as keyring:
        told = await asyncio.gather(
            *[keyring.ensure([each]) for each in (there[0], gone, *there[1:])], return_exceptions=True
        )
        assert [type(each) for each in told] == [type(None), SubjectErased, *[type(None)] * 4]
        assert len({keyring.key_of(each) for each in there}) == 5


async def test_a_key_that_moved_to_another_subject_is_noticed(database: Database) -> None:
    one, two = uuid4(), uuid4()
    async with keyring_of(database) as keyring:
        await keyring.ensure([one, two])
    with psycopg.connect(database.owner_dsn) as connection:
        connection.execute(
            "UPDATE subject_key SET wrapped = (SELECT wrapped FROM subject_key WHERE subject = %s)", [one]
        )
    async with keyring_of(database) as keyring:
        await keyring.load([one])
        with pytest.raises(ForeignMasterKey):
            await keyring.load([two])


async def test_a_foreign_master_key_is_noticed_at_start(database: Database) -> None:
    async with keyring_of(database) as keyring:
        await keyring.check()
        await keyring.check()
    async with keyring_of(database, master=bytes(32)) as foreign:
        with pytest.raises(ForeignMasterKey, match="HOSO_SECRETS_DIR"):
            await foreign.check()


async def test_memory_is_bounded_and_more_than_it_holds_is_refused(database: Database) -> None:
    subjects = [uuid4() for _ in range(120)]
    async with keyring_of(database, capacity=100) as keyring:
        for start in range(0, 120, 40):
            await keyring.ensure(subjects[start : start + 40])
        assert len({keyring.key_of(s) for s in subjects[-40:]}) == 40
        assert sum(in_memory(keyring, s) for s in subjects) == 100
        with pytest.raises(KeyringError, match="at most 50"):
            await keyring.ensure([uuid4() for _ in range(51)])


async def test_aliases_are_random_stay_and_are_erased_with_their_subject(database: Database) -> None:
    async with pool_of(database) as pool:
        keyring = PostgresKeyring(pool, MASTER)
        one, two = PersonIndex(pool, keyring), PersonIndex(pool, keyring)
        first, again = await asyncio.gather(
            one.aliases("resource", ["Pete", "Mike", "Pete"], uuid4),
            two.aliases("resource", ["Mike", "Pete"], uuid4),
        )
        assert first == again
        assert set(first) == {"Pete", "Mike"}
        assert first["Pete"] != first["Mike"]
        assert (await one.aliases("other", ["Pete"], uuid4))["Pete"] != first["Pete"]
        await keyring.destroy([first["Pete"]], NOW)
        assert (await one.aliases("resource", ["Pete", "Mike"], uuid4))["Mike"] == first["Mike"]
        assert (await one.aliases("resource", ["Pete"], uuid4))["Pete"] != first["Pete"]


async def test_a_citizen_is_found_by_number_until_erased(database: Database) -> None:
    citizen = uuid4()
    async with pool_of(database) as pool:
        keyring = PostgresKeyring(pool, MASTER)
        index = PersonIndex(pool, keyring)
        assert await index.find_number("001099012345") is None
        await index.reserve("001099012345", citizen)
        await index.reserve("001099012345", uuid4())
        assert await index.find_number("001099012345") == citizen
        assert await index.find_number("001099012346") is None
        await keyring.destroy([citizen], NOW)
        assert await index.find_number("001099012345") is None


def test_keyed_hashes_depend_on_key_kind_and_text() -> None:
    one, two = KeyedHashes(MASTER), KeyedHashes(bytes(32))
    made = [
        *(h.claim_value("dossier_code", "000.00.1") for h in (one, two)),
        one.claim_value("import_case", "000.00.1"),
        one.claim_value("dossier_code", "000.00.2"),
        one.number_hash("000.00.1"),
        one.alias_hash("dossier_code", "000.00.1"),
        one.request_digest(b"dossier_code\x00000.00.1"),
    ]
    assert len(set(made)) == len(made)
    assert one.claim_value("k", "x") == KeyedHashes(MASTER).claim_value("k", "x")


def test_the_keyed_hashes_never_change() -> None:
    """Written down once: another result would lose every claim, number and idempotency key ever recorded."""
    hashes = KeyedHashes(MASTER)
    assert hashes.claim_value("dossier_code", "a").hex() == CLAIM
    assert hashes.number_hash("a").hex() == NUMBER
    assert hashes.request_digest(b"a").hex() == REQUEST
    assert hashes.alias_hash("resource", "a").hex() == ALIAS


def test_a_command_id_is_of_identity_and_key_and_tells_them_apart() -> None:
    assert KeyedHashes.command_id("ab", "c") == sha256(b"ab\0c").digest()
    assert KeyedHashes.command_id("ab", "c") != KeyedHashes.command_id("a", "bc")
    with pytest.raises(ValueError, match="zero byte"):
        KeyedHashes.command_id("a\0b", "c")


def _derived(purpose: str) -> bytes:
    """HKDF-SHA256 with one block, from the standard library alone."""
    extracted = hmac.digest(bytes(32), MASTER, "sha256")
    return hmac.digest(extracted, f"hoso/{purpose}/1\x01".encode(), "sha256")


CLAIM = hmac.digest(_derived("claim"), b"dossier_code\0a", "sha256").hex()
NUMBER = hmac.digest(_derived("number"), b"number\0a", "sha256").hex()
REQUEST = hmac.digest(_derived("request"), b"a", "sha256").hex()
ALIAS = hmac.digest(_derived("alias"), b"resource\0a", "sha256").hex()
