"""The auditor's guide does what it says: every command in it, in order, as one script in a shell. A line that
ends in `# refused` or `# finding` has to end with exit code 1, all others have to succeed."""

from __future__ import annotations

import re
import socket
import tempfile
from pathlib import Path

import pytest

from tests.docs import guides

GUIDE = guides.guide("audit.md")
ENDED = "trap 'kill $SERVER 2>/dev/null || true; wait' EXIT"
FILES = ("today.json", "visit-1.checkpoint", "forged.checkpoint", "part-1.json", "part-2.json", "closed.json")
AWAY = ("entries.away", "head.away")
PROMISED = {
    2: ["The ledger is sound: ", "Attested up to position ", " compared."],
    3: ["demo.hoso/"],
    4: [
        "The ledger is sound from position ",
        "codes, stock and flow were not summed up",
        "The ledger is NOT sound: ",
        "the checkpoint of size 9999 that was kept is signed by no key that is on record here",
    ],
    5: [
        "No checkpoint of size 7 is on record: the next one on record is of size ",
        "The ledger is sound: ",
    ],
    6: ["entries give the root "],
    7: [
        "The log is sound, the published tiles are NOT: ",
        " is missing (positions 1 to ",
        "Put each one named above back from a copy",
    ],
    8: ["and a checkpoint of size ", "Stop recording", "The ledger is sound: "],
}


@pytest.mark.slow
def test_the_guide_goes_from_a_sound_ledger_to_findings_and_back(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    replaced: dict[str, str | Path] = {".hoso-audit": folder / "guide", "8080": str(port)}
    replaced |= {name: folder / name for name in (*FILES, *AWAY)}
    said = guides.answered(guides.script(guides.sections(GUIDE), replaced, first=[ENDED]))
    guides.holds(said, PROMISED)


def kinds_in_code() -> set[str]:
    found: set[str] = set()
    for path in (guides.ROOT / "application").glob("audit*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r"(?:\.add|_says|_differs|_missing|_of_this_history)\(\s*\"([a-z]+)\"", text))
        found |= set(re.findall(r"^(?:KIND|MORE)\b.*= \"([a-z]+)\"$", text, re.MULTILINE))
    return found


def test_every_kind_of_finding_is_explained_and_no_other() -> None:
    tables = GUIDE[GUIDE.index("## What each kind of finding means") :]
    rows = [line for line in tables.splitlines() if line.startswith("| `")]
    told = {kind for row in rows for kind in re.findall(r"`([a-z]+)`", row.split(" | ")[0])}
    used = kinds_in_code() | {"published"}
    assert told == used


def test_the_guides_numbered_sections_and_files_are_there() -> None:
    assert list(guides.sections(GUIDE)) == list(range(1, 9))
    for named in re.findall(r"docs/examples/[\w./-]+\w", GUIDE):
        assert (guides.ROOT / named).exists(), named
    assert tempfile.gettempdir() not in GUIDE
