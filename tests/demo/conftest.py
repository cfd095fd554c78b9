"""One small run of the demo, by the command itself, and its ledger served afterwards."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

DOSSIERS = 1500
HOSO = (sys.executable, "-m", "interfaces.cli.main")


@dataclass(frozen=True)
class Demo:
    """What a run printed, and the settings (as environment) with which its ledger opens."""

    document: dict[str, Any]
    environment: dict[str, str]
    folder: Path


@dataclass(frozen=True)
class Served:
    """The demo's ledger on a port of its own, and the headers of a program that may read the views."""

    url: str
    headers: dict[str, str]


def hoso(demo: Demo, *arguments: str, **settings: str) -> dict[str, Any]:
    """What `hoso ... --json` says about the demo's ledger."""
    run = subprocess.run(
        [*HOSO, *arguments, "--json"],
        env=demo.environment | settings,
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
    data = folder / "data"
    command = [*HOSO, "demo", "--dossiers", str(DOSSIERS), "--no-serve", "--json"]
    try:
        run = subprocess.run(
            command,
            env=environment | {"HOSO_DATA_DIR": str(data)},
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert run.returncode == 0, f"{run.stdout.decode()[-2000:]}\n{run.stderr.decode()[-2000:]}"
        own = {"HOSO_DATA_DIR": str(data / "demo"), "HOSO_SECRETS_DIR": str(data / "demo" / "secrets")}
        yield Demo(json.loads(run.stdout), environment | own, data / "demo")
    finally:
        shutil.rmtree(folder)


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
        yield Served(json.loads(text)["url"], {"Authorization": f"Bearer {token}"})
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
