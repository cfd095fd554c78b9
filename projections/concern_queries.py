"""What concerns a person, and who is due to be erased: questions over `status`, `voice` and `linked`.

What they answer is only where to look: an erasure is decided on what the log says of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import AsyncConnection

Connection = AsyncConnection[Any]

_OWNED = """
SELECT d.dossier FROM status.dossier d
 WHERE d.owner = ANY (%s::uuid[]) ORDER BY d.owner, d.dossier LIMIT %s"""
_FILED = """
SELECT d.dossier FROM status.dossier d
 WHERE d.submitter = ANY (%s::uuid[]) AND d.submitter IS DISTINCT FROM d.owner
 ORDER BY d.submitter, d.dossier LIMIT %s"""
_VOICES = """
SELECT v.voice FROM voice.voice v WHERE v.ended_at IS NULL AND v.citizen = ANY (%s::uuid[]) LIMIT %s"""
_GROUPS = """
SELECT l.linked_group FROM linked.party p JOIN linked.linked l USING (linked_group)
 WHERE p.citizen = ANY (%s::uuid[]) AND l.going_on LIMIT %s"""
_OWNERS = """
SELECT d.owner FROM status.dossier d
 WHERE d.owner > %s::uuid AND d.concluded_at < %s::timestamptz
   AND NOT EXISTS (SELECT FROM public.subject_erased e WHERE e.subject = d.owner)
 GROUP BY d.owner ORDER BY d.owner LIMIT %s"""
_OF_NOBODY = """
SELECT d.dossier FROM status.dossier d
 WHERE d.owner IS NULL AND d.submitter IS NULL AND d.dossier > %s::uuid AND d.concluded_at < %s::timestamptz
   AND NOT EXISTS (SELECT FROM public.subject_erased e WHERE e.subject = d.dossier)
 ORDER BY d.dossier LIMIT %s"""


async def owned(connection: Connection, citizens: Sequence[UUID], limit: int) -> list[UUID]:
    """Dossiers that one of these records owns."""
    return await _ids(connection, _OWNED, list(citizens), limit)


async def filed(connection: Connection, citizens: Sequence[UUID], limit: int) -> list[UUID]:
    """Dossiers that one of them filed and does not own."""
    return await _ids(connection, _FILED, list(citizens), limit)


async def open_voices(connection: Connection, citizens: Sequence[UUID], limit: int) -> list[UUID]:
    """Feedback and complaints of theirs that wait for an answer."""
    return await _ids(connection, _VOICES, list(citizens), limit)


async def open_groups(connection: Connection, citizens: Sequence[UUID], limit: int) -> list[UUID]:
    """Linked groups that concern them and go on."""
    return await _ids(connection, _GROUPS, list(citizens), limit)


async def owners_concluded(connection: Connection, after: UUID, before: datetime, limit: int) -> list[UUID]:
    """Owners, by id, who have a dossier that was concluded before this and are not erased."""
    return await _ids(connection, _OWNERS, after, before, limit)


async def of_nobody_concluded(
    connection: Connection, after: UUID, before: datetime, limit: int
) -> list[UUID]:
    """The same for dossiers that nobody owns or filed."""
    return await _ids(connection, _OF_NOBODY, after, before, limit)


async def _ids(connection: Connection, query: LiteralString, *parameters: Any) -> list[UUID]:
    cursor = await connection.execute(query, parameters)
    return [id for (id,) in await cursor.fetchall()]
