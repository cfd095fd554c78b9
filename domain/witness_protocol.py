"""What log and witness say to each other (C2SP tlog-witness), as text: read as strictly as notes are."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from domain.notes import (
    MOST_NOTE_BYTES,
    Checkpoint,
    Note,
    NoteBroken,
    Signature,
    decimal,
    read_checkpoint,
    read_hash,
    read_note,
    read_signature,
)
from domain.tree_proofs import MOST_HASHES

SIZE_TYPE = "text/x.tlog.size"
MOST_NAME_BYTES = 255
MOST_LINES = 16
"""Cosignatures in one answer."""
_HASH_LINE = 45
MOST_BODY_BYTES = MOST_NOTE_BYTES + MOST_HASHES * _HASH_LINE + 32


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint, and the proof that it goes on from the tree of `old_size` leaves."""

    old_size: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    def __str__(self) -> str:
        return submission(self.old_size, self.proof, str(self.note))


def submission(old_size: int, proof: Sequence[bytes], note: str) -> str:
    """The body of add-checkpoint."""
    hashes = "".join(f"{base64.b64encode(each).decode()}\n" for each in proof)
    return f"old {old_size}\n{hashes}\n{note}"


def read_submission(body: bytes) -> Submission:
    """Raises NoteBroken."""
    head, found, note = body.partition(b"\n\n")
    if not found:
        raise NoteBroken("there is no empty line before the checkpoint")
    first, *proof = _text(head).split("\n")
    if not first.startswith("old "):
        raise NoteBroken(f"the first line is `old` and a size, not {first[:30]!r}")
    if len(proof) > MOST_HASHES:
        raise NoteBroken(f"{len(proof)} hashes; a proof has at most {MOST_HASHES}")
    read = read_note(note)
    hashes = tuple(read_hash(line) for line in proof)
    return Submission(decimal(first[4:]), hashes, read, read_checkpoint(read.text))


def size_answer(size: int) -> str:
    """What a witness says that has cosigned another size."""
    return f"{size}\n"


def read_size_answer(body: bytes) -> int:
    """Raises NoteBroken."""
    text = _text(body)
    if not text.endswith("\n"):
        raise NoteBroken("the size does not end in a newline")
    return decimal(text[:-1])


def read_cosignatures(body: bytes) -> list[Signature]:
    """The signature lines of an answer. Raises NoteBroken."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise NoteBroken("the answer is not UTF-8") from None
    if not text.endswith("\n"):
        raise NoteBroken("the answer does not end in a newline")
    lines = text[:-1].split("\n")
    if len(lines) > MOST_LINES:
        raise NoteBroken(f"{len(lines)} signature lines; at most {MOST_LINES}")
    return [read_signature(line) for line in lines]


def origin_hash(origin: str) -> str:
    """By what a witness serves the checkpoint of this log."""
    return hashlib.sha256(origin.encode()).hexdigest()


def _text(content: bytes) -> str:
    try:
        return content.decode("ascii")
    except UnicodeDecodeError:
        raise NoteBroken("it holds letters that have no place there") from None
