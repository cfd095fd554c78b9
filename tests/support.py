"""What many tests share: a database of their own, and where the files beside the checkout are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared"
"""Input data in a sibling folder of the checkout; not part of the project, so it may be absent."""

DEMO_START = datetime(2025, 6, 1, tzinfo=timezone(timedelta(hours=7)))
"""Where the demo clock of a test's ledger begins: 1 June 2025, 0:00 in Vietnam."""


@dataclass(frozen=True)
class Database:
    """One database of the tests' own PostgreSQL: as its owner, and as the application sees it."""

    name: str
    owner_dsn: str
    app_dsn: str
