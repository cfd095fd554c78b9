"""Reading and writing the tables of the view `status` in sets: one statement a table and page, rows as one
JSON document.

All names are unqualified: the transaction's search_path says which generation is meant.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson

from projections.status_fold import COLUMNS, Row
from projections.view import Connection

_LOAD = """
SELECT d.dossier, d.code, d.status, d.revision, d.procedure, d.procedure_code, d.procedure_version, d.place,
    d.place_code, d.channel, d.owner, d.submitter,
       d.submitted_at, d.accepted_at, d.statutory_due, d.promised, d.concluded_at, d.source, d.case_id,
           d.deadline, d.enddate, d.steps, d.quarantined,
       d.position, d.changed_at, h.facts::text
  FROM dossier d JOIN history h USING (dossier) WHERE d.dossier = ANY (%s::uuid[])"""
_DOSSIERS = """
INSERT INTO dossier SELECT * FROM json_populate_recordset(NULL::dossier, %s::json)
ON CONFLICT ON CONSTRAINT dossier_pk DO UPDATE SET
    code = EXCLUDED.code, status = EXCLUDED.status, revision = EXCLUDED.revision,
        procedure = EXCLUDED.procedure, procedure_code = EXCLUDED.procedure_code,
    procedure_version = EXCLUDED.procedure_version, place = EXCLUDED.place,
        place_code = EXCLUDED.place_code, channel = EXCLUDED.channel,
    owner = EXCLUDED.owner, submitter = EXCLUDED.submitter, submitted_at = EXCLUDED.submitted_at,
        accepted_at = EXCLUDED.accepted_at,
    statutory_due = EXCLUDED.statutory_due, promised = EXCLUDED.promised,
        concluded_at = EXCLUDED.concluded_at, source = EXCLUDED.source,
    case_id = EXCLUDED.case_id, deadline = EXCLUDED.deadline, enddate = EXCLUDED.enddate,
        steps = EXCLUDED.steps, quarantined = EXCLUDED.quarantined,
    position = EXCLUDED.position, changed_at = EXCLUDED.changed_at"""
_HISTORIES = """
INSERT INTO history SELECT * FROM json_populate_recordset(NULL::history, %s::json)
ON CONFLICT ON CONSTRAINT history_pk DO UPDATE SET facts = EXCLUDED.facts"""
_CUT = """
DELETE FROM holding h USING json_to_recordset(%s::json) c (dossier uuid, cut timestamptz)
    WHERE h.dossier = c.dossier AND h.since >= c.cut"""
_LINKS = """
INSERT INTO holding SELECT * FROM json_populate_recordset(NULL::holding, %s::json)
ON CONFLICT ON CONSTRAINT holding_pk DO UPDATE SET until = EXCLUDED.until"""
_DROP_WORK = "DELETE FROM work WHERE dossier = ANY (%s::uuid[])"
_WORK = "INSERT INTO work SELECT * FROM json_populate_recordset(NULL::work, %s::json)"
_LANES = """
INSERT INTO lane SELECT DISTINCT agency, lane_since, lane_until FROM json_populate_recordset(NULL::lane,
    %s::json)
