"""Reading the view `status`. Each function answers at the ledger's time `at` (aware): who holds is the link
with since <= at < until.

Rows are dicts ready for JSON (ids are UUID, times aware UTC): dossier, code, status, revision, procedure,
procedure_code, level, level_after, place and holder (CODE@DATE of the units), channel, owner, submitter,
holder_agency, holder_identifier, holder_name, holder_since, provisional, submitted_at, accepted_at,
statutory_due, promised, extended_until, awaited_until, finished_at, concluded_at, source, case_id, deadline,
enddate, steps, quarantined, attention, position."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from domain.local_time import local_date

Reading: TypeAlias = AsyncConnection[Any]
RowDict: TypeAlias = dict[str, Any]

_FIRST = UUID(int=0)

_ALL = """
SELECT * FROM status.shown(%(at)s::timestamptz)
 WHERE dossier > %(after)s::uuid AND (%(status)s::smallint IS NULL OR status = %(status)s)
 ORDER BY dossier LIMIT %(limit)s"""
_HELD = """
SELECT * FROM status.shown(%(at)s::timestamptz)
 WHERE holder_agency = %(holder)s::uuid AND dossier > %(after)s::uuid
     AND (%(status)s::smallint IS NULL OR status = %(status)s)
 ORDER BY dossier LIMIT %(limit)s"""
_OWNED = """
SELECT page.* FROM unnest(%(owners)s::uuid[]) o (owner)
 CROSS JOIN LATERAL (
       SELECT * FROM status.shown(%(at)s::timestamptz) shown
        WHERE shown.owner = o.owner AND shown.dossier > %(after)s::uuid
        ORDER BY shown.owner, shown.dossier LIMIT %(limit)s) page
 ORDER BY page.dossier LIMIT %(limit)s"""
_CHANGED = """
SELECT * FROM status.shown(%(at)s::timestamptz)
 WHERE position > %(changed_after)s AND (%(holder)s::uuid IS NULL OR holder_agency = %(holder)s)
   AND (%(status)s::smallint IS NULL OR status = %(status)s)
 ORDER BY position LIMIT %(limit)s"""
_LINKS = """
SELECT h.since, nullif(h.until, 'infinity') AS until, h.agency, a.identifier, a.name, u.reference AS unit,
    h.part, h.part_version, h.rule,
       h.from_agency, h.provisional, h.transferred_at
  FROM status.holding h LEFT JOIN status.agency a ON a.agency = h.agency LEFT JOIN status.unit u
      ON u.unit = a.unit
 WHERE h.dossier = %s ORDER BY h.since"""
_HOLDERS_AT = """
SELECT d.dossier, h.agency, d.position
  FROM status.dossier d
  LEFT JOIN status.holding h ON h.dossier = d.dossier AND h.since <= %(at)s AND %(at)s < h.until
 WHERE d.dossier = ANY (%(dossiers)s::uuid[])"""
_DATES = """
SELECT dossier, position, statutory_due, promised, extended_until FROM status.dossier
 WHERE dossier = ANY (%(dossiers)s::uuid[])"""
_OPEN = """
SELECT page.* FROM unnest(%(agencies)s::uuid[]) a (agency)
 CROSS JOIN LATERAL (
       SELECT d.dossier, h.agency AS holder, d.place, d.procedure_code, d.status, coalesce(d.extended_until,
           d.promised, d.statutory_due) AS due
         FROM status.holding h JOIN status.dossier d ON d.dossier = h.dossier
        WHERE h.agency = a.agency AND h.dossier > %(after)s AND h.since <= %(at)s AND %(at)s < h.until
          AND (d.status IS NULL OR d.status NOT IN (3, 7, 8, 10))
        ORDER BY h.agency, h.dossier LIMIT %(limit)s) page
 ORDER BY page.dossier LIMIT %(limit)s"""
_MOVING = """
SELECT dossier FROM status.holding
 WHERE part = %(part)s AND part_version = %(version)s AND dossier > %(after)s ORDER BY part, part_version,
     dossier LIMIT %(limit)s"""
# A placement sets the holder by itself: its link names no part, and comes from the placement's position.
_HELD_BY = """
SELECT h.dossier FROM status.holding h
 WHERE h.agency = %(agency)s AND h.dossier > %(after)s AND h.since <= %(at)s AND %(at)s < h.until
   AND (h.part = %(part)s OR (h.part IS NULL AND EXISTS (
        SELECT FROM handover.answer p
         WHERE p.part = %(part)s AND p.dossier = h.dossier AND p.kind = 'placed'
           AND p.position = h.since_position)))
 ORDER BY h.agency, h.dossier LIMIT %(limit)s"""
# Each procedure's own page first: what grows is read by its index, and little is sorted.
_CLOCKS = """
SELECT page.dossier FROM unnest(%(procedures)s::text[]) p (code)
 CROSS JOIN LATERAL (
       SELECT d.dossier FROM status.dossier d
        WHERE d.procedure_code = p.code AND d.dossier > %(after)s
          AND d.concluded_at IS NULL AND d.finished_at IS NULL
        ORDER BY d.procedure_code, d.dossier LIMIT %(limit)s) page
 UNION
