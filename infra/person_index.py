"""What finds a person again although no number and no name stands anywhere: keyed hashes in erasable tables.

Rows go when the person's key is destroyed (infra/keyring.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.errors import ForeignKeyViolation

from infra.keyed_hashes import KeyedHashes
from infra.keyring import Pool

MAX_ALIASES = 10_000
CHUNK = 10_000
TRIES = 3

FIND_NUMBER = "SELECT citizen FROM citizen_number WHERE hash = %b"
ADD_NUMBER = (
    "INSERT INTO citizen_number (hash, citizen) VALUES (%b, %b)"
    " ON CONFLICT ON CONSTRAINT citizen_number_pk DO NOTHING"
)
ADD_NUMBERS = (
    "INSERT INTO citizen_number (hash, citizen) SELECT * FROM unnest(%b::bytea[], %b::uuid[])"
    " ON CONFLICT ON CONSTRAINT citizen_number_pk DO NOTHING"
)
ALIASES = """
WITH wanted AS (SELECT * FROM unnest(%b::bytea[], %b::uuid[]) AS w (hash, subject)),
made AS (
    INSERT INTO subject_alias (kind, hash, subject)
    SELECT %b, hash, subject FROM wanted ORDER BY hash
    ON CONFLICT ON CONSTRAINT subject_alias_pk DO NOTHING
    RETURNING hash, subject
)
SELECT hash, subject FROM made
UNION ALL
SELECT a.hash, a.subject FROM subject_alias a JOIN wanted USING (hash) WHERE a.kind = %b
"""
# Nobody without a key: who was erased is not written again. One order for all, as with keys.
ADD_TERMS = """
INSERT INTO citizen_search (kind, hash, citizen)
SELECT w.kind, w.hash, w.citizen FROM unnest(%b::text[], %b::bytea[], %b::uuid[]) AS w (kind, hash, citizen)
  JOIN subject_key k ON k.subject = w.citizen
 ORDER BY w.kind, w.hash, w.citizen
ON CONFLICT ON CONSTRAINT citizen_search_pk DO NOTHING
"""
DROP_TERMS = """
DELETE FROM citizen_search s WHERE s.citizen = %b
   AND NOT EXISTS (SELECT FROM unnest(%b::text[], %b::bytea[]) AS w (kind, hash)
                    WHERE w.kind = s.kind AND w.hash = s.hash)
"""
# The first of what is asked for leads, in the order of its index, so that a common name costs no more than a
# page; the others are looked up for each that it finds.
FIND_TERMS = """
SELECT DISTINCT found.citizen
  FROM unnest(%b::text[], %b::bytea[]) AS w (kind, hash)
 CROSS JOIN LATERAL (
       SELECT s.citizen FROM citizen_search s
        WHERE s.kind = w.kind AND s.hash = w.hash
          AND NOT EXISTS (SELECT FROM unnest(%b::integer[]) AS part (number)
                           WHERE NOT EXISTS (SELECT FROM unnest(%b::integer[], %b::text[], %b::bytea[])
                                                         AS o (part, kind, hash)
                                               JOIN citizen_search also
                                                 ON also.kind = o.kind AND also.hash = o.hash
                                                AND also.citizen = s.citizen
                                              WHERE o.part = part.number))
        ORDER BY s.citizen LIMIT %b) found
 ORDER BY found.citizen LIMIT %b
