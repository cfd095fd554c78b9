"""A small province on a real ledger: one district and three communes that end on 1 July 2025, two communes
that begin, and people who work there.

Old 07207 and old 07210 become new 07210, old 07201 becomes new 07213, another unit under another's old
code; the district and the province end with them.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4
from zlib import crc32

from application.audit import Audit, audit
from application.audit_sources import Span
from application.catalogue_loads import load_calendar, load_procedures
from application.citizens import Citizens, Identification, identify
from application.clock import move_clock
from application.dossiers import Answer, Dossiers, act
from application.erasing_ports import Erasing
from application.files import Files
from application.filing import Submission, submit
from application.handovers import Handovers, approve, draft, schedule
from application.ledger import Command
from application.moment import OrganisationReader
from application.policy import Identity
from application.registry import Registry, UnitEntry, load_agencies, load_officers, load_units
from application.simulating import simulate
from infra.counters import PostgresCounters
from infra.file_folder import FileFolder
from infra.file_store import SealedFileStore
from infra.scan import open_scan
from interfaces.erasing import ShownConcern
from interfaces.services import Views
from interfaces.views import ShownDossiers, open_pool
from projections.directory import Directory
from projections.handover import HandoverProgress
from projections.linked import LinkedRegister
from projections.replay import Replaying
from projections.runner import Runner
from projections.shown import Shown
from projections.status import Status
from projections.view import Log, View
from projections.voice import VoiceRegister
from tests.codec.opened_ledger import OpenedLedger, open_ledger
from tests.office.province import (
    DISTRICT,
    HOUR,
    KNOWN,
    LEVELS,
    NEW_DESKS,
    NEW_PROVINCE,
    OLD_DESKS,
    PROVINCE,
    ROLES,
    SYSTEM,
    agency_entry,
    calendar_2025,
    document,
    procedure_entry,
)
from tests.support import Database
from tests.views_made import prepare_views

MOST_FILE_BYTES = 500_000

__all__ = [
    "DISTRICT",
    "HOUR",
    "NEW_DESKS",
    "NEW_PROVINCE",
    "OLD_DESKS",
    "PROVINCE",
    "Office",
    "document",
    "open_office",
]


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
    files: Files
    erasing: Erasing
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
            accept=accept,
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

    async def scheduled(self, day: str = "2025-07-01", communal: Sequence[str] = ()) -> UUID:
        """The act drafted, simulated, approved by two officers and scheduled: from a day on, with further
        procedures that are the communes'."""
        said = json.loads(json.dumps(document(self.officers)).replace("2025-07-01", day))
        of_commune = ({"procedure": code, "level": "commune", "origin": "assumed"} for code in communal)
        said["parts"][0]["rules"] += of_commune
        answer = await draft(self.handovers, self.officers["first operator"], said)
        assert answer.part is not None
        self.part = answer.part
        await simulate(self.handovers, self.officers["first operator"], self.part)
        moment = await self.reader.moment(fresh=True)
        digest = moment.organisation.parts[self.part].digest()
        await approve(self.handovers, self.officers["first operator"], self.part, digest)
        await approve(self.handovers, self.officers["second operator"], self.part, digest)
        await schedule(self.handovers, self.officers["first operator"], self.part)
        return self.part

    async def audited(self, *, replay: bool = True, until: int | None = None) -> Audit:
        now, _ = await self.opened.recorder.clock()
        async with open_scan(self.database.app_dsn) as scan:
            return await audit(
                scan,
                self.opened.recorder,
                self.opened.codec,
                self.shown,
                claim_value=self.opened.keyring.claim_value,
                now=now,
                store=self.files.store,
                replay=replaying(self) if replay else None,
                span=Span(None, until),
            )


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
    await load_procedures(office.registry, SYSTEM, [procedure_entry(code) for code in LEVELS])
    await load_calendar(office.registry, SYSTEM, [calendar_2025()])


def replayed(test: str) -> bool:
    """Whether the audit at the end of a test makes the read models again: a third of a second, so a quarter
    of the tests do, the same ones every time."""
    return crc32(test.encode()) % 4 == 0


def all_views() -> list[View]:
    return [Status(), Directory(), HandoverProgress(), VoiceRegister(), LinkedRegister()]


def replaying(office: Office) -> Replaying:
    """The read models of an office, to be made again."""
    opened = office.opened
    log = Log(opened.recorder.follow, opened.recorder.events_after, opened.codec.decode)
    return Replaying(office.database.app_dsn, log, all_views())


@asynccontextmanager
async def open_office(
    database: Database, furnish: Callable[[Office], Awaitable[None]] | None = None, *, again: bool = False
) -> AsyncIterator[Office]:
    """The province before its handover, or what `furnish` makes, with a runner that keeps the read models
    up. `again`: a database that was opened so before."""
    async with AsyncExitStack() as stack:
        if not again:
            await prepare_views(database)
        opened = await stack.enter_async_context(open_ledger(database.app_dsn))
        pool = await stack.enter_async_context(open_pool(database.app_dsn, "tests"))
        shown_views = await stack.enter_async_context(Shown(database.app_dsn))
        views = Views(pool, shown_views, database.app_dsn)
        reader = OrganisationReader(opened.recorder, opened.codec)
        shown = ShownDossiers(views)
        store = FileFolder(Path(stack.enter_context(TemporaryDirectory(prefix="hoso-files-"))))
        sealed = SealedFileStore(store, opened.keyring)
        office = Office(
            database,
            opened,
            reader,
            Dossiers(opened.ledger, reader, PostgresCounters(pool), sealed),
            Citizens(opened.ledger, reader, opened.index),
            Registry(opened.ledger, reader),
            Handovers(opened.ledger, reader, shown),
            shown,
            Files(opened.ledger, reader, sealed, store, MOST_FILE_BYTES),
            Erasing(opened.ledger, reader, ShownConcern(views), opened.keyring, sealed),
        )
        log = Log(opened.recorder.follow, opened.recorder.events_after, opened.codec.decode)
        runner = asyncio.create_task(
            Runner(
                database.app_dsn,
                log,
                all_views(),
            ).run()
        )
        try:
            await (furnish or _furnish)(office)
            yield office
        finally:
            runner.cancel()
            await asyncio.gather(runner, return_exceptions=True)
