"""The private keys of agencies that lie on this machine: one file each, 0600 in a folder of 0700.

A file is `<agency id>.<key id>.key` with the key in PEM (PKCS 8). Keys made here in bulk are for
demonstration: a real agency keeps its own key and sends signatures. Files are durable before anything says
that the key exists, so a key that was named is never lost by a crash; one that was not yet named is used when
the command runs again.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from infra.secrets import SecretsError, create_file, read_file

SUFFIX = ".key"
SYNCED_ALONE = 100
"""Up to so many files are synced one by one; more are synced together."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """`public_key`: base64 of its 32 bytes; `key_id`: the first 8 bytes of their SHA-256, hex."""

    agency: UUID
    key_id: str
    public_key: str


class AgencyKeyFiles:
    """The keys in a folder (which need not exist). All raise SecretsError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, agencies: Sequence[UUID]) -> list[KeyFile]:
        """A new key for each; durable when this returns."""
        together = len(agencies) > SYNCED_ALONE
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            made = [self._make(agency, durable=not together) for agency in agencies]
            if together:
                os.sync()
            self._sync_folder()
        except OSError as error:
            raise SecretsError(
                f"Keys cannot be written in {self._folder}: {error.strerror}. "
                "Give this account the right to write there, or name another folder in HOSO_DATA_DIR."
            ) from error
        return made

    def listed(self) -> Iterator[tuple[UUID, str]]:
        """Agency and key id of every file."""
        if not self._folder.is_dir():
            return
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            agency, _, key_id = path.name.removesuffix(SUFFIX).partition(".")
            try:
                yield UUID(agency), key_id
            except ValueError:
                continue  # no file of ours

    def public(self, agency: UUID, key_id: str) -> str:
        """The public key, base64."""
        return _public_text(self._private(agency, key_id))

    def sign(self, agency: UUID, key_id: str, message: bytes) -> str:
        """The signature, base64."""
        return base64.b64encode(self._private(agency, key_id).sign(message)).decode()

    def _make(self, agency: UUID, *, durable: bool) -> KeyFile:
        key = Ed25519PrivateKey.generate()
        public = _public_text(key)
        key_id = hashlib.sha256(base64.b64decode(public)).hexdigest()[:16]
        content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        create_file(self._path(agency, key_id), content, durable=durable)
        return KeyFile(agency, key_id, public)

    def _private(self, agency: UUID, key_id: str) -> Ed25519PrivateKey:
        path = self._path(agency, key_id)
        try:
            key = load_pem_private_key(read_file(path), password=None)
        except (ValueError, TypeError) as error:
            raise SecretsError(f"{path} does not hold a private key in PEM; put the file back.") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise SecretsError(f"{path} holds a key of another kind; certificates are signed with Ed25519.")
        return key

    def _path(self, agency: UUID, key_id: str) -> Path:
        return self._folder / f"{agency}.{key_id}{SUFFIX}"

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _public_text(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()
