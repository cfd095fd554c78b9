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
     "compared_by": ["action_code"],          keys that name an activity better than its name: the first
                                              that a step has, else its name (import --compare)
     "procedure_key": "MaTTHC",               the key of a case that has the code of its procedure
     "fields": {"case": "MaHoSo", ...}}       of tables and JSON lines, with `time_forms` and `delimiter`:
                                              application/import_fields.py
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from application.import_fields import record_form
from application.mapping_values import (
    MappingError,
    boolean,
    in_order,
    keys,
    object_of,
    parsed,
    statuses,
    text,
    zone,
)
from domain.imported_fields import RecordForm

SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", re.ASCII)
RESOURCES = frozenset({"org:resource"})
COMPARED_BY = ("action_code",)


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
    procedure_key: str | None = None
    form: RecordForm = field(default_factory=RecordForm)


def read_mapping(content: str | None, source: str | None = None) -> ImportMapping:
    """The mapping in `content` (None: no file); `source` of the command goes before the file's. Raises
    MappingError.
    """
    raw = object_of("the mapping", parsed(content)) if content is not None else {}
    unknown = raw.keys() - _MEMBERS
    if unknown:
        raise MappingError(
            f"{min(unknown)!r} is no member of a mapping; there are: {', '.join(sorted(_MEMBERS))}"
        )
    status = object_of("status", raw.get("status", {}))
    if status.keys() - {"activities", "attributes"}:
        raise MappingError("status has the members activities and attributes only")
    by_key = object_of("status.attributes", status.get("attributes", {}))
    return ImportMapping(
        source=_source(source or raw.get("source")),
        case_id_is_code=boolean("case_id_is_code", raw.get("case_id_is_code", False)),
        zone=zone(raw.get("zone")),
        procedure=text("procedure", raw.get("procedure")),
        place=text("place", raw.get("place")),
        activity_status=statuses("status.activities", status.get("activities", {})),
        attribute_status={
            key: statuses(f"status.attributes.{key}", values) for key, values in by_key.items()
        },
        resources=keys("resources", raw.get("resources", sorted(RESOURCES))),
        clear=keys("clear", raw.get("clear", [])),
        sealed=keys("sealed", raw.get("sealed", [])),
        compared_by=in_order("compared_by", raw.get("compared_by", list(COMPARED_BY))),
        procedure_key=text("procedure_key", raw.get("procedure_key")),
        form=record_form(raw),
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
        "procedure_key",
        "fields",
        "time_forms",
        "delimiter",
    )
)


def _source(value: Any) -> str:
    if value is None:
        raise MappingError("name the register that the file comes from, with --source or in the mapping")
    if not isinstance(value, str) or not SOURCE.fullmatch(value):
        raise MappingError("source must be 1 to 32 letters, digits, dots, hyphens and underscores")
    return value
