"""Reading stock and flow from the view `status`: per agency, in days of Vietnam, as shown now.

Hand-overs stand at the day of their hour, and only once their transfer is recorded. Opening and open are what
the days before add up to; `application.stock` counts each of the six from the log itself."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

_FIRST = UUID(int=0)
_FLOW = """
SELECT a.agency, a.identifier, f.opening, f.received, f.handed_in, f.settled, f.open, f.handed_out, f.again,
       f.by_act_in, f.by_act_out
  FROM status.agency a
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(n.change) FILTER (WHERE n.day < %(from)s::date), 0)::bigint AS opening,
              coalesce(sum(n.received + n.reopened) FILTER (WHERE n.day >= %(from)s::date), 0)::bigint
                  AS received,
              coalesce(sum(n.forwarded_in + n.handed_in) FILTER (WHERE n.day >= %(from)s::date), 0)::bigint
                  AS handed_in,
              coalesce(sum(n.settled) FILTER (WHERE n.day >= %(from)s::date), 0)::bigint AS settled,
              coalesce(sum(n.change), 0)::bigint AS open,
              coalesce(sum(n.forwarded_out + n.handed_out) FILTER (WHERE n.day >= %(from)s::date), 0)::bigint
                  AS handed_out,
              coalesce(sum(n.reopened) FILTER (WHERE n.day >= %(from)s::date), 0)::bigint AS again,
              coalesce(sum(n.handed_in) FILTER (WHERE n.day >= %(from)s::date), 0)::bigint AS by_act_in,
              coalesce(sum(n.handed_out) FILTER (WHERE n.day >= %(from)s::date), 0)::bigint AS by_act_out
         FROM (SELECT w.*, w.received + w.reopened + w.forwarded_in + w.handed_in
                           - w.settled - w.forwarded_out - w.handed_out AS change
                 FROM status.flow w WHERE w.agency = a.agency AND w.day < %(until)s::date) n
       ) f
 WHERE a.agency > %(after)s::uuid AND (%(agency)s::uuid IS NULL OR a.agency = %(agency)s)
 ORDER BY a.agency LIMIT %(limit)s"""


async def flow(
    connection: AsyncConnection[Any],
    from_: date,
    until: date,
    *,
    agency: UUID | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[dict[str, Any]]:
    """The numbers of [from_, until) of each agency, or of one, by its id; those after an id."""
    values = {"from": from_, "until": until, "agency": agency, "after": after or _FIRST, "limit": limit}
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_FLOW, values)
        return await cursor.fetchall()
