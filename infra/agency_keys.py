"""The private keys of agencies that lie on this machine, in files of 0600 in a folder of 0700.

A file `<agency id>.<key id>.key` holds one key in PEM (PKCS 8). Keys made here in bulk lie together in one
`<key id of the first>.keys`, a line each: agency, key id and the key's 32 bytes in base64; they are for
demonstration, since a real agency keeps its own key and sends signatures. Files are durable before anything
says that a key exists, so a key that was named is never lost by a crash; one that was not yet named is used
when the command runs again.
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
    load_pem_private_key,
)

from infra.secrets import SecretsError, create_file, read_file

SUFFIX = ".key"
BUNDLE = ".keys"
ALONE = 20
"""Up to so many keys are made in files of their own; more lie together in one."""
LARGEST_BUNDLE = 64 * 1024 * 1024
PRIVATE_BYTES = 32


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
        self._bundled: dict[tuple[UUID, str], bytes] | None = None

    def make(self, agencies: Sequence[UUID]) -> list[KeyFile]:
        """A new key for each; durable when this returns."""
        made = [(agency, Ed25519PrivateKey.generate()) for agency in agencies]
        keys = [_named(agency, key) for agency, key in made]
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if len(made) <= ALONE:
                for named, (_, key) in zip(keys, made, strict=True):
                    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                    create_file(self._path(named.agency, named.key_id), content)
            else:
                lines = [
                    f"{named.agency} {named.key_id} {base64.b64encode(key.private_bytes_raw()).decode()}\n"
                    for named, (_, key) in zip(keys, made, strict=True)
                ]
                create_file(self._folder / f"{keys[0].key_id}{BUNDLE}", "".join(lines).encode())
            self._sync_folder()
        except OSError as error:
            raise SecretsError(
                f"Keys cannot be written in {self._folder}: {error.strerror}. "
                "Give this account the right to write there, or name another folder in HOSO_DATA_DIR."
            ) from error
        self._bundled = None
        return keys

    def listed(self) -> Iterator[tuple[UUID, str]]:
        """Agency and key id of every key."""
        if not self._folder.is_dir():
            return
        yield from self._bundles()
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

    def _bundles(self) -> dict[tuple[UUID, str], bytes]:
        if self._bundled is None:
            self._bundled = {}
            for path in sorted(self._folder.glob(f"*{BUNDLE}")):
                try:
                    for line in read_file(path, LARGEST_BUNDLE).decode("ascii").splitlines():
                        agency, key_id, private = line.split(" ")
                        self._bundled[UUID(agency), key_id] = _private_bytes(private)
                except ValueError as error:
                    raise SecretsError(f"{path} does not hold keys; put the file back.") from error
        return self._bundled

    def _private(self, agency: UUID, key_id: str) -> Ed25519PrivateKey:
        if private := self._bundles().get((agency, key_id)):
            return Ed25519PrivateKey.from_private_bytes(private)
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


def _named(agency: UUID, key: Ed25519PrivateKey) -> KeyFile:
    raw = key.public_key().public_bytes_raw()
    return KeyFile(agency, hashlib.sha256(raw).hexdigest()[:16], base64.b64encode(raw).decode())


def _private_bytes(text: str) -> bytes:
    private = base64.b64decode(text, validate=True)
    if len(private) != PRIVATE_BYTES:
        raise ValueError("a line was cut off")
    return private


def _public_text(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()
