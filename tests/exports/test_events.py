"""Events as lines: what the feed gives, whole, and said to be so."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat
from jsonschema_rs import Draft202012Validator

from application.exporting import export_events, extent
from application.policy import Identity
from application.refusals import BadRequest, NotAllowed
from infra.event_lines import DESCRIBED, open_lines
from interfaces.http.feed_routes import _schemas
from tests.exports.conftest import Ledger
from tests.exports.life import IMPORTER, NAMES


async def exported(
    ledger: Ledger, path: Path, first: int | None = None, last: int | None = None
) -> list[Any]:
    found, known = await extent(ledger.exporting, ledger.auditor, first, last)
    with open_lines(path, found, force=True) as file:
        counts = await export_events(ledger.exporting, found, known, file, lambda done, total: None)
    content = path.read_bytes()  # noqa: ASYNC240
    lines = (gzip.decompress(content) if path.suffix == ".gz" else content).splitlines()
    assert len(lines) == counts.events + 1
    return [orjson.loads(line) for line in lines]


async def test_every_line_is_the_event_that_the_feed_gives(ledger: Ledger, tmp_path: Path) -> None:
    first, *events = await exported(ledger, tmp_path / "log.jsonl")
    feed = ledger.exporting.feed
    served: list[Any] = []
    while True:
        page = await feed.page(ledger.auditor, len(served), 100)
        if not page.events:
            break
        served += orjson.loads(orjson.dumps(page.events, option=orjson.OPT_UTC_Z))
    assert events == served
    assert first["type"] == DESCRIBED
    assert first["data"]["events"] == len(events)
    assert (first["data"]["from_position"], first["data"]["to_position"]) == (1, len(events))
    assert first["data"]["attested"]


async def test_every_line_is_a_cloud_event_with_data_as_its_schema_has_them(
    ledger: Ledger, tmp_path: Path
) -> None:
    lines = await exported(ledger, tmp_path / "log.ndjson.gz", 3)
    schemas = _schemas()
    for line in lines:
        event = JSONFormat().read(None, orjson.dumps(line))
        assert event.get_source() == f"urn:hoso:ledger:{ledger.attested.ledger_id}"
        if event.get_type() != DESCRIBED:
            schema = schemas[line["dataschema"].rpartition(":")[2]]
            judge = Draft202012Validator(schema, validate_formats=True, offline=True)
            assert [fault.message for fault in judge.iter_errors(line["data"])] == []
    assert [line["id"] for line in lines[1:]] == [str(n + 3) for n in range(len(lines) - 1)]
    content = gzip.decompress((tmp_path / "log.ndjson.gz").read_bytes())
    assert not [name for name in NAMES if name.encode() in content]


async def test_the_same_positions_give_the_same_bytes(ledger: Ledger, tmp_path: Path) -> None:
    for name in ("one.jsonl.gz", "two.jsonl.gz"):
        await exported(ledger, tmp_path / name, 5, 60)
    assert (tmp_path / "one.jsonl.gz").read_bytes() == (tmp_path / "two.jsonl.gz").read_bytes()


@pytest.mark.parametrize(("first", "last"), [(1, 1_000_000), (9, 8), (0, 5)])
async def test_positions_that_are_not_there_are_refused(ledger: Ledger, first: int, last: int) -> None:
    with pytest.raises(BadRequest, match="position"):
        await extent(ledger.exporting, ledger.auditor, first, last)


async def test_only_an_auditor_exports(ledger: Ledger) -> None:
    for identity in (ledger.attested.office.officers[IMPORTER], Identity("system", "setup"), None):
        with pytest.raises(NotAllowed):
            await extent(ledger.exporting, identity, 1, 5)  # type: ignore[arg-type]
