"""Whether the database's clock can be believed: judged at the start against this process's wall clock, from
then on against its monotonic clock, which nobody can set.

A clock that jumps back is held by the append itself (`recorded_at` never goes back) and reported here. One
that is more than five minutes ahead of where it should be stops appends, since a future time once recorded
would be held for good. Where it should be counts from the start of this process: small leaps add up, and
stop appends like one large leap.
"""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta

log = logging.getLogger("hoso.ledger")

LARGEST_LEAP = timedelta(minutes=5)
_WORTH_SAYING = timedelta(minutes=1)
# Counts the time that a suspended machine slept, where the system has such a clock.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def monotonic() -> float:
    return time.clock_gettime(_CLOCK)


def wall() -> datetime:
    return datetime.now(UTC)


class ClockWatch:
    """Knows what the database's clock should say by now.

    `reported`: what a person should know; `stopped`: why nothing is recorded. `confirmed`: a person has
    looked at both clocks and found the database's right (HOSO_CLOCK_CONFIRMED).
    """

    def __init__(self, database_clock: datetime, *, confirmed: bool = False) -> None:
        self.reported: str | None = None
        self.stopped: str | None = None
        self._base, self._at = database_clock, monotonic()
        own = wall()
        if not confirmed and abs(database_clock - own) > LARGEST_LEAP:
            self.stopped = (
                f"the database's clock says {_shown(database_clock)} and this machine's {_shown(own)}, more "
                "than five minutes apart: nothing is recorded until the wrong one is set right and this "
                "process started again; where the database's is right, start it with HOSO_CLOCK_CONFIRMED=yes"
            )
            log.error(self.stopped)

    def expected(self) -> datetime:
        return self._base + timedelta(seconds=monotonic() - self._at)

    def latest(self) -> datetime:
        """The last instant at which the clock is still believed."""
        return self.expected() + LARGEST_LEAP

    def stop(self, database_clock: datetime) -> str:
        """The database refused to judge: its clock is too far ahead. Appends stand until the next start."""
        self.stopped = (
            f"the database's clock says {_shown(database_clock)} and should say {_shown(self.expected())}: "
            "nothing is recorded until someone has looked at that clock, set it right or found it right, and "
            "started this process again"
        )
        log.error(self.stopped)
        return self.stopped

    def observe(self, database_clock: datetime, recorded_at: datetime, held: bool) -> None:
        """After each append: say it when the time is held, or when the clock runs ahead."""
        if held:
            told = (
                f"the clock is behind the last recorded time, {recorded_at:%Y-%m-%d %H:%M:%S.%f} UTC: "
                "that time is held until the clock has caught up"
            )
        elif database_clock - self.expected() > _WORTH_SAYING:
            told = (
                "the database's clock is more than a minute ahead of where it should be since this process "
                "started; at five minutes nothing is recorded any more: look at that clock"
            )
        else:
            self.reported = None
            return
        if self.reported is None:
            log.warning(told)
        self.reported = told


def _shown(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
