"""The secret files of a ledger: made once by `hoso schema init`, read at start, never in the database or
its backup.

`master.key` (32 bytes, in hex): wraps the subjects' keys and gives the keyed hashes; it never changes, and
without it no personal text of the ledger can be read again. `token.key` (Ed25519, PEM): signs the bearer
tokens that `hoso tokens issue` makes. `log.<key id>.key` (infra/log_keys.py): signs the log. `bucket.key`,
written by hand where files lie in a bucket: its access key and its secret, a line each.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

MASTER_KEY = "master.key"
TOKEN_KEY = "token.key"
BUCKET_KEY = "bucket.key"
MASTER_KEY_BYTES = 32
MAX_FILE_BYTES = 4096


class SecretsError(Exception):
    """A secret file is missing, readable by others, or not what it must be; the text says what to do."""


def create_secrets(folder: Path) -> list[Path]:
    """Make the secret files that are not there yet, 0600 in a folder of 0700; returns those made.

    A file that exists is left alone, so that running again never locks anyone out. Raises SecretsError.
    """
    token_key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    wanted = {MASTER_KEY: secrets.token_hex(MASTER_KEY_BYTES).encode() + b"\n", TOKEN_KEY: token_key}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return [folder / name for name, content in wanted.items() if create_file(folder / name, content)]
    except OSError as error:
        raise SecretsError(
            f"The secret files cannot be made in {folder}: {error.strerror}. "
            "Give this account the right to write there, or name another folder in HOSO_SECRETS_DIR."
        ) from error


def read_master_key(folder: Path) -> bytes:
    """The 32 bytes of `master.key`. Raises SecretsError."""
    path = folder / MASTER_KEY
    text = read_file(path).strip()
    try:
        key = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        key = b""
    if len(key) != MASTER_KEY_BYTES:
        raise SecretsError(
            f"{path} must hold {2 * MASTER_KEY_BYTES} hexadecimal digits and does not. "
            "Put the original file back from where your organisation keeps it."
        )
    return key


def read_token_key(folder: Path) -> Ed25519PrivateKey:
    """The key of `token.key`. Raises SecretsError."""
    path = folder / TOKEN_KEY
    try:
        key = load_pem_private_key(read_file(path), password=None)
    except (ValueError, TypeError) as error:
        raise SecretsError(
            f"{path} does not hold a private key in PEM; put the original file back."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SecretsError(f"{path} holds a key of another kind; tokens are signed with Ed25519.")
    return key


def read_bucket_key(folder: Path, setting: str = "HOSO_FILES") -> tuple[str, str]:
    """Access key and secret of `bucket.key`, for the bucket that this setting names. Raises SecretsError."""
    path = folder / BUCKET_KEY
    if not path.exists():
        raise SecretsError(
            f"{setting} names a bucket, and its key is not known. Set {setting}_KEY and {setting}_SECRET, "
            f"or write both into {path}, a line each, and run: chmod 600 {path}"
        )
    lines = read_file(path).decode("utf-8", "replace").split()
    if len(lines) != 2:
        raise SecretsError(f"{path} must hold two lines, the bucket's access key and its secret.")
    return lines[0], lines[1]


def create_file(path: Path, content: bytes) -> bool:
    """Whole or not at all, and never over an existing file: written beside it, then linked to its name."""
    if path.exists():
        return False
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def read_file(path: Path, most: int = MAX_FILE_BYTES) -> bytes:
    """The content of a file that only this account can read. Raises SecretsError."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise SecretsError(
                    f"{path} can be read by others (mode {mode:04o}). Run: chmod 600 {path}; "
                    "and if others may have read it, treat it as known to them."
                )
            return file.read(most)
    except FileNotFoundError:
        raise SecretsError(
            f"{path} is missing. For a new ledger run: hoso schema init. For an existing one, put the file "
            "back from where your organisation keeps it, or name its folder in HOSO_SECRETS_DIR."
        ) from None
    except OSError as error:
        raise SecretsError(f"{path} cannot be read: {error.strerror}.") from error
