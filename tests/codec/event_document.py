"""docs/events.md as data: each topic with its fields, so that tests compare the code with the document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCUMENT = Path(__file__).parents[2] / "docs" / "events.md"

TOPIC = re.compile(r"^[a-z]+\.[a-z_]+\.v\d+$")
LIST = re.compile(r"^list of ")
NAME = re.compile(r"^([a-z_]+)\s*(.*)$")


@dataclass(frozen=True)
class DocumentedField:
    """`name` as stored; `kind`: text, int, bool, id, instant, date, personal, object, or for a list its
    members'.
    """

    name: str
    kind: str
    nullable: bool = False
    is_list: bool = False
    members: tuple[DocumentedField, ...] = ()


def documented_types() -> dict[str, tuple[DocumentedField, ...]]:
    """Topic -> fields in order, from every table of the document with columns `topic` and `fields`."""
    found: dict[str, tuple[DocumentedField, ...]] = {}
    columns: list[str] = []
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            columns = []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not columns:
            columns = cells
        elif "topic" in columns and TOPIC.match(topic := cells[columns.index("topic")]):
            assert topic not in found, f"{topic} stands twice in the document"
            found[topic] = _fields(cells[columns.index("fields")])
    return found


def _fields(text: str) -> tuple[DocumentedField, ...]:
    without_remarks = re.sub(r"\([^()]*\)", "", text).strip()
    return tuple(_field(part) for part in _split(without_remarks))


def _field(text: str) -> DocumentedField:
    match = NAME.match(text.strip())
    assert match, f"not a field: {text!r}"
    name, kind = match[1].rstrip("_"), match[2].strip()
    is_list = bool(LIST.match(kind))
    kind = LIST.sub("", kind)
    nullable, kind = kind.endswith("?"), kind.rstrip("?")
    if kind.startswith("{"):
        return DocumentedField(name, "object", nullable, is_list, _fields(kind[1:-1]))
    return DocumentedField(name, kind, nullable, is_list)


def _split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "{") - (letter == "}")
        if letter == "," and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]
