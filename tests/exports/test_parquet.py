"""Parquet: a row for each event, in bounded groups, read by pyarrow."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from pyarrow import parquet  # type: ignore[import-untyped]

from application.export_ports import Counts
from application.exporting import export_table, extent
from infra import parquet_file
from infra.parquet_file import ParquetMissing, open_parquet
from tests.exports.conftest import Ledger
from tests.exports.life import NAMES


async def exported(ledger: Ledger, path: Path, *span: int) -> Counts:
    found, known = await extent(ledger.exporting, ledger.auditor, *span)
    with open_parquet(path, found, force=True) as file:
        return await export_table(ledger.exporting, found, known, file, lambda done, total: None)


async def test_every_event_is_a_row_with_what_the_log_has(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    counts = await exported(ledger, path)
    rows: list[dict[str, Any]] = parquet.read_table(path).to_pylist()
    stored = await ledger.attested.recorder.events_after(0, 100_000)
    assert len(rows) == counts.events == len(stored)
    served = (await ledger.exporting.feed.page(ledger.auditor, 0, 100_000)).events
    for row, one, event in zip(rows, stored, served, strict=True):
        state = orjson.loads(one.payload)
        assert (row["position"], row["version"]) == (one.position, one.version)
        assert (row["stream"], row["leaf"]) == (str(one.stream_id), one.leaf)
        assert row["recorded_at"] == one.recorded_at
        assert row["time"].isoformat(timespec="microseconds") == state["occurred_at"].replace("Z", "+00:00")
        assert (row["actor"], row["actor_id"]) == (state["actor"]["kind"], state["actor"]["id"])
        assert (row["posting"], row["acting_agency"]) == (state["posting_id"], state["acting_agency"])
        assert row["rules"] == state["rules"]
        assert row["type"] == event["type"]
        assert orjson.loads(row["data"]) == orjson.loads(orjson.dumps(event["data"], option=orjson.OPT_UTC_Z))
        about_one = "dossier_code" in event["data"]
        assert row["dossier_code"] == (event["subject"] if about_one else None)
        holder = event["data"]["holder"] if about_one else None
        assert (row["holder"], row["holder_id"]) == (
            (holder["identifier"], str(holder["agency"])) if holder else (None, None)
        )
    content = "".join(row["data"] for row in rows)
    assert not [name for name in NAMES if name in content]


async def test_it_says_what_it_is_an_export_of(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "log.parquet"
    counts = await exported(ledger, path, 3, 40)
    said = parquet.read_metadata(path).metadata
    assert (said[b"hoso.from_position"], said[b"hoso.to_position"]) == (b"3", b"40")
    assert int(said[b"hoso.events"]) == counts.events == 38
    assert said[b"hoso.attested"] == b"true"
    assert said[b"hoso.checkpoint"].decode().startswith(f"{ledger.attested.origin}\n")


async def test_groups_of_rows_are_bounded(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "log.parquet"
    monkeypatch.setattr(parquet_file, "GROUP_ROWS", 7)
    await exported(ledger, path, 1, 30)
    file = parquet.read_metadata(path)
    assert [file.row_group(n).num_rows for n in range(file.num_row_groups)] == [7, 7, 7, 7, 2]
    monkeypatch.setattr(parquet_file, "GROUP_BYTES", 1)
    await exported(ledger, path, 1, 30)
    assert parquet.read_metadata(path).num_row_groups == 30


async def test_without_its_package_the_way_out_is_said(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ParquetMissing, match=r"hoso\[parquet\]"):
        await exported(ledger, tmp_path / "log.parquet")
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240
