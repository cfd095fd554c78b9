"""What a sealed field of a payload is made of and bound to (docs/events.md, 'Types'), without a cipher: for
who seals and who opens, also away from the ledger.

The key of a subject seals nothing itself: from it and the payload's salt comes the key of that one event,
which opens that payload's fields of that subject and no other.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from binascii import b2a_base64
from typing import Final
from uuid import UUID

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
FIELD_INFO: Final = b"hoso/field/1"
SEALED_KEYS: Final = frozenset(("subject", "nonce", "ciphertext"))
"""The names of a sealed field's parts in JSON."""
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def associated_data(stream_id: UUID, version: int, topic: str, path: str) -> bytes:
    """What a field's ciphertext is bound to."""
    return f"{stream_id}|{version}|{topic}|{path}".encode()


def to_base64(value: bytes) -> str:
    """base64url without padding."""
    return b2a_base64(value, newline=False).translate(_URL_SAFE, b"=").decode("ascii")


def from_base64(text: str) -> bytes:
    """The bytes of base64url without padding. Raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
