"""Reads XES event logs (IEEE 1849, .xes and .xes.gz) case by case, whatever their size.

Promises: memory is bounded by one case; nothing outside the file is read and no entity is expanded (a
document type is refused); every fault is a BrokenFile with line and reason. Attributes nested in another
follow it, their key being `<parent>/<key>`.
"""

from __future__ import annotations

import gzip
import zlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat

from domain.imported_case import ImportedAttribute, ImportedCase, ImportedStep

CHUNK_BYTES = 65_536
GZIP_MAGIC = b"\x1f\x8b"
NAME, TIME = "concept:name", "time:timestamp"
TYPES = frozenset(("string", "date", "int", "float", "boolean", "id", "list", "container"))


@dataclass(frozen=True, slots=True, kw_only=True)
class XesLimits:
    """What a file may hold. Generous for real registers; a file beyond them is refused, not cut."""

    file_bytes: int = 4 * 1024**3
    token_bytes: int = 1_048_576
    steps: int = 50_000
    attributes: int = 500
    nesting: int = 8
    key_length: int = 200
    text_length: int = 20_000
    texts_length: int = 120_000
    """Of all keys and values of one case or step together, so that it fits into one event."""


class BrokenFile(Exception):
    """The file cannot be read as what it should be. `line` counts from 1; 0: the file as a whole."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}, line {line}: {reason}" if line else f"{path}: {reason}")
        self.path = path
        self.line = line
        self.reason = reason


def read_cases(
    path: Path, *, zone: tzinfo | None = None, limits: XesLimits | None = None
) -> Iterator[ImportedCase]:
    """The cases of a log, in the order of the file. `zone`: of times written without one; None refuses those.

    Raises BrokenFile.
    """
    limits = limits or XesLimits()
    reader = _Reader(path, zone, limits)
    for chunk in _chunks(path, limits, reader):
        reader.feed(chunk)
        while reader.cases:
            yield reader.cases.popleft()
    reader.end()


def _chunks(path: Path, limits: XesLimits, reader: _Reader) -> Iterator[bytes]:
    total = 0
    try:
        with path.open("rb") as raw:
            zipped = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            file: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=raw) if zipped else raw
            while chunk := file.read(CHUNK_BYTES):
                total += len(chunk)
                if total > limits.file_bytes:
                    raise reader.broken(f"the file is longer than {limits.file_bytes} bytes (unpacked)")
                yield chunk
    except EOFError:
        raise reader.broken("the compressed file ends too early: it is truncated") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise reader.broken(f"the compressed file is damaged ({error})") from error
    except OSError as error:
        raise BrokenFile(path, 0, f"cannot be read: {error.strerror or error}") from error


class _Reader:
    """expat's handlers and what they have gathered of the case and step that are open."""

    def __init__(self, path: Path, zone: tzinfo | None, limits: XesLimits) -> None:
        self.cases: deque[ImportedCase] = deque()
        self._path, self._zone, self._limits = path, zone, limits
        self._fed = 0
        self._open: list[str] = []  # the elements that are open: log, trace, event
        self._keys: list[str | None] = []  # inside a trace: of the attributes that are open
        self._texts = 0
        self._line = 0
        self._case: list[ImportedAttribute] = []
        self._steps: list[ImportedStep] = []
        self._step: list[ImportedAttribute] | None = None
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._finish
        self._parser.StartDoctypeDeclHandler = self._doctype

    def feed(self, chunk: bytes) -> None:
        self._fed += len(chunk)
        self._parse(chunk, last=False)
        if self._fed - self._parser.CurrentByteIndex > self._limits.token_bytes + CHUNK_BYTES:
            raise self.broken(f"an element or text is longer than {self._limits.token_bytes} bytes")

    def end(self) -> None:
        self._parse(b"", last=True)

    def broken(self, reason: str) -> BrokenFile:
        return BrokenFile(self._path, self._parser.CurrentLineNumber, reason)

    def _parse(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code) or "not well-formed"
            if last:
                reason = f"the file ends too early: it is truncated ({reason})"
            elif not self._open:
                reason = f"this is not XML ({reason})"
            raise BrokenFile(self._path, error.lineno, reason) from error

    def _doctype(self, *_: object) -> None:
        raise self.broken("a document type is not accepted: an XES log needs none, and entities are a trap")

    def _start(self, tag: str, values: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if not self._open:
            if name != "log":
                raise self.broken(f"this is not an XES log: it begins with <{tag[:40]}>, not with <log>")
            self._open.append(name)
        elif "trace" not in self._open:
            self._start_in_log(name)
        elif name == "event" and self._open[-1] == "trace" and not self._keys:
            self._open.append(name)
            self._step, self._texts = [], 0
        elif name in ("trace", "event", "log"):
            raise self.broken(f"<{name}> cannot stand here")
        else:
            self._attribute(name, values)

    def _start_in_log(self, name: str) -> None:
        self._open.append(name)
        if name == "trace" and len(self._open) == 2:
            self._line, self._texts = self._parser.CurrentLineNumber, 0
            self._case, self._steps = [], []
        elif name in ("trace", "event"):
            raise self.broken(f"<{name}> cannot stand here")

    def _attribute(self, kind: str, values: dict[str, str]) -> None:
        limits = self._limits
        key = values.get("key")
        if len(self._keys) >= limits.nesting:
            raise self.broken(f"attributes are nested deeper than {limits.nesting}")
        parent = next((k for k in reversed(self._keys) if k is not None), None)
        if key is not None and parent is not None:
            key = f"{parent}/{key}"
        self._keys.append(key)
        if key is None:
            return  # <values> of a list: its members count as nested in the list
        if kind not in TYPES:
            raise self.broken(f"<{kind[:40]}> is no type of attribute")
        value = values.get("value", "")
        if len(key) > limits.key_length:
            raise self.broken(f"a key has {len(key)} characters; at most {limits.key_length}")
        if len(value) > limits.text_length:
            raise self.broken(
                f"the value of {key!r} has {len(value)} characters; at most {limits.text_length}"
            )
        target = self._case if self._step is None else self._step
        target.append(ImportedAttribute(key, kind, value))
        self._texts += len(key) + len(value)
        if len(target) > limits.attributes:
            raise self.broken(f"more than {limits.attributes} attributes on one case or event")
        if self._texts > limits.texts_length:
            raise self.broken(f"the attributes of one case or event exceed {limits.texts_length} characters")

    def _finish(self, tag: str) -> None:
        if self._keys:
            self._keys.pop()
            return
        name = self._open.pop()
        if name == "event" and self._step is not None:
            self._end_step(self._step)
            self._step = None
        elif name == "trace":
            self._end_case()

    def _end_step(self, attributes: list[ImportedAttribute]) -> None:
        if len(self._steps) >= self._limits.steps:
            raise self.broken(f"a case has more than {self._limits.steps} events")
        activity = _value(attributes, NAME) or ""
        written = _value(attributes, TIME)
        at = None if written is None else self._instant(written)
        self._steps.append(ImportedStep(len(self._steps), activity, written, at, tuple(attributes)))

    def _end_case(self) -> None:
        case_id = _value(self._case, NAME)
        if not case_id:
            raise self.broken(f"the case that begins in line {self._line} has no {NAME}, so it has no name")
        self.cases.append(ImportedCase(case_id, tuple(self._case), tuple(self._steps), self._line))
        self._case, self._steps = [], []

    def _instant(self, written: str) -> datetime:
        try:
            at = datetime.fromisoformat(written)
            if at.tzinfo is None:
                if self._zone is None:
                    raise self.broken(f"the time {written!r} has no zone: name one in the mapping file")
                at = at.replace(tzinfo=self._zone)
            return at.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.broken(f"{written[:60]!r} is not a time") from None


def _value(attributes: list[ImportedAttribute], key: str) -> str | None:
    return next((a.value for a in attributes if a.key == key), None)
