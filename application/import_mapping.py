"""What a mapping file says about an export: whose it is, what its words mean, which of its texts name nobody.

A mapping is a JSON object; every member but `source` may be left out (`source` too where the command names
it):

    {"source": "permits-2014",                the register, for ever: two exports of it have one source
     "case_id_is_code": false,                whether a case's id is its dossier code
     "zone": "+07:00",                        of times that are written without one
     "procedure": "1.004222",                 the procedure's code
     "place": "07210@2025-06-01",             the commune that decides
     "status": {"activities": {"Receive": 1}, "attributes": {"caseStatus": {"G": 9}}},
     "resources": ["org:resource"],           keys whose values name somebody who acted
     "clear": ["caseStatus"],                 further keys whose values name nobody, kept readable
     "sealed": [],                            further keys whose values are kept sealed, numbers too
     "compared_by": ["action_code"]}          keys that name an activity better than its name: the first
                                              that a step has, else its name (import --compare)
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
MAX_FILE_CHARACTERS = 1_048_576
RESOURCES = frozenset({"org:resource"})
COMPARED_BY = ("action_code",)


class MappingError(ValueError):
    """The mapping cannot be used; the text names the member and what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """A mapping that was read. Statuses are the official ones, 1 to 10; what is not mapped is unknown."""

    source: str
    case_id_is_code: bool = False
    zone: tzinfo | None = None
    procedure: str | None = None
    place: str | None = None
    activity_status: Mapping[str, int] = field(default_factory=dict)
    attribute_status: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    resources: frozenset[str] = RESOURCES
    clear: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    compared_by: tuple[str, ...] = COMPARED_BY


def read_mapping(text: str | None, source: str | None = None) -> ImportMapping:
    """The mapping in `text` (None: no file); `source` of the command goes before the file's. Raises
    MappingError.
    """
    raw = _object("the mapping", _json(text)) if text is not None else {}
    unknown = raw.keys() - _MEMBERS
    if unknown:
        raise MappingError(
            f"{min(unknown)!r} is no member of a mapping; there are: {', '.join(sorted(_MEMBERS))}"
        )
    status = _object("status", raw.get("status", {}))
    if status.keys() - {"activities", "attributes"}:
        raise MappingError("status has the members activities and attributes only")
    by_key = _object("status.attributes", status.get("attributes", {}))
    return ImportMapping(
        source=_source(source or raw.get("source")),
        case_id_is_code=_boolean("case_id_is_code", raw.get("case_id_is_code", False)),
        zone=_zone(raw.get("zone")),
        procedure=_text("procedure", raw.get("procedure")),
        place=_text("place", raw.get("place")),
        activity_status=_statuses("status.activities", status.get("activities", {})),
        attribute_status={
            key: _statuses(f"status.attributes.{key}", values) for key, values in by_key.items()
        },
        resources=_keys("resources", raw.get("resources", sorted(RESOURCES))),
        clear=_keys("clear", raw.get("clear", [])),
        sealed=_keys("sealed", raw.get("sealed", [])),
        compared_by=_in_order("compared_by", raw.get("compared_by", list(COMPARED_BY))),
    )


_MEMBERS = frozenset(
    (
        "source",
        "case_id_is_code",
        "zone",
        "procedure",
        "place",
        "status",
        "resources",
        "clear",
        "sealed",
        "compared_by",
    )
)


def _json(text: str) -> Any:
    if len(text) > MAX_FILE_CHARACTERS:
        raise MappingError(f"the mapping has {len(text)} characters; at most {MAX_FILE_CHARACTERS}")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise MappingError(f"the mapping is not JSON: line {error.lineno}: {error.msg}") from error
    except RecursionError:
        raise MappingError("the mapping is nested too deeply") from None


def _source(value: Any) -> str:
    if value is None:
        raise MappingError("name the register that the file comes from, with --source or in the mapping")
    if not isinstance(value, str) or not SOURCE.fullmatch(value):
        raise MappingError("source must be 1 to 32 letters, digits, dots, hyphens and underscores")
    return value


def _object(name: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise MappingError(f"{name} must be an object")
    return value


def _boolean(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise MappingError(f"{name} must be true or false")
    return value


def _text(name: str, value: Any) -> str | None:
    if value is not None and (not isinstance(value, str) or not 0 < len(value) <= 100):
        raise MappingError(f"{name} must be a text of 1 to 100 characters")
    return value


def _zone(value: Any) -> tzinfo | None:
    """A zone's name, or an offset, which needs no table of zones on the machine."""
    name = _text("zone", value)
    if name is None:
        return None
    try:
        if name[0] in "+-":
            return datetime.fromisoformat(f"2000-01-01T00:00:00{name}").tzinfo
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MappingError(f"zone {name!r} is unknown: write +07:00, or Asia/Ho_Chi_Minh") from None


def _statuses(name: str, value: Any) -> dict[str, int]:
    statuses = _object(name, value)
    for key, status in statuses.items():
        if type(status) is not int or not 1 <= status <= 10:
            raise MappingError(f"{name}: {key!r} must be one of the official statuses, 1 to 10")
    return statuses


def _keys(name: str, value: Any) -> frozenset[str]:
    return frozenset(_in_order(name, value))


def _in_order(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        raise MappingError(f"{name} must be a list of keys")
    return tuple(value)
