"""XES that was drawn: whatever a register may write is read, exported and read again as it was."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.export_ports import XesAttribute
from application.import_mapping import ImportMapping
from domain.imported_case import ImportedCase
from infra.xes import XesLimits, read_cases
from infra.xes_file import xml_of
from tests.codec.opened_ledger import open_ledger
from tests.exports.test_xes import came_back, cases
from tests.importing.office import found_office, run_import
from tests.support import Database

KEYS = st.sampled_from(
    ("a", "a/b", "a/b/c", "a/", "x", "concept:name", "org:resource", "time:timestamp", "ngày")
)
TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n\t\r"), max_size=12
)
KINDS = st.sampled_from(("string", "date", "int", "float", "boolean", "id", "list", "container"))
ATTRIBUTES = st.lists(st.builds(XesAttribute, KEYS, KINDS, TEXTS), max_size=12)


@given(ATTRIBUTES)
@settings(max_examples=300)
def test_attributes_are_read_as_they_were_written(attributes: list[XesAttribute]) -> None:
    named = [XesAttribute("concept:name", "string", "case"), *attributes]
    dated = [one for one in named if one.key != "time:timestamp"]
    case = read_back(f"<trace>{xml_of(dated)}<event>{xml_of(dated)}</event></trace>")
    assert [tuple(a) for a in case.attributes] == [tuple(a) for a in dated]
    assert [tuple(a) for a in case.steps[0].attributes] == [tuple(a) for a in dated]


def test_attributes_stand_in_each_other_as_deep_as_a_reader_takes_them() -> None:
    deep = [XesAttribute("/".join("k" * n), "list", "") for n in range(1, 20)]
    named = [XesAttribute("concept:name", "string", "case"), *deep]
    assert [tuple(a) for a in read_back(f"<trace>{xml_of(named)}</trace>").attributes] == [
        tuple(a) for a in named
    ]


def read_back(trace: str) -> ImportedCase:
    with tempfile.NamedTemporaryFile(suffix=".xes") as file:
        file.write(f'<?xml version="1.0" encoding="UTF-8"?><log>{trace}</log>'.encode())
        file.flush()
        (case,) = read_cases(Path(file.name), limits=XesLimits())
    return case


EVENTS = st.lists(ATTRIBUTES, max_size=4)
TIMES = st.datetimes(datetime(1971, 1, 1), datetime(2030, 1, 1)).map(  # noqa: DTZ001
    lambda t: f"{t.isoformat()}+07:00"
)


@st.composite
def traces(draw: st.DrawFn) -> str:
    """A trace as a register may write it."""
    own = [one for one in draw(ATTRIBUTES) if one.key != "concept:name"]
    events = []
    for attributes in draw(EVENTS):
        others = [one for one in attributes if one.key != "time:timestamp"]
        time = [XesAttribute("time:timestamp", "date", draw(TIMES))] if draw(st.booleans()) else []
        events.append(f"<event>{xml_of([*others, *time])}</event>")
    return f"{xml_of(own)}{''.join(events)}"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(traces(), min_size=1, max_size=4))
async def test_a_drawn_log_comes_back_as_it_was(
    database: Database, tmp_path: Path, written: list[str]
) -> None:
    source = f"s{UUID(int=abs(hash(tuple(written)))).hex[:20]}"
    named = "".join(
        f'<trace><string key="concept:name" value="case {n}"/>{trace}</trace>'
        for n, trace in enumerate(written)
    )
    original = tmp_path / "original.xes"
    original.write_text(f"<log>{named}</log>", encoding="utf-8")
    async with open_ledger(database.app_dsn) as opened:
        office = await found_office(opened)
        await run_import(opened, office, original, ImportMapping(source=source))
        await came_back(opened, source, tmp_path / "again.xes")
    assert cases(tmp_path / "again.xes") == cases(original)
