"""The README's commands do what it says: run as they stand there, in a shell, on a data directory of the
test's."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ".hoso-try"


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="hoso-tests-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


def commands(heading: str) -> list[str]:
    """The indented command block under a heading of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [line.strip() for line in re.findall(r"^    (.+)$", section, re.MULTILINE)]


@pytest.mark.shared
def test_an_earlier_systems_dossiers_are_imported_as_the_readme_shows(folder: Path, shared_dir: Path) -> None:
    block = commands("An earlier system's dossiers")
    assert len(block) == 9
    script = "\n".join(["set -e", *block]).replace(FOLDER, str(folder / "data"))
    script = script.replace("../shared", str(shared_dir))
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HOSO_", "PG"))}
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "1,434 dossiers and 8,577 steps" in done.stdout
    assert "The ledger is sound" in done.stdout


def test_documents_name_no_folder_of_one_machine() -> None:
    for document in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        found = re.findall(r"(?<![\w.])/(?:tmp|home|work)/\S*", document.read_text(encoding="utf-8"))
        assert not found, f"{document.name}: {found}"


def test_decisions_are_numbered_without_a_gap() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [name[:5] for name in names] == [f"{number:04}-" for number in range(1, len(names) + 1)]
    for number, name in enumerate(names, 1):
        title = (ROOT / "docs" / "decisions" / name).read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {number}. "), f"{name} begins with {title}"


def test_every_file_that_the_commands_name_is_there() -> None:
    for document in ("README.md", "docs/commands.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for named in re.findall(r"(?:agencies|officers) load (\S+?)`?(?=\s)", text):
            assert (ROOT / named).is_file(), f"{document} names {named}"
