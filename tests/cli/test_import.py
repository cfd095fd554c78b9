"""A register's export, from an empty folder to a sound ledger, as the README shows it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.cli.office import DESK, Office, refused

LOG = "data/eventlogs/receipt.xes.gz"


@pytest.mark.shared
def test_a_real_register_is_imported_once_and_the_ledger_is_sound(office: Office, shared_dir: Path) -> None:
    log = shared_dir / LOG
    token = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    first = office.hoso("import", str(log), "--json", **token)
    assert first.code == 0, first.out
    assert (first.document["dossiers"], first.document["steps"]) == (1434, 8577)
    second = office.hoso("import", str(log), "--json", **token)
    assert (second.document["dossiers"], second.document["steps"]) == (0, 0)
    assert second.document["already"] == 1434
    audit = office.hoso("audit", "--json", **token)
    assert (audit.code, audit.document["ok"], audit.document["findings"]) == (0, True, [])


@pytest.mark.shared
def test_a_truncated_export_adds_nothing(office: Office, shared_dir: Path) -> None:
    whole = (shared_dir / LOG).read_bytes()
    path = office.folder / "cut.xes.gz"
    path.write_bytes(whole[: len(whole) // 2])
    nothing_comes_of(office, path)
    path = office.folder / "cut.xes"
    path.write_bytes(gzip.decompress(whole)[:500_000])
    nothing_comes_of(office, path)


def nothing_comes_of(office: Office, path: Path) -> None:
    head = office.hoso("clock", "show", "--json").document["position"]
    token = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    refused(office.hoso("import", str(path), "--agency", DESK, "--source", "cut", **token), path.name)
    assert office.hoso("clock", "show", "--json").document["position"] == head


def test_a_small_export_with_a_mapping_and_its_history(office: Office) -> None:
    office.write("small.xes", SMALL)
    office.write("mapping.json", {"source": "small", "status": {"activities": {"decide": 9}}})
    token = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    arguments = ("import", "small.xes", "--mapping", "mapping.json", "--agency", DESK)
    said = office.hoso(*arguments, "--json", **token)
    assert (said.code, said.document["dossiers"], said.document["steps"]) == (0, 1, 2), said.out
    assert "1 were there already" in office.hoso(*arguments, **token).last_line
    office.write("mapping.json", {"source": "small", "status": {"activities": {"decide": 11}}})
    refused(office.hoso(*arguments, **token), "mapping.json", "decide")


def test_another_registers_case_under_a_known_name_is_not_lost_without_a_word(office: Office) -> None:
    token = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    office.write("first.xes", SMALL)
    office.write("second.xes", SMALL.replace("decide", "refuse").replace("2014", "2019"))
    first = office.hoso("import", "first.xes", **token)
    assert first.code == 0
    assert "--source" in first.last_line, "the default name is warned of"
    second = office.hoso("import", "second.xes", "--json", **token)
    assert (second.code, second.document["differing"], second.document["dossiers"]) == (1, 1, 0)
    assert second.document["first_differing"] == ["case-1"]
    told = office.hoso("import", "second.xes", **token)
    assert told.code == 1
    assert all(word in told.last_line for word in ("case-1", "second.xes", "--source"))
    named = office.hoso("import", "second.xes", "--source", "second", "--json", **token)
    assert (named.code, named.document["dossiers"], named.document["differing"]) == (0, 1, 0)
    again = office.hoso("import", "first.xes", "--json", **token)
    assert (again.code, again.document["already"], again.document["differing"]) == (0, 1, 0)


SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0">
  <trace>
    <string key="concept:name" value="case-1"/>
    <event>
      <string key="concept:name" value="receive"/>
      <date key="time:timestamp" value="2014-01-02T08:00:00.000+01:00"/>
    </event>
    <event>
      <string key="concept:name" value="decide"/>
      <date key="time:timestamp" value="2014-01-03T08:00:00.000+01:00"/>
    </event>
  </trace>
</log>
"""


PORTAL = {
    "MaHoSo": "000.21.01.H02-250602-0001",
    "MaTTHC": "1.004222",
    "ChuHoSo": "Nguyễn Văn Tí",
    "SoDienThoai": "0912345678",
    "TrangThaiHoSo": "4",
    "NgayTiepNhan": "20250602073000",
    "NgayHenTra": "20250630170000",
}


def test_what_the_portal_is_sent_is_imported_and_a_later_one_compared(office: Office) -> None:
    token = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    lines = [PORTAL, PORTAL | {"MaHoSo": "000.21.01.H02-250602-0002"}]
    office.write("ho-so.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    arguments = ("--mapping", "dong-bo-ho-so", "--source", "motcua", "--json")
    first = office.hoso("import", "ho-so.jsonl", *arguments, **token)
    assert (first.code, first.document["dossiers"], first.document["steps"]) == (0, 2, 2), first.err
    assert first.document["unknown_procedures"] == 2
    assert first.document["first_unknown_procedures"] == ["1.004222"]
    history = office.hoso("history", PORTAL["MaHoSo"], "--json", **token).document
    imported = history["entries"][0]["data"]
    values = {a["key"]: a["value"] for a in imported["attributes"]}
    assert imported["status"] == 4
    assert (values["MaTTHC"], values["NgayHenTra"]) == ("1.004222", "20250630170000")
    assert values["ChuHoSo"]["text"] == "Nguyễn Văn Tí", "sealed, opened for the auditor"
    moved = [lines[0] | {"NgayTiepNhan": "20250603073000", "NgayTra": "20250701073000"}, lines[1]]
    office.write("later.jsonl", "".join(json.dumps(line) + "\n" for line in moved))
    later = office.hoso("import", "later.jsonl", "--compare", *arguments, **token)
    assert (later.code, later.document["moved"], later.document["added"]) == (1, 1, 1)
    assert later.document["first_rewritten"] == [PORTAL["MaHoSo"]]


def test_a_table_of_steps_is_imported(office: Office) -> None:
    token = {"HOSO_TOKEN": office.token("--officer", "IMP-1")}
    office.write(
        "steps.csv", "case_id;activity;timestamp\n7;nhận;2025-01-02T08:00:00+07:00\n7;trả;2025-01-03T08:00Z\n"
    )
    said = office.hoso("import", "steps.csv", "--source", "table", "--json", **token)
    assert (said.code, said.document["dossiers"], said.document["steps"]) == (0, 1, 2), said.err
    office.write(
        "broken.csv", "case_id;activity;timestamp\n7;nhận;2025-01-02T08:00:00+07:00\n8;nhận;hôm qua\n"
    )
    refused(
        office.hoso("import", "broken.csv", "--source", "table", **token), "broken.csv, line 3", "time_forms"
    )
    office.write("notes.txt", "nothing")
    refused(office.hoso("import", "notes.txt", "--source", "table", **token), ".csv", ".jsonl")
