"""A proof for paper: the same as a file has, packed, and written in the characters of QR codes
(docs/proof-format.md, 'On paper').

    HOSO1:<part>/<parts>:<first 8 bytes of the body's SHA-256, hex>:<base45 of a share of the body>.

One line for each QR code. The body is either a whole proof, or a *pledge*: what is said to be recorded,
before a checkpoint covers it. What follows from the rest is not packed: the root, the hashes that one path
gives for another, and the reading. Cosignatures that are longer than Ed25519's are left out: the file has
them.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Final
from uuid import UUID

from application.base45 import decode, encode
from application.leaf import micros_of, of_micros
from application.proof_file import BESIDE, FACT, KEY_BYTES, MOST_KEYS, Proof, ProvenFact, Unproven
from application.proof_packing import Packer, Unpacker
from domain.joint_proofs import joined, parted
from domain.notes import MOST_SIGNATURES, Checkpoint, Note, Signature, read_checkpoint, read_signature
from domain.tree_proofs import HASH_BYTES, MOST_HASHES

MAGIC: Final = "HOSO1:"
FAMILY: Final = "HOSO"
PROOF, PLEDGE = 1, 2
ROLES: Final = (FACT, *BESIDE)
CHARACTERS: Final = 900
"""Of base45 in one part; with its beginning and end it fits a QR code of version 20, level M (970)."""

MOST_PARTS: Final = 64
MOST_SIGNATURE_BYTES: Final = 100
MOST_INFLATED: Final = 4 * 1024 * 1024
MOST_TEXT_BYTES: Final = 512
_PART = re.compile(r"HOSO1:([1-9][0-9]?)/([1-9][0-9]?):([0-9A-F]{16}):([0-9A-Z $%*+\-./:]+)\.")


@dataclass(frozen=True, slots=True)
class Pledge:
    """What is said to be recorded and not covered yet. `facts` as in a proof, without paths; `origin` and
    `attested`: the log, and how many leaves its last checkpoint covered; `by`: when one should cover the
    fact, as the maker says. All times aware, UTC; nothing of it is proven."""

    facts: tuple[ProvenFact, ...]
    origin: str
    attested: int
    made_at: datetime
    by: datetime

    @property
    def fact(self) -> ProvenFact:
        return self.facts[0]


# Bodies


def body_of(content: Proof | Pledge) -> bytes:
    """The packed form."""
    return _packed(content, _deflated(b"".join(f.topic.encode() + f.payload for f in content.facts)))


def read_body(body: bytes) -> Proof | Pledge:
    """What was packed. Raises Unproven (unreadable, altered): also where packing would not give these bytes
    again."""
    unpacker = Unpacker(body)
    try:
        content, deflated = _unpacked(unpacker)
        again = _packed(content, deflated)
    except (ValueError, OverflowError, zlib.error) as broken:
        raise Unproven("unreadable", f"the packed proof cannot be read: {broken}") from None
    if unpacker.left():
        raise Unproven("altered", f"{unpacker.left()} bytes follow the packed proof")
    if again != body:
        raise Unproven("altered", "the packed proof is not what its content gives")
    return content


def _packed(content: Proof | Pledge, deflated: bytes) -> bytes:
    packer = Packer()
    packer.number(PROOF if isinstance(content, Proof) else PLEDGE)
    packer.number(len(content.facts))
    for fact in content.facts:
        packer.number(ROLES.index(fact.role))
        packer.raw(fact.stream.bytes)
        for number in (fact.version, fact.position, micros_of(fact.recorded_at)):
            packer.number(number)
        packer.number(len(fact.topic.encode()))
        packer.number(len(fact.payload))
    packer.sized(deflated)
    if isinstance(content, Pledge):
        packer.text(content.origin)
        for number in (content.attested, micros_of(content.made_at), micros_of(content.by)):
            packer.number(number)
        return packer.packed()
    packer.number(len(content.keys))
    for subject, key in content.keys:
        packer.raw(subject.bytes + key)
    checkpoint = read_checkpoint(content.note.text)
    packer.text(checkpoint.origin)
    packer.number(checkpoint.size)
    hashes = joined({fact.index: fact.path for fact in content.facts}, checkpoint.size)
    packer.number(len(hashes))
    packer.raw(b"".join(hashes))
    short = [s for s in content.note.signatures if len(s.content) <= MOST_SIGNATURE_BYTES]
    packer.number(len(short))
    for signature in short:
        packer.text("" if signature.name == checkpoint.origin else signature.name)
        packer.sized(signature.key_id + signature.content)
    return packer.packed()


def _unpacked(unpacker: Unpacker) -> tuple[Proof | Pledge, bytes]:
    kind = unpacker.number(255)
    if kind not in (PROOF, PLEDGE):
        raise Unproven(
            "unknown_format", f"what is packed is of kind {kind}, which this program does not know"
        )
    heads = [_head(unpacker) for _ in range(unpacker.number(len(ROLES)))]
    deflated = unpacker.sized(MOST_INFLATED)
    facts = _with_bytes(heads, _inflated(deflated, sum(topic + payload for *_, topic, payload in heads)))
    if not facts:
        raise ValueError("no fact is in it")
    if kind == PLEDGE:
        origin = unpacker.text(MOST_TEXT_BYTES)
        attested, made_at, by = (unpacker.number() for _ in range(3))
        return Pledge(tuple(facts), origin, attested, of_micros(made_at), of_micros(by)), deflated
    keys = tuple(
        (UUID(bytes=unpacker.raw(16)), unpacker.raw(KEY_BYTES)) for _ in range(unpacker.number(MOST_KEYS))
    )
    origin, size = unpacker.text(MOST_TEXT_BYTES), unpacker.number()
    hashes = [unpacker.raw(HASH_BYTES) for _ in range(unpacker.number(MOST_HASHES * len(ROLES)))]
    leaves = {fact.index: fact.leaf() for fact in facts}
    if len(leaves) != len(facts):
        raise ValueError("a position stands in it twice")
    root, paths = parted(leaves, size, hashes)
    proven = tuple(replace(fact, path=paths[fact.index]) for fact in facts)
    signatures = tuple(_signature(unpacker, origin) for _ in range(unpacker.number(MOST_SIGNATURES)))
    return Proof(proven, keys, Note(Checkpoint(origin, size, root).text(), signatures)), deflated


Head = tuple[str, UUID, int, int, datetime, int, int]
"""Role, stream, version, position, recorded_at, length of the topic and of the payload."""


def _head(unpacker: Unpacker) -> Head:
    role, stream = ROLES[unpacker.number(len(ROLES) - 1)], UUID(bytes=unpacker.raw(16))
    version, position, micros = (unpacker.number() for _ in range(3))
    if not version or not position:
        raise ValueError("versions and positions begin with 1")
    topic, payload = unpacker.number(MOST_TEXT_BYTES), unpacker.number(MOST_INFLATED)
    return role, stream, version, position, of_micros(micros), topic, payload


def _with_bytes(heads: Sequence[Head], content: bytes) -> list[ProvenFact]:
    found, place = [], 0
    for role, stream, version, position, recorded_at, topic, payload in heads:
        named, place = content[place : place + topic].decode("utf-8"), place + topic
        stored, place = content[place : place + payload], place + payload
        found.append(ProvenFact(role, stream, version, position, recorded_at, named, stored))
    return found


def _signature(unpacker: Unpacker, origin: str) -> Signature:
    name = unpacker.text(MOST_TEXT_BYTES) or origin
    content = unpacker.sized(4 + MOST_SIGNATURE_BYTES)
    signature = Signature(name, content[:4], content[4:])
    return read_signature(str(signature))  # no name that a note could not have


@lru_cache(1)
def dictionary() -> bytes:
    """What topics and payloads commonly hold, so that they deflate well. Part of the format: it never
    changes, another one gets another magic."""
    return files("application").joinpath("proof_dictionary_1.txt").read_bytes()


def _deflated(content: bytes) -> bytes:
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, dictionary())
    return deflater.compress(content) + deflater.flush()


def _inflated(deflated: bytes, length: int) -> bytes:
    """Exactly `length` bytes. Raises ValueError, zlib.error."""
    if length > MOST_INFLATED:
        raise ValueError(f"{length} bytes of facts; at most {MOST_INFLATED}")
    inflater = zlib.decompressobj(-15, dictionary())
    content = inflater.decompress(deflated, length + 1)
    if len(content) != length or not inflater.eof or inflater.unused_data or inflater.unconsumed_tail:
        raise ValueError(f"the facts do not inflate to the {length} bytes that belong")
    return content


# Parts


def parts_of(body: bytes) -> list[str]:
    """The lines, one for each QR code; all but the last are equally long. ValueError where there would be
    more than 64."""
    text = encode(body)
    count = -(-len(text) // CHARACTERS)
    if count > MOST_PARTS:
        raise ValueError(f"{count} QR codes would be needed; at most {MOST_PARTS} are read")
    share = -(-len(text) // count)
    named = hashlib.sha256(body).hexdigest()[:16].upper()
    return [
        f"{MAGIC}{number + 1}/{count}:{named}:{text[number * share : (number + 1) * share]}."
        for number in range(count)
    ]


@dataclass(frozen=True, slots=True)
class Part:
    """One line: its number, of how many, of which proof."""

    number: int
    count: int
    proof: str
    text: str


def read_part(line: str) -> Part:
    """Raises Unproven (unknown_format, unreadable)."""
    if not line.startswith(MAGIC):
        if line.startswith(FAMILY):
            begins = f"it begins with {line[:8]!r}; this program knows {MAGIC}"
            raise Unproven("unknown_format", begins)
        raise Unproven("unreadable", f"a line begins with {line[:12]!r} where {MAGIC} belongs")
    found = _PART.fullmatch(line)
    if found is None or int(found[1]) > int(found[2]):
        raise Unproven("unreadable", f"the line {line[:24]!r}… is no part as it has to be written")
    return Part(int(found[1]), int(found[2]), found[3], found[4])


def body_of_parts(parts: Iterable[Part]) -> bytes:
    """The body of one proof, its parts in any order. Raises Unproven (part_missing, part_twice, altered,
    unreadable)."""
    known: dict[int, Part] = {}
    for part in parts:
        if part.number in known:
            raise Unproven("part_twice", f"part {part.number} stands twice")
        known[part.number] = part
    if not known:
        raise Unproven("part_missing", "no part of a proof is there")
    counts = {part.count for part in known.values()}
    if len(counts) != 1:
        raise Unproven("altered", f"the parts do not agree how many they are: {sorted(counts)}")
    (count,) = counts
    if count > MOST_PARTS:
        raise Unproven("unreadable", f"{count} parts; at most {MOST_PARTS} are read")
    missing = [str(number) for number in range(1, count + 1) if number not in known]
    if missing:
        raise Unproven("part_missing", f"of {count} parts these are missing: {', '.join(missing)}")
    try:
        body = decode("".join(known[number].text for number in sorted(known)))
        written = parts_of(body)
    except ValueError as broken:
        raise Unproven("unreadable", str(broken)) from None
    if [f"{MAGIC}{p.number}/{p.count}:{p.proof}:{p.text}." for _, p in sorted(known.items())] != written:
        raise Unproven("altered", "the parts are not what their content gives: one was changed")
    return body
