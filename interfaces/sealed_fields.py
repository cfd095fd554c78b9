"""Opens a sealed field of a proof with the key of its one event, away from the ledger and its keyring."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from application.proof_reading import SealedField


def open_field(field: SealedField, event_key: bytes) -> str | None:
    """The text, or None where the key does not open it."""
    try:
        return AESGCM(event_key).decrypt(field.nonce, field.ciphertext, field.associated).decode("utf-8")
    except (InvalidTag, ValueError):
        return None
