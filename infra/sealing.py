"""Personal text to ciphertext and back: the one place that knows the cryptography of a field
(docs/events.md, 'Types').

AES-256-GCM; key = HKDF-SHA256(subject's key, salt = the payload's 16 random bytes, info `hoso/field/1`); 12
random bytes of nonce; associated data `<stream id>|<version>|<topic>|<field path>` in UTF-8. A payload has
its own salt and a field its own path, so no ciphertext can be moved to another place.
"""

from __future__ import annotations

from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.facts import Sealed
from domain.sealed_fields import FIELD_INFO

_BLOCK_BYTES = 64
_INNER = bytes(number ^ 0x36 for number in range(256))
_OUTER = bytes(number ^ 0x5C for number in range(256))


class SealBroken(Exception):
    """A sealed field does not open with its subject's key: its bytes, or the place where it stands, were
    changed.
    """

    def __init__(self, sealed: Sealed) -> None:
        place = sealed.associated.decode("utf-8", "replace")
        super().__init__(f"the sealed field {place} does not open with the key of subject {sealed.subject}")


def event_key(subject_key: bytes, salt: bytes) -> bytes:
    """The key of one subject's fields in one payload: what a proof may carry.

    HKDF-SHA256 (RFC 5869) of one block of output. Written out, since each sealed fact needs one and the
    library's takes half as long again; the library is its judge in tests/codec/test_sealed_text.py.
    """
    return _hmac(_hmac(salt, subject_key), FIELD_INFO + b"\x01")


def _hmac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256 (RFC 2104) under a key of at most 64 bytes."""
    key = key.ljust(_BLOCK_BYTES, b"\0")
    inner = sha256(key.translate(_INNER) + message).digest()
    return sha256(key.translate(_OUTER) + inner).digest()


def field_cipher(subject_key: bytes, salt: bytes) -> AESGCM:
    """The cipher of one subject's fields in one payload."""
    return AESGCM(event_key(subject_key, salt))


def unseal(sealed: Sealed, subject_key: bytes) -> str:
    """The text of a sealed field. Raises SealBroken."""
    try:
        text = field_cipher(subject_key, sealed.salt).decrypt(
            sealed.nonce, sealed.ciphertext, sealed.associated
        )
    except (InvalidTag, ValueError) as broken:
        raise SealBroken(sealed) from broken
    return text.decode("utf-8")
