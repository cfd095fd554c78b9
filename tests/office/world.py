"""A small province on a real ledger: one district and three communes that end on 1 July 2025, two communes
that begin, and people who work there.

Old 07207 and old 07210 become new 07210, old 07201 becomes new 07213, another unit under another's old
code; the district and the province end with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from application.audit import Audit, audit
from application.citizens import Citizens, Identification, identify
from application.clock import move_clock
from application.dossiers import Answer, Dossiers, act
from application.filing import Submission, submit
from application.handovers import Handovers, approve, draft, schedule, simulate
from application.ledger import Command
from application.moment import OrganisationReader
from application.policy import Identity
from application.registry import (
    Registry,
    UnitEntry,
    load_agencies,
    load_calendar,
    load_officers,
    load_procedures,
    load_units,
)
from infra.counters import PostgresCounters
from infra.scan import open_scan
from interfaces.services import Views
from interfaces.views import ShownDossiers, open_pool
from projections import schema
from projections.directory import Directory
from projections.handover import HandoverProgress
from projections.runner import Runner
from projections.shown import Shown
from projections.status import Status
from projections.view import Log
from tests.codec.opened_ledger import OpenedLedger, open_ledger
from tests.support import Database

HOUR = datetime(2025, 6, 30, 17, tzinfo=UTC)  # midnight in Vietnam
SYSTEM = Identity("system", "tests")
KNOWN = date(2025, 6, 1)
PROVINCE, DISTRICT = "000.00.00.H02", "000.00.01.H02"
OLD_DESKS = {"07201": "000.01.01.H02", "07207": "000.07.01.H02", "07210": "000.10.01.H02"}
NEW_DESKS = {"07210": "000.10.00.H05", "07213": "000.13.00.H05"}
NEW_PROVINCE = "000.00.00.H05"
SUCCESSORS = {"07201": "07213", "07207": "07210", "07210": "07210"}
LEVELS = {"1.000001": "commune", "1.000002": "province", "1.000003": "abolished"}
ROLES = ["desk", "handler", "decider"]
FIVE_DAYS = {
    "channel": "counter",
    "case": None,
    "limit_amount": 5,
    "limit_unit": "working_day",
    "fee_vnd": 0,
}


@dataclass
class Office:
    """The open ledger with everything that the application works with."""

    database: Database
    opened: OpenedLedger
    reader: OrganisationReader
    dossiers: Dossiers
    citizens: Citizens
    registry: Registry
    handovers: Handovers
    shown: ShownDossiers
    officers: dict[str, Identity] = field(default_factory=dict)
    part: UUID | None = None

    def officer(self, agency: str) -> Identity:
        return self.officers[agency]

    async def agency(self, identifier: str) -> UUID:
        moment = await self.reader.moment(fresh=True)
        return moment.organisation.agency_by_identifier(identifier).id

    async def applicant(self, name: str = "Trần Thị Thử") -> UUID:
        answer = await identify(self.citizens, SYSTEM, Identification("person", name))
        return answer.id

    async def appointed(self, entry: dict[str, Any]) -> Identity:
        """One more officer, loaded from an entry of a file."""
        await load_officers(self.registry, SYSTEM, [entry])
        return Identity("officer", str(await self.opened.ledger.find("officer", entry["number"])))

    async def filed(
        self,
        desk: str,
        place: str,
        procedure: str = "1.000001",
        *,
        accept: bool = True,
        key: str | None = None,
    ) -> Answer:
        """A dossier filed at the counter of a desk."""
        owner = await self.applicant()
        filing = Submission(
            procedure=procedure,
            channel="counter",
            owner=owner,
            submitter=owner,
            place=place,
            receiving_agency=await self.agency(desk),
            accept=True,
            matter="xin cấp lại giấy tờ",
        )
        return await submit(self.dossiers, self.officer(desk), filing, self.command(key))

    def command(self, key: str | None = None, digest: bytes = bytes(32)) -> Command:
        return Command(self.opened.keyring.command_id("tests", key or str(uuid4())), digest)

    async def act(
        self, identity: Identity, code: str, name: str, revision: int | None, **fields: Any
    ) -> Answer:
        return await act(
            self.dossiers, identity, code, name, fields, command=self.command(), revision=revision
        )

    async def move_clock(self, to: datetime) -> None:
        await move_clock(
            self.opened.ledger,
            self.opened.recorder,
            self.reader,
            self.opened.recorder.ledger.ledger_id,
            SYSTEM,
            to,
        )

    async def scheduled(self) -> UUID:
        """The act drafted, simulated, approved by two officers and scheduled."""
        answer = await draft(self.handovers, self.officers["first operator"], document(self.officers))
        assert answer.part is not None
        self.part = answer.part
        await simulate(self.handovers, self.officers["first operator"], self.part)
        moment = await self.reader.moment(fresh=True)
        digest = moment.organisation.parts[self.part].digest()
        await approve(self.handovers, self.officers["first operator"], self.part, digest)
        await approve(self.handovers, self.officers["second operator"], self.part, digest)
        await schedule(self.handovers, self.officers["first operator"], self.part)
        return self.part

    async def audited(self) -> Audit:
        now, _ = await self.opened.recorder.clock()
        async with open_scan(self.database.app_dsn) as scan:
            return await audit(
                scan,
                self.opened.recorder,
                self.opened.codec,
                self.shown,
                claim_value=self.opened.keyring.claim_value,
                now=now,
            )


def document(officers: Mapping[str, Identity]) -> dict[str, Any]:
    """The act's file."""
    closer = officers[PROVINCE].id
    new_units = [
        {"code": "24", "name": "Tỉnh Bắc Ninh", "level": "province", "kind": "Tỉnh", "parent": None},
        *(
            {"code": c, "name": f"Xã {c}", "level": "commune", "kind": "Xã", "parent": "24@2025-07-01"}
            for c in NEW_DESKS
        ),
    ]
    links = [
        {"from": f"{old}@2025-06-01", "to": f"{new}@2025-07-01", "kind": "whole", "default": True}
        for old, new in SUCCESSORS.items()
    ]
    districts = [
        {"from": "213@2025-06-01", "to": f"{new}@2025-07-01", "kind": "part", "default": new == "07210"}
        for new in NEW_DESKS
    ]
    province = {"from": "24@2025-06-01", "to": "24@2025-07-01", "kind": "whole", "default": True}
    heirs = {PROVINCE: NEW_PROVINCE, DISTRICT: NEW_DESKS["07210"]} | {
        OLD_DESKS[old]: NEW_DESKS[new] for old, new in SUCCESSORS.items()
    }
    part = {
        "name": "Bắc Ninh",
        "province": "24@2025-07-01",
        "ends": ["24@2025-06-01", "213@2025-06-01", *(f"{c}@2025-06-01" for c in OLD_DESKS)],
        "begins": new_units,
        "links": [*links, *districts, province],
        "agencies": {
            "begins": [
                agency_entry(NEW_PROVINCE, "centre", "24@2025-07-01"),
                *(agency_entry(i, "desk", f"{c}@2025-07-01") for c, i in NEW_DESKS.items()),
            ],
            "ends": [{"agency": a, "heir": h, "closed_by": closer} for a, h in heirs.items()],
            "receivers": [
                {"unit": "24@2025-07-01", "level": "province", "agency": NEW_PROVINCE},
                *({"unit": f"{c}@2025-07-01", "level": "commune", "agency": i} for c, i in NEW_DESKS.items()),
            ],
        },
        "rules": [{"procedure": p, "level": level, "origin": "assumed"} for p, level in LEVELS.items()],
        "postings": [],
    }
    return {
        "number": "1658/NQ-UBTVQH15",
        "title": "Nghị quyết về việc sắp xếp các đơn vị hành chính",
        "issued_on": "2025-06-16",
        "effective_at": "2025-07-01T00:00:00+07:00",
        "reference": "tests",
        "parts": [part],
    }


