"""`hoso serve` as a service: it answers, it keeps its processes, it stops cleanly and leaves none behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.office import HOSO, Office, refused

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")


def processes(office: Office) -> dict[int, str]:
    """Every process of the office: hoso's by their settings, PostgreSQL's by its folder."""
    found = {}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit() or int(process.name) == os.getpid():
            continue
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (process / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(office.folder) in command or f"HOSO_DATA_DIR={office.folder}" in environment:
            found[int(process.name)] = command
    return found


def gone(office: Office, seconds: float = 20) -> dict[int, str]:
    """What is left of the office's processes, once all are gone or the time is up."""
    until = time.monotonic() + seconds
    while (left := processes(office)) and time.monotonic() < until:
        time.sleep(0.1)
    return left


@contextmanager
def serving(office: Office, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A server, and what it says once it answers."""
    server = subprocess.Popen(
        [HOSO, "serve", "--port", "0", "--json", *arguments],
        env=office.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        said = ""
        while not said.rstrip().endswith("}"):
            line = server.stdout.readline()
            assert line, server.communicate()[1]
            said += line
        yield server, json.loads(said)
    finally:
        if server.poll() is None:
            server.kill()
        server.communicate()


@pytest.fixture(scope="module")
def ledger(new_office: Office) -> Office:
    made = new_office.hoso("schema", "init", "--clock", "demo", "--starts", "2025-06-01")
    assert made.code == 0, made.err
    return new_office


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_stops_without_leaving_a_process(ledger: Office, number: signal.Signals) -> None:
    with serving(ledger) as (server, said):
        assert httpx.get(f"{said['url']}/healthz", trust_env=False).json() == {"ok": True}
        assert said["demo"] is True
        assert len(processes(ledger)) > 3
        server.send_signal(number)
        out, err = server.communicate(timeout=30)
        assert (server.returncode, out) == (0, "")
        assert "Traceback" not in err
    assert gone(ledger, 5) == {}


def test_killed_it_leaves_no_process_and_the_next_command_works(ledger: Office) -> None:
    with serving(ledger, "--workers", "2") as (server, _):
        server.kill()
        server.wait()
        assert gone(ledger) == {}
    assert ledger.hoso("clock", "show", "--json").document["clock"] == "demo"


def test_a_web_process_that_was_killed_is_started_again(ledger: Office) -> None:
    with serving(ledger) as (server, said):
        (web,) = [pid for pid, command in processes(ledger).items() if "serve-one" in command]
        os.kill(web, signal.SIGKILL)
        until = time.monotonic() + 30
        answered = False
        while not answered and time.monotonic() < until:
            try:
                answered = httpx.get(f"{said['url']}/healthz", timeout=10, trust_env=False).is_success
            except httpx.TransportError:
                time.sleep(0.1)
        assert answered
        assert web not in processes(ledger)
        server.terminate()
        server.communicate(timeout=30)
    assert gone(ledger, 5) == {}


def test_a_postgresql_that_was_killed_is_started_again(ledger: Office) -> None:
    with serving(ledger) as (server, said):
        pid_file = ledger.folder / "data" / "cluster" / "postmaster.pid"
        before = pid_file.read_text()
        os.kill(int(before.splitlines()[0]), signal.SIGKILL)
        ready: dict[str, Any] = {}
        until = time.monotonic() + 60
        while not (ready.get("ok") and pid_file.read_text() != before) and time.monotonic() < until:
            time.sleep(0.2)
            ready = httpx.get(f"{said['url']}/readyz", timeout=10, trust_env=False).json()
        assert ready["ok"], ready
        assert pid_file.read_text() != before
        server.terminate()
        server.communicate(timeout=30)
    assert gone(ledger, 5) == {}


def test_a_port_in_use_is_one_sentence(ledger: Office) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(ledger.hoso("serve", "--port", str(port)), f"Port {port}", "in use", "--port")
    assert gone(ledger, 5) == {}


def test_a_demo_ledger_is_served_on_the_loopback_only(ledger: Office) -> None:
    refused(ledger.hoso("serve", "--host", "0.0.0.0", "--port", "0"), "demo ledger", "127.0.0.1")
    refused(ledger.hoso("serve", "--host", "no.such.host.invalid", "--port", "0"), "no.such.host.invalid")


def test_a_file_store_that_cannot_be_used_is_told_at_the_start_and_in_readyz(ledger: Office) -> None:
    own = {"HOSO_FILES": "/etc/passwd", "HOSO_ORIGIN": "another.example/log"}
    wrong = Office(ledger.folder, ledger.settings | own)
    with serving(wrong) as (server, said):
        ready = httpx.get(f"{said['url']}/readyz", timeout=10, trust_env=False).json()
        metrics = httpx.get(f"{said['url']}/metrics", timeout=10, trust_env=False).text
        server.terminate()
        _, err = server.communicate(timeout=30)
    assert "/etc/passwd is no folder: correct HOSO_FILES" in err
    assert "Traceback" not in err
    assert said["files"] == "/etc/passwd is no folder: correct HOSO_FILES"
    assert (ready["ok"], ready["files"]) == (True, said["files"])
    assert "hoso_files_usable 0" in metrics
    (note,) = [note for note in ready["notes"] if "HOSO_ORIGIN" in note]
    assert "asks for the origin demo.another.example/log, and the log was opened as demo.hoso/" in note
    assert said["notes"] == ready["notes"]
    assert note in err
    assert gone(ledger, 5) == {}
