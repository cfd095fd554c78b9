"""Vietnam's time: the days in which rules count. Storage is UTC.

Asia/Ho_Chi_Minh has been UTC+7 without summer time since 1975, so a fixed offset says the same as the time
zone file that a small machine may lack.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

VIETNAM: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")


def local_date(instant: datetime) -> date:
    """The day in Vietnam on which an aware instant falls."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(VIETNAM).date()


def day_start(day: date) -> datetime:
    """The first instant of a day in Vietnam, in UTC."""
    return datetime.combine(day, time(), VIETNAM).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The end of a day in Vietnam, exclusive: the first instant of the next, in UTC."""
    return day_start(day + timedelta(days=1))
