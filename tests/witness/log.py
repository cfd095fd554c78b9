"""A log as a witness meets it: leaves, a key that signs checkpoints, and proofs made as RFC 6962 writes them
down, without any of our own tree."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.notes import ED25519, Checkpoint, Note, Signature, VerifierKey

_numbers = count(1)


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1: the root over hashes of leaves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = _below(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def proof(m: int, leaves: Sequence[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962, 2.1.2: PROOF(m, D[n]) and SUBPROOF."""
    n = len(leaves)
    if m in (0, n):
        return [] if whole else [mth(leaves)]
    k = _below(n)
    if m <= k:
        return [*proof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*proof(m - k, leaves[k:], False), mth(leaves[:k])]


def _below(n: int) -> int:
    k = 1
    while 2 * k < n:
        k *= 2
    return k


class Log:
    """`leaves`: the hashes of the leaves so far."""

    def __init__(self, size: int = 0, origin: str | None = None) -> None:
        self.origin = origin or f"log.example/{next(_numbers)}"
        self.private = Ed25519PrivateKey.generate()
        self.leaves: list[bytes] = []
        self.grow(size)

    @property
    def key(self) -> VerifierKey:
        return VerifierKey(self.origin, ED25519, self.private.public_key().public_bytes_raw())

    @property
    def key_text(self) -> str:
        return str(self.key)

    def grow(self, by: int, what: str = "") -> Log:
        for number in range(len(self.leaves), len(self.leaves) + by):
            self.leaves.append(hashlib.sha256(f"{self.origin} {number} {what}".encode()).digest())
        return self

    def fork(self, at: int, size: int, what: str = "otherwise") -> Log:
        """The same key and origin, and other leaves after the first `at`."""
        other = Log(0, self.origin)
        other.private = self.private
        other.leaves = self.leaves[:at]
        return other.grow(size - at, what)

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        size = len(self.leaves) if size is None else size
        return Checkpoint(self.origin, size, mth(self.leaves[:size]))

    def note(self, size: int | None = None, private: Ed25519PrivateKey | None = None) -> Note:
        return self.signed(self.checkpoint(size).text(), private)

    def signed(self, text: str, private: Ed25519PrivateKey | None = None) -> Note:
        content = (private or self.private).sign(text.encode())
        return Note(text, (Signature(self.key.name, self.key.key_id, content),))

    def proof(self, old: int, size: int | None = None) -> list[bytes]:
        return proof(old, self.leaves[: len(self.leaves) if size is None else size])

    def proof_of(self, old: int, new: int) -> list[bytes]:
        """As other programs ask for it."""
        return self.proof(old, new)

    def body(self, old: int, size: int | None = None, hashes: Sequence[bytes] | None = None) -> bytes:
        """What the log sends to a witness."""
        found = self.proof(old, size) if hashes is None else hashes
        return body(old, found, str(self.note(size)))


def body(old: int | str, hashes: Sequence[bytes], note: str) -> bytes:
    lines = "".join(base64.b64encode(each).decode() + "\n" for each in hashes)
    return f"old {old}\n{lines}\n{note}".encode()
