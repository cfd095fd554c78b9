"""Personal text to ciphertext and back: the one place that knows the cryptography of a field
(docs/events.md, 'Types').

AES-256-GCM; key = HKDF-SHA256(subject's key, salt = the payload's 16 random bytes, info `hoso/field/1`); 12
random bytes of nonce; associated data `<stream id>|<version>|<topic>|<field path>` in UTF-8. A payload has
its own salt and a field its own path, so no ciphertext can be moved to another place.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from domain.facts import Sealed
from domain.sealed_fields import FIELD_INFO, KEY_BYTES


class SealBroken(Exception):
    """A sealed field does not open with its subject's key: its bytes, or the place where it stands, were
    changed.
    """

    def __init__(self, sealed: Sealed) -> None:
        place = sealed.associated.decode("utf-8", "replace")
        super().__init__(f"the sealed field {place} does not open with the key of subject {sealed.subject}")


def event_key(subject_key: bytes, salt: bytes) -> bytes:
    """The key of one subject's fields in one payload: what a proof may carry."""
    return HKDF(SHA256(), KEY_BYTES, salt, FIELD_INFO).derive(subject_key)


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
