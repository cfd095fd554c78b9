"""What happens in the ledger that is exported: dossiers on several ways, a register taken over from an
earlier system, papers listed, an act with its hour and its transfer; all of it attested."""

from __future__ import annotations

from pathlib import Path

from application.import_mapping import ImportMapping
from application.importing import Importing, import_cases
from application.papers import Listing, list_each
from application.policy import Identity
from domain.dossier_facts import DossierSubmitted
from domain.log_facts import LogOpened
from infra.xes import read_cases
from tests.audit.attested import Attested, open_attested
from tests.office.test_papers import TWO
from tests.office.test_receiving import id_of, part_of
from tests.office.test_the_hour import run_transfer
from tests.office.world import DISTRICT, HOUR, NEW_DESKS, PROVINCE, Office
from tests.support import Database

AUDITOR = "AUD-1"
IMPORTER = "IMP-1"
CLERK = "NEW-1"
NEW_DESK = NEW_DESKS["07210"]
SOURCE = "old-register"
MAPPING = ImportMapping(source=SOURCE, procedure="1.000001", activity_status={"decide": 9})
OLD_PLACE = "07207@2025-06-01"
NAMES = ("Trần Thị Thử", "xin cấp lại giấy tờ", "bổ sung giấy tờ", "Nguyễn Văn Kín", "0912345678")
"""Texts that were recorded sealed, and may be in no export without opening."""
REGISTER = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0">
  <trace>
    <string key="concept:name" value="case-1"/>
    <string key="applicant" value="Nguyễn Văn Kín"><string key="phone" value="0912345678"/></string>
    <event>
      <string key="concept:name" value="receive"/>
      <string key="org:resource" value="Nguyễn Văn Kín"/>
      <date key="time:timestamp" value="2014-01-02T08:00:00.000+01:00"/>
    </event>
    <event>
      <string key="concept:name" value="decide"/>
      <date key="time:timestamp" value="2014-01-03T08:00:00.000+01:00"/>
      <list key="papers"><values><string key="paper" value="a&#10;b"/></values></list>
    </event>
  </trace>
  <trace><string key="concept:name" value="case-2"/></trace>
</log>
"""


async def lived(database: Database, folder: Path) -> None:
    """All of it, in the database and the folder of tiles and keys."""
    async with open_attested(database, folder, again=False) as made:
        office = made.office
        await _opened(made)
        await _appointed(office)
        await _june(office, folder)
        await office.move_clock(HOUR)
        await _forwarded_before_its_transfer(office)
        await run_transfer(office)
        await made.attest()
        await _worked_after(office)
        await made.attest()
        await made.shown()


async def _opened(made: Attested) -> None:
    key = made.keys.make(made.origin)
    await made.say(LogOpened, number=1, origin=made.origin, key=str(key))


async def _appointed(office: Office) -> None:
    for number, role in ((AUDITOR, "auditor"), (IMPORTER, "importer")):
        posting = {"agency": PROVINCE, "roles": [role]}
        office.officers[number] = await office.appointed(
            {"number": number, "name": f"Cán bộ {number}", "postings": [posting]}
        )


async def _june(office: Office, folder: Path) -> None:
    clerk = office.officer(DISTRICT)
    filed = [await office.filed(DISTRICT, OLD_PLACE, accept=n != 0) for n in range(6)]
    codes = [answer.code for answer in filed]
    await _act(office, clerk, codes[1], "assign", officer=clerk.uuid)
    await _act(
        office,
        clerk,
        codes[1],
        "request-supplement",
        request="bổ sung giấy tờ",
        components=["c1"],
        until=None,
    )
    await _act(office, clerk, codes[2], "assign", officer=clerk.uuid)
    await _act(office, clerk, codes[2], "finish", outcome="granted", result_code=None, decision_no=None)
    await _act(office, clerk, codes[3], "withdraw", reason=None)
    await _imported(office, folder)
    await office.scheduled()
    listings = [Listing(await id_of(office, codes[4]), "H-12", TWO)]
    await list_each(office.handovers, clerk, [part_of(office)], listings)


async def _forwarded_before_its_transfer(office: Office) -> None:
    """Sent on by its heir in the first minutes; that it came to the heir at the hour is stated later."""
    posting = {"agency": NEW_DESK, "roles": ["desk", "handler", "decider"]}
    entry = {"number": CLERK, "name": "Cán bộ", "postings": [posting]}
    clerk = office.officers[NEW_DESK] = await office.appointed(entry)
    (code,) = [
        fact.code
        for row in await office.opened.recorder.events_after(0, 1000)
        if isinstance(fact := office.opened.codec.decode(row).fact, DossierSubmitted)
    ][-1:]
    await _act(office, clerk, code, "forward", to_agency=await office.agency(NEW_DESKS["07213"]), note=None)


async def _imported(office: Office, folder: Path) -> None:
    path = folder / "register.xes"
    path.write_text(REGISTER, encoding="utf-8")
    importing = Importing(office.opened.ledger, office.reader, office.opened.index)
    done = await import_cases(importing, office.officers[IMPORTER], lambda: read_cases(path), MAPPING)
    assert (done.dossiers, done.steps) == (2, 2)


async def _worked_after(office: Office) -> None:
    await filed_after(office)


async def filed_after(office: Office) -> None:
    """One more dossier, after the hour."""
    await office.filed(NEW_DESK, "07210@2025-07-01")


async def _act(office: Office, who: Identity, code: str, name: str, **fields: object) -> None:
    await office.act(who, code, name, None, **fields)
