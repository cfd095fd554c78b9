"""A dossier as an earlier system's export tells it: what a reader of such a file gives, before anything of
it is
recorded. Values are as written; only a step's time is also given in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class ImportedAttribute(NamedTuple):
    """One attribute. `type`: string, date, int, float, boolean, id, list or container; `value` as written."""

    key: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class ImportedStep:
    """One step, in the order of the file. `index` counts from 0; `activity` is empty where the file has none;
    `as_written` and `occurred_at` (aware, UTC) are its time, or None where the file gives none."""

    index: int
    activity: str
    as_written: str | None
    occurred_at: datetime | None
    attributes: tuple[ImportedAttribute, ...]


@dataclass(frozen=True, slots=True)
class ImportedCase:
    """One case. `line`: where it begins in the file, for messages."""

    case_id: str
    attributes: tuple[ImportedAttribute, ...]
    steps: tuple[ImportedStep, ...]
    line: int
