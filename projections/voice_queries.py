"""Pages of the view `voice`, each question with an index of its own: all, what is open, what is late; of the
agencies asked for, or of all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

_BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
_FIRST = UUID(int=0)

_ALL = """
SELECT v.* FROM voice.voice v
 WHERE (v.received_at, v.voice) > (%(received_at)s::timestamptz, %(voice)s::uuid)
 ORDER BY v.received_at, v.voice LIMIT %(limit)s"""
_OPEN = """
SELECT v.* FROM voice.voice v
 WHERE v.ended_at IS NULL AND (v.received_at, v.voice) > (%(received_at)s::timestamptz, %(voice)s::uuid)
 ORDER BY v.received_at, v.voice LIMIT %(limit)s"""
_LATE = """
SELECT v.* FROM voice.voice v
 WHERE v.due IS NOT NULL AND (v.ended_at IS NULL OR v.ended_at >= v.due)
   AND v.due <= coalesce(v.ended_at, %(at)s::timestamptz) AND (v.ended_at IS NULL OR NOT %(open_only)s)
   AND (v.received_at, v.voice) > (%(received_at)s::timestamptz, %(voice)s::uuid)
 ORDER BY v.received_at, v.voice LIMIT %(limit)s"""
# Each agency's own page, then the first of them: no agency's voices are sorted.
_OF_AGENCIES = """
SELECT page.* FROM unnest(%(agencies)s::uuid[]) a (agency)
 CROSS JOIN LATERAL (
       SELECT v.* FROM voice.voice v
        WHERE v.agency = a.agency
          AND (v.received_at, v.voice) > (%(received_at)s::timestamptz, %(voice)s::uuid)
        ORDER BY v.agency, v.received_at, v.voice LIMIT %(limit)s) page
 ORDER BY page.received_at, page.voice LIMIT %(limit)s"""
_OPEN_OF_AGENCIES = """
SELECT page.* FROM unnest(%(agencies)s::uuid[]) a (agency)
 CROSS JOIN LATERAL (
       SELECT v.* FROM voice.voice v
        WHERE v.agency = a.agency AND v.ended_at IS NULL
          AND (v.received_at, v.voice) > (%(received_at)s::timestamptz, %(voice)s::uuid)
        ORDER BY v.agency, v.received_at, v.voice LIMIT %(limit)s) page
 ORDER BY page.received_at, page.voice LIMIT %(limit)s"""
_LATE_OF_AGENCIES = """
SELECT page.* FROM unnest(%(agencies)s::uuid[]) a (agency)
 CROSS JOIN LATERAL (
       SELECT v.* FROM voice.voice v
        WHERE v.agency = a.agency
          AND v.due IS NOT NULL AND (v.ended_at IS NULL OR v.ended_at >= v.due)
          AND v.due <= coalesce(v.ended_at, %(at)s::timestamptz)
          AND (v.ended_at IS NULL OR NOT %(open_only)s)
          AND (v.received_at, v.voice) > (%(received_at)s::timestamptz, %(voice)s::uuid)
        ORDER BY v.agency, v.received_at, v.voice LIMIT %(limit)s) page
 ORDER BY page.received_at, page.voice LIMIT %(limit)s"""


async def page(
    connection: AsyncConnection[Any],
    agencies: Sequence[UUID] | None,
    at: datetime,
    *,
    open_only: bool,
    late_only: bool,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """By (received_at, voice). Late: its due date had passed at its end, or at `at` where it has none."""
    if agencies is None:
        query = _LATE if late_only else _OPEN if open_only else _ALL
    else:
        query = _LATE_OF_AGENCIES if late_only else _OPEN_OF_AGENCIES if open_only else _OF_AGENCIES
    received_at, voice = after or (_BEGINNING, _FIRST)
    known = {
        "agencies": None if agencies is None else list(agencies),
        "at": at,
        "open_only": open_only,
        "received_at": received_at,
        "voice": voice,
        "limit": limit,
    }
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), known)
        return await cursor.fetchall()
