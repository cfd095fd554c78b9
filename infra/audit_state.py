"""The state of an audit in a file of the data directory, and which program audits: who goes on with an audit
has to be the same.

The file is whole or not there, and begins with a digest of the rest, since a flipped bit in it must not
become a finding or hide one; it holds positions, hashes and findings, nothing personal and nothing secret.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import orjson

from infra.durable import make_folder, write_synced

NAME = "audit.state"
PACKAGES = ("application", "domain", "infra", "projections")


class AuditStateFile:
    """Implements `application.audit_ports.AuditKeeper`."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._draft = folder / f".{NAME}"

    def load(self) -> Mapping[str, Any] | None:
        """Empty where what was saved is damaged, None where nothing was saved."""
        try:
            digest, _, content = self._path.read_bytes().partition(b"\n")
        except (FileNotFoundError, NotADirectoryError):
            return None
        return orjson.loads(content) if digest == _digest(content) else {}

    def save(self, state: Mapping[str, Any]) -> None:
        make_folder(self._path.parent)
        content = orjson.dumps(state)
        write_synced(self._draft, _digest(content) + b"\n" + content, 0o600)
        self._draft.replace(self._path)

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def program_digest() -> str:
    """Over the source of everything that an audit runs."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for file in sorted(files(package).iterdir(), key=lambda one: one.name):
            if file.name.endswith((".py", ".sql")):
                _add(digest, file)
    return digest.hexdigest()


def _add(digest: Any, file: Traversable) -> None:
    content = file.read_bytes()
    digest.update(f"{file.name} {len(content)}\n".encode())
    digest.update(content)
