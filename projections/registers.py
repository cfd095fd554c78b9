"""The part of the view `handover` that keeps obstacles and the inventories of paper originals.

A page of inventories is folded in memory onto the rows as they were: a dossier is counted in one box,
once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from psycopg.rows import dict_row

from domain.facts import Category, Fact, Recorded
from domain.obstacle_facts import ObstacleAssigned, ObstacleEscalated, ObstacleReported, ObstacleResolved
from domain.papers_facts import Original, PapersChecked, PapersListed
from projections.view import Connection

RowDict: TypeAlias = dict[str, Any]
Key = tuple[UUID, UUID]  # part, dossier
Box = tuple[UUID, UUID, str]  # part, agency, box

_REPORTED = """
INSERT INTO obstacle (obstacle, part, agency, dossier, kind, reported_at, escalations, position)
VALUES (%s, %s, %s, %s, %s, %s, 0, %s)"""
_ASSIGNED = "UPDATE obstacle SET assigned_to = %s, position = %s WHERE obstacle = %s"
_ESCALATED = """
UPDATE obstacle SET escalations = escalations + 1, escalated_to = %s, escalated_at = %s, position = %s
 WHERE obstacle = %s"""
_RESOLVED = "UPDATE obstacle SET resolved_at = %s, position = %s WHERE obstacle = %s"
_PAPERS_OF = """
SELECT p.* FROM json_populate_recordset(NULL::papers, %s::json) k
  JOIN papers p ON p.part = k.part AND p.dossier = k.dossier"""
_PAPERS = """
INSERT INTO papers SELECT * FROM json_populate_recordset(NULL::papers, %s::json)
ON CONFLICT ON CONSTRAINT papers_pk DO UPDATE SET
    agency = EXCLUDED.agency, box = EXCLUDED.box, contents = EXCLUDED.contents,
    originals = EXCLUDED.originals, checked_by = EXCLUDED.checked_by, checked_at = EXCLUDED.checked_at,
    found_in = EXCLUDED.found_in, lacking = EXCLUDED.lacking, missing = EXCLUDED.missing,
    position = EXCLUDED.position"""
_BOXES = """
INSERT INTO paper_box AS b SELECT * FROM json_populate_recordset(NULL::paper_box, %s::json)
ON CONFLICT ON CONSTRAINT paper_box_pk DO UPDATE SET
    dossiers = b.dossiers + EXCLUDED.dossiers, originals = b.originals + EXCLUDED.originals,
    checked = b.checked + EXCLUDED.checked, lacking = b.lacking + EXCLUDED.lacking,
    missing = b.missing + EXCLUDED.missing"""


async def register(connection: Connection, facts: Sequence[Recorded[Fact]]) -> None:
    """Follow a page."""
    for recorded in facts:
        if recorded.fact.CATEGORY == Category.OBSTACLE:
            await _obstacle(connection, recorded)
    papers = [r for r in facts if isinstance(r.fact, PapersListed | PapersChecked)]
    if papers:
        await _papers(connection, papers)


async def _obstacle(connection: Connection, recorded: Recorded[Any]) -> None:
    fact, at, position = recorded.fact, recorded.recorded_at, recorded.position
    obstacle = fact.originator_id
    if isinstance(fact, ObstacleReported):
        row = (obstacle, fact.part, fact.agency, fact.dossier, fact.kind, at, position)
        await connection.execute(_REPORTED, row)
    elif isinstance(fact, ObstacleAssigned):
        await connection.execute(_ASSIGNED, (fact.officer, position, obstacle))
    elif isinstance(fact, ObstacleEscalated):
        await connection.execute(_ESCALATED, (fact.to_officer, at, position, obstacle))
    elif isinstance(fact, ObstacleResolved):
        await connection.execute(_RESOLVED, (at, position, obstacle))


async def _papers(connection: Connection, facts: Sequence[Recorded[Any]]) -> None:
    keys = dict.fromkeys((r.fact.part, r.fact.dossier) for r in facts)
    known = await _known(connection, list(keys))
    boxes: dict[Box, Counter[str]] = {
        (fact.part, fact.agency, fact.box): _none()
        for fact in (recorded.fact for recorded in facts)
        if isinstance(fact, PapersListed)
    }
    for row in known.values():
        _count(boxes, row, -1)
    for recorded in facts:
        fact = recorded.fact
        key = (fact.part, fact.dossier)
        if isinstance(fact, PapersListed):
            known[key] = _listed(fact, recorded.position)
        elif key in known:
            known[key] |= _checked(recorded)
    for row in known.values():
        _count(boxes, row, 1)
    await _rows(connection, _PAPERS, list(known.values()))
    changed = [
        {"part": part, "agency": agency, "box": box, **counts}
        for (part, agency, box), counts in boxes.items()
    ]
    await _rows(connection, _BOXES, changed)


async def _known(connection: Connection, keys: list[Key]) -> dict[Key, RowDict]:
    asked = orjson.dumps([{"part": part, "dossier": dossier} for part, dossier in keys]).decode()
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_PAPERS_OF.encode(), (asked,))
        return {(row["part"], row["dossier"]): row for row in await cursor.fetchall()}


def _listed(fact: PapersListed, position: int) -> RowDict:
    return {
        "part": fact.part,
        "dossier": fact.dossier,
        "agency": fact.agency,
        "box": fact.box,
        "contents": _contents(fact.originals),
        "originals": sum(original.count for original in fact.originals),
        "checked_by": None,
        "checked_at": None,
        "found_in": None,
        "lacking": [],
        "missing": 0,
        "position": position,
    }


def _checked(recorded: Recorded[PapersChecked]) -> RowDict:
    fact = recorded.fact
    return {
        "checked_by": fact.agency,
        "checked_at": recorded.recorded_at,
        "found_in": fact.box,
        "lacking": _contents(fact.missing),
        "missing": sum(original.count for original in fact.missing),
        "position": recorded.position,
    }


def _contents(originals: tuple[Original, ...]) -> list[RowDict]:
    return [{"component": original.component, "count": original.count} for original in originals]


def _none() -> Counter[str]:
    return Counter(dossiers=0, originals=0, checked=0, lacking=0, missing=0)


def _count(boxes: dict[Box, Counter[str]], row: RowDict, sign: int) -> None:
    counts = boxes.setdefault((row["part"], row["agency"], row["box"]), _none())
    counts["dossiers"] += sign
    counts["originals"] += sign * row["originals"]
    counts["checked"] += sign * (row["checked_by"] is not None)
    counts["lacking"] += sign * (row["missing"] > 0)
    counts["missing"] += sign * row["missing"]


async def _rows(connection: Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(statement.encode(), (orjson.dumps(rows).decode(),))
