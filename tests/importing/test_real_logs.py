"""Real registers: every dossier, every step, in the file's order, with its time as written.

The logs are read a second time here with the standard library's tree, by none of the project's code.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import pytest

from application.import_mapping import ImportMapping
from application.importing import ImportReport
from domain.dossier_facts import DossierImported, DossierStepImported
from domain.facts import Fact
from domain.imported_case import ImportedCase
from infra.xes import read_cases
from tests.codec.opened_ledger import OpenedLedger, open_ledger
from tests.importing.office import found_office, run_import
from tests.importing.reading_back import imported, opened_attributes
from tests.support import Database

pytestmark = pytest.mark.shared


Written = Sequence[tuple[str, str, str]]


class Case(NamedTuple):
    attributes: Written
    events: Sequence[Written]


def parsed(path: Path) -> dict[str, Case]:
    """Case id -> attributes and events, each attribute as (key, type, value)."""
    tree = ElementTree.parse(gzip.open(path))  # noqa: SIM115 - our own test data, read to its end
    found: dict[str, Case] = {}
    for trace in tree.iterfind("{*}trace"):
        case = Case(own(trace), [own(event) for event in trace.iterfind("{*}event")])
        found[named(case.attributes, "concept:name")] = case
    return found


def own(element: ElementTree.Element, above: str = "") -> list[tuple[str, str, str]]:
    """The attributes of a case or an event; those inside another follow it, as `<its key>/<key>`."""
    found = []
    for child in element:
        if not child.tag.endswith("}event"):
            key = above + child.get("key", "")
            found += [(key, child.tag.rpartition("}")[2], child.get("value", "")), *own(child, key + "/")]
    return found


def named(attributes: Written, key: str) -> str:
    return next((value for k, _, value in attributes if k == key), "")


async def compare(opened: OpenedLedger, log: dict[str, Case]) -> None:
    known = await imported(opened)
    assert list(known) == list(log)
    for case_id, case in log.items():
        first, *steps = known[case_id]
        assert await opened_attributes(opened, first) == case.attributes
        assert len(steps) == len(case.events)
        for number, (step, event) in enumerate(zip(steps, case.events, strict=True)):
            await compare_step(opened, number, step, event)


async def compare_step(opened: OpenedLedger, number: int, step: Fact, event: Written) -> None:
    assert isinstance(step, DossierStepImported)
    written = named(event, "time:timestamp")
    assert await opened_attributes(opened, step) == event
    assert (step.step, step.activity, step.as_written) == (number, named(event, "concept:name"), written)
    assert step.envelope.occurred_at == datetime.fromisoformat(written).astimezone(UTC)
    assert step.status is None


async def test_the_textbook_log(database: Database, shared_dir: Path) -> None:
    path = shared_dir / "data/eventlogs/running-example.xes.gz"
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        mapping = ImportMapping(source="textbook", resources=frozenset({"org:resource", "Resource"}))
        assert await run_import(opened, office, path, mapping) == ImportReport(dossiers=6, steps=42)
        await compare(opened, parsed(path))


async def test_the_receipt_phase_of_a_municipality(database: Database, shared_dir: Path) -> None:
    path = shared_dir / "data/eventlogs/receipt.xes.gz"
    mapping = ImportMapping(source="receipt", resources=frozenset({"org:resource", "responsible"}))
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        assert await run_import(opened, office, path, mapping) == ImportReport(dossiers=1434, steps=8577)
        assert await run_import(opened, office, path, mapping) == ImportReport(already=1434)
        log = parsed(path)
        await compare(opened, log)
        firsts = [facts[0] for facts in (await imported(opened)).values()]
        stored = [await opened.recorder.events_after(page, 1000) for page in range(0, 12_000, 1000)]
    events = b"".join(event.payload for page in stored for event in page)
    dates = [{a["key"]: a["value"] for a in f.attributes} for f in firsts if isinstance(f, DossierImported)]
    ended = [d for d in dates if "enddate" in d]
    assert len(dates) - len(ended) == 105
    late = [d for d in ended if datetime.fromisoformat(d["enddate"]) > datetime.fromisoformat(d["deadline"])]
    assert len(late) == 377
    assert b"Resource" not in events
    assert b"Confirmation of receipt" in events


@pytest.mark.parametrize(
    ("name", "cases", "steps"),
    [("permits_m1_extract_2014", 937, 38_944), ("permits_m1_extract_2015", 1_199, 52_217)],
)
def test_a_permit_register_is_read_whole(shared_dir: Path, name: str, cases: int, steps: int) -> None:
    path = shared_dir / f"data/eventlogs/{name}.xes.gz"
    log, read = parsed(path), list(read_cases(path))
    assert (len(read), sum(len(case.steps) for case in read)) == (cases, steps)
    assert {case.case_id: whole(case) for case in read} == log


def whole(case: ImportedCase) -> Case:
    return Case(list(case.attributes), [list(step.attributes) for step in case.steps])
