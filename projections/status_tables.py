"""Reading and writing the tables of the view `status` in sets: one statement a table and page, rows as one
JSON document.

All names are unqualified: the transaction's search_path says which generation is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg import sql

from projections.status_fold import COLUMNS, Row
from projections.view import Connection

_LOAD = """
SELECT dossier, code, status, procedure_code, procedure_version, place, place_code, channel,
    submitted_at, opened_at, accepted_at, statutory_due, promised, extended_until, standing, extension_stands,
    supplement_until, awaited_until, finished_at, finished_by, concluded_at, source, steps, quarantined
  FROM dossier WHERE dossier = ANY (%s::uuid[])"""
_LEARNED = "SELECT dossier, facts::text FROM history WHERE dossier = ANY (%s::uuid[])"
_DOSSIERS = """
INSERT INTO dossier SELECT * FROM json_populate_recordset(NULL::dossier, %s::json)
ON CONFLICT ON CONSTRAINT dossier_pk DO UPDATE SET
    code = EXCLUDED.code, status = EXCLUDED.status, revision = EXCLUDED.revision,
        procedure = EXCLUDED.procedure, procedure_code = EXCLUDED.procedure_code,
    procedure_version = EXCLUDED.procedure_version, place = EXCLUDED.place,
        place_code = EXCLUDED.place_code, channel = EXCLUDED.channel,
    owner = EXCLUDED.owner, submitter = EXCLUDED.submitter, submitted_at = EXCLUDED.submitted_at,
        opened_at = EXCLUDED.opened_at, accepted_at = EXCLUDED.accepted_at,
    statutory_due = EXCLUDED.statutory_due, promised = EXCLUDED.promised,
        extended_until = EXCLUDED.extended_until, standing = EXCLUDED.standing,
        extension_stands = EXCLUDED.extension_stands, supplement_until = EXCLUDED.supplement_until,
        awaited_until = EXCLUDED.awaited_until, finished_at = EXCLUDED.finished_at,
        finished_by = EXCLUDED.finished_by, linked_group = EXCLUDED.linked_group,
        concluded_at = EXCLUDED.concluded_at, source = EXCLUDED.source,
    case_id = EXCLUDED.case_id, deadline = EXCLUDED.deadline, enddate = EXCLUDED.enddate,
        steps = EXCLUDED.steps, quarantined = EXCLUDED.quarantined,
    position = EXCLUDED.position, changed_at = EXCLUDED.changed_at"""
_CHANGED = """
UPDATE dossier d SET
    code = c.code, status = c.status, revision = c.revision, procedure_version = c.procedure_version,
    place = c.place, place_code = c.place_code, channel = c.channel, accepted_at = c.accepted_at,
    statutory_due = c.statutory_due, promised = c.promised, extended_until = c.extended_until,
    standing = c.standing, extension_stands = c.extension_stands,
    supplement_until = c.supplement_until, awaited_until = c.awaited_until, finished_at = c.finished_at,
    finished_by = c.finished_by, concluded_at = c.concluded_at,
    source = c.source, steps = c.steps, quarantined = c.quarantined, position = c.position,
    changed_at = c.changed_at
  FROM json_populate_recordset(NULL::dossier, %s::json) c WHERE d.dossier = c.dossier"""
_HISTORIES = """
INSERT INTO history SELECT * FROM json_populate_recordset(NULL::history, %s::json)
ON CONFLICT ON CONSTRAINT history_pk DO UPDATE SET facts = EXCLUDED.facts"""
# Whether an earlier version had moved it before is asked of the links as they were before this statement.
_CUT = """
WITH gone AS (
    DELETE FROM holding h USING json_to_recordset(%s::json) c (dossier uuid, cut timestamptz)
     WHERE h.dossier = c.dossier AND h.since >= c.cut
    RETURNING h.dossier, h.since, h.part, h.part_version, h.from_agency, h.agency, h.provisional
), given AS (
    SELECT g.part, g.part_version, g.from_agency, g.agency, g.provisional,
           g.part_version > 1 AND EXISTS (
               SELECT FROM holding e WHERE e.dossier = g.dossier AND e.part = g.part
                  AND e.since < g.since) AS again
      FROM gone g WHERE g.part IS NOT NULL AND g.from_agency IS NOT NULL)
