"""What was attested as it lies in the database, for the audit: nothing of it was verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CosignatureRow:
    witness: str
    key_id: bytes
    line: str
    cosigned_at: datetime


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    origin: str
    size: int
    root: bytes
    note: str
    cosignatures: tuple[CosignatureRow, ...]
