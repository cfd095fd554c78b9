"""The writing connection and its one call: `append_batch` of infra/sql/02_append.sql, in binary, prepared."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

import psycopg
from psycopg.rows import tuple_row

from application.ports import (
    ClaimTaken,
    HourPassed,
    KeyReused,
    LedgerError,
    NewerFacts,
    Rejected,
    StaleVersion,
    Unavailable,
)
from infra import binary
from infra.batch import Batch, Pending

APPEND = """
SELECT base, recorded_at, clock_now, held, refused_items, refused_codes, refused_numbers, refused_streams
  FROM append_batch(
       %s::integer[], %s::uuid[], %s::integer[], %s::smallint[], %s::text[], %s::bytea[],
       %s::smallint[], %s::bytea[], %s::bytea[],
       %s::integer[], %s::timestamptz[],
       %s::integer[], %s::text[], %s::bytea[], %s::uuid[],
       %s::integer[], %s::bigint[], %s::uuid[],
       %s::integer[], %s::bigint[], %s::integer[],
       %s::integer[], %s::smallint[],
       latest_clock => %s::timestamptz, move_to => %s::timestamptz)
"""
# The same without conditions: fewer parameters, a shorter way for one caller alone.
APPEND_PLAIN = """
SELECT base, recorded_at, clock_now, held, refused_items, refused_codes, refused_numbers, refused_streams
  FROM append_batch(
       %s::integer[], %s::uuid[], %s::integer[], %s::smallint[], %s::text[], %s::bytea[],
       %s::smallint[], %s::bytea[], %s::bytea[],
       '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
       latest_clock => %s::timestamptz, move_to => %s::timestamptz)
"""
# The same two with keys of subjects that begin here: made first, and in the same transaction.
APPEND_KEYED = """
SELECT base, recorded_at, clock_now, held, refused_items, refused_codes, refused_numbers, refused_streams
  FROM (SELECT make_subject_keys(%s::uuid[], %s::bytea[]) AS count OFFSET 0) AS keys
 CROSS JOIN LATERAL append_batch(
       %s::integer[], %s::uuid[], %s::integer[], %s::smallint[], %s::text[], %s::bytea[],
       %s::smallint[], %s::bytea[], %s::bytea[],
       %s::integer[], %s::timestamptz[],
       %s::integer[], %s::text[], %s::bytea[], %s::uuid[],
       %s::integer[], %s::bigint[], %s::uuid[],
       %s::integer[], %s::bigint[], %s::integer[],
       %s::integer[], %s::smallint[],
       latest_clock => CASE WHEN keys.count > 0 THEN %s::timestamptz END, move_to => %s::timestamptz)
"""
APPEND_KEYED_PLAIN = """
SELECT base, recorded_at, clock_now, held, refused_items, refused_codes, refused_numbers, refused_streams
  FROM (SELECT make_subject_keys(%s::uuid[], %s::bytea[]) AS count OFFSET 0) AS keys
 CROSS JOIN LATERAL append_batch(
       %s::integer[], %s::uuid[], %s::integer[], %s::smallint[], %s::text[], %s::bytea[],
       %s::smallint[], %s::bytea[], %s::bytea[],
       '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
       latest_clock => CASE WHEN keys.count > 0 THEN %s::timestamptz END, move_to => %s::timestamptz)
"""
_SETTINGS = """
SELECT set_config('timezone', 'UTC', false), set_config('application_name', 'hoso writer', false),
       set_config('statement_timeout', %s, false), set_config('lock_timeout', %s, false),
       set_config('idle_in_transaction_session_timeout', '10s', false),
       set_config('synchronous_commit', 'on', false)
