"""A later export beside what was imported: what it says otherwise is told and kept once; nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from xml.sax.saxutils import quoteattr

import pytest

from application.dossiers import Dossiers
from application.export_comparing import ComparisonReport, compare_export
from application.import_mapping import ImportMapping
from application.moment import OrganisationReader
from application.policy import Identity
from application.refusals import NotAllowed
from domain.dossier import Dossier
from domain.dossier_facts import DossierExportCompared, DossierImported
from domain.facts import Actor
from infra.xes import BrokenFile, read_cases
from tests.codec.opened_ledger import OpenedLedger, open_ledger
from tests.importing.office import Office, found_office, recorded_positions, run_import
from tests.importing.reading_back import facts_after
from tests.support import Database

MAPPING = ImportMapping(source="register")
FILE = "e3" * 32
Steps = Iterable[tuple[str, str]]
"""Activity and day of March 2014; what is in brackets before the name is its code."""


def write(path: Path, cases: Mapping[str, Steps]) -> Path:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<log xes.version="1.0">']
    for case_id, steps in cases.items():
        lines.append(f'<trace><string key="concept:name" value={quoteattr(case_id)}/>')
        for name, day in steps:
            code, _, activity = name.rpartition("]")
            lines.append(f'<event><string key="concept:name" value={quoteattr(activity)}/>')
            if code:
                lines.append(f'<string key="action_code" value={quoteattr(code[1:])}/>')
            lines.append(f'<date key="time:timestamp" value="2014-03-{day}T08:00:00+01:00"/></event>')
        lines.append("</trace>")
    path.write_text("\n".join([*lines, "</log>"]), encoding="utf-8")
    return path


def dossiers(opened: OpenedLedger) -> Dossiers:
    """A comparison asks neither for numbers of codes nor for files."""
    reader = OrganisationReader(opened.recorder, opened.codec)
    return Dossiers(opened.ledger, reader, cast(Any, None), cast(Any, None))


async def run(
    opened: OpenedLedger,
    office: Office,
    path: Path,
    mapping: ImportMapping = MAPPING,
    told: list[dict[str, Any]] | None = None,
    export: str = FILE,
) -> ComparisonReport:
    return await compare_export(
        dossiers(opened),
        office.identity,
        lambda: read_cases(path, zone=mapping.zone),
        mapping,
        export,
        told=(told if told is not None else []).append,
    )


async def findings(opened: OpenedLedger) -> list[DossierExportCompared]:
    facts = [recorded.fact for recorded in await facts_after(opened, 0)]
    return [fact for fact in facts if isinstance(fact, DossierExportCompared)]


EARLIER = {
    "kept": [("receive", "01"), ("decide", "05")],
    "went on": [("receive", "01")],
    "rewritten": [("receive", "01"), ("ask", "02"), ("note", "03"), ("note", "03"), ("decide", "05")],
    "lost": [("receive", "01")],
}
LATER = {
    "kept": [("receive", "01"), ("decide", "05")],
    "went on": [("receive", "01"), ("decide", "02")],
    "rewritten": [
        ("receive", "01"),
        ("check", "02"),
        ("note", "03"),
        ("decide", "04"),
        ("appeal", "09"),
    ],
    "new": [("receive", "07")],
}
SAID = ComparisonReport(
    both=3,
    only_earlier=1,
    only_later=1,
    identical=5,
    moved=1,
    gone=2,
    back_dated=1,
    added=2,
    rewritten=1,
    first_rewritten=["register:rewritten"],
    first_only_earlier=["register:lost"],
)


async def test_what_a_later_export_says_otherwise_is_told_and_kept_once(
    database: Database, tmp_path: Path
) -> None:
    earlier, later = write(tmp_path / "a.xes", EARLIER), write(tmp_path / "b.xes", LATER)
    told: list[dict[str, Any]] = []
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, earlier, MAPPING)
        before = recorded_positions(database)
        assert await run(opened, office, later, told=told) == replace(SAID, recorded=1)
        assert recorded_positions(database) == before + 1
        (found,) = await findings(opened)
        again = await run(opened, office, later)
        assert again == replace(SAID, known=1)
        further = write(tmp_path / "c.xes", LATER | {"rewritten": [*LATER["rewritten"], ("appeal", "11")]})
        third = await run(opened, office, further, export="00" * 32)
        assert third == replace(SAID, known=1, added=3)
        assert recorded_positions(database) == before + 1
        dossier = await opened.ledger.load(Dossier, found.originator_id)
    assert found.differences == (
        {"kind": "gone", "step": 1, "activity": "ask", "as_written": None},
        {"kind": "gone", "step": 3, "activity": "note", "as_written": None},
        {"kind": "moved", "step": 4, "activity": "decide", "as_written": "2014-03-04T08:00:00+01:00"},
        {"kind": "back_dated", "step": None, "activity": "check", "as_written": "2014-03-02T08:00:00+01:00"},
    )
    assert (found.export, found.identical, found.added) == (FILE, 2, 1)
    assert found.envelope.rules == ("dossier.imported.past_stands",)
    assert found.envelope.actor == Actor("officer", office.identity.id)
    assert (found.envelope.holder, found.envelope.posting_id) == (office.agency, office.posting)
    assert (dossier.last_step, dossier.path) == (4, ())
    went_on, rewritten, lost = told
    assert (went_on["code"], rewritten["code"]) == ("register:went%20on", "register:rewritten")
    assert went_on["added"] == [{"activity": "decide", "as_written": "2014-03-02T08:00:00+01:00"}]
    assert lost == {"code": "register:lost", "case": "lost", "missing": True}


async def test_a_register_may_rename_its_activities_and_keep_their_codes(
    database: Database, tmp_path: Path
) -> None:
    earlier = write(tmp_path / "a.xes", {"c": [("[01]receive", "01"), ("[02]decide", "02"), ("note", "03")]})
    later = write(tmp_path / "b.xes", {"c": [("[01]intake", "01"), ("[02]ruling", "02"), ("note", "03")]})
    by_name = replace(MAPPING, compared_by=())
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, earlier, MAPPING)
        report = await run(opened, office, later)
        assert (report.identical, report.rewritten) == (3, 0)
        named = await run(opened, office, later, by_name)
        assert (named.identical, named.gone, named.back_dated) == (1, 2, 2)


async def test_where_the_codes_were_erased_steps_are_compared_by_their_names(
    database: Database, tmp_path: Path
) -> None:
    case = {"c": [("[01]receive", "01"), ("[02]decide", "02"), ("note", "03")]}
    earlier = write(tmp_path / "a.xes", case)
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, earlier, MAPPING)
        (stream,) = [
            r.fact.originator_id for r in await facts_after(opened, 0) if isinstance(r.fact, DossierImported)
        ]
        now, _ = await opened.recorder.clock()
        await opened.keyring.destroy([stream], now)
        report = await run(opened, office, earlier)
        assert (report.identical, report.rewritten, report.added) == (3, 0, 0)


async def test_another_registers_dossiers_are_not_missed_and_a_long_case_is_missed_once(
    database: Database, tmp_path: Path
) -> None:
    other = write(tmp_path / "o.xes", {"other": [("receive", "01")]})
    long = write(tmp_path / "a.xes", {"long": [("note", "01")] * 1_700, "short": [("receive", "01")]})
    later = write(tmp_path / "b.xes", {"short": [("receive", "01")]})
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, other, ImportMapping(source="other"))
        await run_import(opened, office, long, MAPPING)
        report = await run(opened, office, later)
    assert (report.both, report.only_earlier, report.first_only_earlier) == (1, 1, ["register:long"])


async def test_the_same_said_in_another_order_is_known_already(database: Database, tmp_path: Path) -> None:
    first = {"1": [("receive", "01"), ("decide", "05")]}
    later = {"1": [("receive", "01"), ("check", "02"), ("note", "03"), ("decide", "05")]}
    swapped = {"1": [("receive", "01"), ("note", "03"), ("check", "02"), ("decide", "05")]}
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, write(tmp_path / "a.xes", first), MAPPING)
        one = await run(opened, office, write(tmp_path / "b.xes", later))
        two = await run(opened, office, write(tmp_path / "c.xes", swapped))
        assert (one.back_dated, one.recorded, two.back_dated, two.recorded) == (2, 1, 2, 0)
        assert len(await findings(opened)) == 1


async def test_many_differences_of_a_dossier_stand_in_several_facts(
    database: Database, tmp_path: Path
) -> None:
    earlier = write(tmp_path / "a.xes", {"c": [("note", "01")] * 1_200})
    later = write(tmp_path / "b.xes", {"c": [("note", "02")] * 1_200})
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, earlier, MAPPING)
        report = await run(opened, office, later)
        assert (report.moved, report.rewritten, report.recorded) == (1_200, 1, 3)
        found = await findings(opened)
        assert [len(fact.differences) for fact in found] == [500, 500, 200]
        assert {d["step"] for fact in found for d in fact.differences} == set(range(1_200))
        assert (await run(opened, office, later)).known == 3


async def test_a_quarantined_dossiers_past_is_compared_too(database: Database, tmp_path: Path) -> None:
    """Two registers with one code: the second dossier is quarantined."""
    codes = ImportMapping(source="first", case_id_is_code=True)
    second = replace(codes, source="second")
    earlier = write(tmp_path / "a.xes", {"H02-1": [("receive", "01")]})
    later = write(tmp_path / "b.xes", {"H02-1": [("receive", "02")]})
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, earlier, codes)
        assert (await run_import(opened, office, earlier, second)).quarantined == 1
        report = await run(opened, office, later, second)
        assert (report.both, report.moved, report.recorded) == (1, 1, 1)
        (found,) = await findings(opened)
        dossier = await opened.ledger.load(Dossier, found.originator_id)
    assert dossier.quarantined
    assert found.envelope.holder == office.agency


async def test_nothing_is_recorded_of_a_file_that_cannot_be_read_to_its_end(
    database: Database, tmp_path: Path
) -> None:
    earlier, later = write(tmp_path / "a.xes", EARLIER), write(tmp_path / "b.xes", LATER)
    later.write_text(later.read_text(encoding="utf-8").removesuffix("</log>"), encoding="utf-8")
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, earlier, MAPPING)
        before = recorded_positions(database)
        with pytest.raises(BrokenFile):
            await run(opened, office, later)
    assert recorded_positions(database) == before


async def test_importers_and_auditors_compare_and_nobody_else(database: Database, tmp_path: Path) -> None:
    later = write(tmp_path / "b.xes", LATER)
    async with open_ledger(database.app_dsn) as opened:
        desk = await found_office(opened, roles=("desk", "operator", "registrar"))
        with pytest.raises(NotAllowed):
            await run(opened, desk, later)
        with pytest.raises(NotAllowed):
            await run(opened, replace(desk, identity=Identity("system", "setup")), later)
