"""An importing agency with an officer posted to it, and logs made for tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID
from xml.sax.saxutils import quoteattr

import psycopg

from application.ids import new_id
from application.import_mapping import ImportMapping
from application.importing import Importing, ImportReport, import_cases
from application.moment import OrganisationReader
from application.policy import Identity
from domain.agency import Agency
from domain.facts import Actor, Envelope, Personal
from domain.officer import Officer
from infra.xes import read_cases
from tests.codec.opened_ledger import OpenedLedger, open_ledger
from tests.support import Database


@dataclass(frozen=True)
class Office:
    """Who imports, for which agency, through which posting."""

    agency: UUID
    posting: UUID
    identity: Identity


async def found_office(opened: OpenedLedger, roles: Iterable[str] = ("importer",)) -> Office:
    now, _ = await opened.recorder.clock()
    envelope = Envelope(Actor("system", "tests"), now)
    agency, officer, posting = Agency.empty(new_id(now)), Officer.empty(new_id(now)), new_id(now)
    agency.found(
        envelope,
        identifier="000.01.21.H02",
        name="Văn phòng UBND",
        kind="desk",
        unit=new_id(now),
        address="",
        hotline="",
        hours="",
        legal_form="",
    )
    officer.appoint(envelope, name=Personal(officer.id, "Vũ Đình Khoát"))
    officer.post(envelope, posting_id=posting, agency=agency.id, roles=roles, from_=now)
    await opened.ledger.append(agency, officer)
    return Office(agency.id, posting, Identity("officer", str(officer.id)))


def importing(opened: OpenedLedger) -> Importing:
    return Importing(opened.ledger, OrganisationReader(opened.recorder, opened.codec), opened.index)


async def run_import(
    opened: OpenedLedger, office: Office, path: Path, mapping: ImportMapping
) -> ImportReport:
    return await import_cases(
        importing(opened), office.identity, lambda: read_cases(path, zone=mapping.zone), mapping
    )


async def prepare_office(database: Database) -> Office:
    async with open_ledger(database.app_dsn) as opened:
        return await found_office(opened)


def recorded_positions(database: Database) -> int:
    with closing(psycopg.connect(database.owner_dsn, autocommit=True)) as connection:
        row = connection.execute("SELECT coalesce(max(position), 0) FROM event").fetchone()
    assert row is not None
    return int(row[0])


def write_log(path: Path, cases: Iterable[tuple[str, Iterable[str]]]) -> Path:
    """A log of cases and their activities, a minute between steps, each done by one of nine people."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(_log_lines(cases))
    return path


def _log_lines(cases: Iterable[tuple[str, Iterable[str]]]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0" xmlns="http://www.xes-standard.org/">\n'
    for case_id, activities in cases:
        yield f'<trace><string key="concept:name" value={quoteattr(case_id)}/>\n'
        for number, activity in enumerate(activities):
            minute, hour = number % 60, number // 60 % 24
            yield (
                f'<event><string key="concept:name" value={quoteattr(activity)}/>'
                f'<string key="org:resource" value="Cán bộ {number % 9}"/>'
                f'<date key="time:timestamp" value="2025-03-04T{hour:02}:{minute:02}:00+07:00"/></event>\n'
            )
        yield "</trace>\n"
    yield "</log>\n"
