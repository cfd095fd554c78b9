"""Events as rows of a Parquet file, packed by Zstandard. The port `TableFile`.

Row groups are bounded in rows and in bytes of `data`, which bounds the memory of whoever writes and reads.
What the file is an export of stands in its key-value metadata, under `hoso.*`. pyarrow comes with the extra
`parquet` and is read here when such a file is written, never before
(docs/decisions/0023-parquet-is-an-extra.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from application.export_ports import Counts, Extent, TableRow
from infra.export_target import Target, target
from infra.ocel_sqlite import stored

ENDINGS = (".parquet",)
GROUP_ROWS = 20_000
GROUP_BYTES = 16 * 1024 * 1024


class ParquetMissing(Exception):
    """The package that writes it is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "Parquet files are written with pyarrow, which is not installed here: pip install"
            " 'hoso[parquet]'. Or export events instead, which DuckDB reads as well."
        )


class ParquetDraft:
    """A file that is being written."""

    def __init__(self, place: Target, extent: Extent, arrow: Any, writer: Any) -> None:
        self._place = place
        self._extent = extent
        self._arrow = arrow
        self._writer = writer
        self._rows: list[tuple[Any, ...]] = []
        self._bytes = 0
        self._counts = Counts()

    def add(self, rows: Sequence[TableRow]) -> None:
        for row in rows:
            data = orjson.dumps(row.data, option=orjson.OPT_UTC_Z).decode()
            self._rows.append((*row[:-1], data))
            self._bytes += len(data)
            if len(self._rows) >= GROUP_ROWS or self._bytes >= GROUP_BYTES:
                self._group()
        self._counts.events += len(rows)

    def end(self) -> Counts:
        self._group()
        self._writer.close()
        self._place.keep()
        return self._counts

    def _group(self) -> None:
        if not self._rows:
            return
        schema = self._writer.schema
        columns = zip(*self._rows, strict=True)
        arrays = [self._arrow.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
        table = self._arrow.Table.from_arrays(arrays, schema=schema)
        self._writer.write_table(table, row_group_size=len(self._rows))
        self._rows, self._bytes = [], 0


def schema_of(arrow: Any, extent: Extent) -> Any:
    """The columns, in the order of `TableRow`, and what the file says of itself."""
    text, whole, at = arrow.string(), arrow.int64(), arrow.timestamp("us", tz="UTC")
    kinds = {
        "position": whole,
        "time": at,
        "recorded_at": at,
        "version": whole,
        "rules": arrow.list_(text),
        "leaf": arrow.binary(32),
    }
    optional = {"dossier_code", "holder", "holder_id", "acting_agency", "posting"}
    fields = [arrow.field(n, kinds.get(n, text), nullable=n in optional) for n in TableRow._fields]
    said = {name: value for name, value in extent.stated().items() if value is not None}
    events = extent.last - extent.first + 1
    metadata = {f"hoso.{name}": _text(value) for name, value in {**said, "events": events}.items()}
    return arrow.schema(fields, metadata=metadata)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(stored(value))


@contextmanager
def open_parquet(path: Path, extent: Extent, *, force: bool) -> Iterator[ParquetDraft]:
    """A file to fill. Raises ParquetMissing, TargetExists, OSError."""
    try:
        import pyarrow  # type: ignore[import-untyped]
        from pyarrow import parquet
    except ImportError:
        raise ParquetMissing from None
    with target(path, force=force) as place:
        writer = parquet.ParquetWriter(place.draft, schema_of(pyarrow, extent), compression="zstd")
        try:
            yield ParquetDraft(place, extent, pyarrow, writer)
        finally:
            writer.close()