SELECT part, part_version, from_agency, agency, again, count(*), count(*) FILTER (WHERE provisional)
  FROM given GROUP BY part, part_version, from_agency, agency, again"""
_CLOSED = """
UPDATE holding h SET until = c.until
  FROM json_to_recordset(%s::json) c (dossier uuid, since timestamptz, until timestamptz)
 WHERE h.dossier = c.dossier AND h.since = c.since AND h.until <> c.until"""
_LINKS = "INSERT INTO holding SELECT * FROM json_populate_recordset(NULL::holding, %s::json)"
_TO_MOVE = """
INSERT INTO to_move AS m SELECT * FROM json_populate_recordset(NULL::to_move, %s::json)
ON CONFLICT ON CONSTRAINT to_move_pk DO UPDATE SET
    dossiers = m.dossiers + EXCLUDED.dossiers, provisional = m.provisional + EXCLUDED.provisional"""
_NONE_TO_MOVE = """
DELETE FROM to_move m USING json_populate_recordset(NULL::to_move, %s::json) k
 WHERE m.part = k.part AND m.part_version = k.part_version AND m.from_agency = k.from_agency
   AND m.agency = k.agency AND m.again = k.again AND m.dossiers = 0"""
_DROP_WORK = "DELETE FROM work WHERE dossier = ANY (%s::uuid[])"
# What a desk has to do follows from who holds; entries of links that have begun are in the lane that was
# always open.
_WORK = """
WITH added AS (
    INSERT INTO work
    SELECT h.agency, CASE WHEN h.since <= w.at THEN '-infinity' ELSE h.since END, h.until, w.due, h.dossier
      FROM json_to_recordset(%s::json) w (dossier uuid, due timestamptz, at timestamptz)
      JOIN holding h ON h.dossier = w.dossier AND h.until > w.at
    RETURNING agency, lane_since, lane_until)
INSERT INTO lane SELECT DISTINCT agency, lane_since, lane_until FROM added
ON CONFLICT ON CONSTRAINT lane_pk DO NOTHING"""
_WORK_AGAIN = """
WITH gone AS (
    DELETE FROM work WHERE dossier = ANY (%(dossiers)s::uuid[]) RETURNING dossier, due
), added AS (
    INSERT INTO work
    SELECT h.agency, CASE WHEN h.since <= %(at)s::timestamptz THEN '-infinity' ELSE h.since END, h.until,
        w.due, h.dossier
      FROM (SELECT DISTINCT dossier, due FROM gone) w
      JOIN holding h ON h.dossier = w.dossier AND h.until > %(at)s::timestamptz
    RETURNING agency, lane_since, lane_until)
INSERT INTO lane SELECT DISTINCT agency, lane_since, lane_until FROM added
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
# OFFSET 0 keeps to the indexes, whatever is known of the tables' sizes: a part's dossiers are few among all.
_HELD_BY = """
DECLARE carried NO SCROLL CURSOR FOR
SELECT held.dossier, k.facts::text
  FROM (SELECT DISTINCT l.dossier FROM unnest(%s::uuid[]) a (agency)
         CROSS JOIN LATERAL (
               SELECT h.dossier FROM holding h WHERE h.agency = a.agency AND h.until > %s OFFSET 0) l) held
 CROSS JOIN LATERAL (
       SELECT FROM dossier d WHERE d.dossier = held.dossier
          AND (d.status IS NULL OR d.status NOT IN (3, 7, 8, 10) OR d.changed_at >= %s) OFFSET 0) waits
 CROSS JOIN LATERAL (SELECT y.facts FROM history y WHERE y.dossier = held.dossier OFFSET 0) k"""
_HELD_THROUGH = """
DECLARE carried NO SCROLL CURSOR FOR
SELECT held.dossier, k.facts::text
  FROM (SELECT DISTINCT h.dossier FROM holding h WHERE h.part = ANY (%s::uuid[]) AND h.until > %s) held
 CROSS JOIN LATERAL (SELECT y.facts FROM history y WHERE y.dossier = held.dossier OFFSET 0) k"""

_FETCH = sql.SQL("FETCH {} FROM carried")
_CLOSE = "CLOSE carried"

History = list[list[Any]]
"""What is kept of a dossier's history: see status.sql."""


async def load(connection: Connection, dossiers: Collection[UUID]) -> dict[UUID, Row]:
    """The rows of these dossiers as they stand."""
    cursor = connection.cursor(binary=True)
    await cursor.execute(_LOAD, (list(dossiers),))
    return {
        record[0]: Row(dict(zip(COLUMNS, record, strict=True)), is_new=False)
        for record in await cursor.fetchall()
    }


async def histories(connection: Connection, dossiers: Collection[UUID]) -> dict[UUID, History]:
    """What is kept of the histories of these dossiers."""
    cursor = connection.cursor(binary=True)
    await cursor.execute(_LEARNED, (list(dossiers),))
    return {dossier: orjson.loads(facts) for dossier, facts in await cursor.fetchall()}


async def write(connection: Connection, rows: Sequence[Row]) -> None:
    """The dossiers; what is theirs in other tables has functions of its own."""
    await _each(connection, _DOSSIERS, [row.values for row in rows if row.is_new or row.begins])
    # What stands beside its stream (a refusal, a placement) changes nothing of the dossier's own row.
    changed = [row.values for row in rows if not (row.is_new or row.begins) and "position" in row.values]
    await _each(connection, _CHANGED, changed)


