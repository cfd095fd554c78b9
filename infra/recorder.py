"""The recorder on PostgreSQL:

implements `application.ports.Recorder` over the group commit and a pool of readers.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import psycopg

from application.ports import Item, LedgerError, LockHeld, NewEvent, Receipt, StoredFact, Unavailable
from infra import binary, reading, schema
from infra.clock_watch import ClockWatch
from infra.group_commit import GroupCommit
from infra.limits import Limits
from infra.resolve import command_receipt
from infra.session import Session
from infra.writer import Writer

POLL_SECONDS = 1.0


class OutOfOrder(LedgerError):
    """The log has a gap or a doubled position: a defect or damage. Stop, and run `hoso audit`."""


class PostgresRecorder:
    """Make one with `open`, from the event loop that will use it; leave with `close`."""

    def __init__(
        self,
        commits: GroupCommit,
        reader: reading.Reader,
        session: Session,
        watch: ClockWatch,
        ledger: schema.Ledger,
    ) -> None:
        self._commits = commits
        self._reader = reader
        self._session = session
        self._watch = watch
        self.ledger = ledger

    @classmethod
    async def open(
        cls,
        dsn: str,
        limits: Limits | None = None,
        *,
        readers: tuple[int, int] = (1, 8),
        first_version: int = 1,
        clock_confirmed: bool = False,
    ) -> Self:
        """Open the ledger as the application's role.

        Raises schema.SchemaError when the database is empty, foreign, older or newer than this program,
        Unavailable when it cannot be reached, and LedgerError for a superuser. `first_version` is 0 for
        streams of the library's own making. A database whose clock is more than five minutes from this
        machine's is opened, but nothing is recorded in it unless `clock_confirmed`.
        """
        limits = limits or Limits()
        ledger = await schema.check_async(dsn)
        try:
            async with contextlib.AsyncExitStack() as undo:
                session = Session(dsn)
                undo.push_async_callback(session.close, save_clock=False)
                await session.start()
                reader = reading.Reader(dsn, smallest=readers[0], largest=readers[1])
                undo.push_async_callback(reader.close)
                await reader.open()
                writer = await limits.connect(dsn)
                undo.push_async_callback(writer.close)
                watch = await _first_look(writer, clock_confirmed)
                undo.pop_all()
        except psycopg.Error as error:
            raise Unavailable(f"the ledger cannot be opened: {error}") from error
        commits = GroupCommit(
            dsn, writer, watch, limits, on_recorded=lambda _: session.ring(), first_version=first_version
        )
        return cls(commits, reader, session, watch, ledger)

    async def close(self) -> None:
        """Record what is queued, store a demo clock's time, and leave."""
        await self._commits.close()
        await self._session.close(save_clock=True)
        await self._reader.close()

    @property
    def clock_report(self) -> str | None:
        """What a person has to know about the clock: held, or stopped. None when all is well."""
        return self._watch.stopped or self._watch.reported

    @property
    def waiting(self) -> int:
        """How many items wait to be recorded."""
        return self._commits.waiting

    # Writing

    async def append(self, item: Item) -> Receipt:
        return await self._commits.submit(item)

    async def append_many(self, items: Sequence[Item]) -> list[Receipt | LedgerError]:
        return await self._commits.append_many(items)

    @property
    def crowded(self) -> bool:
        """Whether somebody else, in this process or another, appended within the last second."""
        return self._commits.crowded

    def bulk_lock(self, *, in_traffic: bool) -> LockHeld:
        """How long this process's bulk chunks held the log's lock, while others appended or alone."""
        return self._commits.pace.holds[in_traffic].told()

    async def move_clock(self, to: datetime, event: NewEvent) -> Receipt:
        """Move a demo ledger's clock forward; `event` says so and is recorded at exactly `to`.

        Raises writer.ClockMoveRefused on a system clock or when `to` is not after the ledger's time,
        StaleVersion when the event's version is not the next of its stream.
        """
        return await self._commits.move_clock(Item((event,)), to)

    # Reading

    async def find_command(self, command_id: bytes, request_digest: bytes) -> Receipt | None:
        return await command_receipt(self._reader, command_id, request_digest)

    async def find_claim(self, kind: str, value: bytes) -> UUID | None:
        rows = await self._reader.fetch(reading.CLAIM, (kind, value))
        return rows[0][0] if rows else None

    async def claims_of(self, kind: str, after: bytes, limit: int) -> list[tuple[bytes, UUID]]:
        rows = await self._reader.fetch(reading.CLAIMS_OF, (kind, after, limit))
        return [(bytes(value), stream) for value, stream in rows]

    async def events_of(
        self, stream_id: UUID, after_version: int = 0, limit: int | None = None
    ) -> list[StoredFact]:
        return await self._reader.facts(reading.OF_STREAM, (stream_id, after_version, limit))

    async def events_of_many(
        self, stream_ids: Sequence[UUID], recorded_before: datetime | None = None
    ) -> list[StoredFact]:
        return await self._reader.of_streams(stream_ids, recorded_before)

    async def first_of(self, stream_ids: Sequence[UUID]) -> list[StoredFact]:
        return await self._reader.facts(reading.FIRST_OF, (binary.UuidArray(stream_ids),))

    async def positions_of(self, stream_ids: Sequence[UUID]) -> dict[UUID, int]:
        return dict(await self._reader.fetch(reading.POSITIONS_OF, (binary.UuidArray(stream_ids),)))

    async def events_after(
        self, position: int, limit: int, categories: tuple[int, ...] = ()
    ) -> list[StoredFact]:
        return await self._reader.after(position, limit, categories)

    async def events_naming(
        self, rules: Sequence[str], after: int, through: int, limit: int
    ) -> list[StoredFact]:
        quoted = [f'"{rule}"'.encode() for rule in rules]
        return await self._reader.facts(reading.NAMING, (after, through, quoted, limit))

    async def streams_after(
        self, position: int, limit: int, first_of: int, all_of: int
    ) -> list[tuple[int, int, UUID]]:
        rows = await self._reader.fetch(reading.STREAMS_AFTER, (position, first_of, all_of, limit))
        return [(position, category, stream) for position, category, stream in rows]

    async def leaves_after(self, position: int, limit: int) -> list[bytes]:
        return [row[0] for row in await self._reader.fetch(reading.LEAVES_AFTER, (position, limit))]

    async def follow(self, position: int, page: int = 1000) -> AsyncIterator[list[StoredFact]]:
        """Pages after `position`, for ever.

        Raises OutOfOrder at a gap; a database that is away is waited for.
        """
        while True:
            bell = self._session.bell()
            try:
                facts = await self._reader.after(position, page, ())
            except Unavailable:
                await self._session.wait(bell, POLL_SECONDS)
                continue
            for expected, fact in enumerate(facts, position + 1):
                if fact.position != expected:
                    raise OutOfOrder(f"position {expected} is missing: the log goes on with {fact.position}")
            if facts:
                position = facts[-1].position
                yield facts
            if len(facts) < page:
                await self._session.wait(bell, POLL_SECONDS)

    async def wait(self, seconds: float) -> None:
        """Until something was recorded, at most about `seconds`; a hint, so look at the log afterwards."""
        await self._session.wait(self._session.bell(), seconds)

    async def clock(self) -> tuple[datetime, int]:
        rows = await self._reader.fetch(reading.NOW)
        return rows[0][0], rows[0][1]

    async def settled(self) -> None:
        await self._reader.fetch(reading.SETTLED)

    async def fetch(self, query: Any, parameters: Any = ()) -> list[tuple[Any, ...]]:
        """Any other read on the same pool (the library's recorder uses it)."""
        return await self._reader.fetch(query, parameters)


_FIRST_LOOK = """
SELECT current_setting('is_superuser')::boolean, clock_timestamp(),
       clock_timestamp() + l.offset_micros * interval '1 microsecond',
       (SELECT recorded_at FROM event ORDER BY position DESC LIMIT 1)
  FROM ledger l WHERE l.one
"""


async def _first_look(writer: Writer, clock_confirmed: bool) -> ClockWatch:
    """Begin to watch the clock.

    A gap since the last event is normal; one in the future is held and reported.
    """
    superuser, database_clock, ledger_time, last_time = (await writer.fetch(_FIRST_LOOK, ()))[0]
    if superuser:
        raise schema.SchemaError(
            f"A superuser could switch off the protection of the ledger: open it as {schema.APP}."
        )
    watch = ClockWatch(database_clock, confirmed=clock_confirmed)
    if last_time is not None and last_time > ledger_time:
        watch.observe(database_clock, last_time, held=True)
    return watch
