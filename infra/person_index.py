"""What finds a person again although no number and no name stands anywhere: keyed hashes in erasable tables.

Rows go when the person's key is destroyed (infra/keyring.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from infra.keyed_hashes import KeyedHashes
from infra.keyring import Pool

MAX_ALIASES = 10_000
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


class PersonIndex:
    """Citizens by number, and subjects by what an earlier system calls them."""

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
