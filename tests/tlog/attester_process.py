"""The attesting process, to be killed: `python -m tests.tlog.attester_process DSN FOLDER [STEP]`. With a step
it kills itself (SIGKILL) when that is done; without one it works until somebody else does."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from application.attest_run import AttestRun
from application.tlog_ports import NoWitnesses
from infra.attest_turn import AttestTurn
from tests.support import Database
from tests.tlog.attesting import open_world


async def main(dsn: str, folder: str, step: str | None) -> None:
    def reached(name: str) -> None:
        if name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    async with open_world(Database("", "", dsn), Path(folder)) as world:
        turn = AttestTurn(dsn)
        await AttestRun(world.tlog, NoWitnesses(), turn, seconds=0.05, reached=reached).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None))
