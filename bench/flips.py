"""One bit flipped in what an attested ledger stores, as its owner, a disk or whoever holds a file could do,
and put back: of events every column that a leaf covers and the leaf itself; of checkpoints and cosignatures
their rows; tiles, bundles and the published checkpoint; the head outside the database.

A flip is *found* when the audit is not content, *located* when a finding names its place: the position, the
tile's path, the checkpoint's size, or the head.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import psycopg
from psycopg import sql

EVENT: Final = ("payload", "leaf", "stream_id", "version", "position", "recorded_at", "topic")
CHECKPOINT: Final = ("note", "root", "size")
COSIGNATURE: Final = ("line", "key_id")
FILES: Final = ("tile", "bundle", "published", "head")
SHARES: Final = {"event": 0.5, "checkpoint": 0.1, "cosignature": 0.1, "file": 0.3}
UNGUARD: Final = (
    "ALTER TABLE event DISABLE TRIGGER USER",
    "ALTER TABLE checkpoint DISABLE TRIGGER USER",
    "ALTER TABLE cosignature DISABLE TRIGGER USER",
    "ALTER TABLE cosignature DROP CONSTRAINT IF EXISTS cosignature_checkpoint",
)
MICROSECONDS: Final = 50
"""Bits of a time that are flipped: further ones make a year that no clock has."""

_KEYS = {
    "event": ("position",),
    "checkpoint": ("origin", "size"),
    "cosignature": ("origin", "size", "witness"),
}
Finding = Mapping[str, Any]
Audited = Callable[[], Awaitable[Sequence[Finding]]]


class Refused(Exception):
    """The database does not store this: another bit is to be drawn."""


class Flip(Protocol):
    """`kind`: as `event.payload` or `tile`; `place`: for people."""

    kind: str
    place: str

    def apply(self) -> None: ...

    def undo(self) -> None: ...

    def located_by(self, finding: Finding) -> bool: ...


@dataclass
class Column:
    """A bit of one column of one row. `old` and `new`: its values; `row`: by what it is found before."""

    connection: psycopg.Connection[Any]
    table: str
    column: str
    row: dict[str, Any]
    old: Any
    new: Any

    def __post_init__(self) -> None:
        self.kind = f"{self.table}.{self.column}"
        self.place = f"{self.kind} of {', '.join(f'{name} {value}' for name, value in self.row.items())}"

    def apply(self) -> None:
        """Raises Refused."""
        try:
            self._set(self.row, self.new)
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            raise Refused(str(error)) from error

    def undo(self) -> None:
        there = {name: self.new if name == self.column else value for name, value in self.row.items()}
        self._set(there, self.old)

    def _set(self, row: Mapping[str, Any], value: Any) -> None:
        asked = sql.SQL(" AND ").join(
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(f"row_{name}")) for name in row
        )
        update = sql.SQL("UPDATE {} SET {} = {} WHERE {}").format(
            sql.Identifier(self.table), sql.Identifier(self.column), _VALUES.get(self.column, _PLAIN), asked
        )
        done = self.connection.execute(
            update, {"value": value, **{f"row_{name}": one for name, one in row.items()}}
        )
        if done.rowcount != 1:
            raise RuntimeError(f"{self.place}: {done.rowcount} rows were changed")

    def located_by(self, finding: Finding) -> bool:
        if self.table == "event":
            return bool(finding["position"] == self.row["position"])
        sizes = {self.row["size"], self.new if self.column == "size" else None}
        return finding.get("size") in sizes or finding["position"] == self.row["size"]


_PLAIN = sql.Placeholder("value")
_VALUES = {
    "recorded_at": sql.SQL("timestamptz '2000-01-01 00:00:00+00' + %(value)s * interval '1 microsecond'")
}
_READ = {"recorded_at": sql.SQL("((extract(epoch FROM recorded_at) - 946684800) * 1000000)::bigint")}


@dataclass
class Content:
    """A bit of a file. `name`: its path below the log's prefix, or `head`."""

    kind: str
    file: Path
    name: str
    byte: int
    bit: int

    def __post_init__(self) -> None:
        self.place = f"byte {self.byte} of {self.name}"

    def apply(self) -> None:
        content = bytearray(self.file.read_bytes())
        content[self.byte] ^= 1 << self.bit
        self.file.chmod(0o644)
        self.file.write_bytes(content)

    def undo(self) -> None:
        self.apply()

    def located_by(self, finding: Finding) -> bool:
        if self.kind in ("tile", "bundle"):
            return bool(finding.get("path") == self.name)
        return bool(finding["kind"] == self.kind)


