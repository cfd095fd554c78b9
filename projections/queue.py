"""The view `queue`: what a desk has to do, by due date.

A query over the tables of `status` (`work` and `lane`, see sql/status.sql), not a fold of its own: see
docs/decisions/0008-queue-over-status.md. A page costs the same wherever it is, and an hour at which thousands
of dossiers change hands costs it nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

_PAGE = """
SELECT page.due::text AS sort_due, page.dossier, d.code, d.status, d.revision, d.procedure_code, d.channel,
    d.submitted_at, d.accepted_at,
       d.statutory_due, d.promised, d.extended_until, d.awaited_until,
       p.reference AS place, coalesce(h.provisional, false) AS provisional,
       coalesce(coalesce(d.extended_until, d.promised, d.statutory_due) < %(at)s::timestamptz, false)
           AS overdue,
       coalesce(d.awaited_until <= %(at)s::timestamptz, false) AS passed,
       n.agency AS next_holder, n.identifier AS next_holder_identifier, n.name AS next_holder_name,
           n.since AS next_holder_since
  FROM (SELECT e.due, e.dossier
          FROM status.lane l
         CROSS JOIN LATERAL (
               SELECT w.due, w.dossier FROM status.work w
                WHERE w.agency = l.agency AND w.lane_since = l.lane_since AND w.lane_until = l.lane_until
                  AND (w.due, w.dossier) > (%(due)s::timestamptz, %(after)s::uuid)
                ORDER BY w.due, w.dossier LIMIT %(limit)s) e
         WHERE l.agency = %(agency)s::uuid AND l.lane_since <= %(at)s AND %(at)s < l.lane_until
         ORDER BY e.due, e.dossier LIMIT %(limit)s) page
  JOIN status.dossier d ON d.dossier = page.dossier
  LEFT JOIN status.unit p ON p.unit = d.place
  LEFT JOIN status.holding h ON h.dossier = page.dossier AND h.since <= %(at)s AND %(at)s < h.until
  LEFT JOIN LATERAL (
       SELECT f.agency, a.identifier, a.name, f.since FROM status.holding f LEFT JOIN status.agency a
           ON a.agency = f.agency
        WHERE f.dossier = page.dossier AND f.since > %(at)s ORDER BY f.since LIMIT 1) n ON true
 ORDER BY page.due, page.dossier"""
_START = ("-infinity", UUID(int=0))


async def queue_page(
    connection: AsyncConnection[Any],
    agency: UUID,
    at: datetime,
    *,
    after: tuple[str, UUID] | None = None,
    limit: int = 50,
) -> tuple[list[dict[str, Any]], tuple[str, UUID] | None]:
    """What `agency` has to do at the ledger's time `at` (now, or an hour to come; not the past), by due
    date, and the cursor of the next page (None: this was the last).

    A dossier that is not accepted yet stands by the time it was submitted; one without a due date comes
    last. Rows: dossier, code, status, revision, procedure_code, channel, submitted_at, accepted_at,
    statutory_due, promised, extended_until, awaited_until, place (CODE@DATE), provisional, overdue,
    passed (the time of the applicant, who has not come), and by a scheduled part next_holder,
    next_holder_identifier, next_holder_name, next_holder_since (or None)."""
    due, dossier = after or _START
    async with connection.cursor(row_factory=dict_row) as cursor:
        known = {"agency": agency, "at": at, "due": due, "after": dossier, "limit": limit}
        await cursor.execute(_PAGE.encode(), known)
        rows = await cursor.fetchall()
    return rows, _cursor(rows, limit)


def _cursor(rows: list[dict[str, Any]], limit: int) -> tuple[str, UUID] | None:
    last = None
    for row in rows:
        last = (row.pop("sort_due"), row["dossier"])
    return last if len(rows) == limit else None
