"""A catalogue or calendar that cannot be used is refused with its name, the entry, the field and its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra import reference
from infra.calendar_documents import read_calendar
from infra.procedure_documents import read_procedures
from infra.reference_input import MAX_DOCUMENT, FileProblem


def own_entry() -> dict[str, Any]:
    content = json.loads(reference.PROCEDURES.read_text(encoding="utf-8"))
    entry: dict[str, Any] = next(e for e in content["procedures"] if e["code"] == "1.004222")
    return entry


def written(folder: Path, *entries: object, name: str = "catalogue.json") -> Path:
    content = {"format": "hoso.procedures.v1", "source": "test", "procedures": list(entries)}
    path = folder / name
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return path


def refused(path: Path) -> FileProblem:
    with pytest.raises(FileProblem) as caught:
        list(read_procedures(path))
    return caught.value


LIMIT = {
    "channel": "counter",
    "limit_amount": 1,
    "limit_unit": "hour",
    "limit_origin": "sourced",
    "fee_vnd": None,
    "doubt": None,
}
PAPER = {"id": "C1", "name": "Tờ khai", "copies": 1, "origin": "assumed"}


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", None, "name: Input should be a valid string"),
        ("name", 7, "name: Input should be a valid string"),
        ("name", "x" * 1_001, "name: String should have at most 1000 characters"),
        ("name", "  ", "name: Value error, it is blank"),
        ("level_after", "district", "level_after: Input should be 'commune', 'province' or 'abolished'"),
        ("channels", [], "channels: List should have at least 1 item"),
        ("channels", [LIMIT | {"limit_amount": 0}], "channels.0.limit_amount"),
        ("channels", [LIMIT | {"limit_amount": "7"}], "channels.0.limit_amount"),
        ("channels", [LIMIT | {"limit_unit": "week"}], "channels.0.limit_unit"),
        ("channels", [LIMIT | {"limit_unit": None}], "limit_amount without limit_unit"),
        ("channels", [LIMIT, LIMIT], "a channel is named twice"),
        ("components", [PAPER, PAPER], "two components have the same id"),
        ("result_code", "KQ-1", "result_code: String should match pattern"),
        ("colour", "red", "colour: Extra inputs are not permitted"),
    ],
)
def test_a_faulty_field_is_named_with_its_entry(
    tmp_path: Path, field: str, value: object, words: str
) -> None:
    problem = refused(written(tmp_path, own_entry() | {field: value}))
    assert words in problem.reason
    assert "1.004222" in problem.reason
    assert problem.line == 6


def test_a_missing_field_is_named(tmp_path: Path) -> None:
    entry = own_entry()
    del entry["place_basis"]
    assert "place_basis: Field required" in refused(written(tmp_path, entry)).reason


def test_a_malformed_code_is_named(tmp_path: Path) -> None:
    assert (
        "code: String should match pattern"
        in refused(written(tmp_path, own_entry() | {"code": "1.42"})).reason
    )


def test_an_entry_of_another_kind_is_refused(tmp_path: Path) -> None:
    assert refused(written(tmp_path, ["1.004222"])).reason
    assert refused(written(tmp_path, own_entry() | {"code": {"a": "b"}})).reason


def test_a_second_entry_of_a_code_is_refused_also_across_the_files_of_a_folder(tmp_path: Path) -> None:
    written(tmp_path, own_entry(), name="a.json")
    assert len(list(read_procedures(tmp_path))) == 1
    written(tmp_path, own_entry(), name="b.json")
    problem = refused(tmp_path)
    assert problem.path == tmp_path / "b.json"
    assert "stands already in a.json" in problem.reason


def test_a_truncated_document_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cut.json"
    text = reference.PROCEDURES.read_text(encoding="utf-8")
    path.write_text(text[: len(text) // 2], encoding="utf-8")
    problem = refused(path)
    assert "not JSON" in problem.reason
    assert problem.line is not None
    assert problem.line > 100


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"format": "hoso.calendar.v1"}', "[" * 200_000, "NaN"]
)
def test_a_document_of_another_kind_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    assert refused(path).reason


def test_a_huge_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    path.write_bytes(b" " * (MAX_DOCUMENT + 1))
    assert "larger than" in refused(path).reason


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert "no .json file" in refused(tmp_path).reason


DAY_OFF = {"date": "2030-01-01", "name_vi": "Tết", "name_en": "New Year", "known_from": None}


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ([DAY_OFF, DAY_OFF], "a day is named twice"),
        ([DAY_OFF | {"date": "2031-01-01"}], "a day of another year"),
        ([DAY_OFF | {"date": "2030-02-30"}], "days_off.0.date"),
        ([DAY_OFF | {"known_from": "soon"}], "days_off.0.known_from"),
    ],
)
def test_a_faulty_calendar_is_refused(tmp_path: Path, days: list[dict[str, Any]], words: str) -> None:
    year = {"year": 2030, "forecast": True, "days_off": days, "worked_days": []}
    path = tmp_path / "calendar.json"
    content = {"format": "hoso.calendar.v1", "country": "VN", "source": "test", "years": [year]}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    with pytest.raises(FileProblem) as caught:
        list(read_calendar(path))
    assert "year 2030" in caught.value.reason
    assert words in caught.value.reason
