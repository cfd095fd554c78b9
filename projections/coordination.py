"""The part of the view `handover` that says who has not answered, which refusals wait for a decision, and who
was reminded.

A page of transfers alone costs one look at `said` and some rows of counts. What is kept follows from the
facts in their order, however they were cut into pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from domain.coordination import ReceiverEscalated, ReceiverReminded
from domain.facts import Category, Fact, Recorded
from domain.handed_over_facts import DossierHandedOver, DossierPlaced, DossierTransferRefused
from projections.view import Connection

UNSTATED = UUID(int=0)
"""Who held before, while no transfer says it."""

_HOURS = """
INSERT INTO clock_hour SELECT * FROM json_populate_recordset(NULL::clock_hour, %s::json)
ON CONFLICT ON CONSTRAINT clock_hour_pk DO NOTHING"""
_COUNTS = """
INSERT INTO unanswered AS u SELECT * FROM json_populate_recordset(NULL::unanswered, %s::json)
ON CONFLICT ON CONSTRAINT unanswered_pk DO UPDATE SET
    waiting = u.waiting + EXCLUDED.waiting, since = least(u.since, EXCLUDED.since)"""
_SAID_OF = """
SELECT s.part, s.dossier, s.at, s.agency, s.hour
  FROM json_populate_recordset(NULL::said, %s::json) k
  JOIN said s ON s.part = k.part AND s.dossier = k.dossier"""
_STATED_OF = """
SELECT k.part, k.dossier, t.from_agency, t.to_agency,
       (SELECT c.hour FROM clock_hour c WHERE c.position <= t.position
         ORDER BY c.position DESC LIMIT 1) AS hour
  FROM json_populate_recordset(NULL::said, %s::json) k
 CROSS JOIN LATERAL (
       SELECT t.* FROM transfer t WHERE t.part = k.part AND t.dossier = k.dossier
        ORDER BY t.part_version DESC LIMIT 1) t"""
_SAY = """
INSERT INTO said SELECT * FROM json_populate_recordset(NULL::said, %s::json)
ON CONFLICT ON CONSTRAINT said_pk DO UPDATE SET
    at = EXCLUDED.at, agency = EXCLUDED.agency, hour = EXCLUDED.hour"""
_UNSAY = """
DELETE FROM said s USING json_populate_recordset(NULL::said, %s::json) k
 WHERE s.part = k.part AND s.dossier = k.dossier"""
_REFUSE = """
INSERT INTO refusal SELECT * FROM json_populate_recordset(NULL::refusal, %s::json)
ON CONFLICT ON CONSTRAINT refusal_pk DO UPDATE SET from_agency = EXCLUDED.from_agency, since = EXCLUDED.since,
    agency = EXCLUDED.agency, suggests = EXCLUDED.suggests, position = EXCLUDED.position"""
_PLACE = """
DELETE FROM refusal r USING json_populate_recordset(NULL::said, %s::json) k
 WHERE r.part = k.part AND r.dossier = k.dossier"""
_ANYTHING_SAID = """
SELECT EXISTS (SELECT FROM said WHERE part = ANY (%s::uuid[]))
    OR EXISTS (SELECT FROM refusal WHERE part = ANY (%s::uuid[]))"""
_ANY_UNSTATED = """
SELECT EXISTS (SELECT FROM refusal WHERE from_agency = '00000000-0000-0000-0000-000000000000')"""
_STATE = """
UPDATE refusal r SET from_agency = k.from_agency
  FROM json_populate_recordset(NULL::refusal, %s::json) k
 WHERE r.part = k.part AND r.dossier = k.dossier AND r.from_agency = '00000000-0000-0000-0000-000000000000'"""
_REMINDED = """
INSERT INTO silence AS s (part, agency, reminders, reminded_at, escalations) VALUES (%s, %s, 1, %s, 0)
ON CONFLICT ON CONSTRAINT silence_pk DO UPDATE SET reminders = s.reminders + 1,
    reminded_at = EXCLUDED.reminded_at"""
_ESCALATED = """
INSERT INTO silence AS s (part, agency, reminders, escalations, escalated_at, escalated_to)
VALUES (%s, %s, 0, 1, %s, %s)
ON CONFLICT ON CONSTRAINT silence_pk DO UPDATE SET escalations = s.escalations + 1,
    escalated_at = EXCLUDED.escalated_at, escalated_to = EXCLUDED.escalated_to"""

Key = tuple[UUID, UUID]  # part, dossier


class Stated(NamedTuple):
    """What the last transfer of a dossier says: who held, who got it, in which hour that was recorded."""

    from_agency: UUID
    agency: UUID
    hour: datetime


class Said(NamedTuple):
    """The last answer or placement; `hour` None: nothing waits."""

    at: datetime
    agency: UUID
    hour: datetime | None


async def coordinate(connection: Connection, facts: Sequence[Recorded[Fact]]) -> None:
    """Follow a page, before its transfers and answers are in their own tables."""
    for recorded in facts:
        if recorded.fact.CATEGORY == Category.COORDINATION:
            await _silence(connection, recorded)
    told = [r for r in facts if r.fact.CATEGORY in (Category.HANDED_OVER, Category.PLACEMENT)]
    if not told:
        return
    if await _nothing_said(connection, told):
        page = _Page({}, {})
        page.count(told)
    else:
        page = _Page(await _said_of(connection, told), await _stated_of(connection, told))
        for recorded in told:
            page.follow(recorded)
    await _write(connection, page)


async def _nothing_said(connection: Connection, told: Sequence[Recorded[Any]]) -> bool:
    """Whether the page has first transfers alone, of parts of which no answer is known yet: most of them."""
    if not all(isinstance(r.fact, DossierHandedOver) and r.fact.part_version == 1 for r in told):
        return False
    parts = list({r.fact.part for r in told})
    row = await (await connection.execute(_ANYTHING_SAID, (parts, parts))).fetchone()
    return row is not None and not row[0]


async def _silence(connection: Connection, recorded: Recorded[Any]) -> None:
    fact, at = recorded.fact, recorded.recorded_at
    if isinstance(fact, ReceiverReminded):
        await connection.execute(_REMINDED, (fact.part, fact.agency, at))
    elif isinstance(fact, ReceiverEscalated):
        await connection.execute(_ESCALATED, (fact.part, fact.agency, at, fact.to_officer))


class _Page:
    """One page folded in memory. `said`, `stated`: as before the page, kept up."""

    def __init__(self, said: dict[Key, Said], stated: dict[Key, Stated]) -> None:
        self.said = said
        self.stated = stated
        self.waiting: Counter[tuple[UUID, UUID, datetime]] = Counter()
        self.since: dict[tuple[UUID, UUID, datetime], datetime] = {}
        self.hours: dict[datetime, int] = {}
        self.changed: dict[Key, Said | None] = {}
        self.refusals: dict[Key, dict[str, Any] | None] = {}
        self.transfers: dict[Key, UUID] = {}

    def count(self, told: Sequence[Recorded[Any]]) -> None:
        """What `follow` comes to for transfers of dossiers of which nothing was said or stated."""
        for recorded in told:
            fact, at = recorded.fact, recorded.recorded_at
            hour = _hour(at)
            self.hours.setdefault(hour, recorded.position)
            self._arrives(fact.part, fact.to_agency, at, hour)

    def follow(self, recorded: Recorded[Any]) -> None:
        fact, at = recorded.fact, recorded.recorded_at
        key, hour = (fact.part, fact.dossier), _hour(at)
        self.hours.setdefault(hour, recorded.position)
        if isinstance(fact, DossierHandedOver):
            self._transferred(key, fact, at, hour)
            return
        self._answered(key)
        if isinstance(fact, DossierPlaced):
            self._arrives(key[0], fact.to_agency, at, hour)
            self._says(key, Said(at, fact.to_agency, hour))
        else:
            self._says(key, Said(at, fact.agency, None))
        self.refusals[key] = None
        if isinstance(fact, DossierTransferRefused):
            stated = self.stated.get(key)
            self.refusals[key] = {
                "part": fact.part,
                "dossier": fact.dossier,
                "from_agency": stated.from_agency if stated else UNSTATED,
                "since": at,
                "agency": fact.agency,
                "suggests": fact.suggests,
                "position": recorded.position,
            }

    def _transferred(self, key: Key, fact: DossierHandedOver, at: datetime, hour: datetime) -> None:
        """Answered after this transfer's hour already: it only states what was known. Else the receiver has
        to answer, and nobody for an earlier version any more."""
        self.transfers.setdefault(key, fact.from_agency)
        refused = self.refusals.get(key)
        if refused and refused["from_agency"] == UNSTATED:
            refused["from_agency"] = fact.from_agency
        said = self.said.get(key)
        if said is None or said.at < fact.effective_at:
            self._answered(key)
            self._arrives(key[0], fact.to_agency, at, hour)
            if said is not None:
                del self.said[key]
                self.changed[key] = None
        self.stated[key] = Stated(fact.from_agency, fact.to_agency, hour)

    def _answered(self, key: Key) -> None:
        """Nothing waits for an answer any more."""
        waits: Said | Stated | None = self.said.get(key) or self.stated.get(key)
        if waits is not None and waits.hour is not None:
            self.waiting[key[0], waits.agency, waits.hour] -= 1

    def _arrives(self, part: UUID, agency: UUID, at: datetime, hour: datetime) -> None:
        key = (part, agency, hour)
        self.waiting[key] += 1
        if key not in self.since:
            self.since[key] = at

    def _says(self, key: Key, said: Said) -> None:
        self.said[key] = self.changed[key] = said


async def _write(connection: Connection, page: _Page) -> None:
    await _rows(connection, _HOURS, [{"hour": hour, "position": p} for hour, p in page.hours.items()])
    counts = [
        {
            "part": part,
            "agency": agency,
            "hour": hour,
            "waiting": change,
            "since": page.since.get(key, "infinity"),
        }
        for key, change in page.waiting.items()
        for part, agency, hour in [key]
        if change or key in page.since
    ]
    await _rows(connection, _COUNTS, counts)
    said = [
        {"part": part, "dossier": dossier, **known._asdict()}
        for (part, dossier), known in page.changed.items()
        if known is not None
    ]
    await _rows(connection, _SAY, said)
    await _rows(connection, _UNSAY, _keys(key for key, known in page.changed.items() if known is None))
    if page.transfers:
        row = await (await connection.execute(_ANY_UNSTATED)).fetchone()
        if row is not None and row[0]:
            stated = [{"part": p, "dossier": d, "from_agency": f} for (p, d), f in page.transfers.items()]
            await _rows(connection, _STATE, stated)
    await _rows(connection, _REFUSE, [refused for refused in page.refusals.values() if refused])
    await _rows(connection, _PLACE, _keys(key for key, refused in page.refusals.items() if not refused))


async def _said_of(connection: Connection, told: Sequence[Recorded[Any]]) -> dict[Key, Said]:
    asked = orjson.dumps(_keys((r.fact.part, r.fact.dossier) for r in told)).decode()
    rows = await (await connection.execute(_SAID_OF.encode(), (asked,))).fetchall()
    return {(part, dossier): Said(*known) for part, dossier, *known in rows}


async def _stated_of(connection: Connection, told: Sequence[Recorded[Any]]) -> dict[Key, Stated]:
    """Of what is answered in this page, or transferred again by a later version."""
    wanted = _keys(
        (r.fact.part, r.fact.dossier)
        for r in told
        if not isinstance(r.fact, DossierHandedOver) or r.fact.part_version > 1
    )
    if not wanted:
        return {}
    rows = await (await connection.execute(_STATED_OF.encode(), (orjson.dumps(wanted).decode(),))).fetchall()
    return {(part, dossier): Stated(*known) for part, dossier, *known in rows}


def _keys(keys: Iterable[Key]) -> list[dict[str, Any]]:
    return [{"part": part, "dossier": dossier} for part, dossier in dict.fromkeys(keys)]


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


async def _rows(connection: Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(statement.encode(), (orjson.dumps(rows).decode(),))
