"""XES: dossiers as traces; and an earlier system's log, exported as it was imported."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from application.export_ports import Counts, Extent
from application.export_traces import export_source, export_traces
from application.exporting import Exporting, extent
from application.import_mapping import ImportMapping
from application.moment import OrganisationReader
from domain.facts import Category
from domain.imported_case import ImportedAttribute
from infra.xes import read_cases
from infra.xes_file import open_xes
from tests.codec.opened_ledger import OpenedLedger, open_ledger
from tests.exports.conftest import Ledger
from tests.exports.life import NAMES, REGISTER, SOURCE
from tests.exports.mined import mined
from tests.importing.office import found_office, run_import, write_log
from tests.importing.reading_back import imported, opened_attributes
from tests.office.erasures import destroyed_on_record
from tests.support import Database

SILENT = lambda done, total: None  # noqa: E731


async def exported(ledger: Ledger, path: Path, source: str | None = None, *span: int) -> Counts:
    found, known = await extent(ledger.exporting, ledger.auditor, *span)
    with open_xes(path, found, force=True) as file:
        if source is None:
            return await export_traces(ledger.exporting, found, known, file, SILENT)
        return await export_source(ledger.exporting, found, source, file, SILENT)


def cases(path: Path) -> list[tuple[Any, ...]]:
    """What a log says, case by case and event by event, with everything written."""
    return [(one.case_id, one.attributes, one.steps) for one in read_cases(path)]


# What happened here


async def test_each_dossier_is_a_trace_with_its_facts_in_order(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "log.xes"
    counts = await exported(ledger, path)
    expected: defaultdict[str, list[int]] = defaultdict(list)
    codes: dict[str, str] = {}
    for row in await ledger.attested.recorder.events_after(0, 100_000):
        data = orjson.loads(row.payload)["data"]
        if row.category in (Category.DOSSIER, Category.HANDED_OVER, Category.PLACEMENT, Category.PAPERS):
            dossier = data["dossier"] if row.category != Category.DOSSIER else str(row.stream_id)
            codes.setdefault(dossier, data.get("code", ""))
            expected[codes[dossier]].append(row.position)
    found = {case.case_id: [position(step.attributes) for step in case.steps] for case in read_cases(path)}
    assert found == expected
    assert list(found) == list(expected)
    assert (counts.traces, counts.events) == (len(expected), sum(map(len, expected.values())))
    mine = mined(path)
    assert {case: len(steps) for case, steps in mine["traces"].items()} == {
        c: len(p) for c, p in found.items()
    }
    assert mine["attributes"]["hoso:to_position"] == str((await ledger.attested.recorder.clock())[1])
    activities = Counter(name for steps in mine["traces"].values() for name in steps)
    assert activities["dossier.submitted"] == 7
    assert activities["dossier.handed_over"] > 0
    assert activities["decide"] == 1, "an imported step has its own name"


def position(attributes: Iterable[ImportedAttribute]) -> int:
    return int(next(a.value for a in attributes if a.key == "hoso:position"))


async def test_it_has_who_and_which_agency_and_nothing_personal(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "log.xes.gz"
    await exported(ledger, path)
    content = gzip.decompress(path.read_bytes()).decode()
    assert not [name for name in NAMES if name in content]
    rows = {row.position: orjson.loads(row.payload) for row in await everything(ledger)}
    moment = await ledger.exporting.reader.moment(fresh=True)
    agencies = {str(agency.id): agency.identifier for agency in moment.organisation.agencies.values()}
    seen = 0
    for case in read_cases(path):
        for step in case.steps:
            said = {a.key: a.value for a in step.attributes}
            stored = rows[position(step.attributes)]
            assert datetime.fromisoformat(said["time:timestamp"]) == at(stored["occurred_at"])
            assert said.get("hoso:holder") == agencies.get(stored["holder"])
            if said["hoso:type"] != "hoso.dossier.step_imported.v1":
                assert said["org:resource"] == stored["actor"]["id"]
                assert said.get("org:group") == agencies.get(stored["acting_agency"])
                seen += 1
    assert seen > 20


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


async def everything(ledger: Ledger) -> Sequence[Any]:
    return await ledger.attested.recorder.events_after(0, 100_000)


async def test_of_a_part_there_are_the_dossiers_with_an_event_in_it(ledger: Ledger, tmp_path: Path) -> None:
    head = (await ledger.attested.recorder.clock())[1]
    first, last = head - 20, head - 3
    counts = await exported(ledger, tmp_path / "log.xes", None, first, last)
    found = list(read_cases(tmp_path / "log.xes"))
    positions = [position(step.attributes) for case in found for step in case.steps]
    assert all(case.steps for case in found)
    assert all(first <= one <= last for one in positions)
    assert len(positions) == counts.events > 0


# An earlier system's log, as it was


async def test_an_imported_log_comes_back_as_it_was(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "original.xes").write_text(REGISTER, encoding="utf-8")
    counts = await exported(ledger, tmp_path / "again.xes", SOURCE)
    assert cases(tmp_path / "again.xes") == cases(tmp_path / "original.xes")
    assert (counts.traces, counts.events, counts.opened, counts.erased) == (2, 2, 4, 0)
    assert '<list key="papers"><values><string key="paper" value="a&#10;b"/></values></list>' in (
        (tmp_path / "again.xes").read_text(encoding="utf-8")
    )
    nothing = await exported(ledger, tmp_path / "none.xes", "another")
    assert (nothing.traces, nothing.events) == (0, 0)


async def test_what_was_erased_is_left_out_and_counted(ledger: Ledger, tmp_path: Path) -> None:
    office = ledger.attested.office
    (dossier, *_) = [row.stream_id for row in await everything(ledger) if row.topic == "dossier.imported.v1"]
    await destroyed_on_record(office, dossier)
    counts = await exported(ledger, tmp_path / "log.xes", SOURCE)
    text = (tmp_path / "log.xes").read_text(encoding="utf-8")
    assert counts.erased == 3
    assert "0912345678" not in text
    assert 'key="hoso:erased" value="3"' in text
    assert [case.case_id for case in read_cases(tmp_path / "log.xes")] == ["case-1", "case-2"]


def office_of(opened: OpenedLedger) -> Exporting:
    """What an earlier system's history is read with; the checkpoint and the feed are not asked for."""
    reader = OrganisationReader(opened.recorder, opened.codec)
    return Exporting(
        opened.ledger, reader, cast(Any, None), cast(Any, None), opened.recorder.ledger.ledger_id
    )


