"""docs/voice.md says what can be said: its example is read as `hoso voice limits` reads it, and every word of
the lists stands in it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from domain.clear_text import VOICE_KINDS, VOICE_OUTCOMES, VOICE_WAYS
from domain.deadlines import UNITS
from infra.voice_document import read_voice_limits

DOCUMENT = (Path(__file__).parents[2] / "docs" / "voice.md").read_text(encoding="utf-8")


def test_the_example_is_what_the_command_reads(tmp_path: Path) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", DOCUMENT, re.S)
    path = tmp_path / "limits.json"
    path.write_text(example, encoding="utf-8")
    read = [
        (limit["kind"], limit["amount"], limit["unit"], limit["valid_from"])
        for limit in read_voice_limits(path)
    ]
    assert read == [
        ("complaint", 10, "working_day", None),
        ("feedback", 20, "calendar_day", date(2025, 7, 1)),
    ]


def test_every_word_of_the_lists_is_there() -> None:
    for word in (*VOICE_KINDS, *VOICE_WAYS, *VOICE_OUTCOMES, *UNITS):
        assert f"`{word}`" in DOCUMENT, word
