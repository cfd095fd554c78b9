"""docs/events.md is what tools/make_events.py makes of the schemas; the tool says what is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tools import make_events


def test_the_document_is_what_the_tool_makes_of_the_schemas(capsys: pytest.CaptureFixture[str]) -> None:
    assert make_events.main(["--check"]) == 0, capsys.readouterr().err


def test_the_tool_says_what_is_not_as_it_should_be_and_makes_it_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(make_events.SCHEMAS, docs / "schemas")
    for path in (make_events.TEMPLATE, make_events.DOCUMENT):
        shutil.copy(path, docs)
    schema = docs / "schemas" / "dossier.taken.v1.json"
    changed = json.loads(schema.read_text(encoding="utf-8"))
    changed["properties"]["data"]["properties"]["officer"]["description"] = "who has it now"
    schema.write_text(json.dumps(changed), encoding="utf-8")
    assert make_events.main(["--check"], docs) == 1
    said = capsys.readouterr().err
    assert "docs/events.md" in said
    assert "dossier.taken.v1.json" in said
    assert "make events" in said
    assert make_events.main([], docs) == 0
    assert "officer id (who has it now)" in (docs / "events.md").read_text(encoding="utf-8")
    assert make_events.main(["--check"], docs) == 0


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("dossier.taken.v1", "{", "dossier.taken.v1.json is not JSON"),
        (
            "thing.noted.v1",
            '{"properties": {"data": {"properties": {}}}}',
            "thing.noted.v1.json says no section",
        ),
        (
            "thing.noted.v1",
            '{"properties": {"data": {"properties": {}}}, "x-hoso": {"section": "none", "order": 1}}',
            "no table",
        ),
    ],
)
def test_a_schema_that_cannot_stand_in_the_document_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, said: str
) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(make_events.SCHEMAS, docs / "schemas")
    shutil.copy(make_events.TEMPLATE, docs)
    (docs / "schemas" / f"{name}.json").write_text(text, encoding="utf-8")
    assert make_events.main(["--check"], docs) == 1
    assert said in capsys.readouterr().err
