"""The ciphers behind signed notes: what domain/notes.py says has to be signed or verified is done here."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from domain.notes import ED25519, ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE

PrivateKey = Ed25519PrivateKey | MLDSA44PrivateKey


def verify(algorithm: int, public_key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is good. What is no key or no signature is not good either."""
    try:
        if algorithm == ML_DSA_44_COSIGNATURE:
            MLDSA44PublicKey.from_public_bytes(public_key).verify(signature, message)
        elif algorithm in (ED25519, ED25519_COSIGNATURE):
            Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        else:
            return False
    except (InvalidSignature, ValueError):
        return False
    return True


def generate(algorithm: int) -> PrivateKey:
    """A new key for signatures of this type. ValueError for one that is not known here."""
    if algorithm == ML_DSA_44_COSIGNATURE:
        return MLDSA44PrivateKey.generate()
    if algorithm in (ED25519, ED25519_COSIGNATURE):
        return Ed25519PrivateKey.generate()
    raise ValueError(f"no key is made for signatures of type {algorithm}")
