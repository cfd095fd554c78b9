"""`hoso tlog run`: the process that attests what was recorded."""

from __future__ import annotations

import asyncio

from interfaces.attest_wiring import open_attest_run
from interfaces.cli.attached import Attached, stop_with_parent
from interfaces.cli.logs import log_to_standard_error
from interfaces.cli.options import Json
from interfaces.cli.output import Done, Working
from interfaces.cli.run import without_ledger
from interfaces.standing import stand_back
from interfaces.wiring import Settings

NICE = 10
"""Where the processor is short, commands go first: what is attested some seconds later is attested all the
same, and a round takes at once what waits."""


def run(attached: Attached = False, as_json: Json = False) -> None:
    """Sign and publish what is recorded until stopped; `hoso serve` does this by itself."""

    async def task(settings: Settings, working: Working) -> Done:
        if attached:
            stop_with_parent()
        log_to_standard_error()
        stand_back(NICE)
        try:
            async with open_attest_run(settings, working.at) as attesting:
                await attesting.run()
        except asyncio.CancelledError:
            if not attached:
                raise
        return Done({"stopped": True}, "Stopped.", printed=attached)

    without_ledger("Attesting", as_json, task)
