"""The real succession by command: written, drafted, approved, scheduled late, and asked for across acts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.office import Office, refused
from tests.cli.test_handover import staffed

pytestmark = pytest.mark.slow

__all__ = ["staffed"]

OLD, NEW = "07294@2025-06-30", "07294@2025-07-01"


@pytest.fixture(scope="module")
def operators(staffed: Office) -> list[dict[str, str]]:
    return [{"HOSO_TOKEN": staffed.token("--officer", f"OP-{n}")} for n in (2, 3)]


def in_force(office: Office, operators: list[dict[str, str]], file: str) -> str:
    """Every part of the act of a file; answers the act's id."""
    first, second = operators
    drafted = office.hoso("handover", "draft", file, "--json", **first)
    assert drafted.code == 0, drafted.out
    act = str(drafted.document["handover"])
    simulated = office.hoso("handover", "simulate", act, "--json", **first)
    assert simulated.code == 0, simulated.out
    digest = simulated.document["digest"]
    for operator in operators:
        approved = office.hoso("handover", "approve", act, "--digest", digest, **operator)
        assert approved.code == 0, approved.err
    scheduled = office.hoso("handover", "schedule", act, **second)
    assert scheduled.code == 0, scheduled.err
    return act


def test_the_real_acts_are_drafted_scheduled_and_asked_for(
    staffed: Office, operators: list[dict[str, str]]
) -> None:
    loaded = staffed.hoso("units", "load", "--province", "27")
    assert loaded.code == 0, loaded.err
    written = staffed.hoso("units", "act", "2025", "--province", "24", "--out", "real.json")
    assert written.code == 0, written.err
    assert "1 part" in written.last_line
    refused(staffed.hoso("units", "act", "2025", "--province", "24", "--out", "real.json"), "there already")
    before = staffed.hoso("clock", "show", "--json").document["position"]
    in_force(staffed, operators, "real.json")
    undated_and_dated(staffed, operators)
    answer = staffed.hoso("units", "heirs", OLD, "--at", "2026-09-01", "--known-at", str(before), "--json")
    assert answer.document["units"][0]["links"] == []


def undated_and_dated(office: Office, operators: list[dict[str, str]]) -> None:
    assert office.hoso("units", "act", "2026", "--province", "24", "--out", "acts").code == 0
    (path,) = (office.folder / "acts").iterdir()
    drafted = office.hoso("handover", "draft", str(path), "--json", **operators[0])
    assert drafted.code == 0, drafted.out
    said = office.hoso("units", "heirs", OLD, "--at", "2026-09-01")
    assert "An act of 2026-08-04 (388/NQ-UBTVQH16) renames" in said.last_line
    assert "its date of effect is not known" in said.last_line
    cancelled = ("handover", "cancel", str(drafted.document["handover"]), "--reason", "nay đã rõ ngày")
    assert office.hoso(*cancelled, **operators[0]).code == 0
    act: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    office.write("dated.json", act | {"effective_at": "2026-09-01T00:00:00+07:00"})  # a day made up for this
    in_force(office, operators, "dated.json")
    (unit,) = office.hoso("units", "heirs", OLD, "--at", "2026-09-01", "--json").document["units"]
    assert [heir["name"] for heir in unit["heirs"]] == ["Phường Bố Hạ"]
    assert [link["unit"] for link in unit["links"]] == [NEW, "07294@2026-09-01"]
    every = office.hoso("units", "heirs", "07294", "--at", "2026-09-01", "--json").document["units"]
    assert [one["unit"] for one in every] == [OLD, NEW, "07294@2026-09-01"]


def test_a_wrong_file_is_refused_at_its_line(staffed: Office, operators: list[dict[str, str]]) -> None:
    assert staffed.hoso("units", "act", "2025", "--province", "01", "--out", "wrong.json").code == 0
    text = (staffed.folder / "wrong.json").read_text(encoding="utf-8")
    staffed.write("wrong.json", text.replace('"kind": "part"', '"kind": "half"', 1))
    line = text[: text.index('"kind": "part"')].count("\n") + 1
    refused(staffed.hoso("handover", "draft", "wrong.json", **operators[0]), f"wrong.json:{line}: ")
    refused(staffed.hoso("units", "act", "2026", "--province", "27", "--out", "none"), "27")