def agency_entry(identifier: str, kind: str, unit: str) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "name": f"Cơ quan {identifier}",
        "kind": kind,
        "unit": unit,
        "address": "1 phố Thử",
        "hotline": "1900 0000",
        "hours": "7:30-11:30, 13:30-17:00",
        "origin": {"identifier": "assumed"},
    }


async def _furnish(office: Office) -> None:
    """Units, agencies, officers, procedures and the calendar of 2025."""

    def unit(code: str, level: str, parent: str | None) -> UnitEntry:
        return UnitEntry(code, f"Đơn vị {code}", level, level, parent, None, KNOWN, "tests", {})

    units = [unit("24", "province", None), unit("213", "district", "24")]
    await load_units(office.registry, SYSTEM, [*units, *(unit(c, "commune", "213") for c in OLD_DESKS)])
    agencies = [
        agency_entry(PROVINCE, "centre", "24@2025-06-01"),
        agency_entry(DISTRICT, "desk", "213@2025-06-01"),
        *(agency_entry(i, "desk", f"{c}@2025-06-01") for c, i in OLD_DESKS.items()),
    ]
    await load_agencies(office.registry, SYSTEM, agencies)
    posts = {a["identifier"]: (a["identifier"], ROLES) for a in agencies}
    posts |= {"first operator": (PROVINCE, ["operator"]), "second operator": (PROVINCE, ["operator"])}
    entries = [
        {"number": number, "name": f"Cán bộ {number}", "postings": [{"agency": agency, "roles": roles}]}
        for number, (agency, roles) in posts.items()
    ]
    await load_officers(office.registry, SYSTEM, entries)
    for number in posts:
        found = await office.opened.ledger.find("officer", number)
        office.officers[number] = Identity("officer", str(found))
    await load_procedures(office.registry, SYSTEM, [_procedure(code) for code in LEVELS])
    await load_calendar(office.registry, SYSTEM, [_calendar_2025()])