@dataclass
class Ground:
    """An attested ledger that nobody else writes to. `owner`: who may change everything; `tiles`: the folder
    of its log; `head`: the file of the head store."""

    owner: psycopg.Connection[Any]
    tiles: Path
    head: Path

    def __post_init__(self) -> None:
        for guard in UNGUARD:
            self.owner.execute(guard)
        self._rows = {
            table: [dict(zip(names, row, strict=True)) for row in self.owner.execute(_rows(table, names))]
            for table, names in _KEYS.items()
        }
        self._files = [path for path in sorted(self.tiles.glob("tile/**/*")) if path.is_file()]

    def draw(self, chance: random.Random) -> Flip:
        """A flip at random. Raises Refused."""
        table = chance.choices(list(SHARES), list(SHARES.values()))[0]
        if table == "file":
            return self._content(chance)
        columns = {"event": EVENT, "checkpoint": CHECKPOINT, "cosignature": COSIGNATURE}[table]
        return self._column(table, chance.choice(columns), chance)

    def _column(self, table: str, column: str, chance: random.Random) -> Column:
        row = dict(chance.choice(self._rows[table]))
        read = sql.SQL("SELECT {} FROM {} WHERE {}").format(
            _READ.get(column, sql.Identifier(column)),
            sql.Identifier(table),
            sql.SQL(" AND ").join(
                sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in row
            ),
        )
        found = self.owner.execute(read, row).fetchone()
        assert found is not None
        old = found[0]
        return Column(self.owner, table, column, row, old, flipped_value(column, old, chance))

    def _content(self, chance: random.Random) -> Content:
        kind = chance.choice(FILES)
        if kind == "head":
            file, name = self.head, "head"
        elif kind == "published":
            file, name = self.tiles / "checkpoint", "checkpoint"
        else:
            bundles = [path for path in self._files if ("entries" in path.parts) == (kind == "bundle")]
            file = chance.choice(bundles)
            name = file.relative_to(self.tiles).as_posix()
        return Content(kind, file, name, chance.randrange(file.stat().st_size), chance.randrange(8))


def _rows(table: str, names: Sequence[str]) -> sql.Composed:
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    return sql.SQL("SELECT {} FROM {}").format(columns, sql.Identifier(table))


def flipped_value(column: str, old: Any, chance: random.Random) -> Any:
    """The value with one bit changed. Raises Refused where it is no value of that kind then."""
    if isinstance(old, int):
        bits = {"version": 31, "recorded_at": MICROSECONDS}.get(column, 62)
        return old ^ 1 << chance.randrange(bits)
    content = bytearray(old.encode() if isinstance(old, str) else getattr(old, "bytes", old))
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    if isinstance(old, str):
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            raise Refused("it is not UTF-8 then") from error
        if "\0" in text:
            raise Refused("no text holds a zero byte")
        return text
    return type(old)(bytes=bytes(content)) if hasattr(old, "bytes") else bytes(content)


@dataclass
class Tried:
    """What came of the flips. `missed` and `nowhere`: the places of those that were not found, not named."""

    flips: Counter[str]
    found: Counter[str]
    located: Counter[str]
    missed: list[str]
    nowhere: list[str]


async def tried(ground: Ground, audited: Audited, count: int, chance: random.Random) -> Tried:
    """So many flips, each audited and put back. `audited`: the findings of the audit as it stands then."""
    result = Tried(Counter(), Counter(), Counter(), [], [])
    while result.flips.total() < count:
        try:
            flip = ground.draw(chance)
            flip.apply()
        except Refused:
            continue
        try:
            findings = await audited()
        finally:
            flip.undo()
        result.flips[flip.kind] += 1
        if findings:
            result.found[flip.kind] += 1
        else:
            result.missed.append(flip.place)
        if any(flip.located_by(finding) for finding in findings):
            result.located[flip.kind] += 1
        else:
            result.nowhere.append(flip.place)
    return result
