"""What the tests ask of the views `directory` and `status`: one unit, agency or dossier, as it is at an
instant. The product reads the organisation from memory and a dossier from the log, and both views as
snapshots and lists; so these queries are the tests' own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from domain.local_time import day_start

Reading: TypeAlias = AsyncConnection[Any]
RowDict: TypeAlias = dict[str, Any]

_UNIT = """
SELECT u.unit, u.code, u.reference, coalesce(n.name, u.name) AS name, coalesce(n.kind, u.kind) AS kind,
    u.level, u.parent, u.source, u.origin,
       nullif(u.since, '-infinity') AS since, nullif(u.until, 'infinity') AS until
  FROM directory.unit_valid u
  LEFT JOIN LATERAL (
       SELECT r.name, r.kind FROM directory.unit_name r
        WHERE r.unit = u.unit AND directory.day_start(r.from_day) <= %(at)s ORDER BY r.from_day DESC,
            r.position DESC LIMIT 1) n ON true
 WHERE u.code = %(code)s AND u.since <= %(at)s::timestamptz AND %(at)s < u.until ORDER BY u.level"""
_UNITS = """
SELECT u.unit, u.code, u.reference, coalesce(n.name, u.name) AS name, coalesce(n.kind, u.kind) AS kind,
    u.level, u.parent,
       nullif(u.since, '-infinity') AS since, nullif(u.until, 'infinity') AS until
  FROM directory.unit_valid u
  LEFT JOIN LATERAL (
       SELECT r.name, r.kind FROM directory.unit_name r
        WHERE r.unit = u.unit AND directory.day_start(r.from_day) <= %(at)s ORDER BY r.from_day DESC,
            r.position DESC LIMIT 1) n ON true
 WHERE (u.code, u.unit) > (%(code)s, %(unit)s::uuid) AND u.since <= %(at)s::timestamptz AND %(at)s < u.until
   AND (%(level)s::text IS NULL OR u.level = %(level)s)
 ORDER BY u.code, u.unit LIMIT %(limit)s"""
_HEIRS = """
WITH RECURSIVE in_force AS (
    SELECT DISTINCT ON (part) part, part_version, hour FROM directory.step
        WHERE hour <= %(at)s::timestamptz ORDER BY part, hour DESC
), line (unit, hour, kind, is_default, depth) AS (
    SELECT %(unit)s::uuid, '-infinity'::timestamptz, NULL::text, true, 0
    UNION ALL
    SELECT s.to_unit, f.hour, s.kind, line.is_default AND s.is_default, line.depth + 1
      FROM line JOIN directory.succession s ON s.from_unit = line.unit JOIN in_force f USING (part,
          part_version)
     WHERE f.hour > line.hour AND line.depth < 20
)
SELECT DISTINCT ON (u.code, u.unit) u.unit, u.code, u.reference, u.name, u.level, line.kind,
    line.is_default, line.hour AS since
  FROM line JOIN directory.unit_valid u ON u.unit = line.unit
 WHERE line.depth > 0 AND u.since <= %(at)s AND %(at)s < u.until ORDER BY u.code, u.unit,
     line.is_default DESC"""
_AGENCIES = """
SELECT a.agency, a.identifier, a.kind, a.unit, u.reference AS unit_reference, a.parent, a.origin,
       coalesce(c.changes->>'name', a.name) AS name, coalesce(c.changes->>'address', a.address) AS address,
       coalesce(c.changes->>'hotline', a.hotline) AS hotline, coalesce(c.changes->>'hours', a.hours) AS hours,
       coalesce(c.changes->>'legal_form', a.legal_form) AS legal_form,
       nullif(a.since, '-infinity') AS since, nullif(a.until, 'infinity') AS until
  FROM directory.agency_valid a
  LEFT JOIN directory.unit_valid u ON u.unit = a.unit
  LEFT JOIN LATERAL (
       SELECT jsonb_object_agg(e.key, e.value ORDER BY g.from_day, g.position) AS changes
         FROM directory.agency_change g CROSS JOIN LATERAL jsonb_each(g.changes) e
        WHERE g.agency = a.agency AND directory.day_start(g.from_day) <= %(at)s) c ON true
 WHERE (%(agency)s::uuid IS NULL OR a.agency = %(agency)s) AND (%(unit)s::uuid IS NULL OR a.unit = %(unit)s)
   AND a.since < 'infinity' AND a.identifier > %(after)s
   AND (NOT %(open)s OR (a.since <= %(at)s::timestamptz AND %(at)s < a.until))
 ORDER BY a.identifier LIMIT %(limit)s"""
_DESKS = """
WITH RECURSIVE in_force AS (
    SELECT DISTINCT ON (part) part, part_version, hour FROM directory.step
        WHERE hour <= %(at)s::timestamptz ORDER BY part, hour DESC
), ended (agency, unit, hour, depth) AS (
    SELECT a.agency, a.unit, '-infinity'::timestamptz, 0 FROM directory.agency_valid a
        WHERE a.identifier = %(identifier)s AND a.since < 'infinity'
    UNION
    SELECT n.agency, n.unit, n.hour, ended.depth + 1
      FROM ended
     CROSS JOIN LATERAL (
           SELECT h.agency, h.unit, f.hour FROM directory.agency_end e JOIN in_force f USING (part,
               part_version)
             JOIN directory.agency h ON h.agency = e.heir WHERE e.agency = ended.agency
                 AND f.hour > ended.hour
           UNION
           SELECT h.agency, h.unit, f.hour FROM directory.agency_end e JOIN in_force f USING (part,
               part_version)
             JOIN directory.succession s ON s.from_unit = ended.unit AND s.part = f.part
                 AND s.part_version = f.part_version
             JOIN directory.receiver r ON r.unit = s.to_unit AND r.part = f.part
                 AND r.part_version = f.part_version
             JOIN directory.agency h ON h.agency = r.agency WHERE e.agency = ended.agency
                 AND f.hour > ended.hour) n
     WHERE ended.depth < 20
)
SELECT DISTINCT a.identifier, a.name, u.reference AS unit, a.address, a.hotline, a.hours
  FROM ended JOIN directory.agency_valid a ON a.agency = ended.agency LEFT JOIN directory.unit_valid u
      ON u.unit = a.unit
 WHERE a.since <= %(at)s AND %(at)s < a.until ORDER BY a.identifier LIMIT %(limit)s"""
_POSTINGS = """
SELECT p.posting, p.officer, coalesce(m.agency, p.agency) AS agency, a.identifier, p.roles, p.since,
    p.until, s.suspended
  FROM directory.posting p
  LEFT JOIN LATERAL (
       SELECT v.agency FROM directory.posting_move v JOIN directory.step t USING (part, part_version)
        WHERE v.posting = p.posting AND t.hour <= %(at)s ORDER BY t.hour DESC LIMIT 1) m ON true
  LEFT JOIN directory.agency a ON a.agency = coalesce(m.agency, p.agency)
  LEFT JOIN LATERAL (
       SELECT x.suspended FROM directory.suspension x WHERE x.officer = p.officer AND x.from_ <= %(at)s
        ORDER BY x.from_ DESC, x.position DESC LIMIT 1) s ON true
 WHERE (%(officer)s::uuid IS NULL OR p.officer = %(officer)s) AND p.since <= %(at)s::timestamptz
     AND (p.until IS NULL OR %(at)s < p.until)
   AND (p.begins_by IS NULL OR EXISTS (SELECT FROM directory.step b WHERE b.part = p.begins_by
       AND b.hour <= %(at)s))
   AND p.posting > %(after)s::uuid
 ORDER BY p.posting LIMIT %(limit)s"""
BY_CODE = "SELECT * FROM status.shown(%(at)s::timestamptz) WHERE code = %(code)s AND NOT quarantined"
BY_ID = "SELECT * FROM status.shown(%(at)s::timestamptz) WHERE dossier = %(dossier)s::uuid"
_FIRST = UUID(int=0)


async def unit_on(connection: Reading, code: str, on: date | datetime) -> RowDict | None:
    """`CODE@DATE`: the unit that has this code on a day in Vietnam (from its first instant) or at an
    instant (aware)."""
    at = on if isinstance(on, datetime) else day_start(on)
    rows = await _all(connection, _UNIT, {"code": code, "at": at})
    return rows[0] if rows else None


async def units(
    connection: Reading,
    at: datetime,
    *,
    level: str | None = None,
    after: tuple[str, UUID] = ("", _FIRST),
    limit: int = 100,
) -> list[RowDict]:
    """A page of the units valid at `at`, by (code, unit)."""
    return await _all(
        connection, _UNITS, {"at": at, "level": level, "code": after[0], "unit": after[1], "limit": limit}
    )


async def heirs(connection: Reading, unit: UUID, at: datetime) -> list[RowDict]:
    """The units valid at `at` that succeed `unit`, through as many acts as there were; empty while it is
    valid itself. `kind`: whole, part or same, of the last act; `is_default`: provisionally stands for a
    place whose heir is not known."""
    return await _all(connection, _HEIRS, {"unit": unit, "at": at})


async def agencies(
    connection: Reading, at: datetime, *, unit: UUID | None = None, after: str = "", limit: int = 100
) -> list[RowDict]:
    """A page of the agencies open at `at`, by identifier; of one unit or all. Names and addresses as they
    are then; `origin` says what is assumed."""
    known = {"at": at, "agency": None, "unit": unit, "after": after, "open": True, "limit": limit}
    return await _all(connection, _AGENCIES, known)


async def agency_by_id(connection: Reading, agency: UUID, at: datetime) -> RowDict | None:
    """One agency, open or not, as it is at `at`."""
    known = {"at": at, "agency": agency, "unit": None, "after": "", "open": False, "limit": 1}
    rows = await _all(connection, _AGENCIES, known)
    return rows[0] if rows else None


async def desks_of(connection: Reading, identifier: str, at: datetime, limit: int = 100) -> list[RowDict]:
    """Public: the agency that an identifier (as in a dossier's code) names, or once it has ended the desks
    that succeed it and its unit, through as many acts as there were: identifier, name, unit (CODE@DATE),
    address, hotline, hours."""
    return await _all(connection, _DESKS, {"identifier": identifier, "at": at, "limit": limit})


async def postings(
    connection: Reading, at: datetime, *, officer: UUID | None = None, after: UUID = _FIRST, limit: int = 100
) -> list[RowDict]:
    """A page of the postings in force at `at`, each in the agency where acts have moved it; `suspended` is
    true, false or None (never was)."""
    return await _all(connection, _POSTINGS, {"at": at, "officer": officer, "after": after, "limit": limit})


async def dossier_by_code(connection: Reading, code: str, at: datetime) -> RowDict | None:
    """The dossier that has this code, or None."""
    rows = await _all(connection, BY_CODE, {"at": at, "code": code})
    return rows[0] if rows else None


async def dossier_by_id(connection: Reading, dossier: UUID, at: datetime) -> RowDict | None:
    """The dossier, quarantined ones included, or None."""
    rows = await _all(connection, BY_ID, {"at": at, "dossier": dossier})
    return rows[0] if rows else None


async def _all(connection: Reading, query: str, known: Mapping[str, Any]) -> list[RowDict]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query.encode(), known)
        return await cursor.fetchall()
