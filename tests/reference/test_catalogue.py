"""The project's own catalogue: its shape, its variety, and its agreement with ../shared/data/procedures."""

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra import reference
from infra.procedure_documents import ProcedureEntry, read_procedures

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "procedures"
CHANNELS = {"Trực tiếp": "counter", "Trực tuyến": "online", "Dịch vụ bưu chính": "post"}
UNITS = {"Ngày làm việc": "working_day", "Ngày": "calendar_day", "Giờ": "hour", "Tháng": "month"}


@pytest.fixture(scope="module")
def catalogue() -> list[ProcedureEntry]:
    return list(read_procedures(reference.PROCEDURES))


def test_the_catalogue_covers_each_fate_of_a_procedure(catalogue: list[ProcedureEntry]) -> None:
    fates = [(entry["level_before"], entry["level_after"]) for entry in catalogue]
    assert 28 <= len(catalogue) <= 35
    assert sum(after == "commune" for _, after in fates) >= 18
    assert sum(after == "province" for _, after in fates) >= 6
    assert fates.count(("district", "abolished")) >= 3
    assert ("district", "commune") in fates
    assert ("district", "province") in fates


def test_the_catalogue_covers_each_kind_of_limit(catalogue: list[ProcedureEntry]) -> None:
    limits = [limit for entry in catalogue for limit in entry["channels"]]
    assert {limit["limit_unit"] for limit in limits} == {"working_day", "calendar_day", "hour", "month", None}
    by_channel = [{(c["limit_amount"], c["limit_unit"]) for c in entry["channels"]} for entry in catalogue]
    assert any(len(found) == 3 for found in by_channel), "one procedure has three different limits"
    assert {entry["place_basis"] for entry in catalogue} == {"residence", "parcel", "seat", "registration"}


def test_what_no_source_gives_is_marked_assumed(catalogue: list[ProcedureEntry]) -> None:
    for entry in catalogue:
        assert entry["level_after"] != "abolished" or entry["level_after_origin"] == "assumed"
        assert all(c["doubt"] for c in entry["channels"] if c["limit_origin"] == "assumed"), entry["code"]


def shared_rows(name: str) -> Iterator[dict[str, str]]:
    text = gzip.decompress((SHARED / name).read_bytes()).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text))


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/procedures is not here")
def test_codes_names_and_levels_agree_with_the_crawl(catalogue: list[ProcedureEntry]) -> None:
    crawl = {row["code"]: row for row in shared_rows("tthc_procedures.csv.gz")}
    level = {"commune": "Cấp xã", "province": "Cấp tỉnh"}
    for entry in catalogue:
        row = crawl[entry["code"]]
        assert entry["name"] == " ".join(row["name"].split()).rstrip(".")
        assert entry["decision_no"] == row["decision_no"]
        if entry["level_after_origin"] == "sourced":
            assert row["level"].removesuffix(", Cơ quan khác") == level[entry["level_after"]]


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data/procedures is not here")
def test_every_sourced_limit_stands_in_the_crawl(catalogue: list[ProcedureEntry]) -> None:
    published: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    channels: dict[str, set[str]] = defaultdict(set)
    for row in shared_rows("tthc_channels.csv.gz"):
        channels[row["code"]].add(CHANNELS[row["channel"]])
        if row["time_value"].isdigit() and row["time_unit"] in UNITS:
            stated = (int(row["time_value"]), UNITS[row["time_unit"]])
            published[row["code"], CHANNELS[row["channel"]]].append(stated)
    for entry in catalogue:
        assert {limit["channel"] for limit in entry["channels"]} == channels[entry["code"]]
        for limit in entry["channels"]:
            found = published[entry["code"], limit["channel"]]
            if limit["limit_origin"] == "sourced":
                assert (limit["limit_amount"], limit["limit_unit"]) in found
                assert len(set(found)) == 1 or limit["doubt"]
            else:
                assert not found, f"{entry['code']}: the crawl has a limit, so it is not assumed"
