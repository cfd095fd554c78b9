"""The tree as RFC 6962 and C2SP tlog-tiles write it, from the leaves alone, sharing nothing with the program:
what the tests hold tiles, bundles and checkpoints against."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_LEAVES = "SELECT leaf FROM event ORDER BY position"


class NaiveTree:
    """Over the leaves in their order."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self._hash = cache(self._hashed)

    def root(self, size: int) -> bytes:
        return self._hash(0, size) if size else hashlib.sha256(b"").digest()

    def _hashed(self, start: int, end: int) -> bytes:
        if end - start == 1:
            return self.leaves[start]
        half = 1
        while half * 2 < end - start:
            half *= 2
        left, right = self._hash(start, start + half), self._hash(start + half, end)
        return hashlib.sha256(b"\x01" + left + right).digest()

    def tiles(self, size: int) -> dict[str, bytes]:
        """Path and bytes of every tile of a tree of this size: tile n of level l holds, for i from 0 to 255,
        MTH(D[(n*256+i) * 256^l : (n*256+i+1) * 256^l])."""
        found = {}
        level, span = 0, 1
        while size // span:
            for n in range((size // span + 255) // 256):
                hashes = [
                    self._hash(i * span, (i + 1) * span)
                    for i in range(n * 256, min((n + 1) * 256, size // span))
                ]
                width = "" if len(hashes) == 256 else f".p/{len(hashes)}"
                assert n < 1000
                found[f"tile/{level}/{n:03d}{width}"] = b"".join(hashes)
            level, span = level + 1, span * 256
        return found


def tree_of(dsn: str) -> NaiveTree:
    """Of what is recorded in a database."""
    with psycopg.connect(dsn) as connection:
        return NaiveTree([bytes(row[0]) for row in connection.execute(_LEAVES).fetchall()])


def read_checkpoint(content: bytes) -> tuple[str, int, bytes, list[tuple[str, bytes]]]:
    """Origin, size, root, and for each signature its name and bytes, key id in front."""
    text, _, lines = content.decode().rpartition("\n\n")
    origin, size, root = text.split("\n")
    signatures = []
    for line in lines.splitlines():
        dash, name, encoded = line.split(" ")
        assert dash == "\u2014"
        signatures.append((name, base64.b64decode(encoded)))
    return origin, int(size), base64.b64decode(root), signatures


def signed_by(content: bytes, public_key: bytes) -> bool:
    """Whether one of the signatures is this Ed25519 key's; a bad one of its is an error."""
    text, _, _ = content.rpartition(b"\n\n")
    for name, signature in read_checkpoint(content)[3]:
        key_id = hashlib.sha256(name.encode() + b"\n\x01" + public_key).digest()[:4]
        if signature[:4] == key_id:
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature[4:], text + b"\n")
            return True
    return False


def check_folder(root: Path, tree: NaiveTree) -> int:
    """Everything that a reader of the folder's checkpoint needs is there and right; the checkpoint's size."""
    _, size, top, _ = read_checkpoint((root / "checkpoint").read_bytes())
    assert top == tree.root(size)
    for path, content in tree.tiles(size).items():
        assert (root / path).read_bytes() == content, path
        if path.startswith("tile/0/"):
            bundle = (root / path.replace("tile/0/", "tile/entries/")).read_bytes()
            assert [hashlib.sha256(b"\0" + entry).digest() for entry in entries(bundle)] == [
                content[n : n + 32] for n in range(0, len(content), 32)
            ], path
    return size


def entries(bundle: bytes) -> list[bytes]:
    found = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        found.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return found
