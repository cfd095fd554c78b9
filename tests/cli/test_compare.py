"""The same register exported twice with a year between: what the later export says otherwise of the past."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.office import Office, refused

EXPORTS = "data/eventlogs/permits_m1_extract_{}.xes.gz"
COUNTED = {
    "dossiers_in_both": 936,
    "identical": 38_844,
    "moved": 54,
    "gone": 41,
    "backdated": 5,
    "rewritten": 9,
    "only_earlier": 1,
    "only_later": 263,
}


@pytest.mark.slow
@pytest.mark.shared
def test_nine_permits_of_a_municipality_have_another_past_a_year_later(
    office: Office, shared_dir: Path
) -> None:
    earlier, later = (str(shared_dir / EXPORTS.format(year)) for year in (2014, 2015))
    token = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    imported = office.hoso("import", earlier, "--source", "permits", "--json", **token)
    assert (imported.document["dossiers"], imported.document["steps"]) == (937, 38_944)
    arguments = ("import", later, "--compare", "--source", "permits")
    first = office.hoso(*arguments, "--findings", "findings.jsonl", "--json", **token)
    assert first.code == 1
    assert counted(first.document) == COUNTED
    assert (first.document["findings_recorded"], first.document["findings_known"]) == (9, 0)
    head = position(office)
    again = office.hoso(*arguments, "--json", **token)
    assert (again.code, counted(again.document)) == (1, COUNTED)
    assert (again.document["findings_recorded"], again.document["findings_known"]) == (0, 9)
    assert position(office) == head
    told = office.hoso(*arguments, **token)
    assert "38,844 steps identical, 54 moved, 41 gone, 5 back-dated" in told.last_line
    assert "9 dossiers have a rewritten past" in told.last_line
    listed(office, first.document)
    shown(office, first.document["first_rewritten"][0], token)
    audit = office.hoso("audit", "--json", **token)
    assert (audit.code, audit.document["ok"], audit.document["findings"]) == (0, True, [])


def counted(document: dict[str, Any]) -> dict[str, int]:
    return {name: document[name] for name in COUNTED}


def position(office: Office) -> int:
    return int(office.hoso("clock", "show", "--json").document["position"])


def listed(office: Office, document: dict[str, Any]) -> None:
    """The findings file has every difference, of each dossier the same numbers as the report."""
    lines = [json.loads(line) for line in (office.folder / "findings.jsonl").read_text("utf-8").splitlines()]
    kinds = [each["kind"] for line in lines for each in line.get("differences", ())]
    assert [kinds.count(kind) for kind in ("moved", "gone", "back_dated")] == [54, 41, 5]
    assert sum(len(line.get("added", ())) for line in lines) == document["added"]
    assert [line["code"] for line in lines if line.get("missing")] == document["first_only_earlier"]


def shown(office: Office, code: str, token: dict[str, str]) -> None:
    """The dossier's history has what was found."""
    history = office.hoso("history", code, "--json", **token).document
    (found,) = [e for e in history["entries"] if e["type"] == "dossier.export_compared.v1"]
    assert found["data"]["differences"]
    anomalies = office.hoso("anomalies", "--limit", "50", "--json", **token).document
    named = [item["code"] for item in anomalies["items"] if item["fact"] == "dossier.export_compared.v1"]
    assert len(named) == 9
    assert code in named


def test_a_comparison_with_nothing_says_so_and_options_that_do_not_fit_are_refused(office: Office) -> None:
    office.write("empty.xes", '<?xml version="1.0"?>\n<log xes.version="1.0"></log>\n')
    token = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    nothing = office.hoso("import", "empty.xes", "--compare", "--source", "unheard-of", **token)
    assert nothing.code == 0
    assert "Nothing was imported of unheard-of yet" in nothing.last_line
    wrong = office.hoso("import", "empty.xes", "--findings", "f.jsonl", **token)
    assert (wrong.code, "--compare" in wrong.err) == (2, True)
    office.write("there.jsonl", "kept")
    there = office.hoso(
        "import", "empty.xes", "--compare", "--source", "x", "--findings", "there.jsonl", **token
    )
    refused(there, "there.jsonl", "--findings")
    assert (office.folder / "there.jsonl").read_text("utf-8") == "kept"
