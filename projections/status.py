"""The view `status`: one row per dossier, who holds it and who will, what each desk has to do, and stock
and flow.

A page is folded in memory: the rows that it touches are read once and written once. Where a part is
scheduled or cancelled the page is cut, since that changes who will hold dossiers that this page does not
name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar
from uuid import UUID

import orjson

from domain.agency_facts import AgencyChanged, AgencyFounded
from domain.facts import Category, Fact, Recorded
from domain.handed_over_facts import DossierHandedOver, DossierPlaced
from domain.handover_facts import PartCancelled, PartScheduled
from domain.procedure import ProcedureVersionPublished
from domain.unit_facts import UnitEstablished, UnitRenamed
from projections import carry
from projections import status_tables as tables
from projections.flow import Flow
from projections.status_fold import Row, UnknownDossier, fold, fold_placed
from projections.view import Connection, Facts, dossier_of

_UNIT = """
INSERT INTO unit SELECT * FROM json_populate_record(NULL::unit, %s::json)
ON CONFLICT ON CONSTRAINT unit_pk DO NOTHING"""
_RENAME = "UPDATE unit SET name = %s WHERE unit = %s"
_AGENCY = """
INSERT INTO agency SELECT * FROM json_populate_record(NULL::agency, %s::json)
ON CONFLICT ON CONSTRAINT agency_pk DO NOTHING"""
_RENAME_AGENCY = "UPDATE agency SET name = %s WHERE agency = %s"
_PROCEDURE = """
INSERT INTO procedure_version SELECT * FROM json_populate_record(NULL::procedure_version, %s::json)
ON CONFLICT ON CONSTRAINT procedure_version_pk DO NOTHING"""


class Status:
    name: ClassVar[str] = "status"
    categories: ClassVar[frozenset[int]] = frozenset(
        (
            Category.UNIT,
            Category.AGENCY,
            Category.PROCEDURE,
            Category.HANDOVER_PART,
            Category.DOSSIER,
            Category.HANDED_OVER,
            Category.PLACEMENT,
        )
    )
    # What a rebuild compares. Not `lane`: entries leave their lane behind when they go, so small pages
    # leave more.
    tables: ClassVar[tuple[str, ...]] = (
        *("dossier", "history", "holding", "to_move", "work", "flow"),
        *("procedure_version", "unit", "agency"),
    )

    def __init__(self) -> None:
        self._parts = carry.Parts()

    def reset(self) -> None:
        self._parts = carry.Parts()

    async def prepare(self, deciding: AsyncIterator[Recorded[Fact]]) -> None:
        async for recorded in deciding:
            self._parts.fold(recorded)

    async def apply(self, connection: Connection, facts: Facts) -> None:
        segment: list[Recorded[Any]] = []
        for recorded in facts:
            fact = recorded.fact
            if isinstance(fact, PartScheduled | PartCancelled):
                await self._segment(connection, segment)
                segment = []
                self._parts.fold(recorded)
                await carry.carry(connection, self._parts, recorded)  # type: ignore[arg-type]
            elif fact.CATEGORY == Category.HANDOVER_PART:
                self._parts.fold(recorded)
            elif fact.CATEGORY < Category.DOSSIER:
                await _reference(connection, fact)
            else:
                segment.append(recorded)
        await self._segment(connection, segment)

    async def _segment(self, connection: Connection, facts: Sequence[Recorded[Any]]) -> None:
        """Facts of dossiers between two that change the steps."""
        if not facts:
            return
        touched = {dossier_of(r.fact) for r in facts if not isinstance(r.fact, DossierHandedOver)}
        rows = await tables.load(connection, touched) if touched else {}
        flow = Flow()
        stated: list[dict[str, Any]] = []
        for recorded in facts:
            fact = recorded.fact
            if isinstance(fact, DossierHandedOver):
                flow.handed_over(recorded)
                stated.append(_stated(recorded))
            elif fact.CATEGORY == Category.PLACEMENT:
                if isinstance(fact, DossierPlaced):
                    _placed(rows, flow, recorded)
            else:
                _own(rows, flow, recorded)
        changed = list(rows.values())
        await tables.write(connection, changed)
        await carry.write(connection, changed, self._parts)
        await tables.write_transferred(connection, stated)
        await tables.write_flow(connection, flow.counts)


def _own(rows: dict[UUID, Row], flow: Flow, recorded: Recorded[Any]) -> None:
    dossier = recorded.fact.originator_id
    row = rows.get(dossier)
    if row is None:
        row = rows[dossier] = Row.empty(dossier)
    before = row.values["status"]
    fold(row, recorded)
    if not row.values["quarantined"]:
        flow.fact(recorded, before, row.values["status"])


def _placed(rows: dict[UUID, Row], flow: Flow, recorded: Recorded[DossierPlaced]) -> None:
    row = rows.get(recorded.fact.dossier)
    if row is None:
        raise UnknownDossier(f"{recorded.fact.TOPIC} for dossier {recorded.fact.dossier}, which has no row")
    fold_placed(row, recorded)
    flow.placed(recorded, row.values["status"])


def _stated(recorded: Recorded[DossierHandedOver]) -> dict[str, Any]:
    fact = recorded.fact
    return {
        "dossier": fact.dossier,
        "part": fact.part,
        "part_version": fact.part_version,
        "position": recorded.position,
    }


async def _reference(connection: Connection, fact: Fact) -> None:
    """Names and levels with which the rows are shown."""
    if isinstance(fact, UnitEstablished):
        day = fact.valid_from or fact.known_valid_on
        reference = f"{fact.code}@{day.isoformat() if day else ''}"
        await _insert(
            connection,
            _UNIT,
            unit=fact.originator_id,
            code=fact.code,
            name=fact.name,
            level=fact.level,
            reference=reference,
        )
    elif isinstance(fact, UnitRenamed):
        await connection.execute(_RENAME, (fact.name, fact.originator_id))
    elif isinstance(fact, AgencyFounded):
        await _insert(
            connection,
            _AGENCY,
            agency=fact.originator_id,
            identifier=fact.identifier,
            name=fact.name,
            unit=fact.unit,
        )
    elif isinstance(fact, AgencyChanged) and "name" in fact.changes:
        await connection.execute(_RENAME_AGENCY, (fact.changes["name"], fact.originator_id))
    elif isinstance(fact, ProcedureVersionPublished):
        await _insert(
            connection,
            _PROCEDURE,
            procedure=fact.originator_id,
            number=fact.number,
            code=fact.code,
            name=fact.name,
            level=fact.level,
            valid_from=fact.valid_from,
        )


async def _insert(connection: Connection, statement: str, **values: Any) -> None:
    await connection.execute(statement.encode(), (orjson.dumps(values).decode(),))
