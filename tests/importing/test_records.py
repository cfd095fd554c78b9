"""Tables and JSON lines: the dossiers they tell of, as written, or the line that cannot be read."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.import_mapping import ImportMapping, read_mapping
from domain.imported_case import ImportedAttribute, ImportedCase
from infra.export_files import read_export
from infra.reference import IMPORT_MAPPINGS
from infra.xes import BrokenFile

PLAIN = ImportMapping(source="r", zone=timezone(timedelta(hours=7)))
DONG_BO = read_mapping(IMPORT_MAPPINGS["dong-bo-ho-so"].read_text(encoding="utf-8"), "motcua")


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path, mapping: ImportMapping = PLAIN) -> list[ImportedCase]:
    return list(read_export(path, mapping.zone, mapping.form))


def test_steps_stand_anywhere_in_a_table_and_keep_its_order_within_their_dossier(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.csv",
        "case_id,activity,timestamp,case:channel,Cán bộ\r\n"
        'b,Tiếp nhận,2025-03-04T08:00:00,online,"Vũ, Khoát"\r\n'
        "a,Tiếp nhận,2025-03-04T09:00:00Z,counter,Mai\r\n"
        "\r\n"
        'b,"Trả\nkết quả",2025-03-01T08:00:00+07:00,post,\r\n',
    )
    b, a = read(path)
    assert (b.case_id, a.case_id, b.line, a.line) == ("b", "a", 2, 3)
    assert b.attributes == (
        ImportedAttribute("case_id", "string", "b"),
        ImportedAttribute("case:channel", "string", "online"),
    )
    assert [(s.index, s.activity, s.as_written) for s in b.steps] == [
        (0, "Tiếp nhận", "2025-03-04T08:00:00"),
        (1, "Trả\nkết quả", "2025-03-01T08:00:00+07:00"),
    ]
    assert [s.occurred_at for s in (*b.steps, *a.steps)] == [
        datetime(2025, 3, 4, 1, tzinfo=UTC),
        datetime(2025, 3, 1, 1, tzinfo=UTC),
        datetime(2025, 3, 4, 9, tzinfo=UTC),
    ]
    assert ImportedAttribute("Cán bộ", "string", "Vũ, Khoát") in b.steps[0].attributes
    assert {attribute.key for attribute in b.steps[0].attributes} == {"activity", "timestamp", "Cán bộ"}
    assert ImportedAttribute("case:channel", "string", "post") in b.steps[1].attributes


def test_a_table_as_a_spreadsheet_saves_it(tmp_path: Path) -> None:
    """Semicolons, a byte-order mark, local times; packed."""
    mapping = read_mapping(
        json.dumps(
            {
                "source": "r",
                "zone": "+07:00",
                "fields": {"case": "SoHoSo", "activity": "BuocXuLy", "time": "ThoiDiem"},
                "time_forms": ["%d/%m/%Y %H:%M", "%d/%m/%Y"],
            }
        )
    )
    text = "SoHoSo;BuocXuLy;ThoiDiem;GhiChu\n1;Nhận;04/03/2025 07:30;a, b\n1;Trả;05/03/2025;\n1;Lưu;;\n"
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(text.encode("utf-8-sig")))
    (case,) = read(path, mapping)
    assert [(s.activity, s.occurred_at) for s in case.steps] == [
        ("Nhận", datetime(2025, 3, 4, 0, 30, tzinfo=UTC)),
        ("Trả", datetime(2025, 3, 4, 17, tzinfo=UTC)),
        ("Lưu", None),
    ]


PORTAL = {
    "MaHoSo": "000.21.01.H02-250602-0001",
    "MaTTHC": "1.004222",
    "ChuHoSo": "Nguyễn Văn Tí",
    "TrangThaiHoSo": 9,
    "NgayTiepNhan": "20250602073000",
    "NgayHenTra": "20250630170000",
    "NgayKetThucXuLy": "20250627160000",
    "NgayTra": None,
    "TaiLieuNop": [{"TenTepDinhKem": "a.pdf", "DuocSoHoa": "1", "IsDeleted": False}],
    "DanhSachHoSoBoSung": [
        {
            "NgayBoSung": "20250605090000",
            "NoiDungBoSung": "thiếu giấy",
            "NgayTiepNhanBoSung": "20250606090000",
        },
        {"NgayBoSung": "20250610090000", "NgayHenTraMoi": "20250702170000"},
    ],
}


def test_what_the_portal_is_sent_of_a_dossier(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", json.dumps(PORTAL, ensure_ascii=False) + "\n")
    (case,) = read(path, DONG_BO)
    assert case.case_id == "000.21.01.H02-250602-0001"
    assert [(s.activity, s.as_written) for s in case.steps] == [
        ("Tiếp nhận hồ sơ", "20250602073000"),
        ("Yêu cầu bổ sung", "20250605090000"),
        ("Tiếp nhận bổ sung", "20250606090000"),
        ("Yêu cầu bổ sung", "20250610090000"),
        ("Kết thúc xử lý", "20250627160000"),
    ]
    assert case.steps[0].occurred_at == datetime(2025, 6, 2, 0, 30, tzinfo=UTC)
    by_key = {a.key: (a.type, a.value) for a in case.attributes}
    assert by_key["TrangThaiHoSo"] == ("int", "9")
    assert by_key["TaiLieuNop/0/TenTepDinhKem"] == ("string", "a.pdf")
    assert by_key["TaiLieuNop/0/IsDeleted"] == ("boolean", "false")
    assert by_key["deadline"] == ("date", "2025-06-30T10:00:00+00:00")
    assert "NgayTra" not in by_key
    assert ImportedAttribute("NoiDungBoSung", "string", "thiếu giấy") in case.steps[1].attributes


def test_an_envelope_holds_several_dossiers(tmp_path: Path) -> None:
    two = {"service": "DongBoHoSo", "data": [PORTAL, PORTAL | {"MaHoSo": "other"}]}
    path = written(tmp_path / "a.ndjson", json.dumps(two) + "\n\n" + json.dumps(PORTAL | {"MaHoSo": "third"}))
    assert [case.case_id for case in read(path, DONG_BO)] == [PORTAL["MaHoSo"], "other", "third"]


@pytest.mark.parametrize(
    ("name", "text", "line", "reason"),
    [
        ("a.csv", "", 1, "name the columns"),
        ("a.csv", "case_id,activity\n1,a\n", 2, "in the mapping's `fields`"),
        ("a.csv", "case_id,activity,timestamp,activity\n", 1, "'activity'"),
        ("a.csv", "case_id,activity,timestamp\n1,a,2025-01-01Z\n1,a\n", 3, "3 columns"),
        ("a.csv", "case_id,activity,timestamp\n1,a,soon\n", 2, "'soon'"),
        ("a.csv", 'case_id,activity,timestamp\n1,"a,2025-01-01\n1,a,2025-01-01\n', 3, "no line of the table"),
        ("a.csv", "case_id,activity,timestamp\n,a,2025-01-01\n", 2, "has no name"),
        (
            "a.jsonl",
            '{"case_id": "1", "activity": "a", "timestamp": "2025-01-01"}\n{"case_id"\n',
            2,
            "not JSON",
        ),
        ("a.csv", "case_id,activity,timestamp\n1,a,0001-01-01T00:00:00+07:00\n", 2, "is not a time"),
        ("a.jsonl", '{"a": ' + "1" * 5_000 + "}", 1, "not JSON"),
        ("a.jsonl", '{"case_id": "\\ud800"}\n', 1, "not JSON"),
        ("a.jsonl", "[1]\n", 1, "must be a JSON object"),
        ("a.jsonl", "[" * 100_000, 1, "not JSON"),
        ("a.jsonl", '{"a": "' + "x" * 1_100_000 + '"}', 1, "longer than"),
        (
            "a.csv",
            "case_id,activity,timestamp,note\n1,a,2025-01-01," + "x" * 30_000 + "\n",
            2,
            "field larger",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_line_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, text: str, line: int, reason: str
) -> None:
    with pytest.raises(BrokenFile) as caught:
        read(written(tmp_path / name, text))
    assert (caught.value.line, reason in caught.value.reason) == (line, True), caught.value


def test_a_file_that_is_no_utf8_or_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenFile, match="UTF-8"):
        read(written(tmp_path / "a.csv", "case_id,activity,timestamp,Họ tên\n", "utf-16"))
    whole = gzip.compress(b"case_id,activity,timestamp\n" + b"1,a,2025-01-01\n" * 10_000)
    (tmp_path / "b.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenFile, match="truncated"):
        read(tmp_path / "b.csv.gz")


VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8).map(str.strip)
NAMES = st.sampled_from(["a", "b", "c"])


@given(st.lists(st.tuples(NAMES, VALUES, VALUES), min_size=1, max_size=20))
def test_any_table_is_read_as_the_steps_of_each_dossier_in_their_order(
    tmp_path_factory: pytest.TempPathFactory, rows: Sequence[tuple[str, str, str]]
) -> None:
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(["case_id", "activity", "timestamp", "note"])
    table.writerows([case, activity, "", note] for case, activity, note in rows)
    path = written(tmp_path_factory.mktemp("table") / "a.csv", lines.getvalue())
    found: dict[str, list[tuple[str, str]]] = {}
    for case in read(path):
        notes = [{a.key: a.value for a in step.attributes}["note"] for step in case.steps]
        found[case.case_id] = list(zip([s.activity for s in case.steps], notes, strict=True))
    meant: dict[str, list[tuple[str, str]]] = {}
    for name, activity, note in rows:
        meant.setdefault(name, []).append((activity, note))
    assert found == meant
    assert list(found) == list(meant)


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"fields": {"case": "a"}}, "either activity and time"),
        ({"fields": {"case": "a", "activity": "b"}}, "either activity and time"),
        ({"fields": {"case": "a", "activity": "b", "time": "c", "steps": [{}]}}, "either activity"),
        ({"fields": {"case": "a", "steps": [{"activity": "x"}]}}, "fields.steps[0]"),
        ({"fields": {"case": "a", "steps": "x"}}, "must be a list"),
        ({"fields": {"cases": "a"}}, "'cases'"),
        ({"fields": {"case": "a", "steps": [], "dates": {"due": "x"}}}, "either activity"),
        ({"delimiter": "ab"}, "one character"),
        ({"time_forms": "x"}, "time_forms"),
    ],
)
def test_fields_that_say_nothing_are_refused(form: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        read_mapping(json.dumps({"source": "r"} | form))
    assert reason in str(caught.value)
