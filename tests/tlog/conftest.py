"""A bucket on a server that the tests start, for tiles and heads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.files.bucket_server import Bucket, bucket_server


@pytest.fixture(scope="session")
def bucket() -> Iterator[Bucket]:
    with bucket_server() as running:
        yield running
