"""Reading from the view `status` what was on time: results that were ready in a period, per agency for
which they were made ready, against each of three dates; and what is open past its date now.

A dossier without a date counts as neither on time nor late. One that was ready while its clock stood had time
left, until the end of an extension too where one stood with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

_FIRST = UUID(int=0)
DATES = ("statutory", "promised", "extended", "in_force")
# Names no schema: the view as it is shown, or one that was replayed.
_ON_TIME = """
SELECT a.agency, a.identifier, f.*, o.open_late
  FROM agency a
 CROSS JOIN LATERAL (
       SELECT count(*) AS ready,
              count(*) FILTER (WHERE r.standing OR r.at < r.statutory) AS statutory_on_time,
              count(*) FILTER (WHERE NOT r.standing AND r.at >= r.statutory) AS statutory_late,
              count(*) FILTER (WHERE r.standing OR r.at < r.promised) AS promised_on_time,
              count(*) FILTER (WHERE NOT r.standing AND r.at >= r.promised) AS promised_late,
              count(*) FILTER (WHERE r.extension_stands OR (NOT r.standing AND r.at < r.extended))
                  AS extended_on_time,
              count(*) FILTER (WHERE NOT r.standing AND r.at >= r.extended) AS extended_late,
              count(*) FILTER (WHERE r.standing OR r.at < r.in_force) AS in_force_on_time,
              count(*) FILTER (WHERE NOT r.standing AND r.at >= r.in_force) AS in_force_late
         FROM (SELECT d.finished_at AS at, d.standing, d.extension_stands, d.statutory_due AS statutory,
                      d.promised, d.extended_until AS extended,
                      coalesce(d.extended_until, d.promised, d.statutory_due) AS in_force
                 FROM dossier d
                WHERE d.finished_by = a.agency AND d.finished_at IS NOT NULL
                  AND d.finished_at >= %(from)s AND d.finished_at < %(until)s) r) f
 CROSS JOIN LATERAL (
       SELECT count(*) AS open_late
         FROM lane l
        CROSS JOIN LATERAL (
              SELECT w.dossier FROM work w
               WHERE w.agency = l.agency AND w.lane_since = l.lane_since AND w.lane_until = l.lane_until
                 AND w.due < %(at)s::timestamptz) e
         JOIN dossier d ON d.dossier = e.dossier
        WHERE l.agency = a.agency AND l.lane_since <= %(at)s AND %(at)s < l.lane_until
          AND d.finished_at IS NULL
          AND coalesce(d.extended_until, d.promised, d.statutory_due) < %(at)s::timestamptz) o
 WHERE a.agency > %(after)s::uuid AND (%(agency)s::uuid IS NULL OR a.agency = %(agency)s)
 ORDER BY a.agency LIMIT %(limit)s"""


async def on_time(
    connection: AsyncConnection[Any],
    from_: datetime,
    until: datetime,
    at: datetime,
    *,
    agency: UUID | None = None,
    after: UUID | None = None,
    limit: int,
    schema_name: str = "status",
) -> list[dict[str, Any]]:
    """Of each agency, by its id: agency, identifier, ready (results ready in [from_, until)), for each of
    `DATES` {on_time, late, undated}, and open_late (open past the date in force, at `at`). `schema_name`:
    where the view lies."""
    known = {
        "from": from_,
        "until": until,
        "at": at,
        "agency": agency,
        "after": after or _FIRST,
        "limit": limit,
    }
    async with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute("SELECT set_config('search_path', %s, true)", (schema_name,))
        await cursor.execute(_ON_TIME, known)
        return [_row(found) for found in await cursor.fetchall()]


def _row(found: dict[str, Any]) -> dict[str, Any]:
    row = {name: found[name] for name in ("agency", "identifier", "ready", "open_late")}
    for name in DATES:
        kept, late = found[f"{name}_on_time"], found[f"{name}_late"]
        row[name] = {"on_time": kept, "late": late, "undated": found["ready"] - kept - late}
    return row
