"""Programs of others that judge ours, in a folder of their own (tests/verifiers.lock; `make setup`)."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(sys.prefix) / "verifiers"


def aics_tlog(part: str = "") -> Any:
    """The package aics-tlog, or a module of it; the test is skipped where it is not installed."""
    if not FOLDER.is_dir():
        pytest.skip(f"{FOLDER} is missing, so there is no second verifier: run make setup")
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    return import_module(f"aics_tlog.{part}" if part else "aics_tlog")
