"""What a PostgreSQL data directory tells about its server: its process, its socket, its last words.

Plain functions over the directory's path; they hold no state, so that a process can speak of a server
which another one started.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.embedded_home import Account, ClusterError

LONGEST_SOCKET_FOLDER = 80
"""Bytes; the kernel takes 107 for the whole path of a socket."""

SUPERUSER = "postgres"
"""The cluster's administrator; initdb makes it, whatever account the server runs as."""

_FALLBACK_PREFIX = (
    "/tmp/.hoso-socket-"  # a fixed place: TMPDIR may be long, or out of the server account's reach
)


def server_pid(data_dir: Path) -> int | None:
    """The postmaster's process id while it lives; None for a stale or missing postmaster.pid."""
    lines = _pid_file(data_dir)
    if not lines or not lines[0].isdigit():
        return None
    pid = int(lines[0])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # alive, of another account
    process = Path("/proc") / str(pid)
    if (
        process.exists()
    ):  # the number may be another program's by now: the postmaster stands in its data directory
        try:
            return pid if (process / "cwd").readlink() == data_dir.resolve() else None
        except OSError:
            return None
    return None if Path("/proc/self").exists() else pid


def socket_folder(data_dir: Path) -> Path:
    """Where the server's socket lies: as postmaster.pid says, else where it would be put."""
    lines = _pid_file(data_dir)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else data_dir


def choose_socket_folder(data_dir: Path, account: Account) -> Path:
    """The data directory itself (0700), or a new private folder when that path is too long for a socket or
    has a comma, which PostgreSQL and its clients read as the end of a path."""
    if len(os.fsencode(data_dir)) <= LONGEST_SOCKET_FOLDER and "," not in str(data_dir):
        return data_dir
    prefix = Path(_FALLBACK_PREFIX)
    folder = Path(tempfile.mkdtemp(prefix=prefix.name, dir=prefix.parent))
    os.chown(folder, account.uid, account.gid)
    return folder


def forget_socket_folder(folder: Path) -> None:
    """Remove a folder that choose_socket_folder made, and a socket left in it; never anything else."""
    if str(folder).startswith(_FALLBACK_PREFIX):
        with contextlib.suppress(OSError):  # a leftover in /tmp does no harm
            for leftover in folder.glob(".s.PGSQL.*"):
                leftover.unlink()
            folder.rmdir()


def initialise(data_dir: Path, account: Account, programs: Path) -> None:
    """Make an empty cluster, complete or not at all: initdb works beside it, then the folder is renamed."""
    unfinished = data_dir.with_name(data_dir.name + ".unfinished")  # may be left by a start that was killed
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    os.chown(unfinished, account.uid, account.gid)
    command: list[str | Path] = [programs / "initdb", "-D", unfinished, "-U", SUPERUSER, "-E", "UTF8"]
    command += ["--locale=C", "--data-checksums", "--auth-local=trust", "--auth-host=reject"]
    result = account.run([*command, "--no-instructions"])
    if result.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise ClusterError(f"No cluster could be made in {data_dir}: {last_lines(result.stdout)}")
    unfinished.rename(data_dir)


def check_directory(data_dir: Path, account: Account, programs: Path) -> None:
    """It is a cluster of this account and of these programs' version, or ClusterError says how not."""
    if data_dir.stat().st_uid != account.uid:
        raise ClusterError(
            f"{data_dir} belongs to another account than {account.name}, which would run PostgreSQL there."
            " Run hoso as its owner, or choose another folder with HOSO_DATA_DIR."
        )
    version_file = data_dir / "PG_VERSION"
    if not version_file.exists():
        raise ClusterError(
            f"{data_dir} holds something else than a PostgreSQL cluster; nothing there was touched."
            " Choose another folder with HOSO_DATA_DIR."
        )
    ours = account.run([programs / "postgres", "--version"]).stdout.split()[-1].partition(".")[0]
    theirs = version_file.read_text().strip()
    if ours != theirs:
        raise ClusterError(
            f"The cluster in {data_dir} is of PostgreSQL {theirs}, but PostgreSQL {ours} is installed here."
            " Move it with pg_upgrade, or choose another folder with HOSO_DATA_DIR."
        )


def last_lines(text: str) -> str:
    """The part of a log that says why: its last lines, on one line."""
    return " / ".join(line.strip() for line in text.strip().splitlines()[-4:]) or "it gave no reason"


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """One process at a time starts, stops or joins the cluster; the others wait here."""
    path = data_dir.with_name(f".{data_dir.name}.lock")
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


@contextmanager
def explained(data_dir: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a sentence about the data directory."""
    try:
        yield
    except PermissionError as error:
        raise ClusterError(
            f"No right to use {error.filename or data_dir} for the database. Run hoso as the owner of that"
            " folder, or choose another one with HOSO_DATA_DIR."
        ) from error
    except OSError as error:
        raise ClusterError(
            f"The database cannot be kept in {data_dir}: {error.strerror or error}"
            f" ({error.filename or data_dir}). Put that right, or choose another folder with HOSO_DATA_DIR."
        ) from error


def _pid_file(data_dir: Path) -> list[str]:
    try:
        return (data_dir / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []
