"""The published checkpoints and their cosignatures in the database, the port `Checkpoints`.

Promises: a checkpoint and its cosignatures are added together or not at all; adding again what is there
changes nothing; what is there is never replaced. Cosignatures that came later are in the note that is read,
of each witness's key the newest one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from application.tlog_ports import CheckpointConflict, LastCosignature, Published
from domain.notes import NoteBroken, VerifierKey, read_note, read_signature
from infra.binary import ByteaArray, TextArray, TimeArray
from infra.reading import Fetches

NEWEST = """
SELECT origin, size, root, note, signed_at, quorum, lines FROM published_checkpoint
 WHERE origin = %s::text ORDER BY size DESC LIMIT 1
"""
AT_LEAST = """
SELECT origin, size, root, note, signed_at, quorum, lines FROM published_checkpoint
 WHERE origin = %s::text AND size >= %s::bigint ORDER BY size LIMIT 1
"""
AT_MOST = """
SELECT origin, size, root, note, signed_at, quorum, lines FROM published_checkpoint
 WHERE origin = %s::text AND size <= %s::bigint ORDER BY size DESC LIMIT 1
"""
AFTER = """
SELECT origin, size, root, note, signed_at, quorum, lines FROM published_checkpoint
 WHERE origin = %s::text AND size > %s::bigint ORDER BY size LIMIT %s::bigint
"""
ADD = """
WITH added AS (
    INSERT INTO checkpoint (origin, size, root, note, signed_at, quorum)
    VALUES (%(origin)s::text, %(size)s::bigint, %(root)s::bytea, %(note)s::text, %(signed_at)s::timestamptz,
            %(quorum)s::boolean)
    ON CONFLICT ON CONSTRAINT checkpoint_pk DO NOTHING
), cosigned AS (
    INSERT INTO cosignature (origin, size, witness, key_id, line, cosigned_at)
    SELECT %(origin)s::text, %(size)s::bigint, w.witness, w.key_id, w.line, w.cosigned_at
      FROM unnest(%(witnesses)s::text[], %(key_ids)s::bytea[], %(lines)s::text[], %(times)s::timestamptz[])
           AS w (witness, key_id, line, cosigned_at)
     WHERE NOT EXISTS (SELECT FROM checkpoint c WHERE c.origin = %(origin)s::text
                          AND c.size = %(size)s::bigint AND c.root <> %(root)s::bytea)
    ON CONFLICT ON CONSTRAINT cosignature_pk DO NOTHING
)
SELECT 1
"""
ROOT = "SELECT root FROM checkpoint WHERE origin = %s::text AND size = %s::bigint"
# One look-up in the index for each key, however many cosignatures there are.
COSIGNED = """
WITH RECURSIVE newest AS (
    (SELECT witness, key_id, size, cosigned_at FROM cosignature WHERE origin = %(origin)s::text
      ORDER BY witness, key_id, cosigned_at DESC LIMIT 1)
    UNION ALL
    SELECT further.* FROM newest CROSS JOIN LATERAL (
        SELECT c.witness, c.key_id, c.size, c.cosigned_at FROM cosignature c
         WHERE c.origin = %(origin)s::text AND (c.witness, c.key_id) > (newest.witness, newest.key_id)
         ORDER BY c.witness, c.key_id, c.cosigned_at DESC LIMIT 1) further
)
SELECT witness, key_id, size, cosigned_at FROM newest
"""


class PostgresCheckpoints:
    """`reader`: connections of the application's role. All raise Unavailable."""

    def __init__(self, reader: Fetches) -> None:
        self._reader = reader

    async def newest(self, origin: str) -> Published | None:
        return _one(await self._reader.fetch(NEWEST, (origin,)))

    async def at_least(self, origin: str, size: int) -> Published | None:
        return _one(await self._reader.fetch(AT_LEAST, (origin, size)))

    async def at_most(self, origin: str, size: int) -> Published | None:
        return _one(await self._reader.fetch(AT_MOST, (origin, size)))

    async def after(self, origin: str, size: int, limit: int) -> Sequence[Published]:
        return [_published(row) for row in await self._reader.fetch(AFTER, (origin, size, limit))]

    async def add(
        self, published: Published, cosignatures: Sequence[tuple[VerifierKey, str, datetime]]
    ) -> None:
        values = {
            "origin": published.origin,
            "size": published.size,
            "root": published.root,
            "note": published.note,
            "signed_at": published.signed_at,
            "quorum": published.quorum,
            "witnesses": TextArray(key.name for key, _, _ in cosignatures),
            "key_ids": ByteaArray([key.key_id for key, _, _ in cosignatures]),
            "lines": TextArray(line for _, line, _ in cosignatures),
            "times": TimeArray([at for _, _, at in cosignatures]),
        }
        await self._reader.fetch(ADD, values)
        rows = await self._reader.fetch(ROOT, (published.origin, published.size))
        if rows[0][0] != published.root:
            raise CheckpointConflict(published.origin, published.size)

    async def cosigned(self, origin: str) -> Sequence[LastCosignature]:
        return [LastCosignature(*row) for row in await self._reader.fetch(COSIGNED, {"origin": origin})]


def _one(rows: Sequence[tuple[Any, ...]]) -> Published | None:
    return _published(rows[0]) if rows else None


def _published(row: tuple[Any, ...]) -> Published:
    origin, size, root, note, signed_at, quorum, lines = row
    return Published(origin, size, root, _with(note, lines), signed_at, quorum)


def _with(note: str, lines: Sequence[str]) -> str:
    """The note with these cosignatures, each in the place of an earlier one by its key. What cannot be read
    is given as it is: whoever verifies the note has to see it."""
    try:
        read = read_note(note.encode())
        further = [read_signature(line) for line in lines]
    except NoteBroken:
        return note + "".join(f"{line}\n" for line in lines)
    newer = {(one.name, one.key_id) for one in further}
    kept = tuple(one for one in read.signatures if (one.name, one.key_id) not in newer)
    return str(type(read)(read.text, kept).signed_by(further))
