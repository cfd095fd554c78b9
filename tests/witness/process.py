"""A witness as its operator runs it: commands, and a process that serves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

HOSO = Path(sys.executable).parent / "hoso"
NAME = "witness.example.vn/w1"
SECONDS = 60


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


def environment(**further: str) -> dict[str, str]:
    """Without anything of a ledger: what is wrong in these would stop every other command."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HOSO_", "PG"))}
    return (
        kept | {"HOSO_BODY_LIMIT": "nonsense", "HOSO_DATABASE_URL": "nonsense", "HOSO_LANG": "xx"} | further
    )


def witness(*arguments: str, state: Path) -> Ran:
    done = subprocess.run(
        [str(HOSO), "witness", *arguments, "--state", str(state)],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=SECONDS,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


class Serving:
    """A process that serves. `lines`: what it was started as."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str] | None = None, **how: Any) -> None:
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=env or environment(),
            **how,
        )
        assert self.process.stdout is not None
        said = ""
        while not said.endswith("}\n"):
            line = self.process.stdout.readline()
            if not line:
                raise AssertionError(f"it did not start: {said}{self.ended().err}")
            said += line
        self.document = json.loads(said)
        self.url = self.document["url"]
        self.client = httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def add(self, content: bytes) -> httpx.Response:
        return self.client.post("/add-checkpoint", content=content)

    def kill(self) -> None:
        self.process.kill()
        self.ended()

    def stop(self) -> Ran:
        self.process.send_signal(signal.SIGTERM)
        return self.ended()

    def ended(self) -> Ran:
        try:
            out, err = self.process.communicate(timeout=SECONDS)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
        if hasattr(self, "client"):
            self.client.close()
        return Ran(self.process.returncode, out, err)


@contextmanager
def serving(state: Path, *arguments: str) -> Iterator[Serving]:
    started = Serving(command(state, *arguments))
    try:
        yield started
    finally:
        if started.process.poll() is None:
            ended = started.stop()
            assert ended.code == 0, ended.err


def command(state: Path, *arguments: str) -> list[str]:
    return [str(HOSO), "witness", "serve", "--state", str(state), "--port", "0", "--json", *arguments]
