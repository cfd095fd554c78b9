"""The guide to time travel does what it says: every command in it, in order, as one script in a shell."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from tests.docs import guides

GUIDE = guides.guide("time-travel.md")
ENDED = "trap 'kill $SERVER 2>/dev/null || true; wait' EXIT"
PROMISED = {
    2: [
        "4 facts about ho-tich:003, as known at position ",
        "2 facts about ho-tich:003, as known at position ",
        "Nothing about ho-tich:003 was recorded up to position 1.",
        '"as_of":"2025-06-12T16:59:59.999999Z"',
        '"holder":null',
    ],
    3: [
        "DATED BACK: recorded 4 days 0 h later",
        "corrects dossier.imported.v1 at position ",
        "place.code",
        "1 fact about ho-tich:003 recorded after position ",
        "1 fact dated back by more than a day.",
    ],
    4: ["07210@", "000.01.01.H02", "Officer DESK-1 has 1 posting in force then."],
    5: [
        "Compared with what is shown: status, directory, handover, voice, linked.",
        "12 dossiers folded alone: everything is the same.",
        "the ledger's time is ",
        "Kept as replay_",
        "5 schemas.",
        "hoso replay --drop replay_",
    ],
}


@pytest.mark.slow
def test_the_guide_goes_back_in_time(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    replaced: dict[str, str | Path] = {".hoso-times": folder / "guide", "8080": str(port)}
    said = guides.answered(guides.script(guides.sections(GUIDE), replaced, first=[ENDED]))
    guides.holds(said, PROMISED)


def test_the_guides_numbered_sections_are_there() -> None:
    assert list(guides.sections(GUIDE)) == list(range(1, 6))
