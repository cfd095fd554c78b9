"""How a process behaves towards the others of its machine: what it keeps for good, and who goes first."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from pathlib import Path

_AUTOGROUP = Path("/proc/self/autogroup")


def loaded() -> None:
    """What was loaded so far stays for good: look through it for garbage once more and never again. A process
    that has read the organisation of a country would stand still for a tenth of a second each time."""
    gc.collect()
    gc.freeze()


def stand_back(nice: int) -> None:
    """Let others go first on the processor: `nice` 0 to 19, never less than before.

    Where Linux groups processes by session, niceness counts within a session only and the session's own
    decides between two; it is lowered with ours.
    """
    os.nice(max(0, nice - os.nice(0)))
    with suppress(OSError):  # not grouped, or not Linux
        _AUTOGROUP.write_text(str(os.nice(0)), encoding="ascii")
