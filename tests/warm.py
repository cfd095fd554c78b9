"""`hoso` without its start: one process reads hoso's code and forks for each command that a test runs.

Each command has a process of its own, with its own arguments, environment, folder and streams, and leaves as
it always does; only reading the code, more than a second each time, is done once. Tests that kill a command,
or that are about its start, run the real one.

    run(["units", "show", "24"], environment=..., folder=..., seconds=120)      # from a test
    environment["PATH"] = f"{command_folder()}:{...}"                           # `hoso` in a shell of a test

Run as a program (`python -m tests.warm SOCKET`), it is that one process.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
MOST = 200_000
"""Bytes of one message: arguments and environment."""
STARTS_SECONDS = 60.0

_IN_A_SHELL = """\
#!{python} -IS
import json, os, signal, socket, sys
asking = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
asking.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, {most})
asking.connect({path!r})
asked = {{"arguments": sys.argv[1:], "environment": dict(os.environ), "folder": os.getcwd()}}
socket.send_fds(asking, [json.dumps(asked).encode()], [0, 1, 2])
process = int(asking.recv(20))
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, lambda number, _: os.kill(process, number))
code = int(asking.recv(20))
if code < 0:
    signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


def run(
    arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path, seconds: float
) -> subprocess.CompletedProcess[str]:
    """The command's exit code and what it said. Raises subprocess.TimeoutExpired, the command killed."""
    asked = {"arguments": list(arguments), "environment": dict(environment), "folder": str(folder)}
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asking,
        open(os.devnull, "rb") as nothing,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        asking.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST)
        asking.connect(str(_served() / "socket"))
        streams = [nothing.fileno(), out.fileno(), err.fileno()]
        socket.send_fds(asking, [json.dumps(asked).encode()], streams)
        asking.settimeout(seconds)
        try:
            asking.recv(20)
            code = int(asking.recv(20))
        except TimeoutError:
            raise subprocess.TimeoutExpired(list(arguments), seconds) from None
        return subprocess.CompletedProcess(list(arguments), code, _said(out), _said(err))


def command_folder() -> Path:
    """A folder with a `hoso` for the PATH of a shell."""
    return _served() / "bin"


def _said(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


@cache
def _served() -> Path:
    """The folder of the one process, which ends with this one."""
    folder = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    path = folder / "socket"
    server = subprocess.Popen([sys.executable, "-m", "tests.warm", path], stdin=subprocess.PIPE, cwd=ROOT)

    def over() -> None:
        assert server.stdin is not None
        server.stdin.close()
        server.wait(30)
        shutil.rmtree(folder)

    atexit.register(over)
    until = time.monotonic() + STARTS_SECONDS
    while not path.exists():
        assert server.poll() is None, "it ended; see what it said above"
        assert time.monotonic() < until, "it did not start"
        time.sleep(0.02)
    (folder / "bin").mkdir()
    command = folder / "bin" / "hoso"
    command.write_text(_IN_A_SHELL.format(python=sys.executable, most=MOST, path=str(path)), encoding="utf-8")
    command.chmod(0o700)
    return folder


# The one process


def serve(path: str) -> list[str]:
    """Fork for each call. Returns only in a command's own process: its arguments."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait for a command
    calls = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    calls.bind(f"{path}.new")
    calls.listen(64)
    os.rename(f"{path}.new", path)
    started_by = 0
    while True:
        if started_by in select.select([calls.fileno(), started_by], [], [])[0]:  # it has ended
            sys.exit()
        call, _ = calls.accept()
        if os.fork() == 0:
            calls.close()
            return _alone(call)
        call.close()


def _alone(call: socket.socket) -> list[str]:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message, streams, _, _ = socket.recv_fds(call, MOST, 3)
    process = os.fork()
    if process:
        _tell(call, process)
        os._exit(0)
    call.close()
    for standard, stream in enumerate(streams):
        os.dup2(stream, standard)
        os.close(stream)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - what they are is asked once
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, "utf-8", "backslashreplace", closefd=False)  # noqa: SIM115
    asked: dict[str, Any] = json.loads(message)
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["folder"])
    return list(asked["arguments"])


def _tell(call: socket.socket, process: int) -> None:
    """The command's id, and its end; it is killed where whoever asked for it does not wait any more."""
    call.send(str(process).encode())
    ended = os.pidfd_open(process)
    ready = select.select([ended, call.fileno()], [], [])[0]
    if ended not in ready:
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    if ended in ready:
        call.send(str(os.waitstatus_to_exitcode(status)).encode())


def main() -> None:
    command = import_module("interfaces.cli.main")
    command.build()
    sys.argv = ["hoso", *serve(sys.argv[1])]
    command.main()


if __name__ == "__main__":
    main()
