"""A fact's own fields: by their stored names, with sealed text opened, searched for it, or without it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from application.ports import Keyring
from domain.facts import ENVELOPE_FIELDS, Fact, Personal, Sealed


def clear_fields(fact: Fact) -> Iterator[tuple[str, Any]]:
    """The fact's own fields by their stored names."""
    for field in fields(fact):
        if field.name not in ENVELOPE_FIELDS:
            yield field.name.rstrip("_"), getattr(fact, field.name)


def opened(keyring: Keyring, value: Any) -> Any:
    if isinstance(value, Sealed):
        text = keyring.open(value)
        return {"subject": value.subject, "text": text, "erased": text is None}
    if isinstance(value, dict):
        return {k: opened(keyring, v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [opened(keyring, v) for v in value]
    if is_dataclass(value) and not isinstance(value, type):  # a member of an inventory
        return {f.name: getattr(value, f.name) for f in fields(value)}
    return value


def sealed_fields(fact: Fact) -> Iterator[Sealed]:
    """Every sealed text of a fact."""
    for _, value in clear_fields(fact):
        yield from sealed_in(value)


def sealed_in(value: Any) -> Iterator[Sealed]:
    """Every sealed text in a field, at any depth."""
    if isinstance(value, Sealed):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from sealed_in(member)
    elif isinstance(value, (tuple, list)):
        for member in value:
            yield from sealed_in(member)


def without_personal(value: Any) -> Any:
    """A field as anybody may read it: sealed text is gone, the rest stays; ids and times as they are."""
    if isinstance(value, (Sealed, Personal)):
        return None
    if isinstance(value, dict):
        return {k: without_personal(v) for k, v in value.items() if not isinstance(v, (Sealed, Personal))}
    if isinstance(value, (tuple, list)):
        return [without_personal(v) for v in value]
    if isinstance(value, (UUID, datetime, date, str, int, bool, float)) or value is None:
        return value
    if is_dataclass(value) and not isinstance(value, type):  # a member of a handover's lists
        return {f.name.rstrip("_"): without_personal(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"no public form for {type(value).__name__}")
