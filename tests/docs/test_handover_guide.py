"""The operator's guide does what it says: every command in it, in order, as one script in a shell, on a data
directory of the test's. A line that ends in `# refused` has to be refused, all others have to succeed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs import guides

GUIDE = guides.guide("handover.md")
ENDED = "trap 'kill $VIEWS 2>/dev/null || true; wait' EXIT"
PROMISED = {
    2: ["333 units recorded", "12 dossiers and 24 steps of ho-tich"],
    3: ["1 part, 333 units end, 100 begin"],
    4: ["wrong.json:35: There is no unit with the code 07211."],
    5: [
        "26 dossiers would move: 9 that no rule places",
        "route.exception_person",
        "route.place_unknown",
        "nobody",
        "0 desks are left without what they belong to",
        "Nothing goes yet, and nobody could receive, at H05.",
    ],
    6: ["26 dossiers would move, 9 of them until a person decides", "Nothing stands in its way."],
    7: [
        "A second, different officer has to approve it.",
        "handover.two_officers",
        "Schedule it next.",
        "3 dossiers listed.",
        "transfer after it",
    ],
    8: ["hold.fact", "route.successor", "H05.07210"],
    9: [
        "The other shares still have to be written",
        "0 transfers recorded of 26; 26 had been recorded before",
    ],
    10: [
        "9 dossiers to decide",
        "DESK-2 is no longer named for what 000.01.01.H02 held",
        "4 dossiers placed.",
        "5 dossiers placed.",
    ],
    11: [
        "1 dossier refused.",
        "ho-tich:012 is held by H05.07228",
        "2 dossiers checked.",
        "dossiers acknowledged",
        "giay-bao-tu: 1",
    ],
    12: ["DESK-2 sees to it.", "Resolved.", "Reported as"],
    13: ["receivers silent on", "receivers reminded, 0 escalated"],
    14: [
        "ho-tich:012 was held then by 000.01.01.H02",
        "26 dossiers were promised to move, 26 came; every difference has its reason.",
        "000.01.01.H02: 26 dossiers moved (26 stated by the transfer, 9 provisional)",
        "Opening, received and handed in equal settled, open and handed out everywhere.",
    ],
    15: ["Reconciled: 26 dossiers moved, 26 transfers"],
    16: ["for demonstration", "All that is needed is there", "signed by all", "signatures are good."],
    17: [
        "handover.hour_passed",
        "[effective_at 2025-07-01 00:00:00 in Vietnam]",
        "its units count by law from 2025-07-01 00:00:00 in Vietnam, which has passed",
        "dat-dai:001 is held by H05.07228",
        "Drafted version 2 of Tỉnh Bắc Ninh.",
        "6 dossiers would move",
        "6 transfers recorded of 32; 26 had been recorded before",
    ],
    18: ["1 part closed", "handover.part_closed"],
    19: [
        "2025-07-05 00:00:00 in Vietnam, which has passed",
        "on 2025-07-05 07735@2025-07-05 Phường Đồng Việt stands for it.",
        "on 2025-07-05 07735@2025-07-01 Xã Đồng Việt stands for it.",
        "its date of effect is not known",
        "does not say yet when it takes effect",
        "nothing moves.",
    ],
    20: ["is absent until", "acts through the posting", "silent on", "is back."],
    21: ["is as this program needs it", "shows all that is recorded", "The ledger is sound"],
}


@pytest.mark.slow
def test_the_guide_goes_from_decree_to_certificate(folder: Path) -> None:
    replaced = {".hoso-guide": folder / "guide"}
    said = guides.answered(guides.script(guides.sections(GUIDE), replaced, first=[ENDED]))
    guides.holds(said, PROMISED)
    certificate = (folder / "guide" / "certificate.html").read_text(encoding="utf-8")
    assert "Biên bản bàn giao" in certificate


def test_every_numbered_section_is_there_and_every_file_that_it_names() -> None:
    found = guides.sections(GUIDE)
    assert list(found) == list(range(1, 22))
    assert all(number in found for number in PROMISED)
    for named in re.findall(r"docs/examples/handover/[\w.-]+", GUIDE):
        assert (guides.ROOT / named).exists(), named
