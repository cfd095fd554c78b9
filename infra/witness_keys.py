"""A witness's private keys: files of 0600 in its folder, `witness.ed25519.key` and `witness.ml-dsa-44.key`
(PEM, PKCS 8). A file that is there is never written over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from application.witness_ports import StateBroken
from domain.notes import ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE, VerifierKey
from infra.note_ciphers import PrivateKey, generate
from infra.secrets import SecretsError, create_file, read_file

FILES: Mapping[int, str] = {
    ED25519_COSIGNATURE: "witness.ed25519.key",
    ML_DSA_44_COSIGNATURE: "witness.ml-dsa-44.key",
}
_KINDS: Mapping[int, type[PrivateKey]] = {
    ED25519_COSIGNATURE: Ed25519PrivateKey,
    ML_DSA_44_COSIGNATURE: MLDSA44PrivateKey,
}


class WitnessKeys:
    """The keys of one witness, ready to sign. Read from its folder once."""

    def __init__(self, name: str, private: Mapping[int, PrivateKey]) -> None:
        self._private: dict[VerifierKey, PrivateKey] = {
            VerifierKey(name, algorithm, key.public_key().public_bytes_raw()): key
            for algorithm, key in private.items()
        }

    def keys(self) -> Sequence[VerifierKey]:
        return tuple(self._private)

    def sign(self, key: VerifierKey, message: bytes) -> bytes:
        return self._private[key].sign(message)


def read_keys(folder: Path, name: str) -> WitnessKeys:
    """Every key file of the folder. Raises StateBroken."""
    return WitnessKeys(
        name, {a: _read(folder / file, a) for a, file in FILES.items() if _is_there(folder, a)}
    )


def make_keys(folder: Path, name: str, algorithms: Sequence[int]) -> WitnessKeys:
    """The keys of these algorithms; those that are there already are kept. Raises StateBroken, OSError."""
    for algorithm in algorithms:
        content = generate(algorithm).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        create_file(folder / FILES[algorithm], content)
    return WitnessKeys(
        name, {algorithm: _read(folder / FILES[algorithm], algorithm) for algorithm in algorithms}
    )


def there(folder: Path) -> list[Path]:
    """The key files of the folder."""
    return [folder / file for algorithm, file in FILES.items() if _is_there(folder, algorithm)]


def _is_there(folder: Path, algorithm: int) -> bool:
    return (folder / FILES[algorithm]).exists()


def _read(path: Path, algorithm: int) -> PrivateKey:
    try:
        key = load_pem_private_key(read_file(path), password=None)
    except SecretsError as error:
        raise StateBroken(str(error)) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise StateBroken(f"{path} does not hold a private key in PEM; put the original file back.") from None
    kind = _KINDS[algorithm]
    if not isinstance(key, kind):
        raise StateBroken(f"{path} holds a key of another kind; put the original file back.")
    return key
