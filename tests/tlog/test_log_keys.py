"""The log's private keys on this machine: closed to others, named by origin, refused when damaged."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from application.tlog_ports import TlogUnavailable
from domain.notes import VerifierKey
from infra.log_keys import LogKeyFiles
from interfaces.signatures import verify


def test_a_key_is_made_closed_to_others_found_again_and_signs(tmp_path: Path) -> None:
    keys = LogKeyFiles(tmp_path / "secrets")
    assert keys.keys() == []
    first, second = keys.make("hoso/one"), keys.make("hoso/one")
    assert sorted(LogKeyFiles(tmp_path / "secrets").keys(), key=str) == sorted([first, second], key=str)
    files = sorted((tmp_path / "secrets").iterdir())
    assert {path.name for path in files} == {f"log.{key.key_id.hex()}.key" for key in (first, second)}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    signature = keys.sign(first, b"message")
    assert verify(first.public_key, signature, b"message")
    assert not verify(second.public_key, signature, b"message")


def test_a_key_that_is_missing_readable_by_others_or_changed_is_refused(tmp_path: Path) -> None:
    keys = LogKeyFiles(tmp_path)
    key = keys.make("hoso/one")
    (path,) = tmp_path.iterdir()
    text = path.read_text()
    path.chmod(0o644)
    with pytest.raises(TlogUnavailable, match="chmod 600"):
        keys.keys()
    path.chmod(0o600)
    for broken in (text[:-9], text.replace("hoso/one", "hoso/two"), "", "PRIVATE+KEY+a+b+c", text[8:]):
        path.write_text(broken)
        with pytest.raises(TlogUnavailable, match="put the original file back"):
            keys.sign(key, b"message")
        with pytest.raises(TlogUnavailable, match="put the original file back"):
            keys.keys()
    path.unlink()
    with pytest.raises(TlogUnavailable, match="is missing"):
        keys.sign(key, b"message")


def test_another_key_of_the_same_id_is_not_used(tmp_path: Path) -> None:
    keys = LogKeyFiles(tmp_path)
    key = keys.make("hoso/one")

    class SameId(VerifierKey):
        @property
        def key_id(self) -> bytes:
            return key.key_id

    with pytest.raises(TlogUnavailable, match="holds another key"):
        keys.sign(SameId("hoso/two", key.algorithm, key.public_key), b"message")
