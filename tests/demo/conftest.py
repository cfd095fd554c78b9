"""One small run of the demo, by the command itself, followed by a program that is killed again and again; and
its ledger served afterwards."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.demo.killed import Killed

DOSSIERS = 1500
HOSO = (sys.executable, "-m", "interfaces.cli.main")


@dataclass(frozen=True)
class Demo:
    """What a run printed, and the settings (as environment) with which its ledger opens."""

    document: dict[str, Any]
    environment: dict[str, str]
    folder: Path
    follower: Killed
    """A program that followed the feed during the demo's day and was killed at random."""


@dataclass(frozen=True)
class Served:
    """The demo's ledger on a port of its own, and the headers of a program that may read the views."""

    url: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def hoso(demo: Demo, *arguments: str, **settings: str) -> dict[str, Any]:
    """What `hoso ... --json` says about the demo's ledger."""
    return _hoso(demo.environment | settings, *arguments)


def _hoso(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    run = subprocess.run(
        [*HOSO, *arguments, "--json"],
        env=environment,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, f"{run.stdout.decode()[-2000:]}\n{run.stderr.decode()[-2000:]}"
    document: dict[str, Any] = json.loads(run.stdout)
    return document


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """`hoso demo` in a folder of its own that the database's account may pass."""
    folder = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    folder.chmod(0o711)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HOSO_")}
    data, port = folder / "data", _free_port()
    own = {"HOSO_DATA_DIR": str(data / "demo"), "HOSO_SECRETS_DIR": str(data / "demo" / "secrets")}
    command = [*HOSO, "demo", "--dossiers", str(DOSSIERS), "--no-serve", "--port", str(port), "--json"]
    follower = Killed(folder / "positions")
    try:
        with (folder / "out").open("wb") as out, (folder / "err").open("wb") as err:
            run = subprocess.Popen(
                command, env=environment | {"HOSO_DATA_DIR": str(data)}, stdout=out, stderr=err
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, run)
            token = _hoso(environment | own, "tokens", "issue", "--kind", "portal", "--name", "sdk")["token"]
            with follower.following(url, token):
                run.wait(timeout=300)
        finally:
            if run.poll() is None:
                run.kill()
                run.wait()
        said = (folder / "out").read_text()
        assert run.returncode == 0, f"{said[-2000:]}\n{(folder / 'err').read_text()[-2000:]}"
        yield Demo(json.loads(said), environment | own, data / "demo", follower)
    finally:
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(url: str, run: subprocess.Popen[bytes]) -> None:
    """Until the demo's server answers; an end of the demo is its caller's to explain."""
    until = time.monotonic() + 60
    while run.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(f"{url}/healthz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)


@pytest.fixture(scope="session")
def served(demo: Demo) -> Iterator[Served]:
    """`hoso serve` on the ledger that the demo left."""
    process = subprocess.Popen(
        [*HOSO, "serve", "--port", "0", "--json"],
        env=demo.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        text = ""
        while not text.rstrip().endswith("}"):
            line = process.stdout.readline()
            assert line, f"the server ended: {text}"
            text += line
        token = hoso(demo, "tokens", "issue", "--kind", "portal", "--name", "tests")["token"]
        yield Served(json.loads(text)["url"], token)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
