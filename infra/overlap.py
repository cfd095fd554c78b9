"""Whether callers' work and the database's go side by side.

Callers that append again as soon as they are answered all come to wait for one batch: the database rests
while they work, and they while it works. With the halves of a batch answered one after the other, what the
first ones append goes to the database while the others are answered, and from then on what waits is sent
before the batch before it is answered. That doubles the commits, so it is done only where the process works
nearly as long for its callers as the database does for the process
(docs/decisions/0019-halves-of-a-batch.md).
"""

from __future__ import annotations

import time
from collections.abc import Callable

_NEWEST = 0.1  # how much the last batch counts among those before


class Overlap:
    """`from_share`: of the database's time, the process's own. `used`: seconds of the processor that the
    thread had so far."""

    def __init__(self, from_share: float, used: Callable[[], float] = time.thread_time) -> None:
        self._from = from_share
        self._clock = used
        self._used: float | None = None
        self._own = 0.0
        self._database = 1.0  # until it is known, as if a commit took long

    @property
    def pays(self) -> bool:
        """Whether to let both work at once."""
        return self._own >= self._from * self._database

    def appended(self, seconds: float) -> None:
        """A batch took the database so long."""
        used = self._clock()
        if self._used is not None:
            self._own += _NEWEST * (used - self._used - self._own)
            self._database += _NEWEST * (seconds - self._database)
        self._used = used
