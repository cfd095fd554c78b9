"""What parts have to move, counted by the links themselves, and as the view keeps it."""

from __future__ import annotations

from typing import Any

from psycopg import AsyncConnection

NAIVE_TO_MOVE = """
SELECT part, part_version, from_agency, agency, nth > 1 AS again, count(*),
       count(*) FILTER (WHERE provisional)
  FROM (SELECT h.*, row_number() OVER (PARTITION BY h.dossier, h.part ORDER BY h.since) AS nth
          FROM status.holding h WHERE h.part IS NOT NULL) links
 GROUP BY part, part_version, from_agency, agency, nth > 1"""
_KEPT = """
SELECT part, part_version, from_agency, agency, again, dossiers, provisional FROM status.to_move"""


async def kept_to_move(connection: AsyncConnection[Any]) -> list[tuple[Any, ...]]:
    """The rows of `to_move`, in order."""
    return sorted(await (await connection.execute(_KEPT)).fetchall())
