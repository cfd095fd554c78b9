"""Where in a JSON text something stands: from a JSON pointer (RFC 6901) to line and column, for whoever has
to correct the file by hand.

The text has been read before and is JSON. Values on the way are skipped by the reader of the standard
library, so that a document of some megabytes takes one more reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json import JSONDecoder
from json.decoder import py_scanstring  # type: ignore[attr-defined]
from typing import Any

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = JSONDecoder()


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a text; both count from 1."""

    line: int
    column: int


def place_of(text: str, pointer: str) -> Place:
    """The place of the value that the pointer names, or of the nearest one around it that is there (a field
    that is missing stands nowhere: the object is named that lacks it)."""
    at = _start(text, 1 if text.startswith("\ufeff") else 0)
    for token in tokens(pointer):
        found = _member(text, at, token)
        if found is None:
            break
        at = found
    return place_at(text, at)


def place_at(text: str, at: int) -> Place:
    """The place of a character."""
    return Place(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))


def pointer_of(path: Sequence[str | int]) -> str:
    """The pointer of a path of keys and numbers."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def tokens(pointer: str) -> list[str]:
    """Its keys and numbers."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def known_path(content: Any, path: Sequence[str | int]) -> list[str | int]:
    """The path as far as the document has it; what a checker of types put between (which of several forms it
    tried) is left out. A last key that is missing stays: it says what is missing."""
    kept: list[str | int] = []
    for number, part in enumerate(path, start=1):
        in_list = isinstance(content, list) and isinstance(part, int) and part < len(content)
        if in_list or (isinstance(content, dict) and part in content):
            content = content[part]
        elif number < len(path):
            continue
        kept.append(part)
    return kept


def twice(text: str) -> tuple[str, Place] | None:
    """The first key that an object of the document has twice: readers keep one of the two and say nothing."""
    if not _any_twice(text):
        return None
    pending = [_start(text, 1 if text.startswith("\ufeff") else 0)]
    while pending:
        at = pending.pop()
        seen: set[str] = set()
        inner: list[int] = []
        for key, key_at, value in _members(text, at):
            if key in seen:
                return key, place_at(text, key_at)
            if text[at] == "{":
                seen.add(key)
            if text[value] in "{[":
                inner.append(value)
        pending += reversed(inner)
    return None


def _any_twice(text: str) -> bool:
    """The quick question, for the usual answer."""
    found = False

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        kept = dict(members)
        found = found or len(kept) < len(members)
        return kept

    JSONDecoder(object_pairs_hook=pairs).decode(text.removeprefix("\ufeff"))
    return found


def _member(text: str, at: int, token: str) -> int | None:
    return next((value for key, _, value in _members(text, at) if key == token), None)


def _members(text: str, at: int) -> Iterator[tuple[str, int, int]]:
    """(key or number, where the key begins, where the value begins) of an object or list; nothing for other
    values."""
    if text[at] not in "{[":
        return
    is_object, end, number = text[at] == "{", "}" if text[at] == "{" else "]", 0
    at = _start(text, at + 1)
    while text[at] != end:
        key, key_at = str(number), at
        if is_object:
            key, at = py_scanstring(text, at + 1)
            at = _start(text, _start(text, at) + 1)  # behind the colon
        yield key, key_at, at
        _, at = _DECODER.raw_decode(text, at)
        at = _start(text, at)
        if text[at] == ",":
            at = _start(text, at + 1)
        number += 1


def _start(text: str, at: int) -> int:
    """Behind white space."""
    found = _SPACE.match(text, at)
    return found.end() if found else at
