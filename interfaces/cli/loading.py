"""What every command that loads a file says at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from application.changing import Changed
from application.registry import Loaded
from interfaces.cli.output import Done, plural
from interfaces.texts import Language


def loaded(done: Loaded, noun: str, document: Mapping[str, Any], plurals: str | None = None) -> Done:
    """`recorded` and `known` beside the file's own figures."""
    known = f"; {plural(done.known, noun, plurals)} known already" if done.known else ""
    sentence = f"{plural(done.recorded, noun, plurals)} recorded{known}."
    if not done.recorded:
        sentence = f"Nothing new: {plural(done.known, noun, plurals)} known already."
    return Done({**document, "recorded": done.recorded, "known": done.known}, sentence)


def changed(done: Changed, sentence: str, language: Language = "en") -> Done:
    """What a command says that recorded one change."""
    document = {"id": done.id, "revision": done.revision, "position": done.position}
    recorded = "Đã ghi tại vị trí" if language == "vi" else "Recorded at position"
    return Done(document, f"{sentence} {recorded} {done.position:,}.")
