"""CloudEvents as lines of JSON, packed by gzip where the name says so. The port `LinesFile`.

The first line is an event too: what the file is an export of. Reading a file to its end shows whether it is
whole: it says how many lines follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from application.export_ports import Counts, Extent
from infra.export_target import Target, target

ENDINGS = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
DESCRIBED = "hoso.export.described.v1"
_LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z


class EventLines:
    """A file that is being written."""

    def __init__(self, place: Target, file: BinaryIO, extent: Extent) -> None:
        self._place = place
        self._file = file
        self._counts = Counts()
        self._file.write(orjson.dumps(described(extent), option=_LINE))

    def add(self, events: Sequence[Mapping[str, Any]]) -> None:
        self._file.writelines(orjson.dumps(event, option=_LINE) for event in events)
        self._counts.events += len(events)

    def end(self) -> Counts:
        self._file.close()
        self._place.keep()
        return self._counts


def described(extent: Extent) -> dict[str, Any]:
    """The first line: of a type of its own, and without a position, since it is none of the log's events."""
    events = extent.last - extent.first + 1
    return {
        "specversion": "1.0",
        "id": f"export-{extent.first}-{extent.last}",
        "source": f"urn:hoso:ledger:{extent.ledger}",
        "type": DESCRIBED,
        "datacontenttype": "application/json",
        "data": {**extent.stated(), "events": events},
    }


@contextmanager
def open_lines(path: Path, extent: Extent, *, force: bool) -> Iterator[EventLines]:
    """A file to fill. Raises TargetExists, OSError."""
    with target(path, force=force) as place, place.written() as file:
        yield EventLines(place, file, extent)
