"""A prune, to be killed: `python -m tests.tlog.pruner_process DSN FOLDER ARCHIVE BEFORE STEP`. It kills
itself (SIGKILL) when that step is done for the second stretch."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.support import Database
from tests.tlog.attesting import open_world
from tests.tlog.pruned import pruned


async def main(dsn: str, folder: str, archive: str, before: str, step: str) -> None:
    stretches = 0

    def reached(name: str) -> None:
        nonlocal stretches
        stretches += name == step
        if stretches == 2:
            os.kill(os.getpid(), signal.SIGKILL)

    async with open_world(Database("", "", dsn), Path(folder)) as world:
        await pruned(world.tlog, dsn, int(before), Path(archive), reached=reached)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:6]))
