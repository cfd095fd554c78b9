"""The port `Keyring` over PostgreSQL: a random key per subject, stored wrapped, in memory while it is used.

Promises: a key that `ensure` made is committed before `ensure` returns, one that was `drafted` with the facts
that were sealed with it; a key that was destroyed is never made again; this process uses no key that another
one destroyed from the first `load` or `ensure` after `FRESH_SECONDS` on, and drops every key that it has not
read again for `FORGOTTEN_SECONDS` at the next of these.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from application.ports import NewKey, SubjectErased
from domain.facts import Personal, Sealed
from domain.sealed_fields import KEY_BYTES, NONCE_BYTES
from infra.gathering import Gathering
from infra.keyed_hashes import KeyedHashes, derive
from infra.sealing import event_key, unseal

Pool = AsyncConnectionPool[AsyncConnection[Any]]

FRESH_SECONDS = 60.0
FORGOTTEN_SECONDS = 600.0
CAPACITY = 200_000
CHUNK = 10_000
TRIES = 3

ENSURE = """
WITH wanted AS (SELECT * FROM unnest(%b::uuid[], %b::bytea[]) AS w (subject, wrapped)),
made AS (
    INSERT INTO subject_key (subject, wrapped)
    SELECT subject, wrapped FROM wanted
    WHERE NOT EXISTS (SELECT FROM subject_erased e WHERE e.subject = wanted.subject)
    ORDER BY subject -- one order for all, so that two bulk calls do not wait for each other in a circle
    ON CONFLICT ON CONSTRAINT subject_key_pk DO NOTHING
    RETURNING subject, wrapped
)
SELECT subject, wrapped FROM made
UNION ALL
SELECT k.subject, k.wrapped FROM subject_key k JOIN wanted USING (subject)
"""
LOAD = "SELECT subject, wrapped FROM subject_key WHERE subject = ANY(%b::uuid[])"
ERASED = "SELECT subject FROM subject_erased WHERE subject = ANY(%b::uuid[])"
MARK = """
WITH made AS (INSERT INTO keyring_mark (mark) VALUES (%b) ON CONFLICT ON CONSTRAINT keyring_mark_pk DO
NOTHING RETURNING mark) SELECT mark FROM made UNION ALL SELECT mark FROM keyring_mark
"""
# The lock lets no `ensure` slip between the two: it waits, then sees the subject as erased.
DESTROY = (
    "LOCK TABLE subject_key IN SHARE ROW EXCLUSIVE MODE",
    """INSERT INTO subject_erased (subject, erased_at) SELECT unnest(%(subjects)s::uuid[]), %(at)s
       ON CONFLICT DO NOTHING""",
    "DELETE FROM citizen_search WHERE citizen = ANY (%(subjects)s::uuid[])",
    "DELETE FROM subject_key WHERE subject = ANY (%(subjects)s::uuid[])",
    "DELETE FROM subject_alias WHERE subject = ANY (%(subjects)s::uuid[])",
    "DELETE FROM citizen_number WHERE citizen = ANY (%(subjects)s::uuid[])",
)
FINISHED = "SELECT coalesce(max(through), 0) FROM erasures_finished"
FINISH = """
INSERT INTO erasures_finished (through) VALUES (%b)
ON CONFLICT ON CONSTRAINT erasures_finished_pk DO UPDATE
   SET through = greatest(erasures_finished.through, EXCLUDED.through)
"""


class KeyringError(Exception):
    """The keyring cannot do what was asked; the text says why."""


class KeyNotLoaded(KeyringError):
    """A programming error: `ensure` or `load` must come before sealing or opening."""

    def __init__(self, subject: UUID) -> None:
        super().__init__(f"the key of subject {subject} is not in memory: ensure or load it first")


class ForeignMasterKey(KeyringError):
    """The master key is another ledger's."""

    def __init__(self) -> None:
        super().__init__(
            "master.key does not belong to this database: its keys were made with another one. "
            "Put the ledger's own file into HOSO_SECRETS_DIR, or name its database in HOSO_DATABASE_URL."
        )