ON CONFLICT ON CONSTRAINT lane_pk DO NOTHING"""
_TRANSFERRED = """
UPDATE holding h SET transferred_at = t.position
  FROM json_to_recordset(%s::json) t (dossier uuid, part uuid, part_version integer, position bigint)
 WHERE h.dossier = t.dossier AND h.part = t.part AND h.part_version = t.part_version"""
_FLOW = """
INSERT INTO flow SELECT * FROM json_populate_recordset(NULL::flow, %s::json)
ON CONFLICT ON CONSTRAINT flow_pk DO UPDATE SET
    received = flow.received + EXCLUDED.received, reopened = flow.reopened + EXCLUDED.reopened,
        forwarded_in = flow.forwarded_in + EXCLUDED.forwarded_in,
    handed_in = flow.handed_in + EXCLUDED.handed_in, settled = flow.settled + EXCLUDED.settled,
    forwarded_out = flow.forwarded_out + EXCLUDED.forwarded_out,
        handed_out = flow.handed_out + EXCLUDED.handed_out"""
_HELD_BY = """
SELECT DISTINCT page.dossier FROM unnest(%(agencies)s::uuid[]) a (agency)
 CROSS JOIN LATERAL (
       SELECT DISTINCT h.dossier FROM holding h JOIN dossier d ON d.dossier = h.dossier
        WHERE h.agency = a.agency AND h.dossier > %(after)s AND h.until > %(at)s
          AND (d.status IS NULL OR d.status NOT IN (3, 7, 8, 10))
        ORDER BY h.dossier LIMIT %(limit)s) page
 ORDER BY page.dossier LIMIT %(limit)s"""
_HELD_THROUGH = """
SELECT DISTINCT dossier FROM holding WHERE part = ANY (%s::uuid[]) AND until > %s AND dossier > %s
    ORDER BY dossier LIMIT %s"""


async def load(connection: Connection, dossiers: Collection[UUID]) -> dict[UUID, Row]:
    """The rows of these dossiers as they stand, each with its history."""
    cursor = connection.cursor(binary=True)
    await cursor.execute(_LOAD, (list(dossiers),))
    rows = {}
    for record in await cursor.fetchall():
        values = dict(zip(COLUMNS, record, strict=False))
        rows[values["dossier"]] = Row(values, history=orjson.loads(record[-1]), is_new=False)
    return rows


async def write(connection: Connection, rows: Sequence[Row]) -> None:
    """Dossiers and histories; `holding` and `work` come from `write_links`."""
    await _each(connection, _DOSSIERS, [row.values for row in rows])
    learned = [row for row in rows if row.is_new or row.cut is not None]
    await _each(
        connection,
        _HISTORIES,
        [{"dossier": row.values["dossier"], "facts": row.history} for row in learned],
    )


async def write_links(
    connection: Connection, cuts: dict[UUID, datetime], known: Collection[UUID], links: list[dict[str, Any]]
) -> None:
    """Replace the links of each dossier from its cut on; what was held before stays. `known`: those that
    may have links already."""
    await _each(
        connection,
        _CUT,
        [{"dossier": dossier, "cut": cut} for dossier, cut in cuts.items() if dossier in known],
    )
    await _each(connection, _LINKS, links)


async def write_work(connection: Connection, stale: Collection[UUID], work: list[dict[str, Any]]) -> None:
    """Replace what the desks have to do for some dossiers. `stale`: those that may have entries already."""
    if stale:
        await connection.execute(_DROP_WORK, (list(stale),))
    await _each(connection, _WORK, work)
    await _each(connection, _LANES, _distinct(work))


async def write_transferred(connection: Connection, stated: list[dict[str, Any]]) -> None:
    """HandedOver facts confirm links; they never make one."""
    await _each(connection, _TRANSFERRED, stated)


async def write_flow(connection: Connection, counts: dict[tuple[UUID, date], dict[str, int]]) -> None:
    await _each(
        connection, _FLOW, [{"agency": agency, "day": day, **n} for (agency, day), n in counts.items()]
    )


async def held_by(
    connection: Connection, agencies: Collection[UUID], at: datetime, after: UUID, limit: int
) -> list[UUID]:
    """Dossiers not concluded that one of the agencies holds at `at` or will hold, after `after` in the
    order of ids."""
    cursor = await connection.execute(
        _HELD_BY, {"agencies": list(agencies), "at": at, "after": after, "limit": limit}
    )
    return [dossier for (dossier,) in await cursor.fetchall()]


async def held_through(
    connection: Connection, parts: Collection[UUID], at: datetime, after: UUID, limit: int
) -> list[UUID]:
    """Dossiers with a link that one of the parts gives, in force at `at` or later."""
    cursor = await connection.execute(_HELD_THROUGH, (list(parts), at, after, limit))
    return [dossier for (dossier,) in await cursor.fetchall()]


async def _each(connection: Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(statement.encode(), (orjson.dumps(rows).decode(),))


def _distinct(work: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    lanes = {(entry["agency"], entry["lane_since"], entry["lane_until"]): entry for entry in work}
    return [
        {"agency": agency, "lane_since": since, "lane_until": until}
        for agency, since, until in sorted(lanes, key=str)
    ]
