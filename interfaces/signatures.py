"""Signatures as the application and the domain ask for them, who know no cipher themselves."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from application.tlog_ports import ED25519, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE


def verify(public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the Ed25519 signature (64 bytes) is this key's (32 bytes) over the message."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_note(algorithm: int, public_key: bytes, signature: bytes, message: bytes) -> bool:
    """The port `domain.notes.Verify`; False for an algorithm that is not known."""
    if algorithm in (ED25519, ED25519_COSIGNATURE):
        return verify(public_key, signature, message)
    if algorithm != ML_DSA_44_COSIGNATURE:
        return False
    try:
        MLDSA44PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
