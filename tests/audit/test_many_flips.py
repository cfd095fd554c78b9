"""Single bits flipped at random in payloads, headers, leaves, tiles, bundles, checkpoints, cosignatures and
the head, some two dozen at once: each is found, and named at its place. One by one: test_flips.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, LiteralString

from domain.facts import Category
from tests.audit.attested import Attested

Finding = dict[str, Any]
ROUNDS = 4
SEED = 20_250_701
ABOUT_CHECKPOINTS = {"root", "checkpoint", "signature", "cosignature"}

PAYLOAD = "UPDATE event SET payload = set_bit(payload, %s, 1 - get_bit(payload, %s)) WHERE position = %s"
LEAF = "UPDATE event SET leaf = set_bit(leaf, %s, 1 - get_bit(leaf, %s)) WHERE position = %s"
STREAM = (
    "UPDATE event SET stream_id = encode(set_bit(uuid_send(stream_id), %s,"
    " 1 - get_bit(uuid_send(stream_id), %s)), 'hex')::uuid WHERE position = %s"
)
VERSION = "UPDATE event SET version = version # (1 << %s) WHERE position = %s"
TIME = (
    "UPDATE event SET recorded_at = 'epoch'::timestamptz + make_interval(secs => 0)"
    " + ((micros_of(recorded_at) # (1::bigint << %s)) * interval '1 microsecond') WHERE position = %s"
)
POSITION = "UPDATE event SET position = position # (1::bigint << %s) WHERE position = %s"
TOPIC = "UPDATE event SET topic = %s WHERE position = %s"
ROOT = "UPDATE checkpoint SET root = set_bit(root, %s, 1 - get_bit(root, %s)) WHERE size = %s"
SIZE = "UPDATE checkpoint SET size = size # (1::bigint << %s) WHERE size = %s"
NOTE = "UPDATE checkpoint SET note = %s WHERE size = %s"
LINE = "UPDATE cosignature SET line = %s WHERE size = %s AND witness = %s"
KEY_ID = (
    "UPDATE cosignature SET key_id = set_bit(key_id, %s, 1 - get_bit(key_id, %s)) WHERE size = %s"
    " AND witness = %s"
)


@dataclass(frozen=True)
class Flip:
    """What was flipped, and which finding names it."""

    what: str
    named: Callable[[Finding], bool]


def flipped(text: str, chance: Random) -> str:
    """One bit of one letter of ASCII; what a text column holds stays text."""
    while True:
        at, bit = chance.randrange(len(text)), chance.randrange(7)
        letter = ord(text[at])
        if letter < 128 and letter ^ 1 << bit:
            return f"{text[:at]}{chr(letter ^ 1 << bit)}{text[at + 1 :]}"


class Round:
    """Flips at places that do not hide one another."""

    def __init__(self, attested: Attested, chance: Random) -> None:
        self._attested = attested
        self._chance = chance
        newest = attested.sizes()[-1]
        rows = attested.rows(
            "SELECT position FROM event WHERE position < %s AND category <> %s", newest, Category.LOG
        )
        self._positions = chance.sample([position for (position,) in rows], 12)
        self._sizes = chance.sample(attested.sizes()[:-1], 5)
        files = [path for path in attested.tile("tile").rglob("*") if path.is_file()]
        partial = str(newest % 256), str(newest // 256)
        self._files = chance.sample([p for p in files if p.parent.suffix != ".p" or p.name in partial], 4)

    def all(self) -> list[Flip]:
        events = [self._payload] * 5 + [self._leaf] * 2
        events += [self._stream, self._version, self._time, self._topic, self._position]
        flips = [flip(position) for flip, position in zip(events, self._positions, strict=True)]
        flips += [self._file(number) for number in range(len(self._files))]
        checkpoints = (self._root, self._note, self._size, self._line, self._key_id)
        flips += [flip(size) for flip, size in zip(checkpoints, self._sizes, strict=True)]
        return [*flips, self._head()]

    def _event(self, statement: LiteralString, bits: int, position: int, kind: str = "leaf") -> Flip:
        bit = self._chance.randrange(bits)
        twice = (bit, bit) if "get_bit" in statement else (bit,)
        self._attested.tamper(statement, *twice, position)
        return Flip(
            f"bit {bit} by {statement} {position}",
            lambda finding: finding["kind"] == kind and finding["position"] == position,
        )

    def _payload(self, position: int) -> Flip:
        ((size,),) = self._attested.rows(
            "SELECT octet_length(payload) FROM event WHERE position = %s", position
        )
        return self._event(PAYLOAD, 8 * size, position)

    def _leaf(self, position: int) -> Flip:
        return self._event(LEAF, 256, position)

    def _stream(self, position: int) -> Flip:
        return self._event(STREAM, 128, position)

    def _version(self, position: int) -> Flip:
        return self._event(VERSION, 32, position)

    def _time(self, position: int) -> Flip:
        return self._event(TIME, 55, position)

    def _position(self, position: int) -> Flip:
        self._attested.tamper(POSITION, bit := self._chance.randrange(10, 62), position)
        return Flip(
            f"bit {bit} of position {position}",
            lambda finding: finding["kind"] == "order" and finding["position"] == position,
        )

    def _topic(self, position: int) -> Flip:
        ((topic,),) = self._attested.rows("SELECT topic FROM event WHERE position = %s", position)
        self._attested.tamper(TOPIC, changed := flipped(topic, self._chance), position)
        return Flip(
            f"{topic!r} to {changed!r} at {position}",
            lambda finding: finding["kind"] == "leaf" and finding["position"] == position,
        )

    def _file(self, number: int) -> Flip:
        file = self._files[number]
        path = file.relative_to(self._attested.tile("")).as_posix()
        content = file.read_bytes()
        byte, bit = self._chance.randrange(len(content)), self._chance.randrange(8)
        within = byte // 32 if "entries" not in path else _entry(content, byte)
        self._attested.flip(file, byte, bit)
        return Flip(
            f"bit {bit} of byte {byte} of {path}",
            lambda finding: finding.get("path") == path and finding.get("number") == within,
        )

    def _checkpoint(self, what: str, size: int) -> Flip:
        return Flip(
            f"{what} of checkpoint {size}",
            lambda finding: finding["kind"] in ABOUT_CHECKPOINTS and finding.get("size") == size,
        )

    def _root(self, size: int) -> Flip:
        bit = self._chance.randrange(256)
        self._attested.tamper(ROOT, bit, bit, size)
        return self._checkpoint(f"bit {bit} of the root", size)

    def _size(self, size: int) -> Flip:
        bit = self._chance.randrange(10, 62)
        self._attested.tamper(SIZE, bit, size)
        return self._checkpoint(f"bit {bit} of the size", size ^ 1 << bit)

    def _note(self, size: int) -> Flip:
        ((note,),) = self._attested.rows("SELECT note FROM checkpoint WHERE size = %s", size)
        self._attested.tamper(NOTE, changed := flipped(note, self._chance), size)
        return self._checkpoint(f"{note!r} to {changed!r}", size)

    def _line(self, size: int) -> Flip:
        witness = f"witness-{self._chance.choice((1, 2))}.example"
        query = "SELECT line FROM cosignature WHERE size = %s AND witness = %s"
        ((line,),) = self._attested.rows(query, size, witness)
        self._attested.tamper(LINE, changed := flipped(line, self._chance), size, witness)
        return self._checkpoint(f"{line!r} to {changed!r}", size)

    def _key_id(self, size: int) -> Flip:
        bit = self._chance.randrange(32)
        self._attested.tamper(KEY_ID, bit, bit, size, "witness-1.example")
        return self._checkpoint(f"bit {bit} of a cosignature's key", size)

    def _head(self) -> Flip:
        file = self._attested.head_file
        byte, bit = self._chance.randrange(len(file.read_bytes())), self._chance.randrange(8)
        self._attested.flip(file, byte, bit)
        return Flip(f"bit {bit} of byte {byte} of the head", lambda finding: finding["kind"] == "head")


def _entry(content: bytes, byte: int) -> int:
    at, number = 0, 0
    while True:
        at += 2 + int.from_bytes(content[at : at + 2], "big")
        if byte < at:
            return number
        number += 1


def missed(flips: Sequence[Flip], findings: Sequence[Finding]) -> list[str]:
    return [flip.what for flip in flips if not any(flip.named(finding) for finding in findings)]


async def test_many_flips_at_once_do_not_hide_one_another(attested: Attested, made: Path) -> None:
    for number in range(ROUNDS):
        done = Round(attested, Random(SEED + number)).all()
        found = await attested.audited()
        assert missed(done, found.findings) == [], number
        attested.restore(made)


async def test_flips_in_the_newest_checkpoint_and_in_the_logs_own_facts(
    attested: Attested, made: Path
) -> None:
    """Alone, since much else is judged by these."""
    newest = attested.sizes()[-1]
    own = [p for (p,) in attested.rows("SELECT position FROM event WHERE category = %s", Category.LOG)]
    for number in range(8):
        one = Round(attested, Random(number))
        flip = (one._root, one._note, one._payload, one._line)[number % 4]
        done = flip(own[number % len(own)] if number % 4 == 2 else newest)
        found = await attested.audited()
        assert missed([done], found.findings) == [], number
        attested.restore(made)
