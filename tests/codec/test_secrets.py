"""Secret files: made once, for their owner's eyes, and every fault named with what to do."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from infra.secrets import SecretsError, create_secrets, read_master_key, read_token_key


def test_made_once_for_the_owner_alone_and_kept(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "secrets"
    assert [path.name for path in create_secrets(folder)] == ["master.key", "token.key"]
    key, public = read_master_key(folder), read_token_key(folder).public_key()
    assert len(key) == 32
    assert create_secrets(folder) == []
    assert read_master_key(folder) == key
    assert read_token_key(folder).public_key() == public
    assert sorted(path.name for path in folder.iterdir()) == ["master.key", "token.key"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_missing_file_says_how_to_get_it(tmp_path: Path) -> None:
    for read in (read_master_key, read_token_key):
        with pytest.raises(SecretsError, match=r"is missing.*hoso schema init.*HOSO_SECRETS_DIR"):
            read(tmp_path)


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    create_secrets(tmp_path)
    for path in tmp_path.iterdir():
        path.chmod(0o640)
    for read in (read_master_key, read_token_key):
        with pytest.raises(SecretsError, match="chmod 600"):
            read(tmp_path)


@pytest.mark.parametrize("content", [b"", b"00" * 31, b"00" * 33, b"zz" * 32, b"\xff" * 64, b"0" * 10_000])
def test_a_master_key_of_the_wrong_length_is_refused(tmp_path: Path, content: bytes) -> None:
    create_secrets(tmp_path)
    (tmp_path / "master.key").write_bytes(content)
    with pytest.raises(SecretsError, match="64 hexadecimal digits"):
        read_master_key(tmp_path)


def test_a_token_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    create_secrets(tmp_path)
    path = tmp_path / "token.key"
    path.write_bytes(b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    with pytest.raises(SecretsError, match="PEM"):
        read_token_key(tmp_path)
    rsa = generate_private_key(65537, 2048)
    path.write_bytes(rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(SecretsError, match="Ed25519"):
        read_token_key(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SecretsError, match="HOSO_SECRETS_DIR"):
        create_secrets(tmp_path / "file" / "secrets")
