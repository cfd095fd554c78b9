"""Exports of earlier systems by the ending of their name: event logs, tables, JSON lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path

from domain.imported_case import ImportedCase
from domain.imported_fields import RecordForm
from infra.record_cases import cases_of
from infra.record_lines import json_records, table_records
from infra.xes import read_cases

EVENT_LOGS, TABLES, JSON_LINES = (".xes",), (".csv",), (".jsonl", ".ndjson")
ENDINGS = tuple(ending + packed for ending in EVENT_LOGS + TABLES + JSON_LINES for packed in ("", ".gz"))


def read_export(path: Path, zone: tzinfo | None, form: RecordForm) -> Iterator[ImportedCase]:
    """The dossiers of a file whose name has one of ENDINGS. Raises BrokenFile."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith(EVENT_LOGS):
        return read_cases(path, zone=zone)
    records = table_records(path, form.delimiter) if name.endswith(TABLES) else json_records(path)
    return cases_of(path, records, form, zone)
