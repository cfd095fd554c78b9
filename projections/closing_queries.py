"""What a dissolved agency's closing officer reads of it: the list of what a part took from it, and counts.
Rows are dicts ready for JSON, of the views `status` and `handover`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

_FIRST = UUID(int=0)

# A page of the agency's links by their own index; only then what each of these dossiers is.
_LIST = """
SELECT h.dossier, d.code, d.status, d.revision, h.agency AS to_agency, a.identifier AS to_identifier,
       h.rule, h.provisional, h.transferred_at, h.agency = %(agency)s::uuid AS ended_here
  FROM (SELECT l.dossier, l.agency, l.rule, l.provisional, l.transferred_at, l.since
          FROM status.holding l
         WHERE l.part = %(part)s::uuid AND l.from_agency = %(agency)s AND l.since <= %(at)s::timestamptz
           AND l.dossier > %(after)s::uuid
         ORDER BY l.part, l.from_agency, l.dossier LIMIT %(limit)s) h
  JOIN status.dossier d ON d.dossier = h.dossier
  LEFT JOIN status.agency a ON a.agency = h.agency
 ORDER BY h.dossier, h.since"""
_COUNTS = """
SELECT count(*) FILTER (WHERE h.agency <> h.from_agency) AS moved,
       count(*) FILTER (WHERE h.agency = h.from_agency) AS ended_here,
       count(*) FILTER (WHERE h.agency <> h.from_agency AND h.transferred_at IS NOT NULL) AS handed_over,
       count(*) FILTER (WHERE h.provisional) AS provisional
  FROM status.holding h
 WHERE h.part = %(part)s::uuid AND h.from_agency = %(agency)s::uuid AND h.since <= %(at)s::timestamptz"""


async def listed(
    connection: AsyncConnection[Any],
    part: UUID,
    agency: UUID,
    at: datetime,
    *,
    after: UUID | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """A page of the dossiers that the part took from the agency by `at`, by id: dossier, code, status (now),
    revision, to_agency, to_identifier, rule, provisional, transferred_at (position of its transfer),
    ended_here (concluded before the hour, so it stayed)."""
    known = {"part": part, "agency": agency, "at": at, "after": after or _FIRST, "limit": limit}
    return await _all(connection, _LIST, known)


async def counts(connection: AsyncConnection[Any], part: UUID, agency: UUID, at: datetime) -> dict[str, Any]:
    """moved, ended_here, handed_over (stated by the transfer), provisional."""
    (row,) = await _all(connection, _COUNTS, {"part": part, "agency": agency, "at": at})
    return row


async def _all(
    connection: AsyncConnection[Any], query: str, known: Mapping[str, Any]
) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), known)
        return await cursor.fetchall()
