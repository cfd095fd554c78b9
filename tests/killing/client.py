"""A client of the API that gives each command a key of its own and repeats it with that key until it has an
answer; and the web processes that are killed while they work for it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx
import psycopg

from infra.embedded import APP
from tests.killing.scene import Scene, children, wait_for

Json = dict[str, Any]

WORKERS = 3
GROWN_UP_SECONDS = 5.2
"""A web process that lived this long is started again at once; one that ends sooner is waited longer for."""
PATIENCE_SECONDS = 90.0
LOG_LOCK = 709321001
"""What every append waits for (infra/sql/02_append.sql)."""
_WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"
_COMMANDS = "SELECT count(*) FROM event WHERE command_id IS NOT NULL"


@dataclass(frozen=True)
class Heard:
    """An answer, as far as a client may build on it."""

    status: int
    body: Json
    position: str | None
    revision: str | None
    location: str | None


@dataclass
class Command:
    """`who`: a staff number. `lost`: tries that got no answer, since the process died on the way."""

    who: str
    path: str
    body: Json
    revision: int | None = None
    key: str = field(default_factory=lambda: str(uuid4()))
    heard: list[Heard] = field(default_factory=list)
    lost: int = 0

    @property
    def answer(self) -> Json:
        return self.heard[0].body


class Client:
    """One caller; not for two threads at once."""

    def __init__(self, url: str, tokens: dict[str, str]) -> None:
        self._tokens = tokens
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, who: str, path: str) -> Json:
        answer = self._http.get(path, headers={"Authorization": f"Bearer {self._tokens[who]}"})
        assert answer.is_success, answer.text
        found: Json = answer.json()
        return found

    def ask(self, command: Command) -> Heard:
        """Repeat it until it is answered."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (heard := self.once(command, self._http)) is None:
            assert time.monotonic() < until, f"{command.path}: no answer in {PATIENCE_SECONDS} s"
            time.sleep(0.05)
        return heard

    def once(self, command: Command, http: httpx.Client) -> Heard | None:
        """None: the connection broke, or the server asks to come again."""
        headers = {"Authorization": f"Bearer {self._tokens[command.who]}", "Idempotency-Key": command.key}
        if command.revision is not None:
            headers["If-Match"] = f'"{command.revision}"'
        try:
            answer = http.post(command.path, json=command.body, headers=headers)
        except httpx.TransportError:
            command.lost += 1
            return None
        if answer.status_code == 503:
            return None
        assert answer.is_success, f"{command.path}: {answer.status_code} {answer.text}"
        told = answer.headers
        heard = Heard(
            answer.status_code,
            answer.json(),
            told.get("ledger-position"),
            told.get("etag"),
            told.get("location"),
        )
        command.heard.append(heard)
        return heard


class Workers:
    """The web processes of a server."""

    def __init__(self, server: subprocess.Popen[str], url: str) -> None:
        self._server = server
        self._url = url

    def pids(self) -> list[int]:
        return children(self._server, "serve-one")

    def oldest(self) -> int:
        """Once all are there, and one has lived long enough."""
        found: dict[int, float] = {}

        def grown_up() -> bool:
            found.clear()
            with contextlib.suppress(OSError):
                found.update((pid, _age(pid)) for pid in self.pids())
            return len(found) == WORKERS and max(found.values()) > GROWN_UP_SECONDS

        wait_for(grown_up, 60, "a web process that has lived a while")
        return max(found, key=lambda pid: found[pid])

    def kill(self, pid: int) -> None:
        """Until it is no more: a signal takes a while, and the next one to be killed is another."""
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: pid not in self.pids(), 15, f"the end of {pid}")

    @contextmanager
    def connected(self, pid: int) -> Iterator[httpx.Client]:
        """A connection that just this process has taken up: the others stand still meanwhile."""
        others = [other for other in self.pids() if other != pid]
        with httpx.Client(base_url=self._url, timeout=60, trust_env=False) as http:
            try:
                for other in others:
                    os.kill(other, signal.SIGSTOP)
                assert http.get("/healthz").is_success
            finally:
                for other in others:
                    os.kill(other, signal.SIGCONT)
            yield http


def _age(pid: int) -> float:
    """Seconds since the process was started."""
    ticks = int((Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[19])
    up = float(Path("/proc/uptime").read_text().split()[0])
    return up - ticks / os.sysconf("SC_CLK_TCK")


def recorded_commands(scene: Scene) -> int:
    """How many commands with a key stand in the log."""
    return int(scene.query(_COMMANDS)[0][0])


def ask_and_kill(
    scene: Scene, workers: Workers, client: Client, command: Command, *, repeat_at_once: bool
) -> None:
    """Kill the web process that works on the command when the database has the command and waits for the
    log's lock: it is recorded, and nobody is told. Then repeat it until it is answered, `repeat_at_once`:
    while the first try still waits."""
    before = recorded_commands(scene)
    pid = workers.oldest()
    with workers.connected(pid) as http, ThreadPoolExecutor(2) as threads:
        with psycopg.connect(scene.cluster.dsn("hoso", APP), autocommit=True) as connection:

            def waiting(callers: int) -> bool:
                row = connection.execute(_WAITING, (LOG_LOCK,)).fetchone()
                return row is not None and row[0] >= callers

            connection.execute("SELECT pg_advisory_lock(%s)", (LOG_LOCK,))
            first = threads.submit(client.once, command, http)
            wait_for(lambda: waiting(1), 15, f"{command.path} before the log")
            workers.kill(pid)
            assert first.result(30) is None
            assert command.lost, "its process died, and it got an answer"
            again = threads.submit(client.ask, command) if repeat_at_once else None
            if again is not None:
                wait_for(lambda: waiting(2), 15, f"{command.path}, repeated, before the log")
        wait_for(lambda: recorded_commands(scene) == before + 1, 30, f"{command.path} in the log")
        (again or threads.submit(client.ask, command)).result(120)
    assert recorded_commands(scene) == before + 1


def answered_alike(client: Client, commands: list[Command]) -> None:
    """Repeated once more, each command is answered as before, and not recorded again."""
    for command in commands:
        client.ask(command)
        assert len(command.heard) >= 2
        assert [heard for heard in command.heard if heard != command.heard[0]] == [], command.path