(SELECT d.dossier FROM status.dossier d
  WHERE %(linked)s AND d.linked_group IS NOT NULL AND d.dossier > %(after)s
    AND d.concluded_at IS NULL AND d.finished_at IS NULL
  ORDER BY d.dossier LIMIT %(limit)s)
 ORDER BY dossier LIMIT %(limit)s"""
_STOCK = """
SELECT agency, sum(received) AS received, sum(reopened) AS reopened, sum(forwarded_in) AS forwarded_in,
    sum(handed_in) AS handed_in,
       sum(settled) AS settled, sum(forwarded_out) AS forwarded_out, sum(handed_out) AS handed_out
  FROM status.flow WHERE (%(agency)s::uuid IS NULL OR agency = %(agency)s)
      AND day < %(before)s GROUP BY agency"""


async def dossiers(
    connection: Reading,
    at: datetime,
    *,
    holder: UUID | None = None,
    status: int | None = None,
    after: UUID | None = None,
    limit: int = 100,
) -> list[RowDict]:
    """A page in the order of ids, after the id `after`; of one holder or all, in one status or any."""
    known = {"at": at, "holder": holder, "status": status, "after": after or _FIRST, "limit": limit}
    return await _all(connection, _ALL if holder is None else _HELD, known)


async def owned_dossiers(
    connection: Reading, at: datetime, owners: Collection[UUID], after: UUID | None, limit: int
) -> list[RowDict]:
    """A page in the order of ids of what belongs to any of these: the records of one person."""
    known = {"at": at, "owners": list(owners), "after": after or _FIRST, "limit": limit}
    return await _all(connection, _OWNED, known)


async def changed_dossiers(
    connection: Reading,
    at: datetime,
    changed_after: int,
    *,
    holder: UUID | None = None,
    status: int | None = None,
    limit: int = 100,
) -> list[RowDict]:
    """A page of dossiers with a fact after position `changed_after`, in the order of their last fact; the
    last row's position is the next cursor."""
    known = {"at": at, "changed_after": changed_after, "holder": holder, "status": status, "limit": limit}
    return await _all(connection, _CHANGED, known)


async def holders(connection: Reading, dossier: UUID) -> list[RowDict]:
    """Everyone who held, holds and (by scheduled parts) will hold the dossier, first to last: since, until
    (None: without end), agency, identifier, name, unit, part, part_version, rule, from_agency, provisional,
    transferred_at."""
    return await _all(connection, _LINKS, (dossier,))


async def holders_at(connection: Reading, dossiers: Collection[UUID], at: datetime) -> list[RowDict]:
    """Of each of these dossiers every holder at `at` (one, when all is well): dossier, agency (None:
    nobody), position of its last fact."""
    return await _all(connection, _HOLDERS_AT, {"dossiers": list(dossiers), "at": at})


async def dates(connection: Reading, dossiers: Collection[UUID]) -> list[RowDict]:
    """Of each of these that is shown: dossier, position of its last fact, its three dates."""
    return await _all(connection, _DATES, {"dossiers": list(dossiers)})


async def open_at(
    connection: Reading, agencies: Collection[UUID], at: datetime, after: UUID | None, limit: int
) -> list[RowDict]:
    """Dossiers not concluded that these agencies hold at `at`, by id: dossier, holder, place (unit id),
    procedure_code, status, due."""
    known = {"agencies": list(agencies), "at": at, "after": after or _FIRST, "limit": limit}
    return await _all(connection, _OPEN, known)


async def moving_by(
    connection: Reading, part: UUID, part_version: int, after: UUID | None, limit: int
) -> list[UUID]:
    """Dossiers whose holder this version of a part ends at its hour, by id; known as soon as the part is
    scheduled."""
    known = {"part": part, "version": part_version, "after": after or _FIRST, "limit": limit}
    return [row["dossier"] for row in await _all(connection, _MOVING, known)]


async def held_by(
    connection: Reading, part: UUID, agency: UUID, at: datetime, after: UUID | None, limit: int
) -> list[UUID]:
    """Dossiers that an agency holds at `at` because a part moved them there, by its step or by a placement
    of the part, by id. Reads the view `handover` too."""
    known = {"part": part, "agency": agency, "at": at, "after": after or _FIRST, "limit": limit}
    return [row["dossier"] for row in await _all(connection, _HELD_BY, known)]


async def clocks_of(
    connection: Reading, procedures: Collection[str], linked: bool, after: UUID | None, limit: int
) -> list[UUID]:
    """Dossiers whose result is not ready, of these procedures and, if `linked`, of linked groups, by id."""
    known = {"procedures": list(procedures), "linked": linked, "after": after or _FIRST, "limit": limit}
    return [row["dossier"] for row in await _all(connection, _CLOCKS, known)]


async def stock(connection: Reading, before: datetime, agency: UUID | None = None) -> list[RowDict]:
    """Sums of all days (of Vietnam) before the one of `before`, per agency. Open stock = received +
    reopened + forwarded_in + handed_in - settled - forwarded_out - handed_out."""
    return await _all(connection, _STOCK, {"agency": agency, "before": local_date(before)})


async def _all(connection: Reading, query: str, known: Mapping[str, Any] | tuple[Any, ...]) -> list[RowDict]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), known)
        return await cursor.fetchall()
