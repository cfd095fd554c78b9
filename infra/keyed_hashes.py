"""The keyed hashes of a ledger, all from its master key: what finds again what must not stand anywhere.

Their keys never change: a claim, a number or a request from ten years ago must still be found.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(master_key: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose. Purposes never change their names."""
    return HKDF(SHA256(), 32, None, f"hoso/{purpose}/1".encode()).derive(master_key)


class KeyedHashes:
    """HMAC-SHA256 under a key per purpose; `kind` and text are told apart by a zero byte."""

    def __init__(self, master_key: bytes) -> None:
        self._claim = derive(master_key, "claim")
        self._request = derive(master_key, "request")
        self._number = derive(master_key, "number")
        self._alias = derive(master_key, "alias")
        self._search = derive(master_key, "search")
        self.mark = derive(master_key, "mark")

    def claim_value(self, kind: str, text: str) -> bytes:
        """The value of a claim on something that must exist once."""
        return _hash(self._claim, kind, text)

    def number_hash(self, number: str) -> bytes:
        """What a citizen is found by: the personal number or the enterprise code."""
        return _hash(self._number, "number", number)

    def search_hash(self, kind: str, text: str) -> bytes:
        """What a citizen is searched by: `application.search_terms` names the kinds."""
        return _hash(self._search, kind, text)

    def alias_hash(self, kind: str, text: str) -> bytes:
        """What a name in an earlier system is found by."""
        return _hash(self._alias, kind, text)

    def request_digest(self, request: bytes) -> bytes:
        """What tells a repeated request from another one under the same key; bodies hold what can be
        guessed.
        """
        return hmac.digest(self._request, request, "sha256")

    @staticmethod
    def command_id(identity: str, key: str) -> bytes:
        """SHA-256 of identity, a zero byte and idempotency key, in UTF-8. No identity has a zero byte."""
        if "\0" in identity:
            raise ValueError("an identity cannot hold a zero byte")
        return sha256(f"{identity}\0{key}".encode()).digest()


def _hash(key: bytes, kind: str, text: str) -> bytes:
    if "\0" in kind:
        raise ValueError("a kind cannot hold a zero byte")
    return hmac.digest(key, f"{kind}\0{text}".encode(), "sha256")
