"""Which files a fact names: every field called `file`, at any depth, that holds a file's name.

One definition for the route that reads a dossier's files, for `hoso files` and for the audit: a new fact
with a file is known to all of them by the name of its field alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from domain.facts import ENVELOPE_FIELDS, Fact, Personal, Sealed

FIELD: Final = "file"
FILE_NAME: Final = r"^[0-9a-f]{64}$"
"""The SHA-256 of what is stored of a file, in hex (domain.clear_text.DIGEST has the same form)."""

MEDIA_TYPES: Final = (
    "application/pdf",
    "application/xml",
    "image/jpeg",
    "image/png",
    "image/tiff",
)
"""What a paper may be kept as. The list is ours: what portals, scanners and signing programs make."""


def files_of(fact: Fact) -> Iterator[str]:
    """The names of the files that this fact names, in the order of its fields."""
    for field in fields(fact):
        if field.name not in ENVELOPE_FIELDS:
            yield from _named(field.name, getattr(fact, field.name))


def _named(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if name == FIELD and re.fullmatch(FILE_NAME, value):
            yield value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _named(str(key), member)
    elif isinstance(value, tuple | list):
        for member in value:
            yield from _named(name, member)
    elif is_dataclass(value) and not isinstance(value, type | Personal | Sealed):
        for field in fields(value):
            yield from _named(field.name, getattr(value, field.name))
