"""Both stores of files: a folder, and a bucket on a server that the tests start."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from application.file_ports import FileStore
from infra.file_bucket import FileBucket
from infra.file_folder import FileFolder
from tests.files.bucket_server import Bucket, bucket_server

_prefixes = count(1)


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    with bucket_server() as running:
        yield running


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    """A store with nothing in it."""
    if request.param == "folder":
        return FileFolder(tmp_path / "files")
    bucket: Bucket = request.getfixturevalue("bucket")
    return FileBucket(bucket.at(f"test/{next(_prefixes)}"))
