"""The stage: one PostgreSQL for all, its databases, and the processes that play on it."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

from bench.load import PAYLOAD_BYTES, TOPIC
from infra import schema
from infra.embedded import APP, OWNER, Cluster

ROOT = Path(__file__).parents[1]
RAW_INSERT = Path(__file__).with_name("raw_insert.sql")
SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB", "max_connections": "200"}
Result = dict[str, float]
Say = Callable[[str], None]

_RAW_TABLE = """
CREATE TABLE raw_event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stream_id uuid NOT NULL, version integer NOT NULL, topic text NOT NULL, payload bytea NOT NULL
)
"""
_SETTINGS_ASKED = """
SELECT name, current_setting(name) FROM pg_settings
 WHERE name IN ('server_version', 'fsync', 'synchronous_commit', 'shared_buffers', 'max_wal_size',
                'wal_compression')
"""


class Stage:
    """Databases by name: `peers` for raw inserts and the plain library, the others hold ledgers."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        cluster.create_database("peers")
        with psycopg.connect(self.owner("peers")) as connection:
            connection.execute(_RAW_TABLE)

    def app(self, database: str) -> str:
        return self.cluster.dsn(database, APP)

    def owner(self, database: str) -> str:
        return self.cluster.dsn(database, OWNER)

    def new_ledger(self, database: str) -> None:
        self.cluster.create_database(database)
        schema.init(self.owner(database), clock="system")

    def callers(self, kind: str, dsn: str, callers: int, seconds: float) -> Result:
        """One process of callers."""
        return self.processes(kind, dsn, 1, callers, seconds)[0]

    def processes(self, kind: str, dsn: str, count: int, callers: int, seconds: float) -> list[Result]:
        """Several processes of `callers` each, started together."""
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "bench.callers", kind, dsn, str(callers), str(seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                cwd=ROOT,
            )
            for _ in range(count)
        ]
        for process in started:
            if process.stdout is None or process.stdout.readline().strip() != "ready":
                raise RuntimeError(f"the callers of {kind} did not start; see what they said above")
        for process in started:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        return [json.loads(process.communicate(timeout=seconds + 120)[0]) for process in started]

    def pgbench(self, clients: int, seconds: float) -> Result:
        """Raw autocommit INSERT by PostgreSQL's own tool; prepared, the payload a constant of that size."""
        command = [
            self.cluster.program("pgbench"), "--no-vacuum", "--protocol=prepared", f"--client={clients}",
            f"--jobs={min(clients, 2)}", f"--time={max(1, round(seconds))}", f"--file={RAW_INSERT}",
            f"--define=payload={'5a' * PAYLOAD_BYTES}", f"--define=topic={TOPIC}", self.owner("peers"),
        ]  # fmt: skip
        done = subprocess.run(
            [str(part) for part in command], check=True, capture_output=True, text=True, timeout=seconds + 120
        )
        return {
            "per_second": float(_figure(r"tps = ([0-9.]+)", done.stdout)),
            "mean_ms": float(_figure(r"latency average = ([0-9.]+) ms", done.stdout)),
        }

    def machine(self) -> dict[str, Any]:
        with psycopg.connect(self.owner("peers")) as connection:
            return described(connection)


def described(connection: psycopg.Connection[Any]) -> dict[str, Any]:
    """The machine, and the settings of the PostgreSQL that a figure was measured with."""
    asked = connection.execute(_SETTINGS_ASKED).fetchall()
    cpu = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text()) if _linux() else None
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "processor": cpu.group(1) if cpu else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if _linux() else None,
        "postgresql": dict(asked),
    }


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """A cluster in a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hoso-bench-") as folder:
        Path(folder).chmod(0o711)
        with Cluster(Path(folder, "cluster"), settings=SETTINGS) as cluster:
            yield Stage(cluster)


def _figure(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"pgbench did not say {pattern!r}: {text[:500]}")
    return found.group(1)


def _linux() -> bool:
    return sys.platform == "linux"
