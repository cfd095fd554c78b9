"""The view `directory`: units, agencies and postings with their validity, and who succeeds whom.

Small and written rarely: each fact is a row or two, applied in order. What the parts' hours make of them is
worked out on reading (sql/directory.sql)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

import orjson

from domain import agency_facts as a
from domain import handover_facts as h
from domain import officer_facts as o
from domain import unit_facts as u
from domain.facts import Category, Fact, Recorded
from projections.view import Connection, Facts

Rows = list[dict[str, Any]]

_INSERTS: Final[Mapping[str, str]] = {
    "unit": "INSERT INTO unit SELECT * FROM json_populate_recordset(NULL::unit, %s::json)",
    "unit_name": "INSERT INTO unit_name SELECT * FROM json_populate_recordset(NULL::unit_name, %s::json)",
    "agency": "INSERT INTO agency SELECT * FROM json_populate_recordset(NULL::agency, %s::json)",
    "agency_change": (
        "INSERT INTO agency_change SELECT * FROM json_populate_recordset(NULL::agency_change, %s::json)"
    ),
    "posting": "INSERT INTO posting SELECT * FROM json_populate_recordset(NULL::posting, %s::json)",
    "suspension": "INSERT INTO suspension SELECT * FROM json_populate_recordset(NULL::suspension, %s::json)",
    "unit_begin": "INSERT INTO unit_begin SELECT * FROM json_populate_recordset(NULL::unit_begin, %s::json)",
    "agency_begin": (
        "INSERT INTO agency_begin SELECT * FROM json_populate_recordset(NULL::agency_begin, %s::json)"
    ),
    "agencies_listed": (
        "INSERT INTO agencies_listed SELECT * FROM json_populate_recordset(NULL::agencies_listed, %s::json)"
        " ON CONFLICT ON CONSTRAINT agencies_listed_pk DO NOTHING"
    ),
    "unit_end": "INSERT INTO unit_end SELECT * FROM json_populate_recordset(NULL::unit_end, %s::json)",
    "succession": "INSERT INTO succession SELECT * FROM json_populate_recordset(NULL::succession, %s::json)",
    "agency_end": "INSERT INTO agency_end SELECT * FROM json_populate_recordset(NULL::agency_end, %s::json)",
    "receiver": "INSERT INTO receiver SELECT * FROM json_populate_recordset(NULL::receiver, %s::json)",
    "posting_move": (
        "INSERT INTO posting_move SELECT * FROM json_populate_recordset(NULL::posting_move, %s::json)"
    ),
}
_UNIT_ENDS = "UPDATE unit SET ends_on = %s WHERE unit = %s"
_AGENCY_ENDS = "UPDATE agency SET ends_on = %s WHERE agency = %s"
_POSTING_ENDS = "UPDATE posting SET until = %s WHERE posting = %s"
_STEP = """
INSERT INTO step (part, hour, part_version, effective_at) VALUES (%s, %s, %s, %s)
ON CONFLICT ON CONSTRAINT step_pk DO UPDATE SET part_version = EXCLUDED.part_version"""
_NO_STEPS = "DELETE FROM step WHERE part = %s"


class Directory:
    name: ClassVar[str] = "directory"
    categories: ClassVar[frozenset[int]] = frozenset(
        (Category.UNIT, Category.AGENCY, Category.OFFICER, Category.HANDOVER_PART)
    )
    tables: ClassVar[tuple[str, ...]] = (*_INSERTS, "step")

    def reset(self) -> None:
        pass

    async def prepare(self, deciding: AsyncIterator[Recorded[Fact]]) -> None:
        pass

    async def apply(self, connection: Connection, facts: Facts) -> None:
        waiting: dict[str, Rows] = {}
        for recorded in facts:
            fact = recorded.fact
            rows = _ROWS.get(type(fact))
            if rows is not None:
                for table, row in rows(recorded):
                    waiting.setdefault(table, []).append(row)
                continue
            await _write(connection, waiting)
            await _change(connection, recorded)
        await _write(connection, waiting)


async def _write(connection: Connection, waiting: dict[str, Rows]) -> None:
    for table, rows in waiting.items():
        await connection.execute(_INSERTS[table].encode(), (orjson.dumps(rows).decode(),))
    waiting.clear()


async def _change(connection: Connection, recorded: Recorded[Any]) -> None:
    """The few facts that change a row."""
    fact = recorded.fact
    if isinstance(fact, u.UnitDissolved):
        await connection.execute(_UNIT_ENDS, (fact.until, fact.originator_id))
    elif isinstance(fact, a.AgencyDissolved):
        await connection.execute(_AGENCY_ENDS, (fact.until, fact.originator_id))
    elif isinstance(fact, o.PostingEnded):
        await connection.execute(_POSTING_ENDS, (fact.at, fact.posting_id))
    elif isinstance(fact, h.PartScheduled):
        hour = max(fact.effective_at, recorded.recorded_at)
        await connection.execute(_STEP, (fact.originator_id, hour, fact.part_version, fact.effective_at))
    elif isinstance(fact, h.PartCancelled):
        await connection.execute(_NO_STEPS, (fact.originator_id,))


Made = list[tuple[str, dict[str, Any]]]


def _unit(recorded: Recorded[u.UnitEstablished]) -> Made:
    fact = recorded.fact
    return [
        (
            "unit",
            {
                "unit": fact.originator_id,
                "code": fact.code,
                "name": fact.name,
                "level": fact.level,
                "kind": fact.kind,
                "parent": fact.parent,
                "valid_from": fact.valid_from,
                "known_valid_on": fact.known_valid_on,
                "begins_by": fact.begins_by,
                "source": fact.source,
                "origin": fact.origin,
            },
        )
    ]


def _unit_name(recorded: Recorded[u.UnitRenamed]) -> Made:
    fact = recorded.fact
    row = {
        "unit": fact.originator_id,
        "from_day": fact.from_,
        "position": recorded.position,
        "name": fact.name,
        "kind": fact.kind,
    }
    return [("unit_name", row)]


def _agency(recorded: Recorded[a.AgencyFounded]) -> Made:
    fact = recorded.fact
    row = {
        "agency": fact.originator_id,
        "identifier": fact.identifier,
        "name": fact.name,
        "kind": fact.kind,
        "unit": fact.unit,
        "parent": fact.parent,
        "address": fact.address,
        "hotline": fact.hotline,
        "hours": fact.hours,
        "legal_form": fact.legal_form,
        "valid_from": fact.valid_from,
        "begins_by": fact.begins_by,
        "origin": fact.origin,
    }
    return [("agency", row)]


def _agency_change(recorded: Recorded[a.AgencyChanged]) -> Made:
    fact = recorded.fact
    row = {
        "agency": fact.originator_id,
        "from_day": fact.from_,
        "position": recorded.position,
        "changes": {**fact.changes, "origin": fact.origin},
    }
    return [("agency_change", row)]


def _posting(recorded: Recorded[o.OfficerPosted]) -> Made:
    fact = recorded.fact
    row = {
        "posting": fact.posting_id,
        "officer": fact.originator_id,
        "agency": fact.agency,
        "roles": fact.roles,
        "since": fact.from_,
        "until": fact.until,
        "begins_by": fact.begins_by,
    }
    return [("posting", row)]


def _suspension(recorded: Recorded[Any]) -> Made:
    fact = recorded.fact
    from_: datetime = fact.from_
    row = {
        "officer": fact.originator_id,
        "from_": from_,
        "position": recorded.position,
        "suspended": isinstance(fact, o.OfficerSuspended),
    }
    return [("suspension", row)]


def _of_part(fact: Any) -> dict[str, UUID | int]:
    return {"part": fact.originator_id, "part_version": fact.part_version}


def _unit_ends(recorded: Recorded[h.UnitsListed]) -> Made:
    version = _of_part(recorded.fact)
    made: Made = [("unit_end", {"unit": unit, **version}) for unit in recorded.fact.ends]
    return made + [("unit_begin", {"unit": unit, **version}) for unit in recorded.fact.begins]


def _successions(recorded: Recorded[h.LinksListed]) -> Made:
    version = _of_part(recorded.fact)
    return [
        (
            "succession",
            {
                "from_unit": link.from_,
                "to_unit": link.to,
                "kind": link.kind,
                "is_default": link.default,
                **version,
            },
        )
        for link in recorded.fact.links
    ]


def _agencies(recorded: Recorded[h.AgenciesListed]) -> Made:
    version = _of_part(recorded.fact)
    made: Made = [
        (
            "agency_end",
            {"agency": end.agency, "heir": end.heir, "closed_by": end.closed_by, **version},
        )
        for end in recorded.fact.ends
    ]
    made += [
        ("receiver", {"unit": r.unit, "level": r.level, "agency": r.agency, **version})
        for r in recorded.fact.receivers
    ]
    if recorded.fact.begins is not None:
        made.append(("agencies_listed", version))
        made += [("agency_begin", {"agency": agency, **version}) for agency in recorded.fact.begins]
    return made


def _moves(recorded: Recorded[h.PostingsListed]) -> Made:
    version = _of_part(recorded.fact)
    return [
        ("posting_move", {"posting": move.posting, "agency": move.agency, **version})
        for move in recorded.fact.postings
    ]


_ROWS: Final[Mapping[type[Fact], Callable[[Recorded[Any]], Made]]] = {
    u.UnitEstablished: _unit,
    u.UnitRenamed: _unit_name,
    a.AgencyFounded: _agency,
    a.AgencyChanged: _agency_change,
    o.OfficerPosted: _posting,
    o.OfficerSuspended: _suspension,
    o.OfficerReinstated: _suspension,
    h.UnitsListed: _unit_ends,
    h.LinksListed: _successions,
    h.AgenciesListed: _agencies,
    h.PostingsListed: _moves,
}
