"""The root of the log's Merkle tree (RFC 6962, section 2.1), over leaves that are hashed already.

Streamed: memory holds one hash for each bit of the size. The tree of no leaves is SHA-256 of nothing.
"""

from __future__ import annotations

import hashlib

from domain.tree_proofs import node_hash


class TreeRoot:
    """Add leaves in the order of positions, then ask for the root; more can be added afterwards."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[bytes] = []
        """Roots of complete subtrees, the largest first: one for each bit that `size` has set."""

    def add(self, leaf: bytes) -> None:
        """`leaf`: the 32 bytes of an event's leaf (docs/leaf-format.md)."""
        size, node = self.size, leaf
        while size & 1:
            node = node_hash(self._complete.pop(), node)
            size >>= 1
        self._complete.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._complete:
            return hashlib.sha256().digest()
        *further, node = self._complete
        for left in reversed(further):
            node = node_hash(left, node)
        return node
