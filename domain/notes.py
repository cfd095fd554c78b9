"""Signed notes, checkpoints and cosignatures as text (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

Knows every byte of the formats and no cipher: what has to be signed or verified are bytes, and who calls does
it. Reading is strict: a text that another reader could take for something else is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from domain.tree_proofs import HASH_BYTES

ED25519 = 0x01
ED25519_COSIGNATURE = 0x04
ML_DSA_44_COSIGNATURE = 0x06
COSIGNATURES = (ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE)
PUBLIC_KEY_BYTES = {ED25519: 32, ED25519_COSIGNATURE: 32, ML_DSA_44_COSIGNATURE: 1312}
MOST_SIGNATURES = 64
MOST_NOTE_BYTES = 256 * 1024
MOST_SIZE = 2**63 - 1
_SIGNATURE = "\u2014 "
_KEY_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]+")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")

Verify = Callable[[int, bytes, bytes, bytes], bool]
"""Algorithm (ED25519 ... above), public key, signature, message: whether it is good."""


class NoteBroken(ValueError):
    """A text that is no note, no checkpoint or no key; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who signs, and by which public key: a *vkey*. `algorithm`: the signature type."""

    name: str
    algorithm: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        """4 bytes that go with every signature of this key."""
        named = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public_key
        return hashlib.sha256(named).digest()[:4]

    def __str__(self) -> str:
        material = base64.b64encode(bytes([self.algorithm]) + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the signer's name and key id, and what follows it."""

    name: str
    key_id: bytes
    content: bytes

    def __str__(self) -> str:
        return f"{_SIGNATURE}{self.name} {base64.b64encode(self.key_id + self.content).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """`text` ends in a newline; the signatures are over exactly its UTF-8 bytes."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(f"{signature}\n" for signature in self.signatures)

    def signed_by(self, signatures: Iterable[Signature]) -> Note:
        """The same with further signatures; one that is there already is not repeated."""
        further = [each for each in signatures if each not in self.signatures]
        return Note(self.text, (*self.signatures, *further))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: the tree of `size` leaves has this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed. No extension lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def read_vkey(text: str) -> VerifierKey:
    """Raises NoteBroken."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise NoteBroken(f"a key reads like name+0123abcd+base64, not {text.strip()[:60]!r}")
    name, key_id, encoded = parts
    material = _base64(encoded, "the key")
    if not _KEY_NAME.fullmatch(name) or not material:
        raise NoteBroken(f"the key {text.strip()[:60]!r} has no name or no content")
    key = VerifierKey(name, material[0], material[1:])
    wanted = PUBLIC_KEY_BYTES.get(key.algorithm)
    if wanted is None or len(key.public_key) != wanted:
        raise NoteBroken(f"the key of {name} is of a kind or a length that is not known here")
    if key.key_id.hex() != key_id:
        raise NoteBroken(f"the key of {name} was changed: its id is {key.key_id.hex()}, not {key_id}")
    return key


def read_note(content: bytes) -> Note:
    """Raises NoteBroken."""
    if len(content) > MOST_NOTE_BYTES:
        raise NoteBroken(f"a note of {len(content)} bytes; at most {MOST_NOTE_BYTES}")
    try:
        whole = content.decode("utf-8")
    except UnicodeDecodeError:
        raise NoteBroken("it is not UTF-8") from None
    if any(ord(letter) < 0x20 and letter != "\n" for letter in whole):
        raise NoteBroken("it holds control characters")
    text, found, lines = whole.rpartition("\n\n")
    if not found or not lines.endswith("\n"):
        raise NoteBroken("it does not end in an empty line and signatures")
    signatures = tuple(read_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MOST_SIGNATURES:
        raise NoteBroken(f"{len(signatures)} signatures; at most {MOST_SIGNATURES}")
    return Note(text + "\n", signatures)


def read_signature(line: str) -> Signature:
    """One line, without its newline. Raises NoteBroken."""
    name, _, encoded = line.removeprefix(_SIGNATURE).partition(" ")
    if not line.startswith(_SIGNATURE) or not _KEY_NAME.fullmatch(name):
        raise NoteBroken(f"no signature line: {line[:60]!r}")
    content = _base64(encoded, f"the signature of {name}")
    if len(content) < 5:
        raise NoteBroken(f"the signature of {name} is too short")
    return Signature(name, content[:4], content[4:])


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint of a note's text; extension lines are refused. Raises NoteBroken."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise NoteBroken("a checkpoint has three lines: origin, size and root")
    origin, size, root = lines[:3]
    if not _DECIMAL.fullmatch(size) or int(size) > MOST_SIZE:
        raise NoteBroken(f"the size of a tree is a whole number, not {size[:30]!r}")
    hash_ = _base64(root, "the root")
    if len(hash_) != HASH_BYTES:
        raise NoteBroken(f"the root has {len(hash_)} bytes where {HASH_BYTES} belong")
    return Checkpoint(origin, int(size), hash_)


def decimal(text: str) -> int:
    """A whole number as these formats write it. Raises NoteBroken."""
    if not _DECIMAL.fullmatch(text) or int(text) > MOST_SIZE:
        raise NoteBroken(f"{text[:30]!r} is no whole number as it has to be written")
    return int(text)


def read_hash(line: str) -> bytes:
    """A hash in base64. Raises NoteBroken."""
    hash_ = _base64(line, "a hash")
    if len(hash_) != HASH_BYTES:
        raise NoteBroken(f"a hash has {len(hash_)} bytes where {HASH_BYTES} belong")
    return hash_


def cosigned_message(key: VerifierKey, checkpoint: Checkpoint, timestamp: int) -> bytes:
    """What a witness signs: `timestamp` is POSIX time in seconds. ValueError for a key that cosigns
    nothing."""
    if key.algorithm == ED25519_COSIGNATURE:
        return f"cosignature/v1\ntime {timestamp}\n{checkpoint.text()}".encode()
    if key.algorithm == ML_DSA_44_COSIGNATURE:
        name, origin = key.name.encode(), checkpoint.origin.encode()
        times = timestamp.to_bytes(8, "big")
        ends = (0).to_bytes(8, "big") + checkpoint.size.to_bytes(8, "big")
        named = bytes([len(name)]) + name + times + bytes([len(origin)]) + origin
        return b"subtree/v1\n\0" + named + ends + checkpoint.root
    raise ValueError(f"a key of type {key.algorithm} cosigns nothing")


def cosignature(key: VerifierKey, timestamp: int, signature: bytes) -> Signature:
    """The line for what was signed over `cosigned_message`."""
    return Signature(key.name, key.key_id, timestamp.to_bytes(8, "big") + signature)


def cosigned_at(signature: Signature) -> int:
    """A cosignature's POSIX time in seconds; trust it only once the signature was verified."""
    return int.from_bytes(signature.content[:8], "big")


def signed_by(note: Note, key: VerifierKey, verify: Verify) -> Signature | None:
    """This key's good signature of a note that is a checkpoint, or None where it has none. Raises NoteBroken
    for one that is not good, or a text that is no checkpoint: such a note counts for nothing."""
    for signature in note.signatures:
        if (signature.name, signature.key_id) != (key.name, key.key_id):
            continue
        if key.algorithm in COSIGNATURES:
            message = cosigned_message(key, read_checkpoint(note.text), cosigned_at(signature))
            content = signature.content[8:]
        else:
            message, content = note.text.encode(), signature.content
        if not verify(key.algorithm, key.public_key, content, message):
            raise NoteBroken(f"the signature of {key.name} does not fit the note")
        return signature
    return None


def _base64(text: str, what: str) -> bytes:
    """The one way of writing it: padded, and no bits left over."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteBroken(f"{what} is not base64") from None
    if base64.b64encode(content).decode() != text:
        raise NoteBroken(f"{what} is not written as base64 has to be")
    return content
