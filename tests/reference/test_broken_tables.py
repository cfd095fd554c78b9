"""A table that cannot be used is refused with its name, its line and one sentence."""

import gzip
from pathlib import Path

import pytest

from infra import reference
from infra.reference_files import SUCCESSION_COLUMNS, UNIT_COLUMNS, read_succession, read_units
from infra.reference_input import MAX_LINE, FileProblem

UNITS_HEAD = ",".join(UNIT_COLUMNS)
PROVINCE = "old,province,24,Tỉnh Bắc Giang,Tỉnh,,24,,2025-07-01"
DISTRICT = "old,district,213,Thành phố Bắc Giang,Thành phố,24,24,,2025-07-01"
LINKS_HEAD = ",".join(SUCCESSION_COLUMNS)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def units_problem(path: Path) -> FileProblem:
    with pytest.raises(FileProblem) as caught:
        list(read_units(path))
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    return caught.value


def test_a_sound_table_is_read_plain_and_packed_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    plain = written(tmp_path, UNITS_HEAD, PROVINCE, DISTRICT)
    packed, marked = tmp_path / "packed.csv.gz", tmp_path / "marked.csv"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    marked.write_bytes(b"\xef\xbb\xbf" + plain.read_bytes().replace(b"\n", b"\r\n"))
    assert list(read_units(plain)) == list(read_units(packed)) == list(read_units(marked))
    assert [unit.code for unit in read_units(plain)] == ["24", "213"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("old,province,24,Tỉnh Bắc Giang,Tỉnh,,24", "9 columns are needed, 7 are there"),
        ("old,hamlet,24,X,Y,,24,,", "level is 'hamlet'"),
        ("later,province,24,X,Y,,24,,", "era is 'later'"),
        ("old,province,2A,X,Y,,24,,", "code is '2A'"),
        ("old,province,٢٤,X,Y,,24,,", "the code of a province has 2 digits"),
        ("old,commune,721,X,Y,213,24,,", "the code of a commune has 5 digits"),
        ("old,province,24,,Y,,24,,", "name is missing"),
        (f"old,province,24,{'X' * 201},Y,,24,,", "name has 201 characters, 200 are allowed"),
        ("old,province,24,X\x07Y,Z,,24,,", "name contains a control character"),
        ("old,province,24,X,Y,,24,2025-13-01,", "valid_from is '2025-13-01'"),
        ("old,province,24,X,Y,,24,20250701,", "write a date like 2025-07-01"),
        ("old,province,24,X,Y,,24,2025-07-01,2025-07-01", "is not after valid_from"),
        ("old,province,24,X,Y,27,24,,", "a province has none"),
        ("old,district,213,X,Y,27,24,,", "they must be the same"),
        ("old,province,24,X,Y,,27,,", "it must be the same"),
        ('old,province,24,"X,Y,,24,,', "a quotation mark is not closed"),
        (PROVINCE, "stands already in line 2"),
        ("x" * (MAX_LINE + 1), "the line is longer than"),
        ("x" * (5 * MAX_LINE), "the line is longer than"),
    ],
)
def test_a_faulty_unit_row_is_named_by_its_line(tmp_path: Path, row: str, words: str) -> None:
    problem = units_problem(written(tmp_path, UNITS_HEAD, PROVINCE, row, DISTRICT))
    assert problem.line == 3
    assert words in problem.reason


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("07210,213,07210,half,1", "relation is 'half'"),
        ("07210,213,07210,part,yes", "default_successor is 'yes'"),
        ("07210,213,07210,whole,0", "default_successor must be 1"),
        ("7210,213,07210,whole,1", "old_commune_code is '7210'"),
        ("07210,,07210,whole,1", "old_district_code is ''"),
        ("07210,213,,whole,1", "new_commune_code is ''"),
        ("07201,213,07210,part,0", "stands already in line 2"),
    ],
)
def test_a_faulty_link_is_named_by_its_line(tmp_path: Path, row: str, words: str) -> None:
    path = written(tmp_path, LINKS_HEAD, "07201,213,07210,whole,1", row)
    with pytest.raises(FileProblem) as caught:
        list(read_succession(path))
    assert caught.value.line == 3
    assert words in caught.value.reason


def test_wrong_columns_are_named(tmp_path: Path) -> None:
    problem = units_problem(written(tmp_path, UNITS_HEAD.replace("valid_to", "until"), PROVINCE))
    assert problem.line == 1
    assert "missing valid_to; unknown until" in problem.reason


def test_the_table_of_another_kind_is_refused() -> None:
    assert "missing" in units_problem(reference.SUCCESSION).reason


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.csv"
    path.touch()
    assert "the file is empty" in units_problem(path).reason


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "units.csv.gz"
    whole = gzip.compress(reference.UNITS.read_bytes())
    path.write_bytes(whole[: len(whole) // 2])
    assert "cut off" in units_problem(path).reason


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "units.csv.gz"
    whole = bytearray(gzip.compress(reference.UNITS.read_bytes()))
    whole[len(whole) // 2 : len(whole) // 2 + 40] = bytes(40)
    path.write_bytes(whole)
    assert units_problem(path).reason


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes(UNITS_HEAD.encode() + b"\n\xfe\xffold\n")
    problem = units_problem(path)
    assert problem.line == 2
    assert "not UTF-8" in problem.reason


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "no such file" in units_problem(tmp_path / "nowhere.csv").reason
    assert "folder" in units_problem(tmp_path).reason
