"""Guides that do what they say: every command of their numbered sections, in order, as one script in a shell.

A line that ends in `# refused` or `# finding` has to end with exit code 1, all others have to succeed.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.warm import command_folder

ROOT = Path(__file__).parents[2]
ENDS_IN_1 = ("# refused", "# finding")
MARK = "== section "
SECONDS = 900

Sections = dict[int, list[str]]


def guide(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def sections(text: str) -> Sections:
    """The commands of each numbered section: lines indented by four."""
    found = re.findall(r"^## (\d+)\. .*?\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return {int(number): re.findall(r"^    (\S.*)$", body, re.MULTILINE) for number, body in found}


def script(parts: Sections, replaced: Mapping[str, str | Path], *, first: Iterable[str] = ()) -> str:
    """It stops at the first line that does not end as the guide says. `replaced`: names in the guide, and
    what a test has for them; `first`: lines before all others."""
    lines = ["set -eo pipefail", *first]
    for number, commands in parts.items():
        lines.append(f'echo "{MARK}{number}"')
        for command in commands:
            ended = next((end for end in ENDS_IN_1 if command.endswith(end)), None)
            if ended is None:
                lines.append(command)
                continue
            said = command.removesuffix(ended).strip()
            lines.append(f"code=0; {said} || code=$?")
            named = said.replace("'", "")
            lines.append(f"[ $code = 1 ] || {{ echo 'has to end with 1: {named}:' $code; exit 9; }}")
    text = "\n".join(lines)
    for name, value in replaced.items():
        text = text.replace(name, str(value))
    return text


def run(text: str) -> tuple[int, str]:
    """Exit code and everything that was said, in order; what it started is gone afterwards. `hoso` is the one
    of tests/warm.py."""
    text = text.replace("$PWD/.venv/bin", str(command_folder()))
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HOSO_", "PG"))}
    environment |= {
        "COLUMNS": "200",
        "PATH": f"{command_folder()}:{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    with subprocess.Popen(
        ["bash", "-c", text],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as shell:
        try:
            said, _ = shell.communicate(timeout=SECONDS)
        finally:
            if shell.poll() is None:
                os.killpg(shell.pid, signal.SIGKILL)
    return shell.returncode, said


def answered(text: str) -> dict[int, str]:
    """Run a script to its end: what each section said. AssertionError where a line ended otherwise."""
    code, said = run(text)
    assert code == 0, said[-3000:]
    assert "Traceback" not in said
    parts = re.split(rf"^{MARK}(\d+)\n", said, flags=re.MULTILINE)
    return dict(zip(map(int, parts[1::2]), parts[2::2], strict=True))


def holds(said: Mapping[int, str], promised: Mapping[int, Iterable[str]]) -> None:
    """Every section says what it is promised to."""
    for number, sentences in promised.items():
        for sentence in sentences:
            assert sentence in said[number], f"section {number}: {sentence}\n{said[number]}"
