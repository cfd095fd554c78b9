"""`hoso` without its start: one process reads hoso's code and forks for each command that a test runs.

Each command has a process of its own, with its own arguments, environment, folder and streams, and leaves as
it always does; only reading the code, more than a second each time, is done once. Tests that kill a command,
or that are about its start, run the real one.

Run as a program (`python -m tests.warm`), it is that one process; its standard input is a socket.
"""

from __future__ import annotations

import atexit
import json
import os
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


def run(
    arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path, seconds: float
) -> subprocess.CompletedProcess[str]:
    """The command's exit code and what it said. Raises subprocess.TimeoutExpired, the command killed."""
    asked = {"arguments": list(arguments), "environment": dict(environment), "folder": str(folder)}
    mine, theirs = socket.socketpair()
    with (
        mine,
        open(os.devnull, "rb") as nothing,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        with theirs:
            handed = [theirs.fileno(), nothing.fileno(), out.fileno(), err.fileno()]
            socket.send_fds(_server(), [json.dumps(asked).encode()], handed)
        mine.settimeout(seconds)
        with mine.makefile("r") as told:
            process = int(told.readline())
            try:
                code = int(told.readline())
            except TimeoutError:
                os.kill(process, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(arguments), seconds) from None
        return subprocess.CompletedProcess(list(arguments), code, _said(out), _said(err))


def _said(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read().decode()


@cache
def _server() -> socket.socket:
    """This process's end of the socket; the server ends with it."""
    mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    mine.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MOST)
    with theirs:
        server = subprocess.Popen([sys.executable, "-m", "tests.warm"], stdin=theirs.fileno(), cwd=ROOT)

    def over() -> None:
        mine.close()
        server.wait(30)

    atexit.register(over)
    return mine


# The server


def serve(asking: socket.socket) -> list[str]:
    """Fork for each call. Returns only in a command's own process: its arguments."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that wait for a command
    while True:
        message, handed, _, _ = socket.recv_fds(asking, MOST, 4)
        if not message:
            sys.exit()
        if os.fork() == 0:
            asking.close()
            return _alone(json.loads(message), handed)
        for number in handed:
            os.close(number)


def _alone(asked: dict[str, Any], handed: list[int]) -> list[str]:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    answers, *streams = handed
    process = os.fork()
    if process:
        os.write(answers, f"{process}\n".encode())
        _, status = os.waitpid(process, 0)
        os.write(answers, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os._exit(0)
    for standard, stream in enumerate(streams):
        os.dup2(stream, standard)
    for number in handed:
        os.close(number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["folder"])
    return list(asked["arguments"])


def main() -> None:
    import_module("interfaces.cli.main")
    start = import_module("interfaces.cli.start")
    asking = socket.socket(fileno=os.dup(0))
    sys.argv = ["hoso", *serve(asking)]
    start.main()


if __name__ == "__main__":
    main()