"""


class PersonIndex:
    """Citizens by number, name and phone, and subjects by what an earlier system calls them."""

    def __init__(self, pool: Pool, hashes: KeyedHashes) -> None:
        self._pool = pool
        self._hashes = hashes

    async def find_number(self, number: str) -> UUID | None:
        """The citizen with this number, or None: unknown, or erased."""
        rows = await self._rows(FIND_NUMBER, [self._hashes.number_hash(number)])
        return rows[0][0] if rows else None

    async def reserve(self, number: str, citizen: UUID) -> UUID:
        """Let the citizen be found by this number, durably; one that is known already stays with its citizen,
        who is the answer then."""
        for _ in range(TRIES):  # erased between the two statements: once more
            async with self._pool.connection() as connection:
                await connection.execute(ADD_NUMBER, [self._hashes.number_hash(number), citizen])
            if (found := await self.find_number(number)) is not None:
                return found
        raise RuntimeError("citizen_number gives no answer for what was just inserted")

    async def add_numbers(self, numbers: Mapping[str, UUID]) -> None:
        """The same for many."""
        hashes = [self._hashes.number_hash(number) for number in numbers]
        async with self._pool.connection() as connection:
            await connection.execute(ADD_NUMBERS, [hashes, list(numbers.values())])

    async def add_terms(self, terms: Sequence[tuple[UUID, str, str]]) -> None:
        """Let citizens be found by these kinds and texts; who was erased is left out."""
        for start in range(0, len(terms), CHUNK):
            some = [
                (kind, self._hashes.search_hash(kind, text), id_) for id_, kind, text in terms[start:][:CHUNK]
            ]
            await self._add_terms([list(column) for column in zip(*some, strict=True)])

    async def replace_terms(self, citizen: UUID, terms: Sequence[tuple[str, str]]) -> None:
        """Let a citizen be found by these kinds and texts and by nothing else."""
        kinds, hashes = _columns(self._hashes, terms)
        async with self._pool.connection() as connection:
            await connection.execute(DROP_TERMS, [citizen, kinds, hashes])
        await self.add_terms([(citizen, kind, text) for kind, text in terms])

    async def find_terms(self, wanted: Sequence[Sequence[tuple[str, str]]], limit: int) -> list[UUID]:
        """The citizens, by id, who have one of the terms of each list; the first list should find fewest."""
        first, *others = wanted
        flat = [(number, kind, text) for number, terms in enumerate(others) for kind, text in terms]
        kinds, hashes = _columns(self._hashes, [(kind, text) for _, kind, text in flat])
        parts = [number for number, _, _ in flat]
        rows = await self._rows(
            FIND_TERMS,
            [*_columns(self._hashes, first), list(range(len(others))), parts, kinds, hashes, limit, limit],
        )
        return [citizen for (citizen,) in rows]

    async def _add_terms(self, columns: list[list[Any]]) -> None:
        for last in (False, True):
            try:
                async with self._pool.connection() as connection:
                    await connection.execute(ADD_TERMS, columns)
                return
            except ForeignKeyViolation:  # a key was destroyed meanwhile: its citizen is not found again
                if last:
                    raise

    async def aliases(self, kind: str, texts: Sequence[str], make_id: Callable[[], UUID]) -> dict[str, UUID]:
        """The subject of each text, with a new id for those never seen; committed on return."""
        if len(texts) > MAX_ALIASES:
            raise ValueError(f"{len(texts)} aliases at once; at most {MAX_ALIASES}")
        texts_by_hash = {self._hashes.alias_hash(kind, text): text for text in texts}
        found: dict[str, UUID] = {}
        for _ in range(TRIES):  # a row that another process is just making is not seen at first
            missing = [hash_ for hash_, text in texts_by_hash.items() if text not in found]
            if not missing:
                return found
            rows = await self._rows(ALIASES, [missing, [make_id() for _ in missing], kind, kind])
            found.update((texts_by_hash[bytes(hash_)], subject) for hash_, subject in rows)
        if len(found) < len(texts_by_hash):
            raise RuntimeError("subject_alias gives no answer for what was just inserted")
        return found

    async def _rows(self, statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
        async with self._pool.connection() as connection, connection.cursor(binary=True) as cursor:
            await cursor.execute(statement, parameters)
            return await cursor.fetchall()


def _columns(hashes: KeyedHashes, terms: Sequence[tuple[str, str]]) -> tuple[list[str], list[bytes]]:
    return [kind for kind, _ in terms], [hashes.search_hash(kind, text) for kind, text in terms]
