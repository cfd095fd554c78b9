"""Reading what waits for a decision, who is silent, obstacles and paper originals. Rows are dicts ready for
JSON; every page is by key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

Reading: TypeAlias = AsyncConnection[Any]
RowDict: TypeAlias = dict[str, Any]

_FIRST = UUID(int=0)
_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

# Each branch reads its index in the order of the page. Whether it was concluded stands with the dossier,
# which OFFSET 0 keeps looked up one by one.
_WAITING = """
SELECT w.part, w.dossier, d.code, d.status, d.procedure_code AS procedure,
       coalesce(u.reference, d.place_code) AS place, w.held_before, w.since, w.holder, w.rule, w.refused_by,
       w.suggests
  FROM ((SELECT h.part, h.dossier, h.from_agency AS held_before, h.since, h.agency AS holder, h.rule,
                NULL::uuid AS refused_by, NULL::uuid AS suggests
           FROM status.holding h
          CROSS JOIN LATERAL (
                SELECT FROM status.dossier c WHERE c.dossier = h.dossier
                   AND (c.status IS NULL OR c.status NOT IN (3, 7, 8, 10))
                   AND (%(place)s::uuid IS NULL OR c.place = %(place)s) OFFSET 0) open
          WHERE h.part = %(part)s AND h.provisional AND h.since <= %(at)s AND %(at)s < h.until
            AND (h.from_agency, h.since, h.dossier)
                > (%(held_before)s::uuid, %(since)s::timestamptz, %(dossier)s::uuid)
            AND (%(only)s::uuid[] IS NULL OR h.from_agency = ANY (%(only)s))
            AND h.from_agency <> ALL (%(without)s::uuid[])
            AND NOT EXISTS (SELECT FROM handover.refusal r WHERE r.part = h.part AND r.dossier = h.dossier)
          ORDER BY h.part, h.from_agency, h.since, h.dossier LIMIT %(limit)s)
        UNION ALL
        (SELECT r.part, r.dossier, r.from_agency, r.since, n.agency, b.rule, r.agency, r.suggests
           FROM handover.refusal r
          CROSS JOIN LATERAL (
                SELECT FROM status.dossier c WHERE c.dossier = r.dossier
                   AND (c.status IS NULL OR c.status NOT IN (3, 7, 8, 10))
                   AND (%(place)s::uuid IS NULL OR c.place = %(place)s) OFFSET 0) open
           LEFT JOIN LATERAL (
                SELECT h.agency FROM status.holding h
                 WHERE h.dossier = r.dossier AND h.since <= %(at)s AND %(at)s < h.until) n ON true
           LEFT JOIN LATERAL (
                SELECT h.rule FROM status.holding h WHERE h.dossier = r.dossier AND h.part = r.part
                 ORDER BY h.since DESC LIMIT 1) b ON true
          WHERE r.part = %(part)s
            AND (r.from_agency, r.since, r.dossier)
                > (%(held_before)s::uuid, %(since)s::timestamptz, %(dossier)s::uuid)
            AND (%(only)s::uuid[] IS NULL OR r.from_agency = ANY (%(only)s))
            AND r.from_agency <> ALL (%(without)s::uuid[])
          ORDER BY r.part, r.from_agency, r.since, r.dossier LIMIT %(limit)s)) w
  JOIN status.dossier d ON d.dossier = w.dossier
  LEFT JOIN status.unit u ON u.unit = d.place
 ORDER BY w.held_before, w.since, w.dossier LIMIT %(limit)s"""
_SILENT = """
SELECT w.part, w.agency, w.waiting, w.oldest, coalesce(s.reminders, 0) AS reminders, s.reminded_at,
       coalesce(s.escalations, 0) AS escalations, s.escalated_at, s.escalated_to
  FROM (SELECT u.part, u.agency, sum(u.waiting)::bigint AS waiting, min(u.since) AS oldest
          FROM handover.unanswered u WHERE u.part = ANY (%(parts)s::uuid[]) AND u.waiting > 0
           AND NOT EXISTS (SELECT FROM handover.part p WHERE p.part = u.part AND p.state = 'closed')
         GROUP BY u.part, u.agency) w
  LEFT JOIN handover.silence s ON s.part = w.part AND s.agency = w.agency
 WHERE w.oldest <= %(before)s
   AND (w.oldest, w.part, w.agency) > (%(oldest)s::timestamptz, %(part)s::uuid, %(agency)s::uuid)
 ORDER BY w.oldest, w.part, w.agency LIMIT %(limit)s"""
# What became of a dossier otherwise (sent on, moved by a later act, concluded) stands in the view `status`
# alone. Each named agency's own links are read by their index, each of them looked up in what was said;
# OFFSET 0 keeps it so, whatever is known of the tables' sizes.
_STILL = """
SELECT n.part, n.agency, c.waiting,
       least(c.placed, (SELECT u.since FROM handover.unanswered u
                         WHERE u.part = n.part AND u.agency = n.agency
                           AND u.hour = (SELECT k.hour FROM handover.clock_hour k WHERE k.position <= c.stated
                                          ORDER BY k.position DESC LIMIT 1))) AS oldest
  FROM unnest(%(parts)s::uuid[], %(agencies)s::uuid[]) n (part, agency)
 CROSS JOIN LATERAL (
       SELECT count(*) AS waiting, min(w.stated) AS stated, min(w.placed) AS placed
         FROM (SELECT t.position AS stated, CASE WHEN t.position IS NULL THEN s.at END AS placed
                 FROM (SELECT l.dossier, l.part, l.part_version, l.since_position FROM status.holding l
                        WHERE l.agency = n.agency AND l.since <= %(at)s AND %(at)s < l.until
                          AND (l.part = n.part OR l.part IS NULL) OFFSET 0) h
                 LEFT JOIN handover.said s ON s.part = n.part AND s.dossier = h.dossier
                 LEFT JOIN handover.transfer t ON t.part = h.part AND t.dossier = h.dossier
                      AND t.part_version = h.part_version
                 LEFT JOIN handover.answer a ON h.part IS NULL AND a.part = n.part AND a.dossier = h.dossier
                      AND a.kind = 'placed'
                WHERE CASE WHEN h.part IS NULL THEN s.hour IS NOT NULL AND a.position = h.since_position
                           ELSE s.dossier IS NULL AND t.position IS NOT NULL END
                  AND EXISTS (SELECT FROM status.dossier d WHERE d.dossier = h.dossier
                                 AND (d.status IS NULL OR d.status NOT IN (3, 7, 8, 10)) OFFSET 0)) w) c"""
_OBSTACLES = """
SELECT o.* FROM handover.obstacle o
 WHERE o.part = ANY (%(parts)s::uuid[]) AND (%(resolved_too)s OR o.resolved_at IS NULL)
   AND (%(agency)s::uuid IS NULL OR o.agency = %(agency)s)
   AND (o.reported_at, o.obstacle) > (%(reported_at)s::timestamptz, %(obstacle)s::uuid)
 ORDER BY o.reported_at, o.obstacle LIMIT %(limit)s"""
_NAMING = """
SELECT t.position, o.obstacle
  FROM views.tracking t LEFT JOIN handover.obstacle o ON o.dossier = %(dossier)s::uuid
 WHERE t.schema_name = 'handover' ORDER BY o.obstacle LIMIT %(limit)s"""
_PAPERS = """
SELECT p.*, d.code FROM handover.papers p LEFT JOIN status.dossier d ON d.dossier = p.dossier
 WHERE p.part = %(part)s AND (%(agency)s::uuid IS NULL OR p.agency = %(agency)s)
   AND (%(box)s::text IS NULL OR p.box COLLATE "C" = %(box)s)
   AND (p.agency, p.box COLLATE "C", p.dossier)
       > (%(after_agency)s::uuid, %(after_box)s::text, %(after)s::uuid)
 ORDER BY p.agency, p.box COLLATE "C", p.dossier LIMIT %(limit)s"""
_MISSING = """
SELECT p.*, d.code FROM handover.papers p LEFT JOIN status.dossier d ON d.dossier = p.dossier
 WHERE p.part = %(part)s AND p.missing > 0 AND (%(agency)s::uuid IS NULL OR p.agency = %(agency)s)
   AND (%(box)s::text IS NULL OR p.box COLLATE "C" = %(box)s)
   AND (p.agency, p.box COLLATE "C", p.dossier)
       > (%(after_agency)s::uuid, %(after_box)s::text, %(after)s::uuid)
 ORDER BY p.agency, p.box COLLATE "C", p.dossier LIMIT %(limit)s"""
_BOXES = """
SELECT b.* FROM handover.paper_box b
 WHERE b.part = %(part)s AND b.dossiers > 0 AND (%(agency)s::uuid IS NULL OR b.agency = %(agency)s)
   AND (b.agency, b.box) > (%(after_agency)s::uuid, %(after_box)s::text)
 ORDER BY b.agency, b.box LIMIT %(limit)s"""


async def waiting(
    connection: Reading,
    part: UUID,
    at: datetime,
    *,
    only: Collection[UUID] | None,
    without: Collection[UUID],
    place: UUID | None,
    after: tuple[UUID, datetime, UUID] | None,
    limit: int,
) -> list[RowDict]:
    """What persons still have to decide of a part at `at`, by (held before, since, dossier): part, dossier,
    code, status, procedure, place, held_before, since, holder, rule, refused_by, suggests. `only`, `without`:
    by who held before."""
    held_before, since, dossier = after or (_FIRST, _BEGINNING, _FIRST)
    known = {
        "part": part,
        "at": at,
        "only": list(only) if only is not None else None,
        "without": list(without),
        "place": place,
        "held_before": held_before,
        "since": since,
        "dossier": dossier,
        "limit": limit,
    }
    return await _all(connection, _WAITING, known)


async def silent(
    connection: Reading,
    parts: Collection[UUID],
    before: datetime,
    *,
    after: tuple[datetime, UUID, UUID] | None,
    limit: int,
) -> list[RowDict]:
    """Receivers whose oldest unanswered dossier came at or before `before`, by (oldest, part, agency); none
    of a closed part. Dossiers that went on without an answer still count: `still_waiting` leaves them out."""
    oldest, part, agency = after or (_BEGINNING, _FIRST, _FIRST)
    known = {"parts": list(parts), "before": before, "oldest": oldest, "part": part, "agency": agency}
    return await _all(connection, _SILENT, known | {"limit": limit})


async def still_waiting(
    connection: Reading, named: Collection[tuple[UUID, UUID]], at: datetime
) -> dict[tuple[UUID, UUID], tuple[int, datetime | None]]:
    """Of each part and agency that `silent` names: how many dossiers it got by the part, still holds at `at`,
    not concluded, and has not answered; since when the oldest. Costs what these agencies hold."""
    known = {"parts": [part for part, _ in named], "agencies": [agency for _, agency in named], "at": at}
    rows = await _all(connection, _STILL, known)
    return {(row["part"], row["agency"]): (row["waiting"], row["oldest"]) for row in rows}


async def obstacles(
    connection: Reading,
    parts: Collection[UUID],
    *,
    resolved_too: bool,
    agency: UUID | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[RowDict]:
    """Obstacles of these parts, by (reported_at, obstacle)."""
    reported_at, obstacle = after or (_BEGINNING, _FIRST)
    known = {
        "parts": list(parts),
        "resolved_too": resolved_too,
        "agency": agency,
        "reported_at": reported_at,
        "obstacle": obstacle,
        "limit": limit,
    }
    return await _all(connection, _OBSTACLES, known)


async def obstacles_naming(connection: Reading, dossier: UUID, limit: int) -> tuple[list[UUID], int]:
    """The first obstacles that name a dossier, by id, and the position up to which they are shown."""
    rows = await _all(connection, _NAMING, {"dossier": dossier, "limit": limit})
    found = [row["obstacle"] for row in rows if row["obstacle"] is not None]
    return found, rows[0]["position"] if rows else 0


async def papers(
    connection: Reading,
    part: UUID,
    *,
    agency: UUID | None,
    box: str | None,
    missing: bool,
    after: tuple[UUID, str, UUID] | None,
    limit: int,
) -> list[RowDict]:
    """Inventories of a part, by (agency, box, dossier); `missing`: only where something is missing."""
    after_agency, after_box, dossier = after or (_FIRST, "", _FIRST)
    known = {
        "part": part,
        "agency": agency,
        "box": box,
        "after_agency": after_agency,
        "after_box": after_box,
        "after": dossier,
        "limit": limit,
    }
    return await _all(connection, _MISSING if missing else _PAPERS, known)


async def boxes(
    connection: Reading, part: UUID, *, agency: UUID | None, after: tuple[UUID, str] | None, limit: int
) -> list[RowDict]:
    """The sums of each box of a part, by (agency, box)."""
    after_agency, after_box = after or (_FIRST, "")
    known = {"part": part, "agency": agency, "after_agency": after_agency, "after_box": after_box}
    return await _all(connection, _BOXES, known | {"limit": limit})


async def _all(connection: Reading, query: str, known: Mapping[str, Any]) -> list[RowDict]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), known)
        return await cursor.fetchall()
