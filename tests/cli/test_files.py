"""`hoso files` as people run it, on a folder and where a bucket is named wrongly."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from tests.cli.office import Office

DAY = 86_400


def lying(office: Office, content: bytes, days: float) -> Path:
    """A file that has lain in the store for some days, named by nobody."""
    name = hashlib.sha256(content).hexdigest()
    path = office.folder / "data" / "files" / name[:2] / name[2:]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - days * DAY,) * 2)
    return path


def test_where_no_fact_names_a_file_all_is_sound(office: Office) -> None:
    found = office.hoso("files", "check", "--json")
    assert found.code == 0
    assert (found.document["ok"], found.document["files"]) == (True, 0)
    assert office.hoso("files", "check").last_line.startswith("The files are sound: 0 files named up to")


def test_what_lay_too_long_is_listed_first_and_then_removed(office: Office) -> None:
    old, young = lying(office, b"old", 3), lying(office, b"young", 1.8)
    unfinished = office.folder / "data" / "files" / ".unfinished" / ("a" * 32)
    unfinished.parent.mkdir()
    unfinished.write_bytes(b"a draft")
    os.utime(unfinished, (time.time() - 3 * DAY,) * 2)
    listed = office.hoso("files", "sweep")
    assert listed.code == 0, listed.err
    assert "1 file older than 48h, 3 bytes, named by no fact. Nothing was removed" in listed.last_line
    assert office.hoso("files", "sweep", "--json").document["items"][0]["size"] == 3
    assert old.exists()
    swept = office.hoso("files", "sweep", "--yes")
    assert swept.last_line == "Removed 1 file and 1 unfinished upload, 3 bytes."
    assert (old.exists(), unfinished.exists(), young.exists()) == (False, False, True)
    assert office.hoso("files", "sweep").last_line.startswith("Nothing to sweep")
    assert office.hoso("files", "sweep", "--older-than", "40h", "--yes", "--json").document["removed"] == 1


@pytest.mark.parametrize("age", ["39h", "soon", "48", "-1d"])
def test_an_age_that_cannot_be_meant_is_wrong_usage(office: Office, age: str) -> None:
    refused = office.hoso("files", "sweep", f"--older-than={age}")
    assert refused.code == 2
    assert "write it like 48h or 7d" in " ".join(refused.err.replace("│", " ").split())


def test_a_bucket_without_a_key_says_where_to_write_it(office: Office) -> None:
    refused = office.hoso("files", "check", HOSO_FILES="s3://papers/hoso")
    assert refused.code == 1
    assert "Set HOSO_FILES_KEY and HOSO_FILES_SECRET, or write both into" in refused.err
    key = office.folder / "data" / "secrets" / "bucket.key"
    key.write_text("AKIA\nsecret\n")
    key.chmod(0o600)
    down = office.hoso(
        "files", "sweep", HOSO_FILES="s3://papers/hoso", HOSO_FILES_ENDPOINT="http://127.0.0.1:9"
    )
    key.unlink()
    assert down.code == 1
    assert down.err.strip() == (
        "The bucket s3://papers/hoso does not answer: start the service, or correct HOSO_FILES_ENDPOINT."
    )


def test_a_store_that_is_no_folder_is_told_before_any_fact_names_a_file(office: Office) -> None:
    for files in ("/etc/passwd", "/etc/passwd/below"):
        refused = office.hoso("files", "check", HOSO_FILES=files)
        assert refused.code == 1
        assert "is no folder: correct HOSO_FILES" in refused.err
        assert len(refused.err.strip().splitlines()) == 1
    down = office.hoso(
        "files",
        "check",
        HOSO_FILES="s3://papers/hoso",
        HOSO_FILES_ENDPOINT="http://127.0.0.1:9",
        HOSO_FILES_KEY="AKIA",
        HOSO_FILES_SECRET="secret",
    )
    assert down.code == 1
    assert "does not answer" in down.err
