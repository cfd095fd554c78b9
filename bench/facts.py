"""The callers of V2: facts through codec and recorder, once with a personal field sealed under the subject of
their stream, once with the same text in clear. Both fact types are the benchmark's own; no ledger knows them.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

import uvloop

from application.ports import Item
from bench.load import EVENTS_PER_STREAM, Tally, new_id
from domain.facts import Actor, Category, Envelope, Fact, Personal, PersonalText
from infra.codec import JsonCodec
from infra.fact_types import FactTypes
from infra.keyring import PostgresKeyring
from infra.recorder import PostgresRecorder
from interfaces.views import open_pool

TEXT = "Nguyễn Thị Hoa, sinh ngày 02/09/1985, thôn Đông, xã Tân Mỹ"
MASTER_KEY = bytes(range(32))
Ready = Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class NoteSealed(Fact):
    """`note` is personal."""

    TOPIC: ClassVar[str] = "benchmark.note_sealed.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    number: int
    note: PersonalText


@dataclass(frozen=True, kw_only=True)
class NoteInClear(Fact):
    """The same, said of nobody."""

    TOPIC: ClassVar[str] = "benchmark.note_clear.v1"
    CATEGORY: ClassVar[int] = Category.DOSSIER

    number: int
    note: str


def _envelope() -> Envelope:
    officer, posting, agency = new_id(), new_id(), new_id()
    return Envelope(Actor("officer", str(officer)), datetime.now(UTC), posting, agency, agency)


def _streams() -> Iterator[tuple[UUID, UUID]]:
    """Streams, and the subject of each."""
    while True:
        yield new_id(), new_id()


@asynccontextmanager
async def _keyring(dsn: str) -> AsyncIterator[PostgresKeyring]:
    async with open_pool(dsn, "hoso work") as pool:
        keyring = PostgresKeyring(pool, MASTER_KEY)
        await keyring.check()
        yield keyring


def appends(dsn: str, callers: int, tally: Tally, ready: Ready, *, sealed: bool) -> None:
    """Closed loops: a new stream, with `sealed` the key of its subject, then its facts one by one."""

    async def main() -> None:
        recorder = await PostgresRecorder.open(dsn)
        async with _keyring(dsn) as keyring:
            codec = JsonCodec(FactTypes([NoteSealed, NoteInClear]), keyring)

            async def begin(subject: UUID) -> None:
                if sealed:
                    await keyring.ensure([subject])

            def fact(stream: UUID, version: int, subject: UUID, envelope: Envelope) -> Fact:
                place = {"originator_id": stream, "originator_version": version, "envelope": envelope}
                if sealed:
                    return NoteSealed(**place, number=version, note=Personal(subject, TEXT))  # type: ignore[arg-type]
                return NoteInClear(**place, number=version, note=TEXT)  # type: ignore[arg-type]

            ready()
            tally.start()
            await asyncio.gather(*[_caller(recorder, codec, tally, begin, fact) for _ in range(callers)])
        await recorder.close()

    uvloop.run(main())


async def _caller(
    recorder: PostgresRecorder,
    codec: JsonCodec,
    tally: Tally,
    begin: Callable[[UUID], Awaitable[None]],
    fact: Callable[[UUID, int, UUID, Envelope], Fact],
) -> None:
    keys, count, envelope = os.urandom(24), 0, _envelope()
    for stream, subject in _streams():
        for version in range(1, EVENTS_PER_STREAM + 1):
            if not tally.goes_on():
                return
            count += 1
            key = count.to_bytes(8, "little") + keys
            command = key[:1] + os.urandom(7) + keys
            began = time.perf_counter()
            if version == 1:
                await begin(subject)
            event = codec.encode(fact(stream, version, subject, envelope))
            await recorder.append(Item((event,), command, key))
            tally.done(began)
