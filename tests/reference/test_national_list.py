"""The national list as it is, row by row: what its texts say against its fields, and the whole of it against
the counts that its own description and the reference give."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from application.catalogue_report import report_of
from infra.national_doubts import counted_in, doubts_of, several_limits
from infra.national_list import CHANNEL_COLUMNS, is_national, read_national
from infra.programme_document import read_programme
from infra.reference_input import FileProblem
from tests.reference.national import SAMPLE, SHARED, sample


def row(value: str = "7", unit: str = "Ngày", text: str = "", **more: str) -> dict[str, str]:
    empty = dict.fromkeys(CHANNEL_COLUMNS, "")
    return empty | {"time_value": value, "time_unit": unit, "description": text} | more


def doubts(one: dict[str, str]) -> set[str]:
    return doubts_of(one, code_disagrees=False, district_named=False)


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("trong 07 ngày làm việc", {(7, "Ngày làm việc")}),
        ("07 (bảy) ngày làm việc, 10 ngày", {(7, "Ngày làm việc"), (10, "Ngày")}),
        ("theo Thông tư ngày 05/02/2024, 30 ngày", {(30, "Ngày")}),
        ("ngày 01 tháng 7 năm 2025, 2 tháng", {(2, "Tháng")}),
        ("08 giờ làm việc; 24 giờ", {(8, "Giờ làm việc"), (24, "Giờ")}),
        ("1.500 ngày; 12/2024 ngày", set()),
    ],
)
def test_amounts_of_time_are_read_from_a_text(text: str, counted: set[tuple[int, str]]) -> None:
    assert counted_in(text) == counted


@pytest.mark.parametrize(
    ("one", "reasons"),
    [
        (row(), set()),
        (row("7", "Ngày làm việc", "07 ngày làm việc"), set()),
        (row("7", "Ngày", "07 ngày làm việc"), {"unit_contradicted"}),
        (row("7", "Ngày làm việc", "07 ngày"), {"unit_contradicted"}),
        (row("7", "Ngày làm việc", "07 ngày làm việc, sau đó 07 ngày"), set()),
        (row("12", "Giờ", "12 giờ làm việc"), {"unit_contradicted"}),
        (row("30", "Ngày", "(1) 30 ngày; (3) 07 ngày làm việc"), set()),
        (row("10", "Ngày", "05 ngày làm việc, rồi 05 ngày làm việc"), {"counted_otherwise"}),
        (row("10", "Ngày làm việc", "20 ngày làm việc với cây cần bảo tồn"), {"number_contradicted"}),
        (row("10", "Ngày", "05 ngày, rồi 05 ngày"), {"number_contradicted"}),
        (row("10", "Ngày", "05 ngày làm việc, 10 ngày"), set()),
        (row("7", "Ngày", "07 ngày làm việc, 10 ngày"), {"unit_contradicted"}),
        (row("10001", "Ngày"), {"not_whole"}),
        (row("9" * 40, "Ngày"), {"not_whole"}),
        (row("10000", "Ngày"), set()),
        (row("1", ""), {"unit_missing"}),
        (row("0", ""), {"unit_missing", "not_whole"}),
        (row("1.5", "Ngày làm việc"), {"not_whole"}),
        (row("", ""), set()),
        (row("", "", "Công an cấp huyện"), set()),
        (row("7", "Ngày", "Công an cấp huyện"), {"district_named"}),
        (row("", "", "120 VNĐ", time_flag="time and fee run together in source"), {"time_and_fee"}),
    ],
)
def test_a_row_is_doubted_where_number_unit_and_text_do_not_agree(
    one: dict[str, str], reasons: set[str]
) -> None:
    assert doubts(one) == reasons


def test_rows_of_one_channel_are_cases_only_where_each_text_says_so() -> None:
    cases = [row("2", text="Trường hợp không xác minh"), row("4", text="Trường hợp xác minh")]
    steps = [row("2", text="Bộ phận một cửa"), row("5", text="Cơ quan chuyên môn")]
    alike = [row("2", text="Trường hợp một"), row("4", text="Trường hợp một")]
    nothing = [row("", "", "Tại xã"), row("", "", "Tại tỉnh")]
    assert [several_limits(rows) for rows in (cases, steps, alike, nothing)] == [False, True, True, False]


def test_a_folder_with_both_tables_is_the_national_list(tmp_path: Path) -> None:
    assert is_national(SAMPLE)
    assert not is_national(tmp_path)
    assert not is_national(SAMPLE / "tthc_channels.csv")


def test_the_sample_has_the_counts_of_its_seventeen_codes() -> None:
    report = report_of(sample().values())
    with (SAMPLE / "tthc_channels.csv").open(encoding="utf-8") as file:
        assert report["channels"] == len(list(csv.DictReader(file))) == 46
    found = {name: report[name] for name in ("procedures", "doubtful", "codes_disagree", "commune_level")}
    assert found == {"procedures": 17, "doubtful": 18, "codes_disagree": 2, "commune_level": 16}


PROGRAMME = """{"format": "hoso.programme.v1", "programme": "made-up", "official_count": 2,
 "valid_from": "2026-07-01", "valid_until": null, "source": "tests",
 "codes": ["1.000656", "1.001193"]}"""


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ('"1.000656", ', '"1.001193", ', ":3: the code 1.001193 stands already above"),
        ('"official_count": 2', '"official_count": "2"', "official_count"),
        ('"2026-07-01"', '"01/07/2026"', "valid_from"),
        ('"made-up"', '"Danh mục 25"', "programme"),
        ('"1.000656"', '"khai sinh"', "codes.0"),
        ("hoso.programme.v1", "hoso.programme.v2", "format"),
    ],
)
def test_a_programme_that_is_written_wrongly_is_refused(
    tmp_path: Path, was: str, now: str, words: str
) -> None:
    file = tmp_path / "programme.json"
    file.write_text(PROGRAMME, encoding="utf-8")
    assert read_programme(file)["codes"] == ["1.000656", "1.001193"]
    file.write_text(PROGRAMME.replace(was, now), encoding="utf-8")
    with pytest.raises(FileProblem, match=words):
        read_programme(file)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/procedures is not here")
def test_the_whole_list_has_the_counts_that_its_description_and_the_reference_give() -> None:
    listed = list(read_national(SHARED))
    report = report_of(listed)
    assert {name: report[name] for name in report if isinstance(report[name], int)} == {
        "procedures": 2_642,
        "channels": 7_084,
        "procedures_without_channel": 13,
        "doubtful": 1_468,
        "procedures_doubtful": 542,
        "no_limit_named": 340,
        "number_without_unit": 757,
        "time_and_fee_together": 104,
        "days_though_text_has_working_days": 99,
        "procedures_days_though_text_has_working_days": 37,
        "codes_disagree": 17,
        "limits_differ_between_rows": 232,
        "limits_differ_by_channel": 168,
        "several_limits_in_a_channel": 73,
        "fees_differ_by_channel": 90,
        "district_named": 35,
        "commune_level": 588,
        "commune_level_with_number": 522,
    }
    assert {reason: tuple(found.values()) for reason, found in report["doubts"].items()} == {
        "unit_missing": (757, 313),
        "not_whole": (12, 3),
        "unit_contradicted": (107, 45),
        "counted_otherwise": (19, 7),
        "number_contradicted": (233, 78),
        "time_and_fee": (104, 55),
        "district_named": (94, 35),
        "code_disagrees": (51, 17),
        "several_limits": (184, 38),
    }
    assert report["units"] == {
        "working_day": 4_155,
        "calendar_day": 1_577,
        "hour": 137,
        "month": 14,
        "none": 1_201,
    }
    ours, theirs = sample(), {one.code: one for one in listed}
    same = ("channel", "case", "limit_amount", "limit_unit", "fee_vnd", "listed_time", "listed_fee", "doubts")
    for code, one in ours.items():
        assert [[line[k] for k in same] for line in one.version["channels"]] == [
            [line[k] for k in same] for line in theirs[code].version["channels"]
        ], code
