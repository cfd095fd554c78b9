"""Dossiers from an earlier system: all of them, each once, as written, whatever goes wrong on the way."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from application.import_mapping import ImportMapping, read_mapping
from application.import_reading import CaseRefused
from application.importing import ImportReport
from application.policy import Identity
from application.refusals import NotAllowed, NotFound
from domain.dossier import Dossier
from domain.dossier_facts import DossierImported, DossierQuarantined, DossierStepImported
from domain.facts import Actor, Personal, Sealed
from infra.xes import BrokenFile
from tests.codec.opened_ledger import open_ledger
from tests.importing.office import (
    Office,
    found_office,
    recorded_positions,
    run_import,
    write_log,
)
from tests.importing.reading_back import activities, facts_after, imported, opened_attributes
from tests.support import Database

MAPPING = ImportMapping(source="register")
OFFICE = 4  # events of a ledger with an agency and an officer
ROOT = Path(__file__).parents[2]


async def test_a_case_becomes_a_dossier_of_the_importing_agency(database: Database, tmp_path: Path) -> None:
    path = write_log(tmp_path / "a.xes", [("case 1%", ["Receive", "Decide"])])
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        assert await run_import(opened, office, path, MAPPING) == ImportReport(dossiers=1, steps=2)
        (facts,) = (await imported(opened)).values()
        now, _ = await opened.recorder.clock()
    first, *steps = facts
    assert isinstance(first, DossierImported)
    assert (first.code, first.source, first.case_id) == ("register:case%201%25", "register", "case 1%")
    assert (first.status, first.procedure_code, first.place, first.place_code) == (None, None, None, None)
    assert (now - first.envelope.occurred_at).total_seconds() < 60
    for fact in facts:
        assert fact.envelope.actor == Actor("import", office.identity.id)
        assert fact.envelope.holder == fact.envelope.acting_agency == office.agency
        assert fact.envelope.posting_id == office.posting
    assert [step.envelope.occurred_at for step in steps] == [
        datetime(2025, 3, 3, 17, minute, tzinfo=UTC) for minute in (0, 1)
    ]
    assert [getattr(step, "as_written", "") for step in steps] == [
        "2025-03-04T00:00:00+07:00",
        "2025-03-04T00:01:00+07:00",
    ]


async def test_a_second_run_adds_nothing(database: Database, tmp_path: Path) -> None:
    path = write_log(tmp_path / "a.xes", [(f"c{n}", ["Receive"] * (n % 9)) for n in range(450)])
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        first = await run_import(opened, office, path, MAPPING)
        positions = recorded_positions(database)
        again = await run_import(opened, office, path, MAPPING)
        other = await run_import(opened, office, path, ImportMapping(source="other"))
    assert first == ImportReport(dossiers=450, steps=450 * 4)
    assert again == ImportReport(already=450)
    assert other == first
    assert (
        recorded_positions(database) == 2 * positions - 4
    )  # the ledger, the agency and its officer stand once


async def test_steps_keep_the_files_order_whatever_their_times(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    names = ["third", "second", "first", "first too", "never"]
    times = [
        "2025-03-04T12:00:00Z",
        "2025-03-04T11:00:00Z",
        "2025-03-04T10:00:00Z",
        "2025-03-04T10:00:00Z",
        "",
    ]
    events = "".join(
        f'<event><string key="concept:name" value="{name}"/>'
        + (f'<date key="time:timestamp" value="{at}"/>' if at else "")
        + "</event>"
        for name, at in zip(names, times, strict=True)
    )
    path.write_text(f'<log><trace><string key="concept:name" value="1"/>{events}</trace></log>')
    async with open_ledger(database.app_dsn) as opened:
        await run_import(opened, await found_office(opened), path, MAPPING)
        facts = (await imported(opened))["1"]
    steps = [fact for fact in facts if isinstance(fact, DossierStepImported)]
    assert [step.activity for step in steps] == names
    assert [step.step for step in steps] == [0, 1, 2, 3, 4]
    assert [step.as_written for step in steps] == [*times[:4], None]
    assert steps[4].envelope.occurred_at == facts[0].envelope.occurred_at


async def test_a_long_case_is_several_items_of_one_dossier(database: Database, tmp_path: Path) -> None:
    path = write_log(tmp_path / "a.xes", [("long", (f"a{n}" for n in range(1_203))), ("short", ["b"])])
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        assert await run_import(opened, office, path, MAPPING) == ImportReport(dossiers=2, steps=1_204)
        assert await run_import(opened, office, path, MAPPING) == ImportReport(already=2)
        facts = (await imported(opened))["long"]
    assert activities(facts) == [f"a{n}" for n in range(1_203)]
    assert [fact.originator_version for fact in facts] == list(range(1, 1_205))


CODES = ImportMapping(source="register", case_id_is_code=True)


async def test_a_second_dossier_under_a_taken_code_is_quarantined(database: Database, tmp_path: Path) -> None:
    path = write_log(tmp_path / "a.xes", [("H02-250101-0001", (f"a{n}" for n in range(501))), ("x-1", ["b"])])
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        assert await run_import(opened, office, path, CODES) == ImportReport(dossiers=2, steps=502)
        elsewhere = ImportMapping(source="another", case_id_is_code=True)
        second = await run_import(opened, office, path, elsewhere)
        assert second == ImportReport(steps=502, quarantined=2)
        assert await run_import(opened, office, path, elsewhere) == ImportReport(already=2)
        first = (await imported(opened))["H02-250101-0001"][0].originator_id
        quarantined = [r.fact for r in await facts_after(opened, 0) if isinstance(r.fact, DossierQuarantined)]
        kept = await opened.ledger.load(Dossier, quarantined[0].originator_id)
    one = quarantined[0]
    assert (one.code, one.taken_by, one.source) == ("H02-250101-0001", first, "another")
    assert (kept.quarantined, kept.version, kept.status) == (True, 502, None)


async def test_statuses_stand_only_where_the_mapping_says_them(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "a.xes"
    path.write_text(
        '<log><trace><string key="concept:name" value="1"/><string key="state" value="G"/>'
        '<event><string key="concept:name" value="Receive"/></event>'
        '<event><string key="concept:name" value="Ponder"/></event></trace>'
        '<trace><string key="concept:name" value="2"/><string key="state" value="?"/></trace></log>'
    )
    mapping = read_mapping(
        json.dumps({"status": {"activities": {"Receive": 2}, "attributes": {"state": {"G": 1}}}}), "s"
    )
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, path, mapping)
        known = await imported(opened)
        dossiers = [await opened.ledger.load(Dossier, facts[0].originator_id) for facts in known.values()]
    assert [[getattr(fact, "status", 0) for fact in facts] for facts in known.values()] == [
        [1, 2, None],
        [None],
    ]
    assert [dossier.status for dossier in dossiers] == [2, None]


async def test_what_may_name_somebody_is_sealed_and_what_cannot_is_not(
    database: Database, tmp_path: Path
) -> None:
    attributes = [
        ("concept:name", "string", "Receive", "clear"),
        ("lifecycle:transition", "string", "complete", "clear"),
        ("channel", "string", "Internet", "clear"),
        ("deadline", "date", "2025-03-04", "clear"),
        ("planned", "date", "ask Mrs Hoa", "own"),
        ("enddate", "date", "2025-03-04T08:00:00.000+07:00", "clear"),
        ("birth date", "date", "1985-02-14", "own"),
        ("decided", "date", "2025-03-05", "clear"),
        ("personal number", "float", "024099123456.0", "own"),
        ("mobile", "float", "0912345678.5", "own"),
        ("mobile too", "float", "912345678.5", "own"),
        ("mobile in the fraction", "float", "0.912345678", "own"),
        ("channel", "string", "Nguyễn Thị Hoa 0912345678", "own"),
        ("lifecycle:transition", "string", "Bà Hoa", "own"),
        ("fee", "int", "50000", "clear"),
        ("phone", "int", "0912887766", "own"),
        ("number", "int", "24199012345", "own"),
        ("zip", "int", "0123", "own"),
        ("a number whose zero is lost", "int", "12345678", "own"),
        ("a day", "float", "19800115.0", "own"),
        ("a smaller fee", "int", "1500000", "clear"),
        ("share", "float", "0.25", "clear"),
        ("tall", "float", "1,70 m", "own"),
        ("late", "boolean", "true", "clear"),
        ("odd", "boolean", "Hoa", "own"),
        ("remark", "string", "Bà Hoa gọi lại", "own"),
        ("empty", "string", "", "clear"),
        ("org:resource", "string", "Lương Thế Vinh", "resource"),
        ("state", "string", "G", "clear"),
        ("amount", "int", "1500000000", "clear"),
        ("floor", "int", "3", "own"),
        ("helper", "string", "Lương Thế Vinh", "resource"),
    ]
    inside = "".join(f'<{kind} key="{key}" value="{value}"/>' for key, kind, value, _ in attributes)
    path = tmp_path / "a.xes"
    path.write_text(
        f'<log><trace><string key="concept:name" value="1"/><event>{inside}</event></trace></log>', "utf-8"
    )
    mapping = ImportMapping(
        source="register",
        clear=frozenset({"state", "amount", "decided"}),
        sealed=frozenset({"floor"}),
        resources=frozenset({"org:resource", "helper"}),
    )
    async with open_ledger(database.app_dsn) as opened:
        await run_import(opened, await found_office(opened), path, mapping)
        step = (await imported(opened))["1"][1]
        assert await opened_attributes(opened, step) == [a[:3] for a in attributes]
        again = await opened.index.aliases("resource", ["register\0Lương Thế Vinh"], uuid4)
    assert isinstance(step, DossierStepImported)
    who = {step.originator_id: "own", again["register\0Lương Thế Vinh"]: "resource"}
    values = [a["value"] for a in step.attributes]
    assert [who[v.subject] if isinstance(v, Sealed) else "clear" for v in values] == [
        a[3] for a in attributes
    ]


async def test_a_step_after_an_act_of_this_ledger_changes_no_status(
    database: Database, tmp_path: Path
) -> None:
    """Somebody worked on a long case between the crash and the second run."""
    path = write_log(tmp_path / "a.xes", [("long", ["Receive"] * 600)])
    short = write_log(tmp_path / "b.xes", [("long", ["Receive"] * 500)])
    mapping = ImportMapping(source="register", activity_status={"Receive": 4})
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, short, mapping)
        stream = (await imported(opened))["long"][0].originator_id
        dossier = await opened.ledger.load(Dossier, stream)
        envelope = (await imported(opened))["long"][0].envelope
        dossier.withdraw(envelope, reason=Personal(stream, "không cần nữa"))
        await opened.ledger.append(dossier)
        assert await run_import(opened, office, path, mapping) == ImportReport(steps=100, already=1)
        dossier = await opened.ledger.load(Dossier, stream)
    assert (dossier.version, dossier.status) == (602, 7)


@pytest.mark.parametrize("broken", ["truncated", "twice", "nameless"])
async def test_a_broken_file_adds_nothing(database: Database, tmp_path: Path, broken: str) -> None:
    cases = [(f"c{n}", ["Receive"] * 3) for n in range(900)]
    if broken == "twice":
        cases[890] = cases[3]
    path = write_log(tmp_path / "a.xes", cases)
    if broken == "truncated":
        path.write_bytes(path.read_bytes()[:-30])
    if broken == "nameless":
        path.write_text(path.read_text("utf-8").replace('value="c899"', 'value=""'), "utf-8")
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        before = recorded_positions(database)
        with pytest.raises((BrokenFile, CaseRefused), match=r"line 4\d\d\d"):
            await run_import(opened, office, path, MAPPING)
    assert recorded_positions(database) == before


async def test_a_case_id_that_makes_no_code_adds_nothing(database: Database, tmp_path: Path) -> None:
    path = write_log(tmp_path / "a.xes", [("ok", ["a"]), ("x" * 64, ["a"])])
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        before = recorded_positions(database)
        with pytest.raises(CaseRefused, match="makes no dossier code"):
            await run_import(opened, office, path, MAPPING)
    assert recorded_positions(database) == before


async def test_only_a_posted_importer_imports(database: Database, tmp_path: Path) -> None:
    path = write_log(tmp_path / "a.xes", [("1", ["a"])])
    async with open_ledger(database.app_dsn) as opened:
        desk = await found_office(opened, roles=("desk",))
        stranger = Office(desk.agency, desk.posting, Identity("officer", str(uuid4())))
        before = recorded_positions(database)
        for office, code in ((desk, "role_missing"), (stranger, "not_posted")):
            with pytest.raises(NotAllowed) as refused:
                await run_import(opened, office, path, MAPPING)
            assert refused.value.code == code
    assert recorded_positions(database) == before


async def test_an_unknown_place_or_procedure_adds_nothing(database: Database, tmp_path: Path) -> None:
    path = write_log(tmp_path / "a.xes", [("1", ["a"])])
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        before = recorded_positions(database)
        for mapping in (ImportMapping(source="s", place="99999"), ImportMapping(source="s", procedure="9.9")):
            with pytest.raises(NotFound):
                await run_import(opened, office, path, mapping)
    assert recorded_positions(database) == before
