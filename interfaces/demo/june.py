"""June 2025 in *slots*: six on each working day, when officers act, one each evening for filing online."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

FIRST, LAST = date(2025, 6, 1), date(2025, 6, 30)
AT_WORK = ("08:00", "09:20", "10:40", "13:45", "15:00", "16:15")
EVENING = "20:00"
LATE = ("21:30", "22:40", "23:25")
"""On the last evening, in the hours before the end."""

SLOTS_A_DAY = len(AT_WORK)


@dataclass(frozen=True, slots=True)
class Slot:
    """When something happens. `working`: how many working slots lie before it; None in the evening."""

    at: datetime
    working: int | None


def timeline() -> list[Slot]:
    """June 2025 in slots. It has no holiday on a working day."""
    slots, working = [], 0
    day = FIRST
    while day <= LAST:
        if day.weekday() < 5:
            for text in AT_WORK:
                slots.append(Slot(_at(day, text), working))
                working += 1
        slots.append(Slot(_at(day, EVENING), None))
        day += timedelta(days=1)
    slots += [Slot(_at(LAST, text), None) for text in LATE]
    return slots


def _at(day: date, text: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{text}:00+07:00")