async def came_back(opened: OpenedLedger, source: str, path: Path) -> Counts:
    _, head = await opened.recorder.clock()
    found = Extent(opened.recorder.ledger.ledger_id, 1, head)
    with open_xes(path, found, force=True) as file:
        return await export_source(office_of(opened), found, source, file, SILENT)


async def facts(opened: OpenedLedger) -> list[Any]:
    """Every imported fact in its order, with what is sealed in it opened."""
    return [
        (fact.TOPIC, fact.originator_version, said(fact), await opened_attributes(opened, fact))
        for of_case in (await imported(opened)).values()
        for fact in of_case
    ]


def said(fact: Any) -> tuple[Any, ...]:
    names = ("code", "source", "case_id", "status", "step", "activity", "as_written")
    occurred = fact.envelope.occurred_at if getattr(fact, "as_written", None) else None
    return (occurred, *(getattr(fact, name, None) for name in names))


async def test_of_a_case_kept_apart_its_name_and_steps_come_back(database: Database, tmp_path: Path) -> None:
    first = write_log(tmp_path / "first.xes", [("H-1", ["receive", "decide"])])
    second = write_log(tmp_path / "second.xes", [("H-1", ["receive", "refuse"]), ("H 2%", ["receive"])])
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, first, ImportMapping(source="one", case_id_is_code=True))
        await run_import(opened, office, first, ImportMapping(source="two", case_id_is_code=True))
        done = await run_import(opened, office, second, ImportMapping(source="three"))
        assert done.dossiers == 2
        apart = await came_back(opened, "two", tmp_path / "apart.xes")
        await came_back(opened, "three", tmp_path / "again.xes")
    assert (apart.traces, apart.events) == (1, 2)
    assert cases(tmp_path / "apart.xes") == cases(first)
    assert cases(tmp_path / "again.xes") == cases(second)


LOGS = [
    pytest.param("running-example", 6, 42, id="running-example"),
    pytest.param("receipt", 1434, 8577, id="receipt"),
    pytest.param("permits_m1_extract_2014", 937, 38_944, id="permits", marks=pytest.mark.slow),
]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "traces", "events"), LOGS)
async def test_a_real_log_exported_and_imported_elsewhere_is_the_same(
    database: Database,
    empty_ledger: Database,
    shared_dir: Path,
    tmp_path: Path,
    name: str,
    traces: int,
    events: int,
) -> None:
    original = shared_dir / f"data/eventlogs/{name}.xes.gz"
    mapping = ImportMapping(source=name)
    path = tmp_path / "again.xes.gz"
    async with open_ledger(database.app_dsn) as opened:
        await run_import(opened, await found_office(opened), original, mapping)
        counts = await came_back(opened, name, path)
        before = await facts(opened)
    assert (counts.traces, counts.events) == (traces, events)
    assert cases(path) == cases(original)
    async with open_ledger(empty_ledger.app_dsn) as opened:
        done = await run_import(opened, await found_office(opened), path, mapping)
        assert (done.dossiers, done.steps) == (traces, events)
        assert await facts(opened) == before