async def write_histories(connection: Connection, learned: dict[UUID, History]) -> None:
    await _each(connection, _HISTORIES, [{"dossier": d, "facts": facts} for d, facts in learned.items()])


async def write_links(
    connection: Connection, cuts: dict[UUID, datetime], known: Collection[UUID], links: list[dict[str, Any]]
) -> None:
    """Replace the links of each dossier from its cut on; what was held before stays, of the last before it
    only the end changes. `known`: those that may have links already."""
    moves = _Moves()
    if known:
        cut = orjson.dumps([{"dossier": dossier, "cut": cuts[dossier]} for dossier in known]).decode()
        moves.took(await (await connection.execute(_CUT.encode(), (cut,))).fetchall())
        closed = [
            {"dossier": link["dossier"], "since": link["since"], "until": link["until"]}
            for link in links
            if link["since"] < cuts[link["dossier"]]
        ]
        await _each(connection, _CLOSED, closed)
    made = [link for link in links if link["since"] >= cuts[link["dossier"]]]
    await _each(connection, _LINKS, made)
    moves.gave(made)
    changed = moves.rows()
    await _each(connection, _TO_MOVE, changed)
    await _each(connection, _NONE_TO_MOVE, [row for row in changed if row["dossiers"] < 0])


class _Moves:
    """By how much what parts have to move changes: (part, version, from, to, again) to dossiers, and of
    these provisionally placed ones."""

    def __init__(self) -> None:
        self._dossiers: Counter[tuple[Any, ...]] = Counter()
        self._provisional: Counter[tuple[Any, ...]] = Counter()

    def took(self, rows: Sequence[tuple[Any, ...]]) -> None:
        for *key, dossiers, provisional in rows:
            self._dossiers[tuple(key)] -= dossiers
            self._provisional[tuple(key)] -= provisional

    def gave(self, links: Sequence[dict[str, Any]]) -> None:
        for link in links:
            if link["part"] is not None:
                key = (link["part"], link["part_version"], link["from_agency"], link["agency"], link["again"])
                self._dossiers[key] += 1
                self._provisional[key] += link["provisional"]

    def rows(self) -> list[dict[str, Any]]:
        names = ("part", "part_version", "from_agency", "agency", "again")
        return [
            dict(zip(names, key, strict=True)) | {"dossiers": change, "provisional": self._provisional[key]}
            for key, change in self._dossiers.items()
            if change or self._provisional[key]
        ]


async def write_work(connection: Connection, stale: Collection[UUID], work: list[dict[str, Any]]) -> None:
    """Replace what the desks have to do for some dossiers, by their links. `stale`: those that may have
    entries already; `work`: dossier, due and from when on."""
    if stale:
        await connection.execute(_DROP_WORK, (list(stale),))
    await _each(connection, _WORK, work)


async def write_work_again(connection: Connection, dossiers: Collection[UUID], at: datetime) -> None:
    """The same for dossiers that only go to other desks: what was not waiting does not wait."""
    await connection.execute(_WORK_AGAIN, {"dossiers": list(dossiers), "at": at})


async def write_transferred(connection: Connection, stated: list[dict[str, Any]]) -> None:
    """HandedOver facts confirm links; they never make one."""
    await _each(connection, _TRANSFERRED, stated)


async def write_flow(connection: Connection, counts: dict[tuple[UUID, date], dict[str, int]]) -> None:
    await _each(
        connection, _FLOW, [{"agency": agency, "day": day, **n} for (agency, day), n in counts.items()]
    )


def held_by(connection: Connection, agencies: Collection[UUID], at: datetime, page: int) -> Histories:
    """Pages of the dossiers not concluded before `at` that one of the agencies holds then or will hold, each
    with its history: what was concluded in the very instant of an act moves by it, as the definition says.
    What is changed meanwhile in the same transaction changes nothing of what is still to come."""
    return _pages(connection, _HELD_BY, (list(agencies), at, at), page)


def held_through(connection: Connection, parts: Collection[UUID], at: datetime, page: int) -> Histories:
    """Pages of the dossiers with a link that one of the parts gives, in force at `at` or later."""
    return _pages(connection, _HELD_THROUGH, (list(parts), at), page)


Histories = AsyncGenerator[dict[UUID, History], None]


async def _pages(connection: Connection, query: str, known: tuple[Any, ...], page: int) -> Histories:
    """The cursor is closed at the end; where that is not reached its transaction is rolled back with it."""
    await connection.execute(query.encode(), known)
    fetch = _FETCH.format(sql.Literal(page))
    while records := await (await connection.execute(fetch, binary=True)).fetchall():
        yield {dossier: orjson.loads(facts) for dossier, facts in records}
    await connection.execute(_CLOSE)


async def _each(connection: Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(statement.encode(), (orjson.dumps(rows).decode(),))
