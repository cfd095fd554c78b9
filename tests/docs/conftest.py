"""A folder that the database's account may pass, gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)
