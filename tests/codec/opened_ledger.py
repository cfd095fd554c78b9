"""A whole ledger on a test's database: recorder, codec, keyring and index of persons, as wiring puts them
together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from application.ledger import Ledger
from infra.codec import JsonCodec
from infra.fact_types import domain_fact_types
from infra.keyring import PostgresKeyring
from infra.person_index import PersonIndex
from infra.recorder import PostgresRecorder

MASTER = bytes(range(32))


@dataclass
class OpenedLedger:
    recorder: PostgresRecorder
    codec: JsonCodec
    keyring: PostgresKeyring
    index: PersonIndex

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.recorder, self.codec, self.keyring)


@asynccontextmanager
async def open_ledger(dsn: str, master_key: bytes = MASTER) -> AsyncIterator[OpenedLedger]:
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        dsn, min_size=1, max_size=4, open=False
    )
    async with pool:
        keyring = PostgresKeyring(pool, master_key)
        await keyring.check()
        recorder = await PostgresRecorder.open(dsn)
        try:
            codec = JsonCodec(domain_fact_types(), keyring)
            yield OpenedLedger(recorder, codec, keyring, PersonIndex(pool, keyring))
        finally:
            await recorder.close()
