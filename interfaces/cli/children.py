"""Processes that `hoso serve` keeps alive: started, started again when they end, and stopped with it.

Each gets a pipe as standard input and ends when that closes, so that none outlives a parent that was killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

SHORTEST_LIFE = 5.0  # seconds; one that ends sooner is waited longer for each time
LONGEST_PAUSE = 10.0
STOP_SECONDS = 15.0

log = logging.getLogger("hoso.serve")


@dataclass(slots=True)
class Child:
    """One `hoso` command kept alive. `keep` until cancelled; then the process is stopped and waited for."""

    name: str
    arguments: Sequence[str]
    pass_fds: tuple[int, ...] = ()
    starts: int = field(default=0, init=False)

    async def keep(self) -> None:
        """Run it for ever."""
        pause = 0.5
        while True:
            began = asyncio.get_running_loop().time()
            code = await self._once()
            lived = asyncio.get_running_loop().time() - began
            pause = 0.5 if lived > SHORTEST_LIFE else min(pause * 2, LONGEST_PAUSE)
            log.warning(
                "%s ended with code %s after %.0f s; starting it again in %.1f s",
                self.name,
                code,
                lived,
                pause,
            )
            await asyncio.sleep(pause)

    async def _once(self) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "interfaces.cli.main",
            *self.arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            pass_fds=self.pass_fds,
            start_new_session=True,  # Ctrl-C reaches the parent alone, which stops its children in order
        )
        self.starts += 1
        log.info("%s started (pid %s)", self.name, process.pid)
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                await asyncio.shield(_stop(process, self.name))


async def _stop(process: asyncio.subprocess.Process, name: str) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), STOP_SECONDS)
    except TimeoutError:
        log.warning("%s did not stop in %.0f s and is killed", name, STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def keep_all(children: Sequence[Child]) -> None:
    """Keep all alive until cancelled; then stop them, each before the one ahead of it in the list."""
    tasks = [asyncio.create_task(child.keep(), name=child.name) for child in children]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in reversed(tasks):
            task.cancel()
            await asyncio.wait([task])
    for task in tasks:
        if not task.cancelled():
            task.result()
