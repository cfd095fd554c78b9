"""Whether the database's clock can be believed: judged against this process's own, which nobody can set.

A clock that jumps back is held by the append itself (`recorded_at` never goes back) and reported here. One
that leaps forward by more than five minutes stops appends, since a future time once recorded would be held
for good.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

log = logging.getLogger("hoso.ledger")

LARGEST_LEAP = timedelta(minutes=5)
_REPORT_BACK = timedelta(seconds=1)
# Counts the time that a suspended machine slept, where the system has such a clock.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def monotonic() -> float:
    return time.clock_gettime(_CLOCK)


class ClockWatch:
    """Knows what the database's clock should say by now."""

    def __init__(self, database_clock: datetime) -> None:
        self.reported: str | None = None
        self.stopped: str | None = None
        self._holding = False
        self._seen = database_clock
        self._at = monotonic()

    def expected(self) -> datetime:
        return self._seen + timedelta(seconds=monotonic() - self._at)

    def latest(self) -> datetime:
        """The last instant at which the clock is still believed."""
        return self.expected() + LARGEST_LEAP

    def stop(self, database_clock: datetime) -> str:
        """The database refused to judge: its clock leapt. Appends stand until `believe`."""
        self.stopped = (
            f"the database's clock says {database_clock:%Y-%m-%d %H:%M:%S} UTC and should say "
            f"{self.expected():%Y-%m-%d %H:%M:%S}: nothing is recorded until someone has looked at that "
            "clock, set it right or found it right, and started this process again"
        )
        log.error(self.stopped)
        return self.stopped

    def believe(self, database_clock: datetime) -> None:
        """A person has looked: go on from what the clock says."""
        self.stopped = None
        self._seen, self._at = database_clock, monotonic()

    def observe(self, database_clock: datetime, recorded_at: datetime, held: bool) -> None:
        """After each append.

        Small drift is followed; a clock that went back is not, or its return would look like a leap.
        """
        expected = self.expected()
        if database_clock >= expected - _REPORT_BACK:
            self._seen, self._at = database_clock, monotonic()
        if held and not self._holding:
            self.reported = (
                f"the clock is behind the last recorded time, {recorded_at:%Y-%m-%d %H:%M:%S.%f} UTC: "
                "that time is held until the clock has caught up"
            )
            log.warning(self.reported)
        self._holding = held
        if not held:
            self.reported = None
