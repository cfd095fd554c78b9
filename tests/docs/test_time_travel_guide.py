"""The guide to time travel does what it says: every command in it, in order, as one script in a shell. A line
that ends in `# refused` has to end with exit code 1, all others have to succeed."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.docs.test_handover_guide import MARK, REFUSED, folder, run

__all__ = ["folder"]
ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "time-travel.md").read_text(encoding="utf-8")
FOLDER = ".hoso-times"
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


def sections() -> dict[int, list[str]]:
    found = re.findall(r"^## (\d+)\. .*?\n(.*?)(?=^## |\Z)", GUIDE, re.MULTILINE | re.DOTALL)
    plain = {number: re.sub(r"^```.*?^```", "", body, flags=re.M | re.S) for number, body in found}
    return {int(number): re.findall(r"^    (\S.*)$", body, re.MULTILINE) for number, body in plain.items()}


def script(folder: Path, port: int) -> str:
    lines = ["set -eo pipefail", "trap 'kill $SERVER 2>/dev/null || true; wait' EXIT"]
    for number, commands in sections().items():
        lines.append(f'echo; echo "{MARK}{number}"')
        for command in commands:
            if command.endswith(REFUSED):
                lines.append(f"code=0; {command.removesuffix(REFUSED)} || code=$?")
                lines.append("[ $code = 1 ] || { echo 'not refused:' $code; exit 9; }")
            else:
                lines.append(command)
    return "\n".join(lines).replace(FOLDER, str(folder / "guide")).replace("8080", str(port))


@pytest.mark.slow
def test_the_guide_goes_back_in_time(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    code, said = run(script(folder, port))
    assert code == 0, said[-3000:]
    assert "Traceback" not in said
    parts = re.split(rf"^{MARK}(\d+)\n", said, flags=re.MULTILINE)
    answered = dict(zip(map(int, parts[1::2]), parts[2::2], strict=True))
    for number, sentences in PROMISED.items():
        for sentence in sentences:
            assert sentence in answered[number], f"section {number}: {sentence}\n{answered[number]}"
