"""Reading the view `handover`: the state of acts and parts, their counts, and single transfers. Rows are
dicts ready for JSON.

What is to move is counted on the links of the view `status`, since it is decided there as soon as a part is
scheduled; all counts are kept beside what they count, so that none of them is counted anew for a reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row, tuple_row

Reading: TypeAlias = AsyncConnection[Any]
RowDict: TypeAlias = dict[str, Any]

_FIRST = UUID(int=0)

_ACTS = """
SELECT a.act, a.number, a.title, a.issued_on, a.effective_at, a.reference,
       (SELECT count(*) FROM handover.part p WHERE p.act = a.act) AS parts
  FROM handover.act a WHERE a.act > %(after)s::uuid AND (%(act)s::uuid IS NULL OR a.act = %(act)s)
      ORDER BY a.act LIMIT %(limit)s"""
_PARTS = """
SELECT p.part, p.act, p.name, p.province, p.part_version, p.effective_at, p.approvals, p.simulated,
    p.finished, p.reconciled, p.position,
       CASE WHEN p.state <> 'scheduled' OR %(at)s::timestamptz < p.effective_at THEN p.state
            WHEN EXISTS (SELECT FROM handover.counted c WHERE c.part = p.part) THEN 'transferring'
            ELSE 'effective' END AS state
  FROM handover.part p
 WHERE (%(act)s::uuid IS NULL OR p.act = %(act)s) AND (%(part)s::uuid IS NULL OR p.part = %(part)s)
     ORDER BY p.part LIMIT 1000"""
_TO_MOVE = """
SELECT m.from_agency, m.agency AS to_agency, sum(m.dossiers)::bigint AS to_move,
    sum(m.provisional)::bigint AS provisional
  FROM status.to_move m WHERE m.part = %(part)s GROUP BY m.from_agency, m.agency"""
_BY_AGENCY = """
SELECT c.from_agency, c.to_agency, c.again, sum(c.to_move)::bigint AS to_move,
       sum(c.handed_over)::bigint AS handed_over, sum(c.provisional)::bigint AS provisional,
       sum(c.results_to_return)::bigint AS results_to_return, sum(c.overdue)::bigint AS overdue
  FROM (SELECT m.part, m.from_agency, m.agency AS to_agency, m.again, m.dossiers AS to_move, 0 AS handed_over,
               m.provisional, 0 AS results_to_return, 0 AS overdue
          FROM status.to_move m
         UNION ALL
        SELECT h.part, h.from_agency, h.to_agency, h.again, 0, h.handed_over, 0,
               CASE WHEN h.status = 9 THEN h.handed_over ELSE 0 END, h.overdue
          FROM handover.counted h) c
 WHERE c.part = ANY (%(parts)s::uuid[])
 GROUP BY c.from_agency, c.to_agency, c.again"""
_COUNTED = """
SELECT from_agency, to_agency, sum(handed_over)::bigint AS handed_over, sum(overdue)::bigint AS overdue,
       coalesce(sum(handed_over) FILTER (WHERE status = 9), 0)::bigint AS results_to_return
  FROM handover.counted WHERE part = %(part)s GROUP BY from_agency, to_agency"""
_ANSWERED = "SELECT agency, kind, amount FROM handover.answered WHERE part = %(part)s"
_OPEN_REFUSALS = """
SELECT count(*) AS refused FROM handover.answer r
 WHERE r.part = %(part)s AND r.kind = 'refused'
   AND NOT EXISTS (SELECT FROM handover.answer p WHERE p.part = r.part AND p.dossier = r.dossier
       AND p.kind = 'placed' AND p.position > r.position)"""
_TRANSFERS = """
SELECT t.dossier, t.code, t.part_version, t.from_agency, t.to_agency, t.rule, t.provisional, t.status,
    t.overdue, t.position,
       k.position AS acknowledged_at, k.papers, r.position AS refused_at, p.position AS placed_at,
           p.agency AS placed_with
  FROM handover.transfer t
  LEFT JOIN handover.answer k ON k.part = t.part AND k.dossier = t.dossier AND k.kind = 'acknowledged'
  LEFT JOIN handover.answer r ON r.part = t.part AND r.dossier = t.dossier AND r.kind = 'refused'
  LEFT JOIN handover.answer p ON p.part = t.part AND p.dossier = t.dossier AND p.kind = 'placed'
 WHERE t.part = %(part)s AND t.dossier > %(after)s::uuid
   AND (NOT %(undecided)s OR (t.provisional OR r.position IS NOT NULL) AND p.position IS NULL)
 ORDER BY t.part, t.dossier, t.part_version LIMIT %(limit)s"""


async def acts(
    connection: Reading, *, act: UUID | None = None, after: UUID = _FIRST, limit: int = 100
) -> list[RowDict]:
    """A page of the acts, by id: act, number, title, issued_on, effective_at, reference, parts (how many)."""
    return await _all(connection, _ACTS, {"act": act, "after": after, "limit": limit})


async def parts(
    connection: Reading, at: datetime, *, act: UUID | None = None, part: UUID | None = None
) -> list[RowDict]:
    """Parts with their state at the ledger's time `at`: drafted, simulated, approved, scheduled, effective,
    transferring, transferred, reconciled, cancelled."""
    return await _all(connection, _PARTS, {"at": at, "act": act, "part": part})


async def progress(connection: Reading, part: UUID, at: datetime) -> RowDict | None:
    """One part: its row, `counts` {to_move, handed_over, provisional (by rule, to move or moved),
    results_to_return, overdue, acknowledged, refused (not yet decided), placed}, and `by_agency`: a row per
    (from_agency, to_agency) with to_move, handed_over, provisional, results_to_return, overdue."""
    known = {"part": part}
    found = await parts(connection, at, part=part)
    if not found:
        return None
    pairs: dict[tuple[UUID | None, UUID], RowDict] = {}
    for rows in (await _all(connection, _TO_MOVE, known), await _all(connection, _COUNTED, known)):
        for row in rows:
            key = (row["from_agency"], row["to_agency"])
            empty = dict.fromkeys(
                ("to_move", "handed_over", "provisional", "results_to_return", "overdue"), 0
            )
            pairs[key] = {**empty, **pairs.get(key, {}), **row}
    answered = await _all(connection, _ANSWERED, known)
    refused = await _all(connection, _OPEN_REFUSALS, known)
    summed = ("to_move", "handed_over", "provisional", "results_to_return", "overdue")
    counts = {name: sum(row[name] for row in pairs.values()) for name in summed}
    for kind in ("acknowledged", "placed"):
        counts[kind] = sum(row["amount"] for row in answered if row["kind"] == kind)
    counts["refused"] = refused[0]["refused"]
    by_agency = sorted(pairs.values(), key=lambda row: (str(row["from_agency"]), str(row["to_agency"])))
    return {**found[0], "counts": counts, "by_agency": by_agency, "answered": answered}


async def by_agency(connection: Reading, parts: Sequence[UUID]) -> list[tuple[Any, ...]]:
    """Sums over these parts, a row per (from_agency, to_agency, again), where `again` is what an amendment
    moved a second time: then to_move, handed_over, provisional (by rule), results_to_return, overdue. Its
    size is that of the organisation, whatever the number of dossiers."""
    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(_BY_AGENCY.encode(), {"parts": list(parts)})
        return await cursor.fetchall()


async def transfers(
    connection: Reading, part: UUID, *, undecided: bool = False, after: UUID = _FIRST, limit: int = 100
) -> list[RowDict]:
    """A page of a part's transfers by dossier, each with what was answered; `undecided`: only what the
    coordination queue still has to decide."""
    return await _all(
        connection, _TRANSFERS, {"part": part, "undecided": undecided, "after": after, "limit": limit}
    )


async def _all(connection: Reading, query: str, known: Mapping[str, Any]) -> list[RowDict]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), known)
        return await cursor.fetchall()
