"""The inspector's guide does what it says, from mandate to finding, on the demo's data."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.docs import guides

GUIDE = guides.guide("auditing.md")
ENDED = "trap 'kill $SERVER 2>/dev/null || true; wait' EXIT"
FILES = ("found.jsonl", "otherwise.jsonl", "log.sqlite", "log.xes.gz", "log.jsonl.gz", "log.vkey")
PROMISED = {
    1: ["handed over; 0 with other than one holder", "3 officers recorded.", "its last position is"],
    2: [
        "The ledger is sound: ",
        "Opening, received and handed in equal settled, open and handed out everywhere.",
    ],
    3: [
        "due date extended",
        "of 8 checks, read through position",
        '"check":"extended"',
        "anomalies on record",
    ],
    4: ["dossier.extended", "as known at position", "properties differ.", "1 hand not taken yet"],
    5: ["folded alone: everything is the same.", "open past theirs then, as known at position"],
    6: ["log.sqlite: ", "relations, ", "log.xes.gz: ", "log.jsonl.gz: ", "attested by the checkpoint of"],
    7: [
        "Imported 3 dossiers and 7 steps of so-dat-dai.",
        "1 moved, 1 gone, 0 back-dated, 1 added since",
        "2 findings recorded, 0 were on record",
        '"kind":"moved"',
        "0 findings recorded, 2 were on record",
        "dossier.export_compared",
    ],
    8: ["Proven: position", "PROVEN: 1/1."],
    9: ["erase.legal_hold", "It may NOT be erased", "1 hold listed.", "The hold is lifted."],
}


@pytest.mark.slow
def test_an_inspection_goes_from_mandate_to_finding(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    replaced: dict[str, str | Path] = {".hoso-inspection": folder / "guide", "8080": str(port)}
    replaced |= {name: folder / name for name in (*FILES, "extended.tlog-proof")}
    said = guides.answered(guides.script(guides.sections(GUIDE), replaced, first=[ENDED]))
    guides.holds(said, PROMISED)


def test_the_guides_sections_and_files_are_there() -> None:
    assert list(guides.sections(GUIDE)) == list(range(1, 11))
    for named in re.findall(r"docs/examples/[\w./-]+\w", GUIDE):
        assert (guides.ROOT / named).exists(), named
    for page in re.findall(r"\]\(([\w-]+\.md)\)", GUIDE):
        assert (guides.ROOT / "docs" / page).exists(), page
