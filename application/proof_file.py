"""A proof as a file (C2SP tlog-proof; docs/proof-format.md): what is in it, strict reading and writing.

    c2sp.org/tlog-proof@v1
    extra <base64 of JSON: the fact, the facts beside it, keys, the reading, a digest of the whole>
    index <position - 1>
    <base64 of a hash> ...

    <the checkpoint, a signed note>

Reading answers `Unproven` for every byte that writing would not give again, so that nothing can be added,
dropped, doubled or written another way. It checks no signature and no path: `application.verifying` does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from application.leaf import entry_of, leaf_of, micros_of
from domain.notes import Note, NoteBroken, decimal, read_hash, read_note
from domain.tree_proofs import MOST_HASHES

FORMAT: Final = "hoso.fact-proof.v1"
MAGIC: Final = "c2sp.org/tlog-proof@v1"
ENDING: Final = ".tlog-proof"
EDITION: Final = 1
"""Of the words of readings: a text that was ever given out does not change, it gets another edition."""

FACT, DOSSIER, PROMISE, AGENCY, AGENCY_CHANGED = "fact", "dossier", "promise", "agency", "agency_changed"
BESIDE: Final = (DOSSIER, PROMISE, AGENCY, AGENCY_CHANGED)
"""What may stand beside the fact, each once and in this order (`application.proof_reading`)."""

MOST_BYTES: Final = 16 * 1024 * 1024
MOST_KEYS: Final = 256
KEY_BYTES: Final = 32
LARGEST: Final = 2**63 - 1
LANGUAGES: Final = ("vi", "en")

Json = dict[str, Any]
Reading = Mapping[str, Sequence[str]]
"""A language (vi, en) to the lines that a person reads."""


class Unproven(Exception):
    """Why something is not proven. `code`: stable, for programs and texts; the message: what exactly."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.code = code


@dataclass(frozen=True, slots=True)
class ProvenFact:
    """A recorded fact, byte for byte, and its path in the tree (empty in a pledge). `role`: FACT, or one of
    BESIDE; `recorded_at`: aware, UTC."""

    role: str
    stream: UUID
    version: int
    position: int
    recorded_at: datetime
    topic: str
    payload: bytes
    path: tuple[bytes, ...] = ()

    @property
    def index(self) -> int:
        """The number of its leaf."""
        return self.position - 1

    def leaf(self) -> bytes:
        """The leaf that these bytes give (docs/leaf-format.md)."""
        digest = hashlib.sha256(self.payload).digest()
        micros = micros_of(self.recorded_at)
        entry = entry_of(self.stream.bytes, self.version, self.position, micros, digest, self.topic)
        return leaf_of(entry)


@dataclass(frozen=True, slots=True)
class Proof:
    """`facts`: the fact that is proven, then those beside it; `keys`: for subjects, the key of the proven
    fact's payload alone (32 bytes); `reading`: as the file has it, None where it was never written down."""

    facts: tuple[ProvenFact, ...]
    keys: tuple[tuple[UUID, bytes], ...]
    note: Note
    reading: Reading | None = None

    @property
    def fact(self) -> ProvenFact:
        return self.facts[0]

    def without_keys(self) -> Proof:
        return replace(self, keys=())


def file_bytes(proof: Proof) -> bytes:
    """The file. The proof needs its reading."""
    assert proof.reading is not None, "a file carries its reading"
    extra: Json = {"format": FORMAT, "edition": EDITION, "fact": _fact_json(proof.fact)}
    extra["beside"] = [
        {"role": one.role, **_fact_json(one), "path": [_base64(hash_) for hash_ in one.path]}
        for one in proof.facts[1:]
    ]
    extra["keys"] = [{"subject": str(subject), "key": _base64(key)} for subject, key in proof.keys]
    extra["reading"] = {language: list(proof.reading[language]) for language in LANGUAGES}
    digest = hashlib.sha256(_file(proof, extra | {"digest": ""})).hexdigest()
    return _file(proof, extra | {"digest": digest})


def read_file(content: bytes) -> Proof:
    """The proof that a file is. Raises Unproven (unknown_format, unreadable, altered)."""
    if len(content) > MOST_BYTES:
        raise Unproven("unreadable", f"{len(content)} bytes; a proof has at most {MOST_BYTES}")
    try:
        proof, digest = _read(content)
    except (NoteBroken, ValueError, RecursionError, KeyError, TypeError) as broken:
        raise Unproven("unreadable", f"the file is no proof as it has to be written: {broken}") from None
    again = file_bytes(proof)
    if again != content:
        different = f"the file says {digest[:16]}, its content gives {_digest_of(again)[:16]}"
        if digest != _digest_of(again):
            raise Unproven("altered", f"its digest is not that of its content ({different})")
        raise Unproven("altered", f"byte {_first_difference(content, again)} is not what its content gives")
    return proof


