"""Why a ledger cannot be opened, in the operator's words."""

from __future__ import annotations

from pathlib import Path


class NoLedger(Exception):
    """The embedded database was never made."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"There is no ledger in {folder} yet. Make one with `hoso schema init`,"
            " or name the folder of yours in HOSO_DATA_DIR."
        )


class DatabaseInUse(Exception):
    """Another process works with the embedded database that was to be made anew."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The ledger in {folder} is served by another process. Stop that first (Ctrl-C where it runs),"
            " or name another folder in HOSO_DATA_DIR."
        )
