"""Lines of a table (.csv) or of JSON documents (.jsonl, .ndjson), plain or packed, as dictionaries.

Promises: memory is bounded by one record; every fault is a BrokenFile with line and reason. A table's first
line names its columns; values may hold line breaks within quotation marks.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from infra.xes import GZIP_MAGIC, BrokenFile

LINE_CHARACTERS = 1_048_576
FILE_CHARACTERS = 4 * 1024**3
VALUE_CHARACTERS = 20_000
COLUMNS = 500
DELIMITERS = ",;\t|"

Record = dict[str, Any]


def table_records(path: Path, delimiter: str = "") -> Iterator[tuple[int, Record]]:
    """Line and values by column; a column without a value has an empty text. Raises BrokenFile."""
    with _text(path) as text:
        lines = _lines(path, text)
        first = next(lines, "")
        by = delimiter or max(DELIMITERS, key=first.count)
        columns = _columns(path, first, by)
        csv.field_size_limit(VALUE_CHARACTERS)
        reader = csv.reader(lines, delimiter=by, strict=True)
        try:
            for values in reader:
                if not values:
                    continue
                if len(values) != len(columns):
                    reason = f"{len(columns)} columns are named in line 1, {len(values)} are here"
                    raise BrokenFile(path, 1 + reader.line_num, reason)
                yield 1 + reader.line_num, dict(zip(columns, values, strict=True))
        except csv.Error as error:
            raise BrokenFile(path, 1 + reader.line_num, f"this is no line of the table ({error})") from error


def json_records(path: Path) -> Iterator[tuple[int, Record]]:
    """Line and object; empty lines are left out. Raises BrokenFile."""
    with _text(path) as text:
        for number, line in enumerate(_lines(path, text), 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                if "\\ud" in line.lower():  # half of a letter, which cannot be written again
                    json.dumps(record, ensure_ascii=False).encode()
            except (ValueError, RecursionError) as error:
                raise BrokenFile(path, number, f"this is not JSON ({error})") from error
            if not isinstance(record, dict):
                raise BrokenFile(path, number, "each line must be a JSON object")
            yield number, record


def _lines(path: Path, text: TextIO) -> Iterator[str]:
    """Each line with its end. Raises BrokenFile where one, or all together, are longer than any export."""
    number = total = 0
    while line := text.readline(LINE_CHARACTERS + 1):
        number, total = number + 1, total + len(line)
        if len(line) > LINE_CHARACTERS:
            raise BrokenFile(path, number, f"the line is longer than {LINE_CHARACTERS:,} characters")
        if total > FILE_CHARACTERS:
            raise BrokenFile(
                path, number, f"the file is longer than {FILE_CHARACTERS:,} characters (unpacked)"
            )
        yield line


def _columns(path: Path, first: str, delimiter: str) -> list[str]:
    if not first.strip():
        raise BrokenFile(path, 1, "the file is empty; its first line must name the columns")
    columns = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
    twice = sorted({name for name in columns if columns.count(name) > 1 or not name})
    if twice:
        raise BrokenFile(path, 1, f"every column needs a name of its own: {twice[0][:40]!r} has not")
    if len(columns) > COLUMNS:
        raise BrokenFile(path, 1, f"{len(columns)} columns; at most {COLUMNS}")
    return columns


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    """UTF-8, with or without a byte-order mark; what the system and the archive say as a BrokenFile."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            content = gzip.GzipFile(fileobj=raw) if packed else raw
            with io.TextIOWrapper(cast(BinaryIO, content), encoding="utf-8-sig", newline="") as text:
                yield text
    except UnicodeDecodeError:
        raise BrokenFile(path, 0, "the text is not UTF-8; save the file as UTF-8") from None
    except EOFError:
        raise BrokenFile(path, 0, "the compressed file ends too early: it is truncated") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise BrokenFile(path, 0, f"the compressed file is damaged ({error})") from error
    except OSError as error:
        raise BrokenFile(path, 0, f"cannot be read: {error.strerror or error}") from error
