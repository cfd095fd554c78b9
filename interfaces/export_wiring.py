"""Builds what an export reads and the file that it fills. One of the builders of
tests/test_architecture.py."""

from __future__ import annotations

from application.exporting import Exporting
from infra import event_lines, ocel_file, parquet_file, xes_file
from infra.event_lines import open_lines
from infra.export_target import TargetExists
from infra.ocel_file import open_ocel
from infra.parquet_file import ParquetMissing, open_parquet
from infra.xes_file import open_xes
from interfaces.wiring import Opened

OCEL_ENDINGS = ocel_file.ENDINGS
EVENT_ENDINGS = event_lines.ENDINGS
XES_ENDINGS = xes_file.ENDINGS
PARQUET_ENDINGS = parquet_file.ENDINGS

__all__ = [
    "EVENT_ENDINGS",
    "OCEL_ENDINGS",
    "PARQUET_ENDINGS",
    "XES_ENDINGS",
    "ParquetMissing",
    "TargetExists",
    "exporting",
    "open_lines",
    "open_ocel",
    "open_parquet",
    "open_xes",
]


def exporting(opened: Opened) -> Exporting:
    """What reads the open ledger."""
    services = opened.services
    return Exporting(services.ledger, services.reader, opened.tlog, services.feed, services.ledger_id)
