"""Agencies' private keys on this machine: closed to others, found again, and refused when damaged."""

from __future__ import annotations

import base64
import stat
from pathlib import Path
from uuid import uuid4

import pytest

from infra.agency_keys import ALONE, BUNDLE, AgencyKeyFiles
from infra.secrets import SecretsError
from interfaces.signatures import verify


@pytest.mark.parametrize("amount", [1, ALONE + 1])
def test_keys_are_made_closed_to_others_and_sign(tmp_path: Path, amount: int) -> None:
    files = AgencyKeyFiles(tmp_path / "keys")
    assert list(files.listed()) == []
    made = files.make([uuid4() for _ in range(amount)])
    assert sorted(files.listed()) == sorted((key.agency, key.key_id) for key in made)
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()} == {0o600}
    key = made[0]
    assert files.public(key.agency, key.key_id) == key.public_key
    signature = base64.b64decode(files.sign(key.agency, key.key_id, b"message"))
    public = base64.b64decode(key.public_key)
    assert verify(public, signature, b"message")
    assert not verify(public, signature, b"other")
    assert not verify(public, signature[:-1] + bytes([signature[-1] ^ 1]), b"message")
    assert not verify(b"short", signature, b"message")


def test_a_key_that_others_can_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    files = AgencyKeyFiles(tmp_path)
    (key,) = files.make([uuid4()])
    (path,) = tmp_path.iterdir()
    path.chmod(0o640)
    with pytest.raises(SecretsError, match="chmod 600"):
        files.sign(key.agency, key.key_id, b"")
    path.chmod(0o600)
    path.write_bytes(b"no key")
    with pytest.raises(SecretsError, match="PEM"):
        files.sign(key.agency, key.key_id, b"")
    with pytest.raises(SecretsError, match="missing"):
        files.sign(uuid4(), key.key_id, b"")
    (tmp_path / "note.key").write_text("not ours")
    files.make([uuid4() for _ in range(ALONE + 1)])
    assert len(list(files.listed())) == ALONE + 2
    (bundle,) = tmp_path.glob(f"*{BUNDLE}")
    bundle.write_bytes(bundle.read_bytes()[:-9])
    with pytest.raises(SecretsError, match="does not hold keys"):
        list(AgencyKeyFiles(tmp_path).listed())
    bundle.unlink()
    files = AgencyKeyFiles(tmp_path)
    assert list(files.listed()) == [(key.agency, key.key_id)]
