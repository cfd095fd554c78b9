"""Members of a mapping file as values, or MappingError with the member's name and what it must be."""

from __future__ import annotations

import json
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MAX_FILE_CHARACTERS = 1_048_576


class MappingError(ValueError):
    """The mapping cannot be used; the text names the member and what it must be."""


def parsed(text: str) -> Any:
    if len(text) > MAX_FILE_CHARACTERS:
        raise MappingError(f"the mapping has {len(text)} characters; at most {MAX_FILE_CHARACTERS}")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise MappingError(f"the mapping is not JSON: line {error.lineno}: {error.msg}") from error
    except RecursionError:
        raise MappingError("the mapping is nested too deeply") from None


def object_of(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MappingError(f"{name} must be an object")
    return value


def boolean(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise MappingError(f"{name} must be true or false")
    return value


def text(name: str, value: Any) -> str | None:
    if value is not None and (not isinstance(value, str) or not 0 < len(value) <= 100):
        raise MappingError(f"{name} must be a text of 1 to 100 characters")
    return value


def zone(value: Any) -> tzinfo | None:
    """A zone's name, or an offset, which needs no table of zones on the machine."""
    name = text("zone", value)
    if name is None:
        return None
    try:
        if name[0] in "+-":
            return datetime.fromisoformat(f"2000-01-01T00:00:00{name}").tzinfo
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MappingError(f"zone {name!r} is unknown: write +07:00, or Asia/Ho_Chi_Minh") from None


def statuses(name: str, value: Any) -> dict[str, int]:
    statuses = object_of(name, value)
    for key, status in statuses.items():
        if type(status) is not int or not 1 <= status <= 10:
            raise MappingError(f"{name}: {key!r} must be one of the official statuses, 1 to 10")
    return statuses


def keys(name: str, value: Any) -> frozenset[str]:
    return frozenset(in_order(name, value))


def in_order(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        raise MappingError(f"{name} must be a list of keys")
    return tuple(value)