"""
PLAIN_ARRAYS = 9
_QUERIES = {  # with conditions, with keys
    (False, False): APPEND_PLAIN,
    (True, False): APPEND,
    (False, True): APPEND_KEYED_PLAIN,
    (True, True): APPEND_KEYED,
}
_WHO = "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()"
_STILL_THERE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %s AND backend_start = %s"


class ConnectionLost(Exception):
    """The connection broke during an append: whether it was recorded is unknown."""


class ClockMoveRefused(Rejected):
    def __init__(self) -> None:
        super().__init__("only a demo ledger's clock can be moved, and only forward")


@dataclass(slots=True)
class Outcome:
    """The database's answer.

    `refused`: item ordinal (from 1) -> error, or the first position of the earlier try. `lock_seconds`: how
    long the log's lock was held, the answer's way included: from the reading of the clock under the lock to
    the answer, or (where that clock is another machine's and says nonsense) the whole call.
    """

    base: int
    recorded_at: datetime | None
    clock_now: datetime
    held: bool
    lock_seconds: float = 0.0
    refused: dict[int, LedgerError | int] = field(default_factory=dict)


class Writer:
    """One dedicated connection. Not for two tasks at once."""

    def __init__(self, connection: psycopg.AsyncConnection[Any], backend: tuple[int, datetime]) -> None:
        self._connection = connection
        self.backend = backend

    @classmethod
    async def connect(cls, dsn: str, *, statement_timeout: str = "30s", lock_timeout: str = "20s") -> Self:
        """Raises psycopg.OperationalError when the database cannot be reached."""
        connection = await psycopg.AsyncConnection.connect(
            dsn, autocommit=True, row_factory=tuple_row, connect_timeout=5,
            keepalives_idle=30, keepalives_interval=5, keepalives_count=3, tcp_user_timeout=20_000,
        )  # fmt: skip
        try:
            binary.register(connection)
            await connection.execute(_SETTINGS, (statement_timeout, lock_timeout))
            who = await (await connection.execute(_WHO)).fetchone()
            assert who is not None
        except BaseException:
            await connection.close()
            raise
        return cls(connection, (who[0], who[1]))

    @property
    def flushed(self) -> bool:
        """Whether the database's socket has taken all that was written to it, or never will: whoever waits
        for the answer is told of a connection that broke."""
        try:
            return self._connection.closed or self._connection.pgconn.flush() == 0
        except psycopg.Error:
            return True

    async def close(self) -> None:
        await self._connection.close()

    async def settle(self, backend: tuple[int, datetime], patience: float = 20.0) -> None:
        """Wait until an earlier backend of ours is gone, so that what it did is decided."""
        deadline = asyncio.get_running_loop().time() + patience
        while await (await self._connection.execute(_STILL_THERE, backend)).fetchone() is not None:
            if asyncio.get_running_loop().time() > deadline:
                raise Unavailable("the database still works on an append whose connection was lost")
            await asyncio.sleep(0.02)

    async def fetch(self, query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        cursor = await self._connection.execute(query, parameters, binary=True)
        rows: list[tuple[Any, ...]] = await cursor.fetchall()
        return rows

    async def append(
        self, batch: Batch, latest_clock: datetime | None, move_to: datetime | None = None
    ) -> Outcome:
        """One transaction. Raises ConnectionLost, or psycopg.Error when the whole call failed."""
        parameters, keys = batch.encoded(), batch.new_keys()
        began = time.perf_counter()
        try:
            cursor = self._connection.cursor(binary=True)
            query = _QUERIES[len(parameters) > PLAIN_ARRAYS, bool(keys)]
            await cursor.execute(query, (*keys, *parameters, latest_clock, move_to), prepare=True)
            row = await cursor.fetchone()
        except psycopg.Error as error:
            if self._connection.closed:
                raise ConnectionLost(str(error)) from error
            raise
        assert row is not None
        whole = time.perf_counter() - began
        held = time.time() - row[2].timestamp()
        outcome = Outcome(row[0], row[1], row[2], row[3], held if 0 < held < whole else whole)
        if row[4]:
            outcome.refused = _refusals(batch, row)
        return outcome


def _refusals(batch: Sequence[Pending], row: Sequence[Any]) -> dict[int, LedgerError | int]:
    """The first reason of each refused item; reasons come in the order in which they count."""
    refused: dict[int, LedgerError | int] = {}
    claims = [claim for pending in batch for claim in pending.item.claims]
    for number, code, detail, stream in zip(row[4], row[5], row[6], row[7], strict=True):
        if number not in refused:
            refused[number] = _reason(code, detail, stream, claims)
    return refused


def _reason(code: int, detail: Any, stream: Any, claims: Sequence[Any]) -> LedgerError | int:
    match code:
        case 1:
            return int(detail)
        case 2:
            return KeyReused()
        case 3:
            return ClaimTaken(claims[detail - 1].kind, stream)
        case 4:
            return StaleVersion(stream, detail)
        case 5:
            return HourPassed()
        case 6:
            return NewerFacts()
        case 7:
            return ClockMoveRefused()
    raise LedgerError(f"the database refused an item for a reason that this program does not know ({code})")