def _read(content: bytes) -> tuple[Proof, str]:
    text = content.decode("utf-8")
    magic, _, rest = text.partition("\n")
    if magic != MAGIC:
        version = magic.removeprefix("c2sp.org/tlog-proof@")
        raise Unproven("unknown_format", f"the format is {version[:40]!r}; this program knows {MAGIC}")
    head, found, note = rest.partition("\n\n")
    if not found:
        raise ValueError("no checkpoint follows the path")
    lines = head.split("\n")
    if len(lines) < 2 or not lines[0].startswith("extra ") or not lines[1].startswith("index "):
        raise ValueError("the lines `extra` and `index` do not stand where they belong")
    if len(lines) > 2 + MOST_HASHES:
        raise ValueError(f"the path has {len(lines) - 2} hashes; at most {MOST_HASHES}")
    extra = _extra(from_base64(lines[0].removeprefix("extra ")))
    hashes = tuple(read_hash(line) for line in lines[2:])
    fact = _fact_of(FACT, extra["fact"], hashes)
    if decimal(lines[1].removeprefix("index ")) != fact.index:
        raise ValueError(f"the index is not that of position {fact.position}")
    beside = tuple(_beside_of(one) for one in _list(extra["beside"], len(BESIDE)))
    keys = tuple(_key_of(one) for one in _list(extra["keys"], MOST_KEYS))
    reading = _reading_of(extra["reading"])
    return Proof((fact, *beside), keys, read_note(note.encode()), reading), _text(extra["digest"])


def _extra(content: bytes) -> Json:
    extra = json.loads(content.decode("utf-8"))
    if not isinstance(extra, dict) or extra.get("format") != FORMAT:
        named = extra.get("format") if isinstance(extra, dict) else None
        raise Unproven(
            "unknown_format", f"what is proven is {str(named)[:60]!r}; this program knows {FORMAT}"
        )
    if extra.get("edition") != EDITION:
        raise Unproven("unknown_format", f"the words are of edition {str(extra.get('edition'))[:20]}")
    return fields(extra, ("format", "edition", "fact", "beside", "keys", "reading", "digest"))


def _fact_json(fact: ProvenFact) -> Json:
    return {
        "stream": str(fact.stream),
        "version": fact.version,
        "position": fact.position,
        "recorded_at": instant_text(fact.recorded_at),
        "topic": fact.topic,
        "payload": _base64(fact.payload),
    }


_FACT_FIELDS: Final = ("stream", "version", "position", "recorded_at", "topic", "payload")


def _fact_of(role: str, state: Any, path: tuple[bytes, ...]) -> ProvenFact:
    known = fields(state, _FACT_FIELDS)
    return ProvenFact(
        role,
        UUID(_text(known["stream"])),
        _number(known["version"]),
        _number(known["position"]),
        instant_of(_text(known["recorded_at"])),
        _text(known["topic"]),
        from_base64(_text(known["payload"])),
        path,
    )


def _beside_of(state: Any) -> ProvenFact:
    known = fields(state, ("role", *_FACT_FIELDS, "path"))
    path = tuple(read_hash(_text(line)) for line in _list(known.pop("path"), MOST_HASHES))
    return _fact_of(_text(known.pop("role")), known, path)


def _key_of(state: Any) -> tuple[UUID, bytes]:
    known = fields(state, ("subject", "key"))
    key = from_base64(_text(known["key"]))
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {len(key)} bytes where {KEY_BYTES} belong")
    return UUID(_text(known["subject"])), key


def _reading_of(state: Any) -> Reading:
    known = fields(state, LANGUAGES)
    return {language: [_text(line) for line in _list(known[language], 100)] for language in LANGUAGES}


def _file(proof: Proof, extra: Json) -> bytes:
    written = json.dumps(extra, ensure_ascii=False, separators=(",", ":")).encode()
    lines = [MAGIC, f"extra {_base64(written)}", f"index {proof.fact.index}"]
    lines += [_base64(hash_) for hash_ in proof.fact.path]
    return ("\n".join(lines) + f"\n\n{proof.note}").encode()


def _digest_of(written: bytes) -> str:
    extra = json.loads(from_base64(written.split(b"\n", 2)[1].removeprefix(b"extra ").decode()))
    return str(extra["digest"])


def _first_difference(first: bytes, second: bytes) -> int:
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(first), len(second)))


# What is read from JSON, each kind strictly: ValueError says what is wrong


def fields(state: Any, names: Sequence[str]) -> Json:
    """An object with exactly these names."""
    if not isinstance(state, dict) or list(state) != list(names):
        has = ", ".join(list(state)[:12]) if isinstance(state, dict) else type(state).__name__
        raise ValueError(f"{', '.join(names)} belong here, in this order; there is {has[:200]}")
    return dict(state)


def _list(state: Any, most: int) -> list[Any]:
    if not isinstance(state, list) or len(state) > most:
        raise ValueError(f"a list of at most {most} belongs here")
    return state


def _text(state: Any) -> str:
    if not isinstance(state, str):
        raise ValueError(f"text belongs here, not {type(state).__name__}")
    try:
        state.encode()
    except UnicodeEncodeError:  # JSON can name half of a letter, which no bytes are
        raise ValueError("a text holds half a letter") from None
    return state


def _number(state: Any) -> int:
    if type(state) is not int or not 1 <= state <= LARGEST:
        raise ValueError("a whole number from 1 on belongs here")
    return state


def from_base64(text: str) -> bytes:
    """Padded base64, written the one way. Raises ValueError."""
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise ValueError("it is not base64") from None
    if _base64(content) != text:
        raise ValueError("it is not written as base64 has to be")
    return content


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def instant_text(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds and Z."""
    return instant.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_of(text: str) -> datetime:
    """The same read. Raises ValueError."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None or instant_text(instant) != text:
        raise ValueError(f"{text[:40]!r} is no instant in UTC with microseconds")
    return instant
