"""Starts the demo's consumer as a process, kills it at random (SIGKILL) and starts it again."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from random import Random

from interfaces.cli.errors import CommandError
from interfaces.demo.consumer import Received, received

SHORTEST, LONGEST = 0.6, 3.0  # seconds that it may live; starting takes some of them
TO_END_SECONDS = 120.0


@dataclass(slots=True)
class Killing:
    """One consumer of the server at `url`, from after `after` on. Its file and its log lie in `folder`."""

    url: str
    token: str
    folder: Path
    after: int
    chance: Random
    restarts: int = 0

    @property
    def _store(self) -> Path:
        return self.folder / "consumer.ndjson"

    async def run(self, until: asyncio.Event) -> None:
        """Kill and start it until `until` is set, then let it read to the log's end.

        Raises CommandError when it ends by itself before that, or badly.
        """
        self._store.unlink(missing_ok=True)
        while not until.is_set():
            if (code := await self._once(self.chance.uniform(SHORTEST, LONGEST))) is not None:
                raise self._ended(code)
            self.restarts += 1
        if (code := await self._once(TO_END_SECONDS, "--to-end")) != 0:
            raise self._ended(code)

    def received(self) -> Received:
        """What it has on disk. Raises OutOfOrder."""
        found = received(self._store, self.after)
        found.restarts = self.restarts
        return found

    async def _once(self, seconds: float, *options: str) -> int | None:
        """One life of at most `seconds`: its exit code, or None when it was killed."""
        arguments = ("--url", self.url, "--store", str(self._store), "--after", str(self.after), *options)
        with (self.folder / "consumer.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "interfaces.demo.consumer", *arguments),
                stdin=asyncio.subprocess.PIPE,  # never written to: it ends when this process does
                stdout=log,
                stderr=log,
                env=os.environ | {"HOSO_TOKEN": self.token},
                start_new_session=True,
            )
        try:
            return await asyncio.wait_for(process.wait(), seconds)
        except TimeoutError:
            return None
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    def _ended(self, code: int | None) -> CommandError:
        how = "did not come to the log's end in time" if code is None else f"ended with code {code}"
        return CommandError(
            "demo_consumer", f"The demo's consumer of the feed {how}; see {self.folder / 'consumer.log'}."
        )
