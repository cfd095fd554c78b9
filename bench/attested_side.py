"""One side of V2: a ledger of its own, its callers, and where it is attested the process that does it,
`hoso tlog run`, as an operator starts it.
"""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import psycopg

from bench.processes import HOSO, environment, hoso
from bench.stage import ROOT, Stage
from bench.worker import Worker

CALLERS = 32
SETTLE_SECONDS = 120.0
STOP_SECONDS = 60.0
_BEHIND = "SELECT (SELECT max(position) FROM event) - coalesce((SELECT max(size) FROM checkpoint), 0)"
_CHECKPOINTS = "SELECT count(*) FROM checkpoint"


class AttestedSide:
    """`kind`: sealed or clear, the name of its database too."""

    def __init__(self, on: Stage, kind: str, folder: Path, *, attested: bool = True) -> None:
        self.kind = kind
        self._on = on
        self._folder = folder
        self._attested = attested
        self._open = ExitStack()

    def __enter__(self) -> Self:
        on, folder = self._on, self._folder
        folder.mkdir()
        on.cluster.create_database(self.kind)
        settings = environment(
            folder / "data",
            folder / "secrets",
            HOSO_DATABASE_URL=on.app(self.kind),
            HOSO_DATABASE_OWNER_URL=on.owner(self.kind),
        )
        asyncio.run(hoso(settings, "schema", "init", log=folder / "log"))
        with self._open as opening:
            if self._attested:
                opening.enter_context(_Attesting(settings, folder / "log"))
            callers = Worker("bench.facts", self.kind, on.app(self.kind), str(CALLERS), settings=settings)
            self._callers = opening.enter_context(callers)
            self._asking = opening.enter_context(psycopg.connect(on.owner(self.kind), autocommit=True))
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def work(self, seconds: float) -> dict[str, Any]:
        """What the callers did in so many seconds; what is not attested then is attested before this
        returns, so that the other side has the machine for itself."""
        told = self._callers.ask(str(seconds))
        if self._attested:
            told["behind"] = self._ask(_BEHIND)
            until = time.monotonic() + SETTLE_SECONDS
            while self._ask(_BEHIND):
                if time.monotonic() > until:
                    raise RuntimeError(f"nothing is attested; see {self._folder / 'log'}")
                time.sleep(0.1)
        return told

    def checkpoints(self) -> int:
        """How many were signed."""
        return self._ask(_CHECKPOINTS)

    def _ask(self, query: Any) -> int:
        row = self._asking.execute(query).fetchone()
        assert row is not None
        return int(row[0])


class _Attesting:
    """`hoso tlog run` while this is open."""

    def __init__(self, settings: dict[str, str], log: Path) -> None:
        self._settings = settings
        self._log = log

    def __enter__(self) -> None:
        with self._log.open("ab") as errors:
            self._process = subprocess.Popen(
                [*HOSO, "tlog", "run", "--json"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=self._settings,
                cwd=ROOT,
            )

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
