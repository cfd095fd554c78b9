"""Open a reference file within limits and say in one sentence what is wrong with it, in which file and line.

A file may be plain or gzip (told by its first bytes), UTF-8 with or without a byte-order mark. Nothing here
holds more than one line of a table, or one document of at most MAX_DOCUMENT bytes.
"""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

MAX_LINE = 4_000  # characters
MAX_ROWS = 500_000
MAX_DOCUMENT = 16_000_000  # bytes, unpacked


class FileProblem(ValueError):
    """A file that cannot be used as it is; `str()` is the sentence for the operator.

    `line` counts from 1 and is None where the whole file is meant.
    """

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        self.path = path
        self.line = line
        self.reason = reason
        place = f"{path}:{line}" if line is not None else f"{path}"
        super().__init__(f"{place}: {reason}")


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open plain or packed, and turn what the system and the archive say into a FileProblem."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not packed:
                yield raw
                return
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield cast(IO[bytes], unpacked)
    except FileNotFoundError as error:
        raise FileProblem(path, None, "there is no such file.") from error
    except IsADirectoryError as error:
        raise FileProblem(path, None, "this is a folder, a file is needed.") from error
    except PermissionError as error:
        raise FileProblem(
            path, None, "the file may not be read; give the server's user the right to."
        ) from error
    except EOFError as error:
        raise FileProblem(path, None, "the archive ends too early; it was cut off, copy it again.") from error
    except (zlib.error, gzip.BadGzipFile) as error:
        raise FileProblem(path, None, "the archive is damaged; copy it again.") from error
    except OSError as error:
        raise FileProblem(path, None, f"the file could not be read ({error.strerror or error}).") from error


def table_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, values by column) of a comma-separated table whose first line names exactly these columns.

    A record is one line: a quoted line break is refused, so that an unclosed quotation mark cannot swallow
    the rest.
    """
    with _opened(path) as file:
        header: list[str] | None = None
        for number, text in _lines(path, file):
            values = _split(path, number, text)
            if header is None:
                header = values
                _expect_columns(path, header, columns)
                continue
            if len(values) != len(header):
                reason = f"{len(header)} columns are needed, {len(values)} are there."
                raise FileProblem(path, number, reason)
            yield number, dict(zip(header, values, strict=True))
        if header is None:
            raise FileProblem(path, None, "the file is empty; its first line must name the columns.")


def _lines(path: Path, file: IO[bytes]) -> Iterator[tuple[int, str]]:
    number = 0
    while raw := file.readline(4 * MAX_LINE + 2):
        number += 1
        if number > MAX_ROWS:
            raise FileProblem(path, number, f"more than {MAX_ROWS:,} lines; split the file.")
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise FileProblem(path, number, "the text is not UTF-8; save the file as UTF-8.") from error
        if len(text) > MAX_LINE:
            raise FileProblem(path, number, f"the line is longer than {MAX_LINE:,} characters.")
        if text:
            yield number, text


def _split(path: Path, number: int, text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as error:
        raise FileProblem(path, number, "a quotation mark is not closed or stands inside a value.") from error


def _expect_columns(path: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    if sorted(header) == sorted(columns):
        return
    missing = [name for name in columns if name not in header]
    unknown = [name[:40] for name in header if name not in columns]
    parts = []
    if missing:
        parts.append("missing " + ", ".join(missing))
    if unknown:
        parts.append("unknown " + ", ".join(unknown[:5]))
    raise FileProblem(path, 1, f"wrong columns: {'; '.join(parts) or 'one is named twice'}.")


def document(path: Path) -> tuple[object, str]:
    """Return the JSON document of a file and its text (for finding lines); at most MAX_DOCUMENT bytes."""
    with _opened(path) as file:
        raw = file.read(MAX_DOCUMENT + 1)
    if len(raw) > MAX_DOCUMENT:
        raise FileProblem(path, None, f"the file is larger than {MAX_DOCUMENT:,} bytes; split it.")
    try:
        text = raw.decode("utf-8-sig")
        return json.loads(text, parse_constant=_no_constant), text
    except UnicodeDecodeError as error:
        raise FileProblem(path, None, "the text is not UTF-8; save the file as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise FileProblem(path, error.lineno, f"this is not JSON ({error.msg}).") from error
    except RecursionError as error:
        raise FileProblem(path, None, "the document is nested too deeply.") from error
    except ValueError as error:
        raise FileProblem(path, None, f"this is not JSON ({error}).") from error


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not a JSON number")
