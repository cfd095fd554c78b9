"""Running hoso as another user: `nobody`, who may read neither root's Python nor this checkout, so both
are laid where that user can read them."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.witness.process import Ran, Serving

USER = "nobody"
ROOT = Path(__file__).parents[2]
SOURCE = ("domain", "application", "infra", "interfaces", "projections", "bench")
PYTHONS = ("/usr/bin/python3", "/usr/local/bin/python3", f"/usr/bin/python3.{sys.version_info[1]}")
LIST = """
import sys
from pathlib import Path
from typing import Any

from tests.witness.process import Ran, Serving
import interfaces.cli.main, interfaces.witness_server, interfaces.witness_app
interfaces.cli.main.build()
tops = {name.partition(".")[0] for name in sys.modules}
print("\\n".join(str(p) for p in Path(sys.argv[1]).iterdir() if p.name.split(".")[0] in tops))
"""


class NotHere(Exception):
    """Nobody else can run hoso on this machine; the text says why."""


def python_of_another_user() -> str:
    """Raises NotHere."""
    if os.geteuid() != 0:
        raise NotHere("this needs root, to start a process as another user")
    asked = "import sys; print(*sys.version_info[:2])"
    for name in PYTHONS:
        if not Path(name).exists():
            continue
        found = as_user([name, "-c", asked], {})
        if found.returncode == 0 and found.stdout.split() == [str(part) for part in sys.version_info[:2]]:
            return name
    version = ".".join(str(part) for part in sys.version_info[:2])
    raise NotHere(f"the user {USER} finds no Python {version} at {', '.join(PYTHONS)}")


def as_user(
    command: Sequence[str], env: dict[str, str], user: str = USER
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=env, cwd="/", capture_output=True, text=True, check=False, timeout=60, **whom(user)
    )


def whom(user: str = USER) -> dict[str, Any]:
    """How subprocess starts a process as this user."""
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def lay_readable(folder: Path) -> dict[str, str]:
    """The source and the packages that it needs, in `folder`; returns the environment to run it with."""
    packages = Path(next(path for path in sys.path if path.endswith("site-packages")))
    source = folder / "source"
    for name in SOURCE:
        shutil.copytree(ROOT / name, source / name)
    listed = subprocess.run(
        [sys.executable, "-c", LIST, str(packages)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for found in map(Path, listed.stdout.splitlines()):
        to = folder / "packages" / found.name
        if found.is_dir():
            shutil.copytree(found, to, copy_function=_link)
        else:
            _link(str(found), str(to))
    return {"PYTHONPATH": f"{source}:{folder / 'packages'}", "PYTHONDONTWRITEBYTECODE": "1", "PATH": "/bin"}


def _link(source: str, to: str) -> None:
    Path(to).parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, to)
    except OSError:
        shutil.copy(source, to)


@dataclass(frozen=True)
class Elsewhere:
    """A witness that is nobody's of ours: how it is run."""

    command: list[str]
    env: dict[str, str]
    state: Path

    def run(self, *arguments: str) -> Ran:
        done = as_user([*self.command, *arguments, "--state", str(self.state)], self.env)
        return Ran(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def serving(self) -> Iterator[Serving]:
        arguments = ["serve", "--state", str(self.state), "--port", "0", "--json"]
        at = Serving([*self.command, *arguments], self.env, cwd="/", **whom())
        try:
            yield at
        finally:
            assert at.stop().code == 0