class PostgresKeyring(KeyedHashes):
    """Keys of one ledger. `pool`: connections of the application's role. Not for use by several event
    loops.
    """

    def __init__(
        self,
        pool: Pool,
        master_key: bytes,
        *,
        capacity: int = CAPACITY,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(master_key)
        self._pool = pool
        self._wrapping = AESGCM(derive(master_key, "wrap"))
        self._cache: OrderedDict[UUID, tuple[bytes | None, float]] = OrderedDict()
        self._capacity = capacity
        self._monotonic = monotonic
        self._making = Gathering(self._make, CHUNK)
        self._drafts: Mapping[UUID, bytes] = {}
        self._swept_at = monotonic()

    async def check(self) -> None:
        """At start: is this the master key that the ledger's keys were made with? Raises ForeignMasterKey."""
        rows = await self._rows(MARK, [self.mark])
        if any(mark != self.mark for (mark,) in rows):
            raise ForeignMasterKey

    async def ensure(self, subjects: Sequence[UUID]) -> None:
        """Make keys for subjects that have none, and hold the keys of all in memory. Raises SubjectErased."""
        oldest = self._forget_stale() - FRESH_SECONDS
        missing = [s for s in subjects if not self._is_fresh(s, oldest, absent_too=False)]
        if not missing:
            return
        self._check_room(len(missing))
        for chunk in _chunks(missing):
            await self._making.want(chunk)
        absent = [subject for subject in missing if self._cache.get(subject, (None,))[0] is None]
        if absent:
            erased = await self._rows(ERASED, [absent])
            raise SubjectErased(erased[0][0]) if erased else KeyNotLoaded(absent[0])

    @contextmanager
    def drafted(self, subjects: Iterable[UUID]) -> Iterator[tuple[NewKey, ...]]:
        """Keys for subjects that nobody knows yet, for sealing while this is open, which is not longer than
        an encoding takes. They are made by the append of the item with which they go."""
        drafts = {subject: os.urandom(KEY_BYTES) for subject in sorted(subjects)}
        self._drafts = drafts
        try:
            yield tuple(NewKey(subject, self._wrap(subject, key)) for subject, key in drafts.items())
        finally:
            self._drafts = {}

    def made(self, keys: Sequence[NewKey]) -> None:
        """Hold in memory what was recorded with its item."""
        for subject, key in self._unwrapped((each.subject, each.wrapped) for each in keys).items():
            self._remember(subject, key)

    async def load(self, subjects: Sequence[UUID]) -> None:
        """Hold the keys of these subjects in memory, or know that they are destroyed."""
        oldest = self._forget_stale() - FRESH_SECONDS
        missing = {s for s in subjects if not self._is_fresh(s, oldest, absent_too=True)}
        self._check_room(len(missing))
        for chunk in _chunks(missing):
            found = self._unwrapped(await self._rows(LOAD, [chunk]))
            for subject in chunk:
                self._remember(subject, found.get(subject))

    def key_of(self, subject: UUID) -> bytes:
        """The key for sealing. Raises KeyNotLoaded, SubjectErased."""
        if subject in self._drafts:
            return self._drafts[subject]
        key = self._cached(subject)
        if key is None:
            raise SubjectErased(subject)
        return key

    def open(self, sealed: object) -> str | None:
        """The text, or None when the subject's key was destroyed. Raises KeyNotLoaded, SealBroken."""
        if isinstance(sealed, Personal):
            return sealed.text
        if not isinstance(sealed, Sealed):
            raise TypeError(f"only personal text can be opened, not {type(sealed).__name__}")
        key = self._cached(sealed.subject)
        return None if key is None else unseal(sealed, key)

    def event_key(self, sealed: object) -> bytes | None:
        """The key of the one payload that this field stands in, for the field's subject: 32 bytes, or None
        when the subject's key was destroyed. Raises KeyNotLoaded."""
        if not isinstance(sealed, Sealed):
            raise TypeError(f"only sealed text has a key, not {type(sealed).__name__}")
        key = self._cached(sealed.subject)
        return None if key is None else event_key(key, sealed.salt)

    async def destroy(self, subjects: Sequence[UUID], at: datetime) -> None:
        """Destroy the keys of these subjects and what finds them, for ever, all or none. `at`: the ledger's
        time. Repeating is harmless. Lawful is only what `application.erasing` has recorded before."""
        async with self._pool.connection() as connection, connection.transaction():
            for statement in DESTROY:
                await connection.execute(statement, {"subjects": list(subjects), "at": at})
        for subject in subjects:
            self._remember(subject, None)

    async def finished(self) -> int:
        """Up to which position the log's erasures are finished here: kept beside the keys, so that it goes
        back with them where a backup of the keys is restored."""
        return int((await self._rows(FINISHED, []))[0][0])

    async def finish(self, through: int) -> None:
        """They are finished up to this position."""
        async with self._pool.connection() as connection:
            await connection.execute(FINISH, [through])

    async def _make(self, subjects: list[UUID]) -> None:
        """Keys for all of them, for whoever waits; those that were destroyed stay absent."""
        missing = subjects
        for _ in range(TRIES):  # a key that another process is just making is not seen at first
            wrapped = [self._wrap(subject, os.urandom(KEY_BYTES)) for subject in missing]
            for subject, key in self._unwrapped(await self._rows(ENSURE, [missing, wrapped])).items():
                self._remember(subject, key)
            missing = [subject for subject in missing if self._cache.get(subject, (None,))[0] is None]
            if not missing:
                return

    async def _rows(self, statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(statement, parameters, prepare=True)
            return await cursor.fetchall()

    def _wrap(self, subject: UUID, key: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, key, subject.bytes)

    def _unwrapped(self, rows: Iterable[tuple[Any, ...]]) -> Mapping[UUID, bytes]:
        try:
            return {
                subject: self._wrapping.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], subject.bytes)
                for subject, wrapped in rows
            }
        except InvalidTag:
            raise ForeignMasterKey from None

    def _is_fresh(self, subject: UUID, oldest: float, *, absent_too: bool) -> bool:
        entry = self._cache.get(subject)
        if entry is None or entry[1] < oldest or (entry[0] is None and not absent_too):
            return False
        self._cache.move_to_end(subject)
        return True

    def _cached(self, subject: UUID) -> bytes | None:
        try:
            return self._cache[subject][0]
        except KeyError:
            raise KeyNotLoaded(subject) from None

    def _remember(self, subject: UUID, key: bytes | None) -> None:
        self._cache[subject] = (key, self._monotonic())
        self._cache.move_to_end(subject)
        while len(self._cache) > self._capacity:
            self._cache.popitem(last=False)

    def _forget_stale(self) -> float:
        """Drop what nobody has read again for long: another process may have destroyed it. The time."""
        now = self._monotonic()
        if now - self._swept_at > FRESH_SECONDS:
            self._swept_at = now
            for subject in [s for s, (_, at) in self._cache.items() if at < now - FORGOTTEN_SECONDS]:
                del self._cache[subject]
        return now

    def _check_room(self, wanted: int) -> None:
        if wanted > self._capacity // 2:
            raise KeyringError(f"{wanted} keys at once; at most {self._capacity // 2}: ask for fewer")


def _chunks(subjects: Iterable[UUID]) -> Iterable[list[UUID]]:
    remaining = iter(sorted(subjects))
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk
