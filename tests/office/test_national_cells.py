"""Cells of a list that say what nobody knows or means: refused with their line, or loaded as a doubt."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.national_list import Listed, read_national
from infra.reference_input import FileProblem
from tests.office.listed_procedures import (
    LAND,
    decide,
    loaded,
    registrar,
)
from tests.office.world import Office
from tests.reference.national import SAMPLE


@pytest.mark.parametrize(
    ("table", "was", "now", "words"),
    [
        (
            "tthc_channels.csv",
            "Trực tuyến",
            "Bằng thư",
            r":\d+: the channel 'Bằng thư' is not known; known are: Trực tiếp, Trực tuyến, ",
        ),
        ("tthc_channels.csv", "Ngày làm việc", "Tuần", r":\d+: the unit 'Tuần' is not known; known are: Ng"),
        ("tthc_channels.csv", "1.001193,", "9.999999,", r"tthc_channels.csv:\d+: 9.999999 stands in no row"),
        (
            "tthc_procedures.csv",
            "Cấp xã",
            "Cấp thôn",
            r":\d+: the level 'Cấp thôn' is not known; known are",
        ),
        ("tthc_procedures.csv", "khai sinh", "khai\0sinh", r":\d+: name has the character U\+0000"),
        ("tthc_procedures.csv", "1.001193,", "1.000656,", "the code stands already above"),
        ("tthc_procedures.csv", "1.001193,", "khai sinh,", "is no procedure code"),
    ],
)
def test_a_list_with_words_that_nobody_knows_is_refused_with_its_line(
    tmp_path: Path, table: str, was: str, now: str, words: str
) -> None:
    for file in SAMPLE.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(text.replace(was, now) if file.name == table else text, "utf-8")
    with pytest.raises(FileProblem, match=words):
        list(read_national(tmp_path))


def with_cells(folder: Path, was: str, now: str) -> list[Listed]:
    for file in SAMPLE.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        (folder / file.name).write_text(text.replace(was, now), encoding="utf-8")
    return list(read_national(folder))


async def test_an_amount_or_a_fee_that_nobody_can_mean_is_a_doubt_and_not_a_fault(
    office: Office, tmp_path: Path
) -> None:
    listed = with_cells(tmp_path, "1.013978,Trực tiếp,27,", "1.013978,Trực tiếp,27000,")
    (land,) = (one for one in listed if one.code == LAND)
    line = next(line for line in land.version["channels"] if line["channel"] == "counter")
    assert (line["limit_amount"], line["listed_time"]) == (None, "27000")
    assert "not_whole" in line["doubts"]
    await loaded(office, [land])
    who = await registrar(office)
    await decide(office, who, 27, LAND)


def test_a_fee_beyond_any_is_unknown_and_stands_as_it_is_listed(tmp_path: Path) -> None:
    listed = with_cells(tmp_path, ",20000,Việt Nam Đồng,", f",{10**13},Việt Nam Đồng,")
    before = {one.code: one for one in read_national(SAMPLE)}
    changed = [one for one in listed if one.version != before[one.code].version]
    assert changed
    for one in changed:
        assert None in [line["fee_vnd"] for line in one.version["channels"]]