def _procedure(code: str) -> dict[str, Any]:
    def version(level: str, valid_from: date | None) -> dict[str, Any]:
        return {
            "name": f"Thủ tục {code}",
            "field": "tests",
            "decision_no": "1/QĐ",
            "valid_from": valid_from,
            "level": level,
            "place_basis": "residence",
            "channels": (
                {
                    "channel": "counter",
                    "case": None,
                    "limit_amount": 5,
                    "limit_unit": "working_day",
                    "fee_vnd": 0,
                },
            ),
            "components": (),
            "results": (),
            "source": "tests",
            "origin": {},
        }

    return {
        "code": code,
        "versions": [version("district", None), version(LEVELS[code], date(2025, 7, 1))],
    }


def _calendar_2025() -> dict[str, Any]:
    return {
        "year": 2025,
        "days_off": ({"date": "2025-09-02", "name": "Quốc khánh"},),
        "worked": (),
        "forecast": False,
        "known_from": None,
        "source": "tests",
    }


@asynccontextmanager
async def open_office(database: Database) -> AsyncIterator[Office]:
    """The province before its handover, with a runner that keeps the read models up."""
    async with AsyncExitStack() as stack:
        async with await AsyncConnection.connect(database.owner_dsn, autocommit=True) as owner:
            await schema.allow(owner)
        async with await AsyncConnection.connect(database.app_dsn, autocommit=True) as app:
            await schema.create(app)
        opened = await stack.enter_async_context(open_ledger(database.app_dsn))
        pool = await stack.enter_async_context(open_pool(database.app_dsn, "tests"))
        shown_views = await stack.enter_async_context(Shown(database.app_dsn))
        views = Views(pool, shown_views, database.app_dsn)
        reader = OrganisationReader(opened.recorder, opened.codec)
        shown = ShownDossiers(views)
        office = Office(
            database,
            opened,
            reader,
            Dossiers(opened.ledger, reader, PostgresCounters(pool)),
            Citizens(opened.ledger, reader, opened.index),
            Registry(opened.ledger, reader),
            Handovers(opened.ledger, reader, shown),
            shown,
        )
        log = Log(opened.recorder.follow, opened.recorder.events_after, opened.codec.decode)
        runner = asyncio.create_task(
            Runner(database.app_dsn, log, [Status(), Directory(), HandoverProgress()]).run()
        )
        try:
            await _furnish(office)
            yield office
        finally:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)
