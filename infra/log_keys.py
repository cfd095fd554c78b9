"""The log's private keys on this machine, the port `LogSigner`: files `log.<key id>.key` among the secrets.

A file holds one Ed25519 key in the text form that programs for signed notes use: `PRIVATE+KEY+`, the name,
the key id and the seed. It is durable before `make` returns, so a key that was named on record is never lost
by a crash; one that was not named yet is used when the command runs again.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from application.tlog_ports import ED25519, TlogUnavailable
from domain.notes import VerifierKey
from infra.durable import sync_folder
from infra.secrets import SecretsError, create_file, read_file

BEGINS = "PRIVATE+KEY+"
SEED_BYTES = 32


class LogKeyFiles:
    """The keys in a folder (which need not exist). All raise TlogUnavailable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keys(self) -> Sequence[VerifierKey]:
        found = sorted(self._folder.glob("log.*.key")) if self._folder.is_dir() else []
        return [self._read(path)[0] for path in found]

    def sign(self, key: VerifierKey, message: bytes) -> bytes:
        path = self._path(key)
        there, private = self._read(path)
        if there != key:
            raise TlogUnavailable(f"{path} holds another key than {key}: put the original file back")
        return private.sign(message)

    def make(self, origin: str) -> VerifierKey:
        private = Ed25519PrivateKey.generate()
        key = _public(origin, private)
        seed = base64.b64encode(bytes([ED25519]) + private.private_bytes_raw()).decode()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            create_file(self._path(key), f"{BEGINS}{origin}+{key.key_id.hex()}+{seed}\n".encode())
            sync_folder(self._folder)
        except OSError as error:
            raise TlogUnavailable(
                f"the log's key cannot be written in {self._folder} ({error.strerror}): give this account "
                "the right to write there, or name another folder in HOSO_SECRETS_DIR"
            ) from error
        return key

    def _path(self, key: VerifierKey) -> Path:
        return self._folder / f"log.{key.key_id.hex()}.key"

    def _read(self, path: Path) -> tuple[VerifierKey, Ed25519PrivateKey]:
        try:
            text = read_file(path).decode("utf-8", "replace").strip()
        except SecretsError as error:
            raise TlogUnavailable(str(error).rstrip(".")) from error
        try:
            name, key_id, encoded = text.removeprefix(BEGINS).split("+", 2)
            content = base64.b64decode(encoded, validate=True)
            if not text.startswith(BEGINS) or content[0] != ED25519 or len(content) != 1 + SEED_BYTES:
                raise ValueError("another kind of key")
            private = Ed25519PrivateKey.from_private_bytes(content[1:])
            key = _public(name, private)
            if key.key_id.hex() != key_id or path != self._path(key):
                raise ValueError("not the key that it is named after")
        except (ValueError, IndexError) as error:
            raise TlogUnavailable(
                f"{path} does not hold the log's key as it was made: put the original file back"
            ) from error
        return key, private


def _public(name: str, private: Ed25519PrivateKey) -> VerifierKey:
    return VerifierKey(name, ED25519, private.public_key().public_bytes_raw())
