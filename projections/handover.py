"""The view `handover`: how far each part of each act has come, counted per agency; and each dossier's
transfer.

A page is counted in memory. A dossier has one `HandedOver` fact per part version, and per part one stream
of answers, so nothing is counted twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar
from uuid import UUID

import orjson

from domain import handover_facts as h
from domain.facts import Category, Fact, Recorded
from domain.handed_over_facts import DossierAcknowledged, DossierHandedOver, DossierTransferRefused
from projections.coordination import coordinate
from projections.registers import register
from projections.view import Connection, Facts

_ACT = """
INSERT INTO act SELECT * FROM json_populate_recordset(NULL::act, %s::json)
ON CONFLICT ON CONSTRAINT act_pk DO UPDATE SET
    number = EXCLUDED.number, title = EXCLUDED.title, issued_on = EXCLUDED.issued_on,
        effective_at = EXCLUDED.effective_at,
    reference = EXCLUDED.reference"""
_PART = """
INSERT INTO part (part, act, name, province, part_version, effective_at, state, approvals, position)
VALUES (%s, %s, %s, %s, %s, %s, 'drafted', 0, %s)
ON CONFLICT ON CONSTRAINT part_pk DO UPDATE SET
    name = EXCLUDED.name, part_version = EXCLUDED.part_version, effective_at = EXCLUDED.effective_at,
        state = CASE WHEN part.scheduled_at IS NULL THEN 'drafted' ELSE part.state END, approvals = 0,
    simulated = NULL, position = EXCLUDED.position"""
_SIMULATED = """
UPDATE part SET state = CASE state WHEN 'drafted' THEN 'simulated' ELSE state END, simulated = %s::jsonb,
    position = %s WHERE part = %s"""
_APPROVED = """
UPDATE part SET approvals = approvals + 1, state = CASE WHEN approvals + 1 >= 2 AND scheduled_at IS NULL
    THEN 'approved' ELSE state END, position = %s
 WHERE part = %s AND part_version = %s"""
_SCHEDULED = (
    "UPDATE part SET state = 'scheduled', scheduled_at = %s, effective_at = %s, position = %s WHERE part = %s"
)
_CANCELLED = "UPDATE part SET state = 'cancelled', position = %s WHERE part = %s"
_FINISHED = "UPDATE part SET state = 'transferred', finished = %s, position = %s WHERE part = %s"
_RECONCILED = "UPDATE part SET state = 'reconciled', reconciled = %s::jsonb, position = %s WHERE part = %s"
_CLOSED = "UPDATE part SET state = 'closed', position = %s WHERE part = %s"
_TRANSFERS = "INSERT INTO transfer SELECT * FROM json_populate_recordset(NULL::transfer, %s::json)"
_AMENDED = "SELECT EXISTS (SELECT FROM counted WHERE part = ANY (%s::uuid[]) AND part_version > 1)"
_STATED_BEFORE = """
SELECT k.position FROM json_populate_recordset(NULL::transfer, %s::json) k
 CROSS JOIN LATERAL (
       SELECT FROM transfer t
        WHERE t.part = k.part AND t.dossier = k.dossier AND t.position < k.position LIMIT 1) t"""
_ANSWERS = """
INSERT INTO answer SELECT * FROM json_populate_recordset(NULL::answer, %s::json)
ON CONFLICT ON CONSTRAINT answer_pk DO UPDATE SET agency = EXCLUDED.agency, papers = EXCLUDED.papers,
    position = EXCLUDED.position"""
_COUNTED = """
INSERT INTO counted SELECT * FROM json_populate_recordset(NULL::counted, %s::json)
ON CONFLICT ON CONSTRAINT counted_pk DO UPDATE SET
    handed_over = counted.handed_over + EXCLUDED.handed_over,
        provisional = counted.provisional + EXCLUDED.provisional,
    overdue = counted.overdue + EXCLUDED.overdue"""
_ANSWERED = """
INSERT INTO answered SELECT * FROM json_populate_recordset(NULL::answered, %s::json)
ON CONFLICT ON CONSTRAINT answered_pk DO UPDATE SET amount = answered.amount + EXCLUDED.amount"""


class HandoverProgress:
    name: ClassVar[str] = "handover"
    categories: ClassVar[frozenset[int]] = frozenset(
        (
            Category.HANDOVER_ACT,
            Category.HANDOVER_PART,
            Category.HANDED_OVER,
            Category.PLACEMENT,
            Category.COORDINATION,
            Category.OBSTACLE,
            Category.PAPERS,
        )
    )
    tables: ClassVar[tuple[str, ...]] = (
        *("act", "part", "transfer", "answer", "counted", "answered"),
        *("unanswered", "clock_hour", "said", "refusal", "silence", "obstacle", "papers", "paper_box"),
    )

    def reset(self) -> None:
        pass

    async def prepare(self, deciding: AsyncIterator[Recorded[Fact]]) -> None:
        pass

    async def apply(self, connection: Connection, facts: Facts) -> None:
        transfers = [r for r in facts if isinstance(r.fact, DossierHandedOver)]
        answers = [r for r in facts if r.fact.CATEGORY == Category.PLACEMENT]
        for recorded in facts:
            if recorded.fact.CATEGORY in (Category.HANDOVER_ACT, Category.HANDOVER_PART):
                await _progress(connection, recorded)
        await coordinate(connection, facts)  # first: it reads what was answered before
        await register(connection, facts)
        await _transferred(connection, transfers)
        await _answered(connection, answers)


async def _progress(connection: Connection, recorded: Recorded[Any]) -> None:
    fact, position = recorded.fact, recorded.position
    part = fact.originator_id
    if isinstance(fact, h.ActDrafted):
        row = {
            "act": part,
            "number": fact.number,
            "title": fact.title,
            "issued_on": fact.issued_on,
            "effective_at": fact.effective_at,
            "reference": fact.reference,
        }
        await _rows(connection, _ACT, [row])
    elif isinstance(fact, h.PartDrafted):
        known = (part, fact.act, fact.name, fact.province, fact.part_version, fact.effective_at, position)
        await connection.execute(_PART, known)
    elif isinstance(fact, h.PartSimulated):
        await connection.execute(_SIMULATED, (orjson.dumps(fact.counts).decode(), position, part))
    elif isinstance(fact, h.PartApproved):
        await connection.execute(_APPROVED, (position, part, fact.part_version))
    elif isinstance(fact, h.PartScheduled):
        await connection.execute(_SCHEDULED, (position, fact.effective_at, position, part))
    elif isinstance(fact, h.PartCancelled):
        await connection.execute(_CANCELLED, (position, part))
    elif isinstance(fact, h.TransferFinished):
        await connection.execute(_FINISHED, (fact.handed_over, position, part))
    elif isinstance(fact, h.PartClosed):
        await connection.execute(_CLOSED, (position, part))
    elif isinstance(fact, h.PartReconciled):
        await connection.execute(_RECONCILED, (orjson.dumps(fact.counts).decode(), position, part))


UNKNOWN = 0  # counted apart: imported without a status


async def _transferred(connection: Connection, transfers: Sequence[Recorded[Any]]) -> None:
    if not transfers:
        return
    await _rows(connection, _TRANSFERS, [_transfer(recorded) for recorded in transfers])
    again = await _stated_before(connection, transfers)
    counts: dict[tuple[Any, ...], list[int]] = {}
    for recorded in transfers:
        fact: DossierHandedOver = recorded.fact
        key = (
            fact.part,
            fact.part_version,
            fact.from_agency,
            fact.to_agency,
            recorded.position in again,
            fact.status or UNKNOWN,
        )
        counted = counts.get(key)
        if counted is None:
            counted = counts[key] = [0, 0, 0]
        counted[0] += 1
        counted[1] += fact.provisional
        counted[2] += _overdue(fact)
    rows = [dict(zip(_KEPT, (*key, *sums), strict=True)) for key, sums in counts.items()]
    await _rows(connection, _COUNTED, rows)


_KEPT = (
    *("part", "part_version", "from_agency", "to_agency", "again", "status"),
    *("handed_over", "provisional", "overdue"),
)


def _transfer(recorded: Recorded[DossierHandedOver]) -> dict[str, Any]:
    fact = recorded.fact
    return {
        "part": fact.part,
        "dossier": fact.dossier,
        "part_version": fact.part_version,
        "code": fact.code,
        "from_agency": fact.from_agency,
        "to_agency": fact.to_agency,
        "rule": fact.rule,
        "provisional": fact.provisional,
        "status": fact.status,
        "overdue": _overdue(fact),
        "position": recorded.position,
    }


def _overdue(fact: DossierHandedOver) -> bool:
    return fact.remaining_amount is not None and fact.remaining_amount < 0


async def _stated_before(connection: Connection, transfers: Sequence[Recorded[Any]]) -> set[int]:
    """Positions of those whose dossier another version of the same part had been stated of. Where no part
    has two versions, which is nearly always, nothing is looked up dossier by dossier."""
    parts = list({r.fact.part for r in transfers})
    row = await (await connection.execute(_AMENDED, (parts,))).fetchone()
    if row is None or not (row[0] or any(r.fact.part_version > 1 for r in transfers)):
        return set()
    asked = [{"part": r.fact.part, "dossier": r.fact.dossier, "position": r.position} for r in transfers]
    found = await connection.execute(_STATED_BEFORE.encode(), (orjson.dumps(asked).decode(),))
    return {position for (position,) in await found.fetchall()}


async def _answered(connection: Connection, answers: Sequence[Recorded[Any]]) -> None:
    last: dict[tuple[UUID, UUID, str], dict[str, Any]] = {}
    counts: Counter[tuple[UUID, UUID, str]] = Counter()
    for recorded in answers:
        fact = recorded.fact
        if isinstance(fact, DossierAcknowledged):
            kind, agency, papers = "acknowledged", fact.agency, fact.papers
        elif isinstance(fact, DossierTransferRefused):
            kind, agency, papers = "refused", fact.agency, None
        else:
            kind, agency, papers = "placed", fact.to_agency, None
        counts[fact.part, agency, kind] += 1
        last[fact.part, fact.dossier, kind] = {
            "part": fact.part,
            "dossier": fact.dossier,
            "kind": kind,
            "agency": agency,
            "papers": papers,
            "position": recorded.position,
        }
    await _rows(connection, _ANSWERS, list(last.values()))
    await _rows(
        connection,
        _ANSWERED,
        [
            {"part": part, "agency": agency, "kind": kind, "amount": amount}
            for (part, agency, kind), amount in counts.items()
        ],
    )


async def _rows(connection: Connection, statement: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        await connection.execute(statement.encode(), (orjson.dumps(rows).decode(),))
